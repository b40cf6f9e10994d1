"""What the command line prints: an answer with its quotes and sources, and what an import did."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ipt_rag.check import QuoteCheck
from ipt_rag.evaluate import Figure
from ipt_rag.evaluate.baseline import Beside
from ipt_rag.evaluate.runs import Difference
from ipt_rag.importing import AddedPage, ImportReport
from ipt_rag.page_text import ENGLISH as TEXT
from ipt_rag.phi.wording import refusal_text
from ipt_rag.plain import plain_text
from ipt_rag.records import Answer, Part, Place, Quote
from ipt_rag.verify import Verified

WIDTH = 88
CONTROL = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # an article could steer the terminal with these


def answer_text(answer: Answer) -> str:
    """Return what is printed for an answer."""
    return CONTROL.sub(" ", "\n".join(_lines(answer)))


def added_text(added: AddedPage) -> str:
    """Return what is printed for an imported page: what was recognised, left out, and should be looked at."""
    report = added.report
    counted = {
        "sections": report.sections,
        "paragraphs": report.paragraphs,
        "list items": report.items,
        "definitions": report.definitions,
        "table rows": report.rows,
        "vignettes": report.vignettes,
        "marker groups": report.marker_groups,
        "LLM tags": report.llm_tags,
        "sources": report.sources,
    }
    lines = [
        f"{'Wrote' if added.written else 'Nothing changed in'} {added.path}",
        "  " + ", ".join(f"{count} {what}" for what, count in counted.items() if count),
        *(f"  left out,{_at(left.line, report)} ({left.reason}): {left.text}" for left in report.left_out),
        *(f"  look at{_at(doubt.line, report)}: {doubt.problem}: {doubt.text}" for doubt in report.doubts),
    ]
    return CONTROL.sub(" ", "\n".join(" ".join(line.splitlines()) for line in lines))


def _at(line: int, report: ImportReport) -> str:
    return f" {report.counted} {line}" if line and report.counted != "none" else ""


def _lines(answer: Answer) -> Iterator[str]:
    for notice in answer.notices:
        yield textwrap.fill(f"! {notice}", WIDTH)
        yield ""
    if answer.understood:
        yield textwrap.fill(TEXT.understood.format(question=answer.understood), WIDTH)
        yield ""
    if answer.status == "refused":
        yield textwrap.fill(refusal_text(answer.kinds), WIDTH)
        return
    if answer.parts:
        for part in answer.parts:
            yield textwrap.fill(TEXT.part.format(question=part.question), WIDTH)
            yield ""
            for place in part.quotes:
                yield from _quote(place + 1, answer.quotes[place])
            if not part.quotes:
                yield from _silence(part)
                yield ""
    elif answer.status == "not_in_articles":
        yield from _silence(answer)
    else:
        for number, quote in enumerate(answer.quotes, start=1):
            yield from _quote(number, quote)
    if answer.cautions:
        yield f"{TEXT.see_cautions}:"
        yield from map(_place, answer.cautions)
        yield ""
    if answer.references:
        yield f"{TEXT.sources}:"
    for reference in answer.references:
        tier = f"{reference.tier} · " if reference.tier else ""
        line = f"[{reference.number}] {tier}{reference.reference} ({reference.article})"
        yield textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="      ")
    if answer.quotes:
        yield ""
        yield TEXT.banner


def _silence(silent: Answer | Part) -> Iterator[str]:
    yield textwrap.fill(" ".join(TEXT.no_answer(silent.reason, silent.widen)).strip(), WIDTH)
    if silent.nearest:
        yield f"{TEXT.nearest}:"
        yield from map(_place, silent.nearest)


def _place(place: Place) -> str:
    return f"  - {' › '.join(part for part in (place.title, place.section) if part)}"


def _quote(number: int, quote: Quote) -> Iterator[str]:
    label = TEXT.kinds[quote.kind]
    if label:
        yield f"   ({label})"
    if quote.lead_in:
        yield textwrap.fill(plain_text(quote.lead_in.text), WIDTH, initial_indent="   ", subsequent_indent="   ")
    markers = "".join(f" [{source}]" for source in quote.sources) + (" [LLM]" if quote.llm else "")
    for index, line in enumerate(plain_text(quote.text).splitlines() or [""]):
        last = index == len(quote.text.splitlines()) - 1
        opening = f"{number}. " if index == 0 else "   "
        yield textwrap.fill(line + (markers if last else ""), WIDTH, initial_indent=opening, subsequent_indent="   ")
    tiers = f" · {', '.join(quote.tiers)}" if quote.tiers else ""
    yield f"   — {' › '.join(part for part in (quote.title, quote.section) if part)}"
    yield f"   {TEXT.vouched[quote.provenance]}{tiers} · characters {quote.start}–{quote.end} of {quote.article}.md"
    yield ""


def figures_text(title: str, figures: Iterable[Figure]) -> str:
    """Return figures as a table with their intervals."""
    lines = [title]
    for figure in figures:
        interval = f"{figure.low:.2f}–{figure.high:.2f}"
        lines.append(f"  {figure.name:<34} {figure.value:6.3f}   {interval:>9}   {figure.questions:>4} questions")
    return "\n".join(lines)


def columns_text(title: str, columns: Mapping[str, Sequence[Figure]]) -> str:
    """Return the same figures of several systems side by side, a column each, with their intervals."""
    lines = [title, f"  {'':<34}" + "".join(f" {name:>22}" for name in columns)]
    for row in zip(*columns.values(), strict=True):
        cells = (f"{figure.value:.3f} ({figure.low:.2f}–{figure.high:.2f})" for figure in row)
        lines.append(f"  {row[0].name:<34}" + "".join(f" {cell:>22}" for cell in cells))
    return "\n".join(lines)


def beside_text(beside: Beside) -> str:
    """Return how LangChain's defaults did beside ours, and the paired comparison."""
    return "\n".join(
        (
            columns_text(f"LangChain's defaults ({beside.pieces} pieces) beside ours", beside.columns),
            "  A piece has up to 1,000 characters, a passage is a sentence or two: a piece is right more easily.",
            differences_text("from LangChain's defaults to ours, each at its own 5 %", beside.differences),
        )
    )


