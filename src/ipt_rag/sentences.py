"""Block -> `Sentence`: where each sentence stands, and which citation markers close or cover it.

A marker group (`[4] [LLM]`) speaks for the sentence it closes and for the unmarked sentences before it in
the same block, back to the previous group. Lists, definitions and rows follow the same rule.
"""

import re
from collections.abc import Iterator

from ipt_rag.records import Article, Block, Sentence

MARKER = re.compile(r"(?<!\\)\[([0-9]{1,3}|LLM)\](?![(\[])")
GROUP = re.compile(rf"(?:\s*{MARKER.pattern})+")
CLOSING = re.compile(r"[.!?…]+[”\"’'»)*_]*")
# What lies between two sentences: a line of a block quote begins with ">", elsewhere the sign is part of a sentence.
GAP = re.compile(r"[^\S\r\n]*(?:[\r\n][\s>]*)?")
# What may stand before a full stop that ends no sentence: without these, "et al." and "e.g." part a citation from its
# number.
ABBREVIATION = re.compile(
    r"(?:\b(?i:e\.g|i\.e|et al|cf|vs|viz|approx|ca|resp|incl|dr|drs|prof|mr|mrs|ms|st|jr|sr|dept|univ|ph\.d|m\.d"
    r"|u\.s|u\.k)|(?<![\w’'-])[A-Z])\Z"
)
# Characters before a full stop that are looked at, some more than the longest abbreviation and the sign before it: to
# search all of a sentence took a minute for 40,000 characters of "a. a. a. ".
LOOKED_BACK = 16
BEFORE_NUMBER = re.compile(r"\b(?i:no|nos|p|pp|vol|fig|figs|tab|ch|sec|eq|c)\Z")
OPENS_SENTENCE = re.compile(r"[\"“‘'(\[*_><≥≤~≈—–-]*[A-Z0-9À-ÖØ-Þ]")


def split_sentences(article: Article, block: Block) -> tuple[Sentence, ...]:
    """Return the sentences of a block in order; a table row is one sentence.

    Every character of the block but white space and closing marker groups belongs to exactly one sentence.
    """
    spans = (
        [(block.start, block.end)]
        if block.kind == "row"
        else list(sentence_spans(article.text, block.start, block.end))
    )
    drafts = [_strip_group(article.text, start, end) for start, end in spans]
    own = [_markers(article.text, start, end) for start, end in spans]
    covering: tuple[tuple[int, ...], bool] = ((), False)
    sentences: list[Sentence] = []
    for (start, end), (numbers, llm) in zip(reversed(drafts), reversed(own), strict=True):
        if numbers or llm:
            covering = (numbers, llm)
        covered = ((), False) if numbers or llm else covering
        sentences.append(Sentence(article.text[start:end], start, end, numbers, llm, *covered))
    return tuple(reversed(sentences))


def sentence_spans(
    text: str, start: int, end: int, *, group_of_markers: re.Pattern[str] = GROUP
) -> Iterator[tuple[int, int]]:
    """Yield sentence spans with their closing marker groups, without the white space between them.

    `group_of_markers` is what may close a sentence behind its full stop; by default that of our own article files.
    """
    opened = start
    for closing in CLOSING.finditer(text, start, end):
        if closing.start() < opened:
            continue
        group = group_of_markers.match(text, closing.end(), end)
        stop = group.end() if group else closing.end()
        if stop < end and not text[stop].isspace():
            continue  # a decimal, an address, "e.g.,"
        gap = GAP.match(text, stop, end)
        following = gap.end() if gap else stop
        before = text[max(opened, closing.start() - LOOKED_BACK) : closing.start()]
        if following < end and not _ends_sentence(before, closing[0], text, following, marked=bool(group)):
            continue
        yield opened, stop
        opened = following
    if text[opened:end].strip():
        yield opened, opened + len(text[opened:end].rstrip())


def _ends_sentence(before: str, closing: str, text: str, following: int, *, marked: bool) -> bool:
    opens = bool(OPENS_SENTENCE.match(text, following))
    abbreviated = closing[0] == "." and bool(ABBREVIATION.search(before))
    if marked:
        return opens or not abbreviated  # "Smith et al. [4] found" goes on
    if abbreviated or (closing[0] == "." and BEFORE_NUMBER.search(before) and text[following].isdigit()):
        return False
    return opens


def _strip_group(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the marker group at its end, if any sentence is left."""
    for group in GROUP.finditer(text, start, end):
        if group.end() == end and group.start() > start:
            return start, group.start()
    return start, end


def _markers(text: str, start: int, end: int) -> tuple[tuple[int, ...], bool]:
    """Return the source numbers in printed order, each once, and whether the LLM tag stands there."""
    labels = [marker[1] for marker in MARKER.finditer(text, start, end)]
    numbers = tuple(dict.fromkeys(int(label) for label in labels if label != "LLM"))
    return numbers, "LLM" in labels
