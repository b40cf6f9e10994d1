"""Block -> `Sentence`: where each sentence stands, and which citation markers close or cover it.

A marker group (`[4] [LLM]`) speaks for the sentence it closes and for the unmarked sentences before it in
the same block, back to the previous group. Lists, definitions and rows follow the same rule.
"""

import re
from collections.abc import Iterator

from ipt_rag.records import Article, Block, Sentence

MARKER = re.compile(r"(?<!\\)\[(\d{1,3}|LLM)\](?![(\[])")
GROUP = re.compile(rf"(?:\s*{MARKER.pattern})+")
CLOSING = re.compile(r"[.!?…]+[”\"’'»)*_]*")
# What may stand before a full stop that ends no sentence: without these, "et al." and "e.g." part a citation from its number.
ABBREVIATION = re.compile(
    r"(?:\b(?i:e\.g|i\.e|et al|cf|vs|viz|approx|ca|resp|incl|dr|drs|prof|mr|mrs|ms|st|jr|sr|dept|univ|ph\.d|m\.d|u\.s|u\.k)"
    r"|(?<![\w’'-])[A-Z])\Z"
)
BEFORE_NUMBER = re.compile(r"\b(?i:no|nos|p|pp|vol|fig|figs|tab|ch|sec|eq|c)\Z")
OPENS_SENTENCE = re.compile(r"[\"“‘'(\[*_>—–-]*[A-Z0-9À-ÖØ-Þ]")


def split_sentences(article: Article, block: Block) -> tuple[Sentence, ...]:
    """Return the sentences of a block in order; a table row is one sentence.

    Every character of the block but white space and closing marker groups belongs to exactly one sentence.
    """
    spans = [(block.start, block.end)] if block.kind == "row" else list(_spans(article.text, block.start, block.end))
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


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield sentence spans with their closing marker groups, without the white space between them."""
    opened = start
    for closing in CLOSING.finditer(text, start, end):
        if closing.start() < opened:
            continue
        group = GROUP.match(text, closing.end(), end)
        stop = group.end() if group else closing.end()
        if stop < end and not text[stop].isspace():
            continue  # a decimal, an address, "e.g.,"
        following = text[stop:end].lstrip(" \t\r\n>")
        if following and not _ends_sentence(text[opened : closing.start()], closing.group(), following, bool(group)):
            continue
        yield opened, stop
        opened = stop + len(text[stop:end]) - len(following)
    if text[opened:end].strip():
        yield opened, opened + len(text[opened:end].rstrip())


def _ends_sentence(before: str, closing: str, following: str, marked: bool) -> bool:
    if marked and closing[0] == "." and ABBREVIATION.search(before):
        return bool(OPENS_SENTENCE.match(following))  # "Smith et al. [4] found" goes on
    if marked or closing[0] != ".":
        return marked or bool(OPENS_SENTENCE.match(following))
    if ABBREVIATION.search(before) or (BEFORE_NUMBER.search(before) and following[0].isdigit()):
        return False
    return bool(OPENS_SENTENCE.match(following))


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
