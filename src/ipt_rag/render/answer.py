"""One question with its answer: quotes and their sources, or why there are none; a refusal; what is read aloud."""

from collections.abc import Mapping, Sequence
from html import escape

from ipt_rag.page_text import PageText
from ipt_rag.quoting import speaks_for_another
from ipt_rag.records import Answer, Article, Filter, Part, Place, Quote
from ipt_rag.render.quote import quote_html
from ipt_rag.render.sources import sources_html

EVERYTHING = Filter()


def turn_html(
    answer: Answer,
    *,
    question: str,
    turn: int,
    articles: Mapping[str, Article],
    text: PageText,
    only: Filter = EVERYTHING,
    feedback: bool = False,
    keeps_questions: bool = False,
) -> str:
    """Return one question with its answer: quotes best first and their sources beside them, or why there are none.

    `articles` holds, by slug, at least the articles that are quoted or filtered by. A refused answer has no turn: see
    `refusal_html`. `feedback` adds the buttons that say whether the answer was of use; `keeps_questions` tells, before
    one is pressed, that the question is kept with what they say.
    """
    prefix = f"t{turn}"
    notices = "".join(f'<p class="notice">{escape(notice)}</p>' for notice in answer.notices)
    if answer.parts:
        said = _parts(answer, articles, prefix, text)
    elif answer.quotes:
        said = _quotes(answer, answer.quotes, articles, prefix, text)
    else:
        said = _nothing_found(answer, text)
    if any(quote.matched for quote in answer.quotes):
        said += f'<p class="hint">{escape(text.matched_words)}</p>'
    said += _places(text.see_cautions, answer.cautions, text)
    sources = sources_html(answer.references, articles, prefix, text) if answer.quotes else ""
    return (
        f'<article class="turn" id="{prefix}" data-turn="{turn}" tabindex="-1" aria-labelledby="{prefix}-question">'
        f'<h2 id="{prefix}-question" dir="auto"><span class="sr">{escape(text.question.format(turn=turn))}: </span>'
        f"{escape(question)}</h2>{_understood(answer, text)}{_filtered(only, articles, text)}"
        f'<div class="columns"><div class="quotes">{notices}{said}</div>{sources}</div>'
        f"{_feedback(answer, prefix, text, keeps_questions) if feedback else ''}</article>"
    )


def _parts(answer: Answer, articles: Mapping[str, Article], prefix: str, text: PageText) -> str:
    """Return each of several questions asked at once, with what answers it."""
    parts = ""
    for number, part in enumerate(answer.parts, start=1):
        name = f"{prefix}p{number}"
        quotes = [answer.quotes[place] for place in part.quotes]
        said = (
            _quotes(answer, quotes, articles, prefix, text, part=f"p{number}-")
            if quotes
            else _nothing_found(part, text)
        )
        parts += (
            f'<section class="part" aria-labelledby="{name}"><h3 id="{name}" dir="auto">'
            f"{escape(text.part.format(question=part.question))}</h3>{said}</section>"
        )
    return parts


def _quotes(
    answer: Answer,
    quotes: Sequence[Quote],
    articles: Mapping[str, Article],
    prefix: str,
    text: PageText,
    part: str = "",
) -> str:
    html = ""
    for place, quote in enumerate(quotes, start=1):
        if speaks_for_another(quotes, place - 1):
            html += f'<p class="hint another">{escape(text.another_article)}</p>'
        # The same passage may answer two parts, so `part` goes into its place.
        html += quote_html(quote, f"{part}{place}", answer.references, articles[quote.article], prefix, text)
    return html


def _understood(answer: Answer, text: PageText) -> str:
    said = escape(text.understood.format(question=answer.understood))
    return f'<p class="hint understood" dir="auto">{said}</p>' if answer.understood else ""


def filter_words(only: Filter, articles: Mapping[str, Article], text: PageText) -> str:
    """Return what an answer was filtered by, in words; "" without a filter."""
    parts = [articles[slug].title if slug in articles else slug for slug in only.articles]
    parts += [*only.tiers, *([text.filters["sourced"]] if only.sourced_only else [])]
    return f"{text.filtered}: {', '.join(parts)}" if parts else ""


