"""Words that copying has glued together (`areasgrief`): found, never mended."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ipt_rag.importing.page import Doubt, PageBlock

MIN_PART = 4  # shorter parts make words of their own: "break" + "up"


def glued_words(blocks: Iterable[PageBlock]) -> Iterator[Doubt]:
    """Yield words that stand once on the page and are two of its other words put together."""
    placed = [(word, block) for block in blocks for word in re.findall(r"[^\W\d_]+", block.text)]
    counts = Counter(word.lower() for word, _ in placed)
    for word, block in placed:
        if counts[word.lower()] > 1:
            continue
        inner = re.search(r"[a-z]{2}[A-Z][a-z]{2}", word)
        for cut in range(MIN_PART, len(word) - MIN_PART + 1):
            one, other = word[:cut].lower(), word[cut:].lower()
            if (counts[one] > 1 and counts[other] > 1) or (inner and cut == inner.start() + 2):
                yield Doubt(
                    block.line, word, f"looks like “{word[:cut]}” and “{word[cut:]}” glued together: kept as printed"
                )
                break