def verified_text(verified: Verified) -> str:
    """Return what was compared of an exported file, and what differs."""
    lines = [f"{verified.quotes} quotes and {verified.sources} sources were compared with the articles."]
    lines += [f"  {difference.where}: {difference.what}" for difference in verified.differences]
    if verified.index and verified.said_index != verified.index:
        lines.append(f"  The file names index {verified.said_index or 'none'}; compared with index {verified.index}.")
    lines.append("Not as in the articles." if verified.differences else "All stand there as the file says.")
    return CONTROL.sub(" ", "\n".join(lines))


def differences_text(title: str, differences: Iterable[Difference]) -> str:
    """Return the paired comparison of two runs as a table."""
    lines = [title]
    for each in differences:
        lines.append(
            f"  {each.name:<34} {each.before:6.3f} → {each.now:.3f}   {each.low:+.2f} to {each.high:+.2f}   "
            f"{each.gained} gained, {each.lost} lost, p = {each.p:.3f}, {each.questions} questions"
        )
    return "\n".join(lines)


def checked_text(check: QuoteCheck) -> str:
    """Return the verdict on a quote, what was changed, and what is printed."""
    lines: list[str] = [check.verdict]
    lines += [f"  {change.kind}: said “{change.said}”, printed “{change.printed}”" for change in check.changes]
    if check.verdict == "misattributed":
        said, printed = (", ".join(numbers) or "none" for numbers in (check.said_sources, check.printed_sources))
        lines.append(f"  sources: said {said}, printed {printed}")
    if check.text:
        lines.append(textwrap.fill(plain_text(check.text), WIDTH, initial_indent="  ", subsequent_indent="  "))
        lines.append(f"  — {check.article}, {' › '.join(check.section)}, characters {check.start}–{check.end}")
    return "\n".join(lines)
