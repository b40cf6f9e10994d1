"""Measure one warm question against the bare forward pass of the same question, on one thread.

    .venv/bin/python benchmarks/query.py --index DIR --questions FILE [--rounds N]

"Search" is encoding, candidates, MaxSim and the decision together; the guard and the making of the answer stand beside
it. Times are this thread's processor time, taken in turns, so that another program on the machine is not in them.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

from measured import keep, percentiles

from ipt_rag.chatbot import Chatbot
from ipt_rag.decide import decide, shipped_models
from ipt_rag.embed import QuestionGraph
from ipt_rag.embed.tokens import Tokenizer
from ipt_rag.graphs import open_graph
from ipt_rag.index import Index
from ipt_rag.phi import Guard
from ipt_rag.query import content_words, understand


def main() -> None:
    """Ask every question of the file, so many rounds, and print the percentiles and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in options.questions.read_text(encoding="utf-8").splitlines()]
    index = Index.open(options.index)
    encoder, guard, models = QuestionGraph.open(index.question_graph), Guard(), shipped_models()
    chatbot = Chatbot(index, encoder, guard, models)
    session, tokenizer = open_graph(index.question_graph), Tokenizer.open()
    words = {word: 1 for text in index.search_texts() for word in content_words(text)}

    def bare(question: str) -> Callable[[], object]:
        numbers, _ = tokenizer.window(understand(question, words, encoder.vocabulary).text)
        return lambda: session.run(None, {"numbers": [numbers]})

    def search(question: str) -> object:
        found = chatbot.search(question)
        return decide(chatbot.signals(found, chatbot.best(found)), models.keyed)

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
        print(f"round {round_}: peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    figures = {name: percentiles(seconds) for name, seconds in measured.items()}
    print(f"{len(index)} passages, {len(questions)} questions, {options.rounds} rounds; ms of processor time")
    for name, times in figures.items():
        ratios = ", ".join(
            f"{key} {value:.2f} ({value / figures['bare pass'][key]:.2f} x)" for key, value in times.items()
        )
        print(f"{name}: {ratios}")
    keep(f"query-{len(index)}", {"passages": len(index), **figures})


if __name__ == "__main__":
    main()
