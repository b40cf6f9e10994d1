"""Anticipated questions: extra search keys for the passages of an article, never shown as an answer.

They stand beside the article in `SLUG.questions.jsonl`, one passage a line: `passage` is the digest of the
passage's text, `begins` its first words (for the reader of the file), `questions` the keys.
A line whose passage has changed no longer counts.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ipt_rag.errors import ArticleError
from ipt_rag.records import Passage


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one article by the digest of the passage they belong to; `sha256` is the file's, "" without one."""

    sha256: str
    questions: Mapping[str, tuple[str, ...]]

    def of(self, passage: Passage) -> tuple[str, ...]:
        """Return the keys of a passage, none where it has none."""
        return self.questions.get(passage_digest(passage), ())


def passage_digest(passage: Passage) -> str:
    """Return the name of a passage's text among keys: 16 hexadecimal digits."""
    return hashlib.sha256(passage.text.encode()).hexdigest()[:16]


def read_keys(corpus: Path, slug: str) -> Keys:
    """Return the keys of an article; an article without them has none.

    Raises:
        ArticleError: a line is not of the form above.
    """
    path = corpus / f"{slug}.questions.jsonl"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Keys("", {})
    except OSError as error:
        raise ArticleError(path, 0, f"cannot be read ({error.strerror}). Check its permissions.") from None
    questions: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            asked = entry["questions"]
            if not isinstance(asked, list) or not all(isinstance(question, str) for question in asked):
                raise TypeError
            questions[str(entry["passage"])] = tuple(asked)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ArticleError(path, number, 'is not of the form {"passage": …, "questions": […]}. Mend it.') from None
    return Keys(hashlib.sha256(data).hexdigest(), questions)
