"""Lines that end in a hyphen -> whether it only breaks the word there: the rest of the text decides."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

STUB = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\Z")
OPENING = re.compile(r"[^\W\d_]+")
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def counted_words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in the texts, in small letters, those with a hyphen as one."""
    return Counter(word for text in texts for word in WORDS.findall(text.lower()))


def joined(line: str, following: str, words: Mapping[str, int]) -> str | None:
    """Return the line as it stands before the next one without a space between, or None where a space belongs there."""
    stub, tail = STUB.search(line), OPENING.match(following)
    if stub and tail and tail[0][0].islower():
        return line[:-1] if _goes(stub[1], tail[0], words, soft=line.endswith("\u00ad")) else line
    if re.search(r"\d[-–]\Z", line) and following[:1].isdigit():
        return line
    if re.search(r"(?:https?:|doi\.org|www\.)\S*[/.=_-]\Z", line):
        return line
    return line if re.search(r"\S[-/]\Z", line) and following[:1].isalnum() else None


def _goes(stub: str, tail: str, words: Mapping[str, int], *, soft: bool) -> bool:
    head, end = stub.lower(), tail.lower()
    if soft or words.get(head + end):
        return True
    return not (words.get(f"{head}-{end}") or (words.get(head, 0) > 1 and words.get(end, 0) > 1))
