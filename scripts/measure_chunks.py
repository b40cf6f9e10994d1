"""Print how many passages stand before the right one in the order of the chunks, by the size of a chunk.

    python scripts/measure_chunks.py [--index index] [--by facts] QUESTIONS.jsonl…

The choice behind `settings.CHUNK_TOKENS`: the vectors of chunks choose candidates, so that the right passage must be
among the first. Chunks of every size are the means of the same tokens; the last row has one for each passage.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ipt_rag.chatbot import Chatbot
from ipt_rag.chunks import pack_passages
from ipt_rag.embed import Matrix, token_counter
from ipt_rag.evaluate import read_questions, right_passage
from ipt_rag.index import Index, unit_mean
from ipt_rag.records import Passage

SIZES = (254, 192, 128, 96, 64, 1)
AMONG = (8, 16, 32, 48, 64)


def main() -> None:
    """Measure each size and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--by", choices=("facts", "gold"), default="facts")
    options = parser.parse_args()
    chatbot = Chatbot.open(options.index)
    index = Index.open(options.index)
    passages = [index.passage(number) for number in range(len(index))]
    asked = []
    for question in (each for path in options.questions for each in read_questions(path)):
        is_right = right_passage(question, options.by)
        if right := {number for number, passage in enumerate(passages) if is_right(passage.text)}:
            asked.append((chatbot.searcher.search(question["question"]).vector, right))
    print(f"{len(asked)} questions, {len(passages)} passages")
    for size in SIZES:
        chunks = [*chunks_of(index, passages, size)]
        ranks = np.array([rank(chunks, vector, right) for vector, right in asked])
        shares = ", ".join(f"{count}: {(ranks <= count).mean():.3f}" for count in AMONG)
        print(f"{size:>4} tokens, {len(chunks):>4} chunks; right passage among the first {shares}")


def chunks_of(index: Index, passages: Sequence[Passage], size: int) -> Iterator[tuple[range, Matrix]]:
    """Yield the passages of each chunk of at most so many tokens, and its vector."""
    count = token_counter()
    for slug in index.articles():
        numbers = index.numbers_of(slug)
        own = [passages[number] for number in numbers]
        for chunk in pack_passages(own, count_tokens=count, max_tokens=size):
            held = range(numbers[0] + chunk.first, numbers[0] + chunk.after)
            yield held, unit_mean(np.concatenate([index.tokens(number) for number in held]))


def rank(chunks: Sequence[tuple[range, Matrix]], vector: Matrix, right: set[int]) -> int:
    """Return how many passages are read, the closest chunk first, until a right one is among them."""
    seen = 0
    for held, _ in sorted(chunks, key=lambda chunk: -float(chunk[1] @ vector)):
        seen += 1 if right & {*held} else len(held)
        if right & {*held}:
            break
    return seen


if __name__ == "__main__":
    main()
