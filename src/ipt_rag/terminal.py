"""What the command line prints: an answer with its quotes and sources, and what an import did."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ipt_rag.config import named
from ipt_rag.importing import AddedPage, ImportReport
from ipt_rag.page_text import ENGLISH as TEXT
from ipt_rag.phi.wording import refusal_text
from ipt_rag.plain import plain_text
from ipt_rag.quoting import speaks_for_another

if TYPE_CHECKING:  # each command imports what it uses: these bring the search, the builder and LangChain along
    from ipt_rag.check import CheckedLine, QuoteCheck
    from ipt_rag.doctor import Finding
    from ipt_rag.evaluate import Figure
    from ipt_rag.evaluate.baseline import Beside
    from ipt_rag.evaluate.runs import Difference
    from ipt_rag.holdings import Holding
    from ipt_rag.intake import NotAdded
    from ipt_rag.keys import KeyLine
    from ipt_rag.questions import Lacking, Taken
    from ipt_rag.records import Answer, Part, Place, Quote
    from ipt_rag.removal import Removed
    from ipt_rag.verify import Verified

WIDTH = 88
CONTROL = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # an article could steer the terminal with these

DONE = {"added": "Wrote", "replaced": "Replaced", "unchanged": "Nothing changed in"}


def answer_text(answer: Answer) -> str:
    """Return what is printed for an answer."""
    return CONTROL.sub(" ", "\n".join(_lines(answer)))


def added_text(added: AddedPage) -> str:
    """Return what is printed for an imported page: what was recognised, left out, and should be looked at."""
    if added.report is None:
        lines = [f"Nothing changed in {added.path}: it was made from this very file (--replace makes it anew)"]
    else:
        lines = [f"{DONE[added.outcome]} {added.path}", *_recognised(added.report)]
    lines += [f"  {note}" for note in added.notes]
    return CONTROL.sub(" ", "\n".join(" ".join(line.splitlines()) for line in lines))


def _recognised(report: ImportReport) -> Iterator[str]:
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
    told = (f"{count} {what.removesuffix('s') if count == 1 else what}" for what, count in counted.items() if count)
    yield "  " + ", ".join(told)
    yield from (f"  left out,{_at(left.line, report)} ({left.reason}): {left.text}" for left in report.left_out)
    yield from (f"  look at{_at(doubt.line, report)}: {doubt.problem}: {doubt.text}" for doubt in report.doubts)


def became_text(became: Iterable[AddedPage | NotAdded], skipped: int) -> str:
    """Return how many pages came to what, in one line."""
    counts = Counter(each.outcome if isinstance(each, AddedPage) else "not added" for each in became)
    told = ", ".join(f"{count:,} {what}" for what in (*DONE, "not added") if (count := counts[what]))
    return f"{counts.total():,} pages: {told}" + (f"; {skipped:,} passed over" if skipped else "")


def removed_text(removed: Removed, index: Path | str) -> str:
    """Return what a removal did, and what is left to do."""
    lines = [f"Removed {removed.path}"]
    if removed.digest:
        lines += [f"Index {removed.digest} holds what is left."]
    elif removed.indexed:
        lines += [f"No article is left, so neither is an index in {named(index)}."]
    else:
        lines += [f"The index in {named(index)} does not hold it."]
    if removed.indexed:
        lines += ["A page that is open answers without it from its next question on."]
    return CONTROL.sub(" ", "\n".join(lines))


def holdings_text(articles: Sequence[Holding]) -> str:
    """Return what is in a corpus, three lines an article and one for all."""
    lines: list[str] = []
    for each in articles:
        about = (each.language, each.kind, each.date, each.licence, "original kept" if each.original else "")
        lines += [
            f"{each.slug}: {each.title}",
            f"  {' · '.join(part for part in about if part) or 'the front matter says no more'}",
            f"  {_counts(each.sentences, each.passages, each.keys, each.by_provenance)}",
            f"  passages by tier: {_by(each.by_tier)}; sources: {each.sources:,} ({_by(each.sources_by_tier)})",
        ]
    provenance = sum((Counter(each.by_provenance) for each in articles), Counter[str]())
    sentences, keys = sum(each.sentences for each in articles), sum(each.keys for each in articles)
    lines.append(f"{len(articles):,} articles: {_counts(sentences, provenance.total(), keys, provenance)}")
    return CONTROL.sub(" ", "\n".join(lines))


def _counts(sentences: int, passages: int, keys: int, by_provenance: Mapping[str, int]) -> str:
    return f"{sentences:,} sentences, {passages:,} passages ({_by(by_provenance)}), {keys:,} anticipated questions"


def _by(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {count:,}" for what, count in counts.items() if count) or "none"


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
        told: set[int] = set()  # a quote that answers two parts is printed once: else numbers would run 4, 5, 3
        for part in answer.parts:
            yield textwrap.fill(TEXT.part.format(question=part.question), WIDTH)
            yield ""
            quotes = [answer.quotes[place] for place in part.quotes]
            for at, place in enumerate(part.quotes):
                if speaks_for_another(quotes, at):
                    yield from (f"{TEXT.another_article}:", "")
                if place in told:
                    yield from (f"   Quote {place + 1} above answers this too.", "")
                else:
                    yield from _quote(place + 1, answer.quotes[place])
            told.update(part.quotes)
            if not part.quotes:
                yield from _silence(part)
                yield ""
    elif answer.status == "not_in_articles":
        yield from _silence(answer)
    else:
        for place, quote in enumerate(answer.quotes):
            if speaks_for_another(answer.quotes, place):
                yield from (f"{TEXT.another_article}:", "")
            yield from _quote(place + 1, quote)
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


def lacking_text(lacking: Lacking, fewer_than: int) -> str:
    """Return how many passages of an article lack questions, and which questions lost their passage."""
    count = (
        f"{len(lacking.few)} of {lacking.passages} passages of {lacking.slug} have fewer than {fewer_than} questions."
    )
    return CONTROL.sub(" ", "\n".join((count, *_fallen(lacking.fallen))))


def taken_text(taken: Taken) -> str:
    """Return what was taken of a filled form and what not, by line."""
    lines = [f"{'Wrote' if taken.added else 'Nothing changed in'} {taken.path}", *_fallen(taken.fallen)]
    for number, group in groupby(taken.outcomes, key=lambda outcome: outcome.line):
        outcomes = list(group)
        count = sum(outcome.verdict in ("taken", "kept") for outcome in outcomes)
        lines.append(f"  line {number}: {count} taken" + (f" of {len(outcomes)}" if count < len(outcomes) else ""))
        for outcome in outcomes:
            if outcome.remark:
                which = f"question {outcome.question}" if outcome.question else "the line"
                lines.append(
                    f"    {which} {outcome.remark}{': taken all the same' if outcome.verdict == 'kept' else ''}"
                )
    lines.append(f"{taken.added} taken, {taken.refused} refused.")
    return CONTROL.sub(" ", "\n".join(lines))


def _fallen(fallen: Iterable[KeyLine]) -> Iterator[str]:
    for line in fallen:
        gone = f"its passage (“{line.begins} …”) has changed or is gone"
        yield f"  line {line.number} of the questions file: {gone}, {len(line.questions)} questions do not count"


def checked_text(check: QuoteCheck) -> str:
    """Return the verdict on a quote, what was changed, and what is printed."""
    lines: list[str] = [check.verdict]
    lines += [f"  {TEXT.changed(change.kind, change.said, change.printed)}" for change in check.changes]
    if check.verdict == "misattributed":
        said, printed = (", ".join(numbers) or "none" for numbers in (check.said_sources, check.printed_sources))
        lines.append(f"  sources: said {said}, printed {printed}")
    if check.text:
        lines.append(textwrap.fill(plain_text(check.text), WIDTH, initial_indent="  ", subsequent_indent="  "))
        where = " › ".join((check.article, *check.section))
        lines.append(f"  — {where}, characters {check.start}–{check.end}")
    else:
        lines.append(f"  {TEXT.check['nothing_near']}")
    return CONTROL.sub(" ", "\n".join(lines))


def checked_line_text(checked: CheckedLine) -> str:
    """Return the verdict on one of many quotes; a refused one is not repeated."""
    if checked.kinds:
        return refusal_text(checked.kinds)
    return checked_text(checked.check) if checked.check else checked.problem


def checked_lines_text(checked: Iterable[CheckedLine]) -> str:
    """Return how many quotes got which verdict, in one line."""
    counts = Counter(each.check.verdict if each.check else "not read" for each in checked)
    return f"{counts.total():,} quotes: {', '.join(f'{count:,} {verdict}' for verdict, count in counts.items())}"


def findings_text(findings: Sequence[Finding]) -> str:
    """Return what is printed for an examination: a line for each check, and below it what to do."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:8} {finding.check:13} {finding.said}")
        if finding.todo:
            lines.append(f"{'':22} → {finding.todo}")
    return "\n".join(lines)
