"""Passages -> `Chunk`: what has one vector; the door to langchain-text-splitters.

A chunk is a run of whole passages of one section.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby

from langchain_text_splitters import CharacterTextSplitter, RecursiveCharacterTextSplitter

from ipt_rag.plain import plain_text
from ipt_rag.records import Chunk, Passage

# Unit separator: it cannot stand in an article's prose, so the splitter parts between passages and nowhere else.
SEPARATOR = "\x1f"
PIPE = re.compile(r"(?<!\\)\|")


def pack_passages(
    passages: Sequence[Passage], *, count_tokens: Callable[[str], int], max_tokens: int
) -> Iterator[Chunk]:
    """Yield the chunks of one article; `first` and `after` count passages from 0 within `passages`.

    No chunk takes more than `max_tokens` as `count_tokens` counts, but a longer passage stands alone.
    """
    length = cache(lambda text: count_tokens(text.replace(SEPARATOR, " ")))
    splitter = CharacterTextSplitter(
        separator=SEPARATOR,
        chunk_size=max_tokens,
        chunk_overlap=0,
        length_function=length,
        strip_whitespace=False,
    )
    first = 0
    for _, section in groupby(passages, key=lambda passage: passage.section):
        # A blank in place of no text at all: the splitter drops empty splits, and every later number would be wrong.
        texts = [search_text(passage).replace(SEPARATOR, " ") or " " for passage in section]
        for longer, run in groupby(texts, key=lambda text: length(text) > max_tokens):
            for packed in run if longer else splitter.split_text(SEPARATOR.join(run)):
                after = first + packed.count(SEPARATOR) + 1
                yield Chunk(first, after)
                first = after


def cut_by_length(text: str, *, size: int, overlap: int) -> list[str]:
    """Return a text in pieces of up to `size` characters, cut where LangChain's usual splitter would.

    Only the baseline of the evaluation cuts so: a piece may part a sentence from its source number.
    """
    return RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap).split_text(text)


def search_text(passage: Passage) -> str:
    """Return what of a passage is searched: its plain text, after the lead-in or header that explains it."""
    text = plain_text(passage.text)
    if passage.lead_in is None:
        return text
    if passage.kind != "row":
        return f"{plain_text(passage.lead_in.text)} {text}"
    names, cells = PIPE.split(passage.lead_in.text), PIPE.split(passage.text)
    return "; ".join(
        f"{plain_text(name.strip())}: {plain_text(cell.strip())}" for name, cell in zip(names, cells, strict=False)
    )
