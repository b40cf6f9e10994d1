"""Make a corpus of N passages, as article files, for the other measurements.

    .venv/bin/python benchmarks/corpus.py FOLDER --passages 10000 [--texts docs.jsonl]

With `--texts`, a file of JSON objects with a `text` each, passages are runs of its sentences; without, sentences are
drawn from the words of the project's own articles, by a fixed seed. Either way the same call makes the same files.
"""

import argparse
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

ARTICLE_PASSAGES = 500
PASSAGE_WORDS = 25  # at least: about what a passage of the project's own articles has
PLAIN = re.compile(r"[A-Z][\w ,;:()'/%-]{20,}\.")  # nothing that Markdown would read otherwise
FRONT = '---\ntitle: "Measured {number}"\nslug: measured-{number}\nlanguage: en\nkind: benchmark\n---\n\n'
FOOT = '\n## Sources\n\n[1]: #sources "T3 · Texts of a benchmark."\n'


def main() -> None:
    """Write the articles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, required=True)
    parser.add_argument("--texts", type=Path)
    options = parser.parse_args()
    sentences = given_sentences(options.texts) if options.texts else drawn_sentences()
    write_corpus(options.folder, list(itertools.islice(passages(sentences), options.passages)))


def given_sentences(texts: Path) -> Iterator[str]:
    """Yield the plain sentences of the texts, each once."""
    with texts.open(encoding="utf-8") as lines:
        found = (sentence for line in lines for sentence in PLAIN.findall(json.loads(line)["text"]))
        yield from dict.fromkeys(" ".join(sentence.split()) for sentence in found)


def drawn_sentences() -> Iterator[str]:
    """Yield sentences without end, of the words of the project's articles as often as these have them."""
    articles = Path(__file__).parent.parent.joinpath("corpus").glob("*.md")
    words = re.findall(r"[a-z]{2,}", " ".join(path.read_text(encoding="utf-8") for path in sorted(articles)))
    draw = random.Random(0)
    while True:
        yield " ".join(draw.choices(words, k=draw.randint(8, 24))).capitalize() + "."


def passages(sentences: Iterator[str]) -> Iterator[str]:
    """Yield runs of sentences of at least so many words."""
    run: list[str] = []
    for sentence in sentences:
        run.append(sentence)
        if sum(len(each.split()) for each in run) >= PASSAGE_WORDS:
            yield " ".join(run)
            run = []


def write_corpus(folder: Path, passages: list[str]) -> None:
    """Write article files in which every passage is a paragraph of its own, twenty to a section."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, len(passages), ARTICLE_PASSAGES)):
        body = []
        for place, passage in enumerate(passages[first : first + ARTICLE_PASSAGES]):
            if place % 20 == 0:
                body.append(f"## Section {place // 20 + 1}\n")
            body.append(f"{passage} [1]\n")
        text = FRONT.format(number=number) + f"# Measured {number}\n\n" + "\n".join(body) + FOOT
        (folder / f"measured-{number}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
