"""Hold the memory of many questions against that of the first thousand; exit 1 where it grew by more than 2 %.

.venv/bin/python benchmarks/memory.py --questions FILE [--index DIR] [--asked 10000]
"""

import argparse
import itertools
import sys
from pathlib import Path

from measured import keep, questions_in
from query import memory

from ipt_rag.chatbot import Chatbot

STEP = 1000
ALLOWED = 1.02


def main() -> None:
    """Ask the file's questions over and over, and print what the process holds after each thousand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--asked", type=int, default=10 * STEP)
    options = parser.parse_args()
    questions = questions_in(options.questions)
    chatbot = Chatbot.open(options.index)
    held: dict[str, float] = {}
    for number, question in enumerate(itertools.islice(itertools.cycle(questions), options.asked), start=1):
        chatbot.ask(question)
        if number % STEP == 0 or number == options.asked:
            held[f"MB after {number}"] = memory("RssAnon")
            print(f"after {number} questions: {memory('RssAnon'):.1f} MB", flush=True)
    keep("memory", {"passages": len(chatbot.searcher.index), **held})
    readings = [*held.values()]
    sys.exit(1 if readings[-1] > ALLOWED * readings[0] else 0)


if __name__ == "__main__":
    main()
