"""Passage -> `Quote`: the passage as it is shown, with its title and the tiers of its sources; and whose word it is."""

from collections.abc import Mapping, Sequence

from ipt_rag.records import Passage, Quote, Source


def quote_of(
    passage: Passage,
    *,
    title: str,
    sources: Mapping[int, Source],
    score: float = 0.0,
    matched: tuple[tuple[int, int], ...] = (),
) -> Quote:
    """Return a passage as a quote, with the tiers of its sources; by default as one that no question has met.

    Args:
        passage: what is quoted.
        title: of its article.
        sources: those of its article, by number.
        score: 0 to 1, higher is closer.
        matched: offsets into its text of the words that met a question.
    """
    tiers = {sources[number].tier for number in passage.sources if number in sources} - {""}
    return Quote(
        text=passage.text,
        article=passage.article,
        title=title,
        section=" › ".join(passage.section),
        kind=passage.kind,
        start=passage.start,
        end=passage.end,
        lead_in=passage.lead_in,
        sources=passage.sources,
        own_sources=passage.own_sources,
        llm=passage.llm,
        provenance=passage.provenance,
        tiers=tuple(sorted(tiers)),
        score=score,
        matched=matched,
    )


def speaks_for_another(quotes: Sequence[Quote], place: int) -> bool:
    """Return whether the quote at a place is the first of its article, and not of the article quoted first."""
    return quotes[place].article not in {quote.article for quote in quotes[:place]} and place > 0
