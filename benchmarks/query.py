"""Measure one warm question against the bare forward pass of the same question, on one thread.

    .venv/bin/python benchmarks/query.py --index DIR --questions FILE [--rounds N]

"Search" is encoding, candidates, MaxSim and the decision together; the guard and the making of the answer stand beside
it. Times are this thread's processor time, taken in turns, so that another program on the machine is not in them.
"""

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

from measured import keep, percentiles, questions_in

from ipt_rag.chatbot import Chatbot
from ipt_rag.decide import decide, shipped_models
from ipt_rag.embed import QuestionGraph
from ipt_rag.embed.tokens import Tokenizer
from ipt_rag.graphs import open_graph
from ipt_rag.index import Index
from ipt_rag.phi import Guard
from ipt_rag.query import understand


def main() -> None:
    """Ask every question of the file, so many rounds, and print the percentiles and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    questions = questions_in(options.questions)
    index = Index.open(options.index)
    session, tokenizer = open_graph(index.question_graph), Tokenizer.open()
    encoder, guard, models = QuestionGraph(session, tokenizer), Guard(), shipped_models()
    chatbot = Chatbot(index, encoder, guard, models)
    searcher = chatbot.searcher
    words = index.vocabulary()

    def bare(question: str) -> Callable[[], object]:
        numbers, _ = tokenizer.window(understand(question, words, encoder.vocabulary).text)
        return lambda: session.run(None, {"numbers": [numbers]})

    def search(question: str) -> object:
        found = searcher.search(question)
        return decide(searcher.signals(found, searcher.best(found)), models.keyed)

    measured: dict[str, list[float]] = {"bare pass": [], "search": [], "guard": [], "whole question": []}
    for round_ in range(options.rounds + 1):
        for question in questions:
            steps: dict[str, Callable[[], object]] = {
                "bare pass": bare(question),
                "search": lambda question=question: search(question),
                "guard": lambda question=question: guard.find(question),
                "whole question": lambda question=question: chatbot.ask(question),
            }
            for name, step in steps.items():
                begun = time.thread_time()
                step()
                if round_:  # the first round warms up
                    measured[name].append(time.thread_time() - begun)
        print(f"round {round_}: {memory('RssAnon'):.0f} MB of its own, {memory('RssFile'):.0f} MB of mapped files")
    figures = {name: percentiles(seconds) for name, seconds in measured.items()}
    print(f"{len(index)} passages, {len(questions)} questions, {options.rounds} rounds; ms of processor time")
    for name, times in figures.items():
        ratios = ", ".join(
            f"{key} {value:.2f} ({value / figures['bare pass'][key]:.2f} x)" for key, value in times.items()
        )
        print(f"{name}: {ratios}")
    keep(f"query-{len(index)}", {"passages": len(index), **figures})


def memory(kind: str) -> float:
    """Return what of this process is in memory, as Linux counts it, in MB; 0 elsewhere."""
    status = Path("/proc/self/status")
    found = re.search(rf"{kind}:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main()
