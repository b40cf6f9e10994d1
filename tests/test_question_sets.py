"""The question files hold what their README says: form, parts, no question twice, facts that a passage matches."""

import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ipt_rag.corpus import read_corpus
from ipt_rag.evaluate import read_questions
from ipt_rag.passages import split_passages
from ipt_rag.plain import plain_text
from ipt_rag.records import Passage
from ipt_rag.sentences import split_sentences

ANSWERABLE = ("answerable.jsonl", "answerable_2.jsonl")
UNANSWERABLE = ("unanswerable.jsonl", "unanswerable_2.jsonl")
SLUGS = {"clinical": {"ipt-clinical-reference"}, "overview": {"ipt-overview"}}


@pytest.fixture(scope="module")
def passages(root: Path) -> list[Passage]:
    """The passages of our corpus, none of them parted."""
    return [
        passage
        for article in read_corpus(root / "corpus")
        for passage in split_passages(article, split_sentences, count_tokens=len, max_tokens=len(article.text))
    ]


def rows_of(root: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of one of our question files."""
    return read_questions(root / "tests" / "data" / "questions" / name)


@pytest.mark.parametrize("name", [*ANSWERABLE, *UNANSWERABLE])
def test_form_and_parts(root: Path, name: str) -> None:
    """Each row has the fields of its file, and the lowest 40 % of the digests in a style or kind are unseen."""
    rows = rows_of(root, name)
    answerable = name in ANSWERABLE
    fields = {"id", "question", "part", *(("role", "style", "facts", "need", "article") if answerable else ("kind",))}
    assert all(row.keys() == fields for row in rows)
    groups = defaultdict(list)
    for row in rows:
        groups[row["style" if answerable else "kind"]].append(row)
    for group in groups.values():
        group.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
        unseen = sum(row["part"] == "unseen" for row in group)
        assert abs(unseen - 0.4 * len(group)) < 1
        assert [row["part"] for row in group] == ["unseen"] * unseen + ["tune"] * (len(group) - unseen)


def test_no_id_or_question_twice(root: Path) -> None:
    """No id and no question comes twice in the four files; case, punctuation and spaces do not tell two apart."""
    rows = [row for name in (*ANSWERABLE, *UNANSWERABLE) for row in rows_of(root, name)]
    asked = [" ".join(re.sub(r"[^\w\s]", "", row["question"].lower()).split()) or row["question"] for row in rows]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len(set(asked)) == len(rows)


@pytest.mark.parametrize("name", ANSWERABLE)
def test_each_fact_is_in_a_passage_of_the_articles_named(root: Path, name: str, passages: list[Passage]) -> None:
    """Each pattern matches a passage, and a row names just the articles that its facts are in."""
    for row in rows_of(root, name):
        matches = [[p for p in passages if re.search(fact, plain_text(p.text))] for fact in row["facts"]]
        found = {passage.article for its_matches in matches for passage in its_matches}
        assert row["need"] in {"any", "all"}, row["id"]
        assert all(matches), row["id"]
        assert found == SLUGS.get(row["article"], SLUGS["clinical"] | SLUGS["overview"]), row["id"]