def _filtered(only: Filter, articles: Mapping[str, Article], text: PageText) -> str:
    words = filter_words(only, articles, text)
    return f'<p class="filtered">{escape(words)}</p>' if words else ""


def _nothing_found(silent: Answer | Part, text: PageText) -> str:
    said, reason = text.no_answer(silent.reason, silent.widen)
    widen = f'<p><button type="button" data-do="unfilter">{escape(text.page["unfilter"])}</button></p>'
    return (
        f'<p class="nothing"><strong>{escape(said)}</strong>{f" {escape(reason)}" if reason else ""}</p>'
        f"{widen if silent.widen else ''}{_places(text.nearest, silent.nearest, text)}"
    )


def _places(heading: str, places: Sequence[Place], text: PageText) -> str:
    """Return sections as buttons that open them in the reader, under a heading; "" without any."""
    if not places:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="open" data-article="{escape(place.article)}" '
        f'data-section="{escape(place.section)}"'
        f"{_place_name(place, text)}</button></li>"
        for place in places
    )
    return f'<h3>{escape(heading)}</h3><ul class="nearest">{buttons}</ul>'


def _place_name(place: Place, text: PageText) -> str:
    """Return the end of a button's tag and its words: section and article, or the article alone, named once."""
    if not place.section:
        return f"><span>{escape(place.title)}</span>"
    label = text.open_section.format(section=place.section, title=place.title)
    return f' aria-label="{escape(label)}"><span>{escape(place.section)}</span> <cite>{escape(place.title)}</cite>'


def _feedback(answer: Answer, prefix: str, text: PageText, keeps_questions: bool) -> str:
    words = {name: escape(word) for name, word in text.feedback.items()}
    verdicts = ("useful", "not_useful", "wrong_citation") if answer.quotes else ("useful", "not_useful")
    buttons = "".join(f'<button type="button" data-verdict="{name}">{words[name]}</button>' for name in verdicts)
    fields = (
        f'<label for="{prefix}-text">{words["text"]}</label>'
        f'<textarea id="{prefix}-text" rows="3" maxlength="4000" autocomplete="off" spellcheck="false"></textarea>'
        f'<label for="{prefix}-source">{words["source"]}</label>'
        f'<input id="{prefix}-source" maxlength="500" autocomplete="off" spellcheck="false" required>'
        f'<p class="hint">{words["note"]}</p><button type="button" data-verdict="revision">{words["send"]}</button>'
    )
    kept = f'<p class="hint">{words["keeps"]}</p>' if keeps_questions else ""
    return (
        f'<div class="feedback" role="group" aria-label="{words["group"]}">{buttons}{kept}'
        f"<details><summary>{words['revision']}</summary><div>{fields}</div></details>"
        '<p class="noted" role="status"></p></div>'
    )


def refusal_html(sentences: Sequence[str], instead: Sequence[str]) -> str:
    """Return the refusal: fixed sentences, then what may be typed instead; holds no character of the message.

    The guard's sentences are reviewed in English, and stay in it.
    """
    first, *others = sentences
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in instead)
    return (
        f'<div class="refusal" lang="en"><p><strong>{escape(first)}</strong></p>'
        + (f"<ul>{choices}</ul>" if choices else "")
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in others)
        + "</div>"
    )


def status_sentence(answer: Answer, turn: int, text: PageText) -> str:
    """Return what the status line says, and a screen reader reads aloud, when an answer has come."""
    if answer.status == "refused":
        return text.refused_status
    if answer.reason == "filtered":
        return " ".join(text.no_answer(answer.reason, answer.widen))
    if answer.status == "not_in_articles":
        return text.not_in_articles_status.format(turn=turn)
    quotes, sources = len(answer.quotes), len(answer.references)
    return text.answered_status.format(
        turn=turn,
        passages=text.one_passage if quotes == 1 else text.passages.format(count=quotes),
        sources=text.one_source if sources == 1 else text.several_sources.format(count=sources),
    )
