"""Anticipated questions: extra search keys for the passages of an article, never shown as an answer.

They stand beside the article in `SLUG.questions.jsonl`, one passage a line: `passage` is the digest of the
passage's text, `begins` its first words (for the reader of the file), `questions` the keys.
A line whose passage has changed no longer counts.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ipt_rag import settings
from ipt_rag.errors import ArticleError
from ipt_rag.records import Passage

BEGINS_WORDS = 7  # of a passage's text, enough to find it by eye


@dataclass(frozen=True, slots=True)
class KeyLine:
    """The keys of one passage as they stand in the file; `number` is that of the line, from 1."""

    number: int
    begins: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one article by the digest of the passage they belong to; `sha256` is the file's, "" without one."""

    sha256: str
    lines: Mapping[str, KeyLine]

    def of(self, passage: Passage) -> tuple[str, ...]:
        """Return the keys of a passage, none where it has none."""
        line = self.lines.get(passage_digest(passage))
        return line.questions if line else ()


def keys_path(corpus: Path, slug: str) -> Path:
    """Return where the keys of an article stand."""
    return corpus / f"{slug}.questions.jsonl"


def passage_digest(passage: Passage) -> str:
    """Return the name of a passage's text among keys: 16 hexadecimal digits."""
    return text_digest(passage.text)


def text_digest(text: str) -> str:
    """Return what names the passage with this text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def begins(text: str) -> str:
    """Return the first words of a passage's text."""
    return " ".join(text.split()[:BEGINS_WORDS])


def heading_keys(passage: Passage, tiers: Mapping[int, str]) -> tuple[str, ...]:
    """Return the section as a key: it names what its passages are ("Common misconceptions") and seldom say.

    A source is asked for by its number or its tier, neither of which its reference holds.
    """
    if passage.kind == "source":
        [number] = passage.sources
        return (f"Source {number}, reference {number}, tier {tiers[number]}",)
    return (" › ".join(passage.section),) if passage.section else ()


def read_keys(corpus: Path, slug: str) -> Keys:
    """Return the keys of an article; an article without them has none.

    Raises:
        ArticleError: a line is not of the form above, or a passage has two lines.
    """
    path = keys_path(corpus, slug)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Keys("", {})
    except OSError as error:
        raise ArticleError(path, 0, f"cannot be read ({error.strerror}). Check its permissions.") from None
    lines: dict[str, KeyLine] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            asked = entry["questions"]
            if not isinstance(asked, list) or not all(isinstance(question, str) for question in asked):
                raise TypeError
            passage = str(entry["passage"])
            opening = str(entry.get("begins", ""))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ArticleError(path, number, 'is not of the form {"passage": …, "questions": […]}. Mend it.') from None
        if passage in lines:
            raise ArticleError(path, number, f"has the passage of line {lines[passage].number} again. Join the two.")
        lines[passage] = KeyLine(number, opening, tuple(asked))
    return Keys(hashlib.sha256(data).hexdigest(), lines)


def keys_file(keyed: Iterable[tuple[Passage, Sequence[str]]]) -> str:
    """Return the text of a questions file: one line for each passage with its keys."""
    lines = (
        {"passage": passage_digest(passage), "begins": begins(passage.text), "questions": list(questions)}
        for passage, questions in keyed
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def key_fault(question: str) -> str:
    """Return what keeps a question from being a key, "" where nothing does."""
    if not folded(question):
        return "holds no word"
    if not question.isprintable():
        return "holds a sign that is not printed"
    if len(question) > settings.KEY_CHARACTERS:
        return f"has {len(question):,} characters; a key may have {settings.KEY_CHARACTERS}"
    return ""


def folded(question: str) -> str:
    """Return the words of a question, by which it is known again: case and punctuation aside."""
    return " ".join(re.findall(r"\w+", question.casefold()))
