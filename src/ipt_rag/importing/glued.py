"""Words that copying has glued together (`areasgrief`): found, never mended."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

MIN_PART = 4  # shorter parts make words of their own: "break" + "up"
MAX_WORD = 40
WORD = re.compile(r"[^\W\d_]+")
INNER_CAPITAL = re.compile(r"[a-z]{2}[A-Z][a-z]{2}")


def glued_words(texts: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Yield (line, word, problem) for words that stand once in the texts and are two of their other words in one."""
    placed: dict[str, tuple[int, str]] = {}
    counts: Counter[str] = Counter()
    for line, text in texts:
        for word in WORD.findall(text):
            counts[word.lower()] += 1
            placed.setdefault(word.lower(), (line, word))
    for small, count in counts.items():
        line, word = placed[small]
        if count > 1 or not 2 * MIN_PART <= len(word) <= MAX_WORD:
            continue
        inner = INNER_CAPITAL.search(word)
        for cut in range(MIN_PART, len(word) - MIN_PART + 1):
            both_known = counts[small[:cut]] > 1 and counts[small[cut:]] > 1
            if both_known or (inner and cut == inner.start() + 2):
                yield line, word, f"looks like “{word[:cut]}” and “{word[cut:]}” glued together: kept as printed"
                break
