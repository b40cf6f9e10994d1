"""Sentences -> `Passage`: what is quoted, and never cut.

A passage is a run of sentences closed by one marker group; or one list item, definition, question, table
row, vignette or source. A quoted misconception carries no marker, so it runs on into its rebuttal.
A list whose lead-in ends in a colon and whose items carry no markers is one sentence spread over lines,
and so one passage.
"""

from collections.abc import Callable, Iterator, Sequence

from ipt_rag.records import Article, Block, Kind, Passage, Sentence, Span

LISTED: tuple[Kind, ...] = ("item", "definition", "question")

Split = Callable[[Article, Block], tuple[Sentence, ...]]


def split_passages(
    article: Article, split_sentences: Split, *, count_tokens: Callable[[str], int], max_tokens: int
) -> tuple[Passage, ...]:
    """Return the passages of an article in the order of its text, its sources last.

    A run of sentences longer than `max_tokens`, as `count_tokens` counts, is parted between sentences, so that
    the encoder's window cuts none of it; a single longer sentence stays whole.
    """
    passages: list[Passage] = []
    for group in _groups(article.blocks):
        split = [split_sentences(article, block) for block in group]
        opening, whole = _whole_list(article, group, split)
        if whole and count_tokens(whole.text) <= max_tokens:
            runs = _runs(opening, count_tokens, max_tokens) if opening else iter(())
            passages.extend(_passage(article, group[0], run, None) for run in runs)
            passages.append(whole)
            continue
        for block, sentences in zip(group, split, strict=True):
            if _only_introduces(block, group, sentences):
                continue
            lead_in = _lead_in(article, block, group, split)
            short = sum(count_tokens(sentence.text) for sentence in sentences) <= max_tokens
            one = block.kind == "row" or (block.kind != "paragraph" and short)
            for run in [sentences] if one else _runs(sentences, count_tokens, max_tokens):
                passages.append(_passage(article, block, run, lead_in))
    passages.extend(_source_passages(article))
    return tuple(passages)


def _groups(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield each list together with the paragraph that introduces it; every other block alone."""
    group: list[Block] = []
    for block in blocks:
        introduced = group and block.kind in LISTED and block.lead_in and block.lead_in.start == group[0].start
        continued = group and block.kind in LISTED and group[-1].kind in LISTED and block.lead_in == group[-1].lead_in
        if group and not (introduced or (continued and block.section == group[-1].section)):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _whole_list(
    article: Article, group: list[Block], split: list[tuple[Sentence, ...]]
) -> tuple[Sequence[Sentence], Passage | None]:
    """Return what stands before a list's lead-in, and lead-in with items as one passage where they are one sentence."""
    if len(group) < 2 or group[0].kind != "paragraph" or any(block.kind != "item" for block in group[1:]):
        return (), None
    before = list(split[0])
    run = [before.pop()]
    if not run[0].text.rstrip().endswith(":"):
        return (), None
    closing = split[-1][-1]
    items = [sentence for sentences in split[1:] for sentence in sentences]
    if any(_marked(sentence) for sentence in items[:-1]):
        return (), None
    while before and not _marked(before[-1]):
        run.insert(0, before.pop())
    own = tuple(dict.fromkeys((*run[-1].own, *closing.own)))
    return before, Passage(
        article=article.slug,
        section=group[0].section,
        kind="paragraph",
        text=article.text[run[0].start : closing.end],
        start=run[0].start,
        end=closing.end,
        lead_in=None,
        sources=own,
        own_sources=own,
        llm=run[-1].own_llm or closing.own_llm,
    )


def _lead_in(article: Article, block: Block, group: list[Block], split: list[tuple[Sentence, ...]]) -> Span | None:
    """Return a table's header, or the last sentence of the paragraph that introduces a list."""
    if block.kind not in LISTED or block is group[0] or group[0].kind != "paragraph":
        return block.lead_in if block.kind == "row" else None
    last = split[0][-1]
    return Span(article.text[last.start : last.end], last.start, last.end)


def _only_introduces(block: Block, group: list[Block], sentences: tuple[Sentence, ...]) -> bool:
    """Return whether a paragraph says nothing without the list below it; one with a marker of its own does."""
    if block is not group[0] or len(group) < 2 or len(sentences) > 1 or _marked(sentences[0]):
        return False
    return sentences[0].text.rstrip().endswith(":")


def _marked(sentence: Sentence) -> bool:
    return bool(sentence.own) or sentence.own_llm


def _runs(
    sentences: Sequence[Sentence], count_tokens: Callable[[str], int], max_tokens: int
) -> Iterator[list[Sentence]]:
    run: list[Sentence] = []
    size = 0
    for sentence in sentences:
        tokens = count_tokens(sentence.text)
        if run and size + tokens > max_tokens:
            yield run
            run, size = [], 0
        run.append(sentence)
        size += tokens
        if _marked(sentence):
            yield run
            run, size = [], 0
    if run:
        yield run


def _passage(article: Article, block: Block, run: Sequence[Sentence], lead_in: Span | None) -> Passage:
    last = run[-1]
    own = tuple(dict.fromkeys(number for sentence in run for number in sentence.own))
    return Passage(
        article=article.slug,
        section=block.section,
        kind=block.kind,
        text=article.text[run[0].start : last.end],
        start=run[0].start,
        end=last.end,
        lead_in=lead_in,
        sources=tuple(dict.fromkeys((*own, *last.covering))),
        own_sources=own,
        llm=last.covering_llm or any(sentence.own_llm for sentence in run),
    )


def _source_passages(article: Article) -> Iterator[Passage]:
    for source in article.sources:
        yield Passage(
            article=article.slug,
            section=("Sources",),
            kind="source",
            text=article.text[source.start : source.end],
            start=source.start,
            end=source.end,
            lead_in=None,
            sources=(source.number,),
            own_sources=(source.number,),
            llm=False,
        )
