"""Print what the shipped decision does where it was not fitted: other articles, and our own among many others.

    python scripts/measure_transfer.py DIR [--abstracts N] [--sentences N]

DIR holds SciFact in the BEIR format: claims, and the abstracts that they were written from. First, claims asked of the
abstracts, once with and once without those that belong to a claim: without them every answer is a false one. Second,
the parts "unseen" of our questions over corpus/, before and after sentences of other abstracts are added to it.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from fit_decision import ROOT, questions_of
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.corpus import parse_article
from ipt_rag.evaluate import DEPTH, Figure, Judged, figures
from ipt_rag.evaluate.collection import Collection, Document, read_collection
from ipt_rag.evaluate.run import run_evaluation
from ipt_rag.sentences import split_sentences
from ipt_rag.terminal import columns_text

RELATED = re.compile(r"psych|depress|mental|therap", re.IGNORECASE)  # might answer a question on IPT
MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def article_text(document: Document, paragraphs: Iterable[str]) -> str:
    """Return an article file of these paragraphs."""
    head = f"---\ntitle: {json.dumps(document.title or document.name)}\nslug: {slug_of(document.name)}\n---\n"
    return "\n\n".join([head, *(MARKDOWN.sub(r"\\\1", " ".join(text.split())) for text in paragraphs)]) + "\n"


def slug_of(name: str) -> str:
    """Return the slug of a document's article."""
    return f"abstract-{name}"


def sentences_of(document: Document) -> list[str]:
    """Return the sentences of an abstract."""
    article = parse_article(Path("abstract.md"), article_text(document, [document.text]).encode())
    return [sentence.text for block in article.blocks for sentence in split_sentences(article, block)]


def chatbot_over(articles: Mapping[str, str], folder: Path, *, corpus: Path | None = None) -> Chatbot:
    """Return a chatbot over articles by name and those of a corpus; vectors of the folder's last index are kept."""
    with tempfile.TemporaryDirectory() as scratch:
        if corpus:
            shutil.copytree(corpus, scratch, dirs_exist_ok=True)
        for name, text in articles.items():
            (Path(scratch) / f"{slug_of(name)}.md").write_text(text, encoding="utf-8")
        build_index(Path(scratch), folder, report=lambda line: print(line, file=sys.stderr))
    return Chatbot.open(folder)


def ask_claims(chatbot: Chatbot, collection: Collection, *, answerable: bool) -> list[Judged]:
    """Return how each claim went; a passage is right if it is of an abstract that belongs to the claim."""
    judged = []
    for name, claim in collection.questions.items():
        answer = chatbot.ask(claim, ranked=DEPTH)
        gold = {slug_of(document) for document in collection.gains[name]}
        right = tuple(quote.article in gold for quote in answer.ranked)
        answered = answer.status == "answered"
        judged.append(Judged({"question": claim}, answerable, right, sum(right), answer.confidence, answered, ()))
    return judged


def other_articles(collection: Collection, folder: Path, abstracts: int) -> str:
    """Return the figures of the claims with and without their abstracts among others."""
    gold = {document for gains in collection.gains.values() for document in gains}
    files = {
        document.name: article_text(document, [document.text])
        for document in sorted(collection.documents, key=lambda document: document.name not in gold)[
            : len(gold) + abstracts
        ]
    }
    others = {name: text for name, text in files.items() if name not in gold}
    yes = ask_claims(chatbot_over(files, folder), collection, answerable=True)
    no = ask_claims(chatbot_over(others, folder), collection, answerable=False)
    title = f"{len(yes)} claims, with their abstracts among {len(files)}, and over the other {len(others)}"
    return columns_text(title, {"claims": figures(yes, no)})


def own_articles(collection: Collection, folder: Path, sentences: int) -> str:
    """Return the figures of our own questions over corpus/ and over corpus/ among the sentences of others."""
    files: dict[str, str] = {}
    left = sentences
    for document in collection.documents:
        if left and not RELATED.search(document.search):
            taken = sentences_of(document)[:left]
            files[document.name] = article_text(document, taken)
            left -= len(taken)
    columns = {
        "corpus/": figures_over(chatbot_over({}, folder, corpus=ROOT / "corpus")),
        "among others": figures_over(chatbot_over(files, folder, corpus=ROOT / "corpus")),
    }
    title = f"our unseen questions, before and after {sentences - left} sentences of others"
    return columns_text(title, columns)


def figures_over(chatbot: Chatbot) -> Sequence[Figure]:
    """Return the figures of our unseen questions."""
    return run_evaluation(
        lambda text: chatbot.ask(text, ranked=DEPTH),
        *questions_of("unseen").values(),
        by="facts",
        passages=[chatbot.index.passage(number) for number in range(len(chatbot.index))],
        progress=lambda done: None,
    ).figures


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--abstracts", type=int, default=1500, help="of others, beside those of the claims")
    parser.add_argument("--sentences", type=int, default=1500)
    options = parser.parse_args()
    collection = read_collection(options.folder)
    with tempfile.TemporaryDirectory() as scratch:
        print(own_articles(collection, Path(scratch) / "own", options.sentences), flush=True)
        print(other_articles(collection, Path(scratch) / "others", options.abstracts))


if __name__ == "__main__":
    main()
