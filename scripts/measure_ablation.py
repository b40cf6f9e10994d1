"""Print what each part of ranking and decision adds: figures and time with one part left out at a time.

    python scripts/measure_ablation.py [PART…]

Over corpus/ and the parts "unseen" of our question sets. For each line the decision is fitted anew on the parts "tune",
with the regression of `fit_decision.py`: a line says what the rest can do without the part, not what weights do that
were fitted with it. Milliseconds are those of the processor, which do not grow with what else the machine does: the
median of search and signals for a question, without the guard. Parts that are named are the only ones left out.
"""

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fit_decision import ROOT, questions_of, unfitted
from ipt_rag import build, query, rank
from ipt_rag.embed import MiniLM, QuestionGraph, passages
from ipt_rag.evaluate import DEPTH, Judged, figures, right_passage
from ipt_rag.index import Index
from ipt_rag.keys import Keys
from ipt_rag.search import Searcher

Substitute = tuple[Any, str, Any]  # where a part is found, under which name, and what to put in its place
NEVER = re.compile(r"(?!)")
discounts = Searcher._discounts
SEARCHED: Mapping[str, Sequence[Substitute]] = {
    "nothing": [],
    "spelling repair": [(query, "_repair", lambda text, vocabulary, known: (text, ()))],
    "abbreviations": [(query, "_abbreviate", lambda text, vocabulary: text)],
    "topic word taken off": [(query, "TOPIC", NEVER)],
    "wrapping taken off": [(query, "WRAPPING", NEVER)],
    "weights of rare tokens": [
        (rank, "token_weights", lambda closest: np.full(closest.shape[1], 1 / closest.shape[1]))
    ],
    "word index's say": [(rank, "LEXICAL_WEIGHT", 0.0)],
    "discounts": [(Searcher, "_discounts", lambda *given: np.minimum(discounts(*given), 0.0))],
    "definitions' bonus": [(Searcher, "_discounts", lambda *given: np.maximum(discounts(*given), 0.0))],
}
INDEXED: Mapping[str, Sequence[Substitute]] = {
    "anticipated questions": [(build, "read_keys", lambda corpus, slug: Keys("", {}))],
    "headings as keys": [(build, "heading_keys", lambda passage, tiers: ())],
    "mean of three layers": [(passages, "TOKEN_LAYERS", 1)],
}
SIGNALS: Mapping[str, Sequence[str]] = {
    "signals of the tokens": ["strong", "weakest"],
    "signal of the passage": ["dense"],
    "signal of the closest key": ["key"],
    "signals of coverage": ["coverage", "unknown_acronym"],
    "signals of what is asked": ["noun", "lacks_number", "lacks_year", "lacks_meaning", "asks_place"],
    "of the count, the year, the measure": ["lacks_count", "lacks_named_year", "lacks_measure"],
    "signal of length": ["words"],
}
COLUMNS = {
    "right passage in the first 1": "first",
    "right passage in the first 3": "in three",
    "AUROC": "AUROC",
    "AUROC against near misses": "near misses",
    "answered at 5 % false answers": "at 5 %",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: which of its best passages are right, its signals, and how long they took."""

    question: Mapping[str, Any]
    answerable: bool
    right: tuple[bool, ...]
    signals: Mapping[str, float] | None  # None: never answered
    milliseconds: float


@contextmanager
def put_in(substitutes: Sequence[Substitute]) -> Iterator[None]:
    """Put each substitute in the place of a part, and the parts back."""
    kept = [(place, name, getattr(place, name)) for place, name, _ in substitutes]
    for place, name, substitute in substitutes:
        setattr(place, name, substitute)
    try:
        yield
    finally:
        for place, name, part in kept:
            setattr(place, name, part)


def ask_all(searcher: Searcher, part: str) -> list[Asked]:
    """Return how each question of one part goes."""
    asked = []
    for name, questions in questions_of(part).items():
        answerable = name == "answerable"
        for question in questions:
            begun = time.process_time()
            search = searcher.search(question["question"])
            best = searcher.best(search)
            signals = searcher.signals(search, best)
            milliseconds = (time.process_time() - begun) * 1000
            is_right = right_passage(question, "facts") if answerable else lambda text: False
            in_order = [*filter(None, [best]), *(hit for hit in search.hits if hit != best)]
            right = tuple(is_right(searcher.index.passage(hit.number).text) for hit in in_order[:DEPTH])
            asked.append(Asked(question, answerable, right, asdict(signals) if signals else None, milliseconds))
    return asked


def table_row(name: str, tune: Sequence[Asked], unseen: Sequence[Asked], *, without: Sequence[str] = ()) -> str:
    """Return one line of the table, the decision fitted on `tune` with all signals but some."""
    fitted = [one for one in tune if one.signals]
    names = [signal for signal in fitted[0].signals or () if signal not in without]

    def values(signals: Mapping[str, float]) -> list[float]:
        return [signals[name] for name in names]

    regression = unfitted().fit([values(one.signals or {}) for one in fitted], [one.answerable for one in fitted])
    judged = [
        Judged(
            one.question,
            one.answerable,
            one.right,
            sum(one.right),
            float(regression.predict_proba([values(one.signals)])[0, 1]) if one.signals else 0.0,
            False,
            (),
        )
        for one in unseen
    ]
    found = {
        figure.name: figure.value
        for figure in figures([one for one in judged if one.answerable], [one for one in judged if not one.answerable])
    }
    cells = [f"{found[figure]:.3f}" for figure in COLUMNS]
    cells.append("" if without else f"{statistics.median(one.milliseconds for one in unseen):.1f}")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Measure and print a Markdown table, a line a part."""
    wanted = sys.argv[1:] or [*SEARCHED, *INDEXED, *SIGNALS]
    print(f"| left out | {' | '.join(COLUMNS.values())} | ms |\n|---|{'---:|' * (len(COLUMNS) + 1)}")
    encoder = MiniLM.open()
    with tempfile.TemporaryDirectory() as scratch:

        def ask_without(name: str, substitutes: Sequence[Substitute]) -> tuple[list[Asked], list[Asked]]:
            index = Path(scratch) / (name if name in INDEXED else "whole")
            with put_in(substitutes):
                build.build_index(ROOT / "corpus", index, open_encoder=lambda _: encoder)
                opened = Index.open(index)
                searcher = Searcher(opened, QuestionGraph.open(opened.question_graph))
                return ask_all(searcher, "tune"), ask_all(searcher, "unseen")

        for name, substitutes in {**SEARCHED, **INDEXED}.items():
            if name in wanted:
                print(table_row(name, *ask_without(name, substitutes)), flush=True)
        if signals := [name for name in SIGNALS if name in wanted]:
            complete = ask_without("nothing", [])
            for name in signals:
                print(table_row(name, *complete, without=SIGNALS[name]), flush=True)


if __name__ == "__main__":
    main()
