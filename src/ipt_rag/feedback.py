"""What readers say of answers, in one SQLite file on this machine: a day, a verdict, and which passages were shown.

Of a question only a digest is kept: BLAKE2b under a random key that lies in a file of its own (`feedback.key`, readable
by the owner alone) and is never exported. Without that key nobody can try questions against the digests, so they are no
look-up table; deleting it makes them meaningless for good. Text of any kind passes the guard before the first byte of
it is written.
"""

import hashlib
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ipt_rag.errors import FeedbackError, FeedbackRefusedError
from ipt_rag.logs import logged
from ipt_rag.records import PhiFinding

Verdict = Literal["useful", "not_useful", "wrong_citation", "revision"]
VERDICTS: tuple[Verdict, ...] = ("useful", "not_useful", "wrong_citation", "revision")

MAX_TEXT = 4_000  # characters of a suggested revision
MAX_SOURCE = 500
MAX_PASSAGES = 10
MAX_BYTES = 100_000_000  # of the whole file: some hundred thousand notes; a page left open to all cannot fill the disk
FILE = "feedback.sqlite"
KEY = "feedback.key"
DIGEST = re.compile(r"[0-9a-f]{16}")  # of the index that answered
PASSAGE = re.compile(r"[a-z0-9][a-z0-9-]{0,99}:\d{1,9}-\d{1,9}")
SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    day TEXT, verdict TEXT, question_digest TEXT, passages TEXT, index_digest TEXT,
    text TEXT, source TEXT, question TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Note:
    """One row: what a reader said of an answer, without the reader and, as a rule, without the question."""

    day: str  # UTC, as 2026-01-31
    verdict: Verdict
    question_digest: str  # 32 hexadecimal digits; the same question has the same one while the key lives
    passages: tuple[str, ...]  # as "slug:start-end"
    index_digest: str
    text: str  # of a suggested revision
    source: str  # of that text
    question: str  # "" unless the operator keeps questions


class Feedback:
    """Takes notes into a folder; the folder is made with the first one. Safe to call from threads."""

    def __init__(
        self, folder: Path, *, find_phi: Callable[[str], Sequence[PhiFinding]], keep_questions: bool = False
    ) -> None:
        self._folder = folder
        self._find_phi = find_phi
        self.keep_questions = keep_questions

    def take(
        self,
        verdict: str,
        *,
        question: str,
        passages: Sequence[str],
        index_digest: str,
        text: str = "",
        source: str = "",
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Note:
        """Write one note and return it.

        Raises:
            FeedbackRefusedError: question, text or source look as if they held PHI; nothing was written.
            FeedbackError: a part is missing, too long or of no known form, or the file cannot be written.
        """
        with logged("feedback"):
            note = self._note(verdict, question, passages, index_digest, text, source, today().date().isoformat())
            self._write(note)
            return note

    def _note(
        self, verdict: str, question: str, passages: Sequence[str], index_digest: str, text: str, source: str, day: str
    ) -> Note:
        known = (
            len(passages) <= MAX_PASSAGES and all(map(PASSAGE.fullmatch, passages)) and DIGEST.fullmatch(index_digest)
        )
        if verdict not in VERDICTS or not known:
            raise FeedbackError("This feedback is of no known form. Reload the page and try again.")
        text, source = (text.strip(), source.strip()) if verdict == "revision" else ("", "")
        if verdict == "revision" and not (text and source):
            raise FeedbackError("A revision needs both its text and the source that bears it out.")
        if len(text) > MAX_TEXT or len(source) > MAX_SOURCE:
            raise FeedbackError(
                f"Up to {MAX_TEXT:,} characters of text and {MAX_SOURCE} of source are kept. Shorten it."
            )
        # Text and source also together, since one could name a person and the other say what of them.
        for read in filter(None, (question, text, source, f"{text}\n{source}".strip())):
            if findings := self._find_phi(read):
                raise FeedbackRefusedError(tuple(dict.fromkeys(finding.kind for finding in findings)))
        return Note(
            day=day,
            verdict=verdict,
            question_digest=self._digest(question),
            passages=tuple(passages),
            index_digest=index_digest,
            text=text,
            source=source,
            question=question if self.keep_questions else "",
        )

    def _digest(self, question: str) -> str:
        same = " ".join(question.casefold().split())
        return hashlib.blake2b(same.encode("utf-8", "replace"), key=self._key(), digest_size=16).hexdigest()

    def _key(self) -> bytes:
        path = self._folder / KEY
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:  # whole or not there at all: two processes that start together agree on the first one's key
                draft = self._folder / f".{KEY}.{secrets.token_hex(4)}"
                with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(secrets.token_bytes(32))
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink(missing_ok=True)
            return path.read_bytes()
        except OSError as error:
            raise self._unwritable(error) from None

    def _write(self, note: Note) -> None:
        path = self._folder / FILE
        try:
            if path.exists() and path.stat().st_size > MAX_BYTES:
                raise FeedbackError("The feedback file is full. Export it and move it away.")
            with closing(sqlite3.connect(path, timeout=5)) as database, database:
                path.chmod(0o600)
                database.execute(SCHEMA)
                row = {**asdict(note), "passages": json.dumps(note.passages)}
                database.execute(
                    "INSERT INTO feedback VALUES (:day, :verdict, :question_digest, :passages, :index_digest, :text,"
                    " :source, :question)",
                    row,
                )
        except (OSError, sqlite3.Error) as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: Exception) -> FeedbackError:
        return FeedbackError(f"{self._folder} cannot be written ({type(error).__name__}). Nothing was kept.")


def read_notes(folder: Path) -> Iterator[Note]:
    """Yield the notes of a folder in the order in which they were taken; none where there is no file yet.

    Raises:
        FeedbackError: the file is not one of ours.
    """
    path = folder / FILE
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            for day, verdict, digest, passages, *rest in database.execute("SELECT * FROM feedback ORDER BY rowid"):
                yield Note(day, verdict, digest, tuple(json.loads(passages)), *rest)
    except (sqlite3.Error, ValueError, TypeError):
        raise FeedbackError(f"{path} is damaged or no feedback file. Name the folder with --feedback.") from None
