"""Measures the guard on files of messages: what is caught, what is refused for nothing, and how long it takes.

A row with `categories` must be refused; with `identifiers` of one entry, a finding must overlap that identifier; a row
without categories must pass. Nothing printed holds a word of a message.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipt_rag.errors import IptRagError
from ipt_rag.phi.entities import EntityFinder
from ipt_rag.phi.guard import Guard


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `rows`, under one name: a category, or a source."""

    name: str
    hits: int
    rows: int

    @property
    def share(self) -> float:
        """The rate, 0 to 1; 0 where there are no rows."""
        return self.hits / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Times:
    """How long a message took, in milliseconds of CPU time: a busy machine changes it less than the clock's."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> Times:
        """Return the median and the 95th percentile of some times; 0 where there are none."""
        ordered = sorted(seconds)
        return cls(*(1000 * ordered[int(len(ordered) * share)] if ordered else 0.0 for share in (0.5, 0.95)))


@dataclass(frozen=True, slots=True)
class Measurement:
    """Rates over some files; those named "all" come first in each group."""

    caught: tuple[Rate, ...]  # by HIPAA category: a message with an identifier that was refused
    hit: tuple[Rate, ...]  # by HIPAA category: a message's only identifier, overlapped by a finding
    refused: tuple[Rate, ...]  # by source: a message without an identifier that was refused
    missed_lines: tuple[tuple[str, int], ...]  # file name and line of what was not caught, or refused for nothing
    guard_ms: Times  # of every message
    refusal_ms: Times  # of the messages that were refused
    model_ms: Times  # of the bare named-entity model on every message, beside the guard's


def measure(paths: Iterable[Path], guard: Guard | None = None) -> Measurement:
    """Return how a guard does on files in the format of `tests/data/phi`: one JSON object a line.

    The model is loaded, and one message read, before the clock starts.

    Raises:
        IptRagError: a file cannot be read or is of another form, or there is no message.
    """
    rows = list(_rows(paths))
    if not rows:
        raise IptRagError('There is no message to measure. Name files with one JSON object with a "text" a line.')
    guard = guard or Guard()
    guard.load()
    model = EntityFinder()
    for warm_up in (guard.find, lambda text: model.persons([text])):
        warm_up("warming up, says Tuva Lindqvarn")
    tallies: dict[str, Counter[str]] = {
        name: Counter() for name in ("caught", "of", "hit", "of one", "refused", "without")
    }
    missed: list[tuple[str, int]] = []
    times: dict[str, list[float]] = {"guard": [], "refusal": [], "model": []}
    for path, line, row in rows:
        text = row["text"]
        started = time.thread_time()
        findings = guard.find(text)
        read = time.thread_time()
        model.persons([text])
        times["model"].append(time.thread_time() - read)
        times["guard"].append(read - started)
        if findings:
            times["refusal"].append(read - started)
        categories, identifiers = row.get("categories", ()), row.get("identifiers", ())
        if not categories:
            _count(tallies["refused"], tallies["without"], {row.get("source", "unnamed")}, bool(findings))
        else:
            _count(tallies["caught"], tallies["of"], set(categories), bool(findings))
        overlapped = bool(findings)
        if len(identifiers) == 1:
            category, said = identifiers[0]
            start = text.find(said)
            overlapped = any(each.start < start + len(said) and each.end > start for each in findings)
            _count(tallies["hit"], tallies["of one"], {category}, overlapped)
        if bool(categories) != (overlapped if categories else bool(findings)):
            missed.append((path.name, line))
    return Measurement(
        caught=_rates(tallies["caught"], tallies["of"]),
        hit=_rates(tallies["hit"], tallies["of one"]),
        refused=_rates(tallies["refused"], tallies["without"]),
        missed_lines=tuple(missed),
        guard_ms=Times.of(times["guard"]),
        refusal_ms=Times.of(times["refusal"]),
        model_ms=Times.of(times["model"]),
    )


def report(measurement: Measurement) -> str:
    """Return a measurement as plain text for people."""
    titles = (
        ("caught, messages with an identifier", measurement.caught),
        ("hit, a message's only identifier", measurement.hit),
        ("refused for nothing", measurement.refused),
    )
    lines = []
    for title, rates in titles:
        if rates:
            lines.append(title)
            lines += [f"  {rate.name:<44} {rate.hits:>5} of {rate.rows:>5}  {rate.share:7.1%}" for rate in rates]
    if measurement.missed_lines:
        lines.append("lines that went wrong")
        lines += [f"  {name}:{line}" for name, line in measurement.missed_lines]
    lines.append("CPU time a message, ms                              median      p95")
    guard, model = measurement.guard_ms, measurement.model_ms
    for name, times in (("guard", guard), ("guard, where it refused", measurement.refusal_ms), ("bare model", model)):
        lines.append(f"  {name:<44} {times.median:>10.1f} {times.p95:>8.1f}")
    if model.median and model.p95:
        lines.append(
            f"  {'guard to bare model':<44} {guard.median / model.median:>10.2f} {guard.p95 / model.p95:>8.2f}"
        )
    return "\n".join(lines)


def _rows(paths: Iterable[Path]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise IptRagError(f"{path}: cannot be read as UTF-8 text ({type(error).__name__}).") from None
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise IptRagError(f'{path}:{number}: expected one JSON object with a "text" a line.')
            yield path, number, row


def _count(hits: Counter[str], rows: Counter[str], names: Iterable[str], hit: bool) -> None:
    for name in ("all", *names):
        hits[name] += hit
        rows[name] += 1


def _rates(hits: Counter[str], rows: Counter[str]) -> tuple[Rate, ...]:
    names = sorted(rows, key=lambda name: (name != "all", name))
    return tuple(Rate(name, hits[name], rows[name]) for name in names)
