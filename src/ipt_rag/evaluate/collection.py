"""A folder in the BEIR format -> `Collection`: documents, questions, and which document answers which question.

    corpus.jsonl or docs.jsonl     one document a line: `_id` or `id`, `title`, `text`
    queries.jsonl                  one question a line: `_id` or `id`, `text`
    qrels/test.tsv or qrels.tsv    question, document and gain, parted by tabs, below a line of names or none

BEIR: Thakur et al., 2021. Questions without a judgment are of another split and left out.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ipt_rag.errors import SettingsError

DOCUMENTS = ("corpus.jsonl", "docs.jsonl")
QUESTIONS = ("queries.jsonl",)
JUDGMENTS = ("qrels/test.tsv", "qrels.tsv")


@dataclass(frozen=True, slots=True)
class Document:
    """A document; BEIR searches title and text as one."""

    name: str
    title: str  # "" where it has none
    text: str

    @property
    def search(self) -> str:
        """What is searched of it."""
        return f"{self.title} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents in file order, and the judged questions with the gain of each document that answers them."""

    documents: tuple[Document, ...]
    questions: Mapping[str, str]  # by name
    gains: Mapping[str, Mapping[str, int]]  # by question and document, above 0; one for each question at least


def read_collection(folder: Path) -> Collection:
    """Return the collection in a folder.

    Raises:
        SettingsError: a file is missing or a line of it malformed, or no question is judged.
    """
    documents = tuple(
        Document(name, str(row.get("title") or ""), row["text"]) for name, row in _rows(_found(folder, DOCUMENTS))
    )
    questions = {name: row["text"] for name, row in _rows(_found(folder, QUESTIONS))}
    gains = _gains(_found(folder, JUDGMENTS))
    judged = {name: text for name, text in questions.items() if name in gains}
    if not documents or not judged:
        raise SettingsError(f"{folder} holds no document or no judged question. Name a folder in the BEIR format.")
    return Collection(documents, judged, {name: gains[name] for name in judged})


def _found(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise SettingsError(f"{folder} holds no {' or '.join(names)}. Name a folder in the BEIR format.")


def _lines(path: Path) -> list[str]:
    try:
        # Split at line feeds alone: an abstract may hold other signs that Python takes for the end of a line.
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as UTF-8 text. Unpack the collection anew.") from None


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name = row["_id"] if "_id" in row else row["id"]
            row["text"].strip()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise SettingsError(f"{path}:{number} is no JSON object with `_id` and `text`. Mend the line.") from None
        yield str(name), row


def _gains(path: Path) -> dict[str, dict[str, int]]:
    gains: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            question, document, gain = line.rstrip("\r").split("\t")
            if int(gain) > 0:
                gains.setdefault(question, {})[document] = int(gain)
        except ValueError:
            if number > 1:  # the first line may hold the names of the columns
                raise SettingsError(
                    f"{path}:{number} is not question, document and gain, parted by tabs. Mend the line."
                ) from None
    return gains
