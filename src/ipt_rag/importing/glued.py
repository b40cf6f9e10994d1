"""Words that copying has glued together (`areasgrief`): found, never mended."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from ipt_rag.importing.page import Doubt, PageBlock

MIN_PART = 4  # shorter parts make words of their own: "break" + "up"
MAX_WORD = 40
WORD = re.compile(r"[^\W\d_]+")
INNER_CAPITAL = re.compile(r"[a-z]{2}[A-Z][a-z]{2}")


def glued_words(blocks: Iterable[PageBlock]) -> Iterator[Doubt]:
    """Yield words that stand once on the page and are two of its other words put together."""
    placed: dict[str, tuple[str, PageBlock]] = {}
    counts: Counter[str] = Counter()
    for block in blocks:
        for word in WORD.findall(block.text):
            counts[word.lower()] += 1
            placed.setdefault(word.lower(), (word, block))
    for small, count in counts.items():
        word, block = placed[small]
        if count > 1 or not 2 * MIN_PART <= len(word) <= MAX_WORD:
            continue
        inner = INNER_CAPITAL.search(word)
        for cut in range(MIN_PART, len(word) - MIN_PART + 1):
            both_known = counts[small[:cut]] > 1 and counts[small[cut:]] > 1
            if both_known or (inner and cut == inner.start() + 2):
                problem = f"looks like “{word[:cut]}” and “{word[cut:]}” glued together: kept as printed"
                yield Doubt(block.line, word, problem)
                break
