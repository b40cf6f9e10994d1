"""An answer as Markdown to take away, in the form that `ipt-rag verify` reads."""

import re

from ipt_rag.page_text import PageText
from ipt_rag.records import Answer, Passage, Quote, Reference
from ipt_rag.render.quote import vouched


def turn_markdown(answer: Answer, *, question: str, text: PageText, filtered: str = "") -> str:
    """Return one turn as Markdown to copy or export: the file's own words, numbers, provenance, sources, filters.

    Under each quote stands where it is to be found, by slug and characters, so that `ipt-rag verify` can look.
    """
    lines = [f"## {_escape_markdown(question)}", "", *(f"{notice}\n" for notice in answer.notices)]
    lines += [_escape_markdown(filtered), ""] if filtered else []
    if answer.understood:
        lines += [_escape_markdown(text.understood.format(question=answer.understood)), ""]
    if answer.status != "answered":
        lines += [" ".join(text.no_answer(answer.reason, answer.widen)).strip(), ""]
    for quote in answer.quotes:
        label = text.kinds[quote.kind]
        lines += [f"*{label}*", ""] if label else []
        lines += quoted_lines(quote)
        place = f"{quote.title} › {quote.section} ({quote.article} {quote.start}–{quote.end})"
        lines += ["", f"{vouched(quote, text)} — {place}", ""]
    if answer.references:
        lines += [f"### {text.sources}", ""]
    lines += [source_line(entry) for entry in answer.references]
    return "\n".join(lines).strip() + "\n"


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
