"""An answer as Markdown to take away, in the form that `ipt-rag verify` reads."""

import re
from collections.abc import Sequence

from ipt_rag.page_text import PageText
from ipt_rag.records import Answer, Part, Passage, Place, Quote, Reference
from ipt_rag.render.quote import vouched


def turn_markdown(answer: Answer, *, question: str, text: PageText, filtered: str = "") -> str:
    """Return one turn as Markdown to copy or export: the file's own words, numbers, provenance, sources, filters.

    Under each quote stands where it is to be found, by slug and characters, so that `ipt-rag verify` can look.
    """
    lines = [f"## {_escape_markdown(question)}", "", *(f"{notice}\n" for notice in answer.notices)]
    lines += [_escape_markdown(filtered), ""] if filtered else []
    if answer.understood:
        lines += [_escape_markdown(text.understood.format(question=answer.understood)), ""]
    for part in answer.parts:
        lines += [f"### {_escape_markdown(text.part.format(question=part.question))}", ""]
        lines += _quotes([answer.quotes[place] for place in part.quotes], text) or _silence(part, text)
    if not answer.parts:
        lines += _quotes(answer.quotes, text) or _silence(answer, text)
    if answer.cautions:
        lines += [f"### {text.see_cautions}", "", *map(section_line, answer.cautions), ""]
    if answer.references:
        lines += [f"### {text.sources}", ""]
    lines += [source_line(entry) for entry in answer.references]
    return "\n".join(lines).strip() + "\n"


def _quotes(quotes: Sequence[Quote], text: PageText) -> list[str]:
    lines: list[str] = []
    for quote in quotes:
        lines += [line for label in label_lines(quote, text) for line in (label, "")]
        lines += [*quoted_lines(quote), "", place_line(quote, text), ""]
    return lines


def _silence(silent: Answer | Part, text: PageText) -> list[str]:
    return [" ".join(text.no_answer(silent.reason, silent.widen)).strip(), ""]


def section_line(place: Place) -> str:
    """Return a section to read on in as a Markdown list item."""
    return f"- {_escape_markdown(' › '.join(name for name in (place.title, place.section) if name))}"


def label_lines(quote: Quote, text: PageText) -> list[str]:
    """Return what kind of passage a quote is, as the line above it; no line for plain sentences."""
    return [f"*{text.kinds[quote.kind]}*"] if text.kinds[quote.kind] else []


def place_line(quote: Quote, text: PageText) -> str:
    """Return the line under a quote: who vouches for it, its best tier, its article and section, its characters."""
    where = f"{quote.title} › {quote.section} ({quote.article} {quote.start}–{quote.end})"
    return f"{vouched(quote, text)} — {where}"


def source_line(entry: Reference) -> str:
    """Return a source as a Markdown list item."""
    tier = f" {entry.tier} ·" if entry.tier else ""
    address = f" <{entry.address}>" if re.match(r"https?://[^\s<>]+\Z", entry.address) else ""
    return f"- [{entry.number}] ({entry.article}){tier} {entry.reference}{address}"


def quoted_lines(quote: Quote | Passage) -> list[str]:
    """Return a passage as the lines of a Markdown blockquote: its lead-in, its own words, its numbers."""
    lead_in = [f"> {line}" for line in quote.lead_in.text.split("\n")] + [">"] if quote.lead_in else []
    numbers = "".join(f" [{number}]" for number in quote.sources) + (" **LLM**" if quote.llm else "")
    return lead_in + [f"> {line}" for line in (quote.text + numbers).split("\n")]


def _escape_markdown(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|!])", r"\\\1", " ".join(words.split()))
