"""Measure where the time of one warm search goes, step by step.

    .venv/bin/python benchmarks/steps.py --index DIR --questions FILE [--rounds N]

Each step is timed where it stands, after what comes before it: alone in a loop it would find its data in the
processor's caches and take a third. Times are the answering thread's processor time, less that of the steps within.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measured import keep, questions_in

from ipt_rag import search
from ipt_rag.decide import decide, shipped_models
from ipt_rag.embed import QuestionGraph
from ipt_rag.index import Index
from ipt_rag.maxsim import MaxSim
from ipt_rag.search import Searcher

STEPS: dict[str, tuple[tuple[Any, str], ...]] = {
    "encoding: the pass and its tokens": ((QuestionGraph, "encode_question"),),
    "reading the question, all its stems": ((search, "understand"), (search, "what_is_asked"), (search, "stems")),
    "closest chunks": ((Index, "dense"),),
    "words": ((Index, "lexical"),),
    "candidates' tokens along the axes": ((Index, "rough_tokens"),),
    "a first look": ((MaxSim, "rough"),),
    "what is taken off": ((Searcher, "_discounts"),),
    "the leaders' tokens": ((Index, "all_tokens"),),
    "exact MaxSim": ((MaxSim, "exact"),),
    "ranking besides": ((search, "rank"),),
    "signals": ((Searcher, "signals"),),
}
BESIDES = "what lies between, and the decision"


class Stopwatch:
    """Times calls, each less the timed calls within it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._within = [0.0]

    def watch(self, step: str, owner: Any, name: str) -> None:
        """Time every call of a function or method from now on."""
        setattr(owner, name, self.timed(step, getattr(owner, name)))

    def timed(self, step: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return what calls it and keeps the time."""

        def watched(*given: Any, **options: Any) -> Any:
            self._within.append(0.0)
            begun = time.thread_time()
            try:
                return call(*given, **options)
            finally:
                taken = time.thread_time() - begun
                self.seconds[step] += taken - self._within.pop()
                self._within[-1] += taken

        return watched


def main() -> None:
    """Search for every question of the file, so many rounds, and print the mean of each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    questions = questions_in(options.questions)
    index, models, watch = Index.open(options.index), shipped_models(), Stopwatch()
    for step, calls in STEPS.items():
        for owner, name in calls:
            watch.watch(step, owner, name)
    searcher = Searcher(index, QuestionGraph.open(index.question_graph))

    def whole(question: str) -> None:
        found = searcher.search(question)
        decide(searcher.signals(found, searcher.best(found)), models.keyed)

    rounds = []
    for _ in range(options.rounds + 1):
        watch.seconds.clear()
        for question in questions:
            watch.timed(BESIDES, whole)(question)
        rounds.append({step: 1000 * watch.seconds[step] / len(questions) for step in (*STEPS, BESIDES)})
    figures = {step: statistics.median(each[step] for each in rounds[1:]) for step in rounds[0]}  # the first warms up
    print(f"{len(index)} passages, {len(questions)} questions; ms of processor time, mean of a round, median of rounds")
    for step, milliseconds in figures.items():
        print(f"{step:36} {milliseconds:6.3f}")
    print(f"{'all':36} {sum(figures.values()):6.3f}")
    keep(f"steps-{len(index)}", {"passages": len(index), **figures})


if __name__ == "__main__":
    main()
