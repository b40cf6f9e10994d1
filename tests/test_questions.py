"""Anticipated questions: a form of what lacks them, and what of a filled form is taken."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import WordCountEncoder
from ipt_rag import settings
from ipt_rag.cli import main
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM, token_counter
from ipt_rag.errors import CorpusError, SettingsError
from ipt_rag.evaluate import read_questions
from ipt_rag.keys import KeyLine, folded, keys_file, keys_path, read_keys
from ipt_rag.passages import split_passages
from ipt_rag.questions import Outcome, Taken, form_line, is_copy, lacking_questions, take_questions
from ipt_rag.records import PhiFinding
from ipt_rag.sentences import split_sentences

ARTICLE = """---
title: Tea
slug: tea
---

# Tea

Tea is old. [1]

The pot is warm. [1]

The kettle sings. [1]

[1]: #sources "T1 · Spout B. A leaflet. 1974."
"""
OTHER = (
    ARTICLE.replace("slug: tea", "slug: coffee").replace("Tea is old", "Coffee is old").replace("The pot", "A lantern")
)
TEA, POT, KETTLE, SOURCE = "Tea is old.", "The pot is warm.", "The kettle sings.", "Spout B. A leaflet. 1974."
FAR = "has a passage that seems not to answer it"
CLOSER = "lies closer to characters 76–93 (“The kettle sings. …”)"
SECRET = "xyzzy"


def find_secret(text: str) -> Sequence[PhiFinding]:
    """Find one word."""
    return [PhiFinding("a secret", 0, len(SECRET))] if SECRET in text else []


class Desk:
    """A corpus of two tiny articles, and the two ways into its questions."""

    def __init__(self, folder: Path, encoder: WordCountEncoder) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        (self.corpus / "tea.md").write_text(ARTICLE, encoding="utf-8")
        (self.corpus / "coffee.md").write_text(OTHER, encoding="utf-8")
        self._form = folder / "form.jsonl"
        self._encoder = encoder

    def lacking(self, slug: str = "tea", fewer_than: int = 2) -> list[str]:
        """Return the texts of the passages that lack questions."""
        lacking = lacking_questions(self.corpus, slug, fewer_than=fewer_than, count_tokens=self._encoder.count_tokens)
        return [passage.text for passage, _ in lacking.few]

    def take_lines(self, *lines: str, slug: str = "tea", not_in: Sequence[str] = (), keep: bool = False) -> Taken:
        """Take in a form of these lines."""
        self._form.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return take_questions(
            self._form,
            self.corpus,
            slug,
            encoder=self._encoder,
            find_phi=find_secret,
            not_in=not_in,
            keep=keep,
        )

    def take(self, text: str, *asked: str, slug: str = "tea", not_in: Sequence[str] = (), keep: bool = False) -> Taken:
        """Take in questions for one passage."""
        return self.take_lines(filled(text, *asked), slug=slug, not_in=not_in, keep=keep)

    def asked(self, slug: str = "tea") -> list[tuple[str, ...]]:
        """Return the questions of an article, passage by passage as its file has them."""
        return [line.questions for line in read_keys(self.corpus, slug).lines.values()]


def filled(text: str, *asked: str) -> str:
    """Return the line of a form for a passage, with questions."""
    return json.dumps({"text": text, "questions": asked})


@pytest.fixture
def desk(tmp_path: Path, counting: WordCountEncoder) -> Desk:
    """The two articles, none with questions."""
    return Desk(tmp_path, counting)


def test_passages_with_too_few_questions_are_listed(desk: Desk) -> None:
    """All at first; then those that have fewer than was asked for, in the order of the article."""
    assert desk.lacking() == [TEA, POT, KETTLE, SOURCE]
    desk.take(POT, "How warm is the pot?", "pot heat")
    desk.take(TEA, "How old is tea?")
    assert desk.lacking() == [TEA, KETTLE, SOURCE]
    assert desk.lacking(fewer_than=1) == [KETTLE, SOURCE]


def test_a_form_says_where_a_passage_stands_and_what_it_says(articles: Path, counting: WordCountEncoder) -> None:
    """Offsets cut the text out of the article; a list item comes with the sentence before it."""
    lacking = lacking_questions(articles, "tea", fewer_than=1, count_tokens=counting.count_tokens)
    text = (articles / "tea.md").read_text(encoding="utf-8")
    lines = [json.loads(form_line(passage, has)) for passage, has in lacking.few]
    assert [text[line["start"] : line["end"]] for line in lines] == [line["text"] for line in lines]
    assert all((line["article"], line["has"], line["questions"]) == ("tea", [], []) for line in lines)
    [milk] = [line for line in lines if "Milk" in line["text"]]
    assert (milk["section"], milk["lead_in"]) == ("Rules", "Guests may add what they like.")


def test_a_filled_form_is_taken(desk: Desk) -> None:
    """The questions stand in the file, passages in the order of the article, after those that were there."""
    taken = desk.take_lines(filled(KETTLE, "Does the kettle sing?"), filled(TEA, "How old is tea?", "  tea \n age "))
    assert (taken.added, taken.refused, taken.path) == (3, 0, keys_path(desk.corpus, "tea"))
    assert desk.asked() == [("How old is tea?", "tea age"), ("Does the kettle sing?",)]
    desk.take(TEA, "Is tea old?")
    assert desk.asked()[0] == ("How old is tea?", "tea age", "Is tea old?")


def test_a_form_taken_twice_changes_nothing(desk: Desk) -> None:
    """What is there already is no fault, and the file is not written again."""
    before = desk.take(TEA, "How old is tea?").path.stat()
    again = desk.take(TEA, "How old is TEA")
    assert again.outcomes == (Outcome(1, 1, "there", "is there already"),)
    assert again.path.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize(
    ("question", "remark"),
    [
        pytest.param("", "holds no word", id="empty"),
        pytest.param("tea " * 51, "has 203 characters; a key may have 200", id="too long"),
        pytest.param(f"Does {SECRET} drink tea?", "looks like it holds a secret", id="an identifier"),
        pytest.param("What does the kettle do?", CLOSER, id="another's"),
    ],
)
def test_a_question_that_is_no_key_of_its_passage_is_refused(question: str, remark: str, desk: Desk) -> None:
    """The refusal says why by line and place, and the others of the line are taken."""
    taken = desk.take(TEA, "How old is tea?", question)
    assert taken.outcomes == (Outcome(1, 1, "taken", ""), Outcome(1, 2, "refused", remark))
    assert desk.asked() == [("How old is tea?",)]


def test_a_question_that_lies_closer_to_another_passage_can_be_kept(desk: Desk) -> None:
    """`keep` takes it, and still says so."""
    [outcome] = desk.take(TEA, "What does the kettle do?", keep=True).outcomes
    assert (outcome.verdict, outcome.remark[:20]) == ("kept", "lies closer to chara")
    assert desk.asked() == [("What does the kettle do?",)]


@pytest.mark.parametrize("keep", [False, True])
def test_a_question_that_lies_far_from_every_passage_is_taken_only_if_kept(keep: bool, desk: Desk) -> None:
    """No other passage is closer: that alone does not make the own one answer."""
    [outcome] = desk.take(POT, "moon tide", keep=keep).outcomes
    assert (outcome.verdict, outcome.remark) == ("kept" if keep else "refused", FAR)


@pytest.mark.model
def test_a_question_on_another_matter_is_no_key(tmp_path: Path, minilm: MiniLM) -> None:
    """With the encoder of the build: what the passage answers is taken, what no article could is refused."""
    (tmp_path / "tea.md").write_text(ARTICLE, encoding="utf-8")
    form = tmp_path / "form.jsonl"
    form.write_text(filled(POT, "What is the capital of Peru?", "Is the teapot warm?"), encoding="utf-8")
    outcomes = take_questions(form, tmp_path, "tea", encoder=minilm, find_phi=find_secret).outcomes
    assert [outcome.remark for outcome in outcomes] == [FAR, ""]


def test_passages_that_say_nearly_the_same_do_not_draw_each_others_questions(desk: Desk) -> None:
    """One has questions and the other none: the questions of the second are still its own."""
    text = ARTICLE.replace("The pot is warm.", "The kettle sings loudly.")
    (desk.corpus / "tea.md").write_text(text, encoding="utf-8")
    desk.take(KETTLE, "Does the kettle sing?", "What sound does the kettle make?")
    assert desk.take("The kettle sings loudly.", "How loud is the kettle?").refused == 0


@pytest.mark.parametrize(
    ("question", "copied"),
    [
        pytest.param("what sound does the kettle make", True, id="the same words"),
        pytest.param("What sound does the kettle make, please?", True, id="a word more"),
        pytest.param("What does the kettle do?", False, id="half its words"),
        pytest.param("kettle", False, id="one of its words"),
    ],
)
def test_no_question_of_an_evaluation_set_becomes_a_key(question: str, copied: bool, desk: Desk) -> None:
    """A copy, or one of four words in five, would measure itself."""
    taken = desk.take(KETTLE, question, not_in=["How old is tea?", "What sound does the kettle make?"])
    assert [outcome.verdict for outcome in taken.outcomes] == ["refused" if copied else "taken"]


def test_no_question_stands_at_two_passages(desk: Desk) -> None:
    """Neither in the file, nor in that of another article, nor twice in one form."""
    desk.take(SOURCE, "Is it warm?")
    desk.take("A lantern is warm.", "How hot is it?", slug="coffee")
    taken = desk.take_lines(filled(POT, "Is it WARM", "how hot is it", "Any heat?"), filled(TEA, "Any heat"))
    assert [outcome.remark for outcome in taken.outcomes] == [
        "is a question of another passage already (tea.questions.jsonl:1)",
        "is a question of another passage already (coffee.questions.jsonl:1)",
        "",
        "is a question of another passage already (line 1 of the form)",
    ]


def test_the_same_passage_in_another_article_may_have_the_same_questions(desk: Desk) -> None:
    """It is no other passage: both articles say so in the same words."""
    desk.take(KETTLE, "Does the kettle sing?")
    assert desk.take(KETTLE, "Does the kettle sing?", slug="coffee").added == 1


def test_questions_stay_with_passages_that_still_stand(desk: Desk) -> None:
    """After a change of the article its other questions are kept, and what fell away is named."""
    desk.take_lines(filled(TEA, "How old is tea?"), filled(POT, "Is the pot warm?", "pot heat"))
    (desk.corpus / "tea.md").write_text(ARTICLE.replace("pot is warm", "pot is cold"), encoding="utf-8")
    lacking = lacking_questions(desk.corpus, "tea", fewer_than=1, count_tokens=len)
    assert lacking.fallen == (KeyLine(2, POT, ("Is the pot warm?", "pot heat")),)
    assert desk.take(TEA, "").fallen == ()  # nothing was taken, so nothing was dropped
    assert desk.take("The pot is cold.", "Is the pot cold?").fallen == lacking.fallen
    assert desk.asked() == [("How old is tea?",), ("Is the pot cold?",)]


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        pytest.param("no JSON", "is not of the form", id="no JSON"),
        pytest.param("[]", "is not of the form", id="a list"),
        pytest.param('{"questions": []}', "is not of the form", id="no text"),
        pytest.param('{"text": 1, "questions": []}', "is not of the form", id="a number for the text"),
        pytest.param('{"text": "Tea is old."}', "is not of the form", id="no questions"),
        pytest.param('{"text": "Tea is old.", "questions": "Is it?"}', "is not of the form", id="not a list"),
        pytest.param('{"text": "Tea is old.", "questions": [1]}', "is not of the form", id="a number for a question"),
        pytest.param("[" * 100_000, "is not of the form", id="nested without end"),
        pytest.param(
            '{"text": "Tea is new.", "questions": ["Is it?"]}', "is no passage of the article", id="no passage"
        ),
    ],
)
def test_a_line_that_names_no_passage_is_refused(line: str, remark: str, desk: Desk) -> None:
    """By its number, blank lines counted; the lines around it are taken."""
    taken = desk.take_lines("\ufeff" + filled(TEA, "How old is tea?"), "", line, filled(POT, "Is the pot warm?"))
    [refused] = [outcome for outcome in taken.outcomes if outcome.verdict == "refused"]
    assert (refused.line, refused.question) == (3, 0)
    assert refused.remark.startswith(remark)
    assert taken.added == 2


def test_an_article_of_one_passage_takes_what_the_passage_may_answer(desk: Desk) -> None:
    """There is no other passage that a question could be closer to; one that is far from this is refused."""
    (desk.corpus / "tea.md").write_text("---\ntitle: Tea\nslug: tea\n---\n\n# Tea\n\nTea is old.\n", encoding="utf-8")
    taken = desk.take(TEA, "What does the kettle do?", "Lantern oil")
    assert taken.outcomes == (Outcome(1, 1, "taken", ""), Outcome(1, 2, "refused", FAR))


def test_an_unknown_article_is_told(desk: Desk) -> None:
    """The sentence names those that there are, and not what was typed."""
    with pytest.raises(CorpusError, match=r"No article of .* has this slug\. There are coffee, tea\."):
        desk.lacking("milk")


def test_a_form_that_cannot_be_read_is_told(desk: Desk, tmp_path: Path, counting: WordCountEncoder) -> None:
    """One sentence, with what to do."""
    (tmp_path / "form.jsonl").mkdir()
    with pytest.raises(SettingsError, match="Name a filled form with --take"):
        take_questions(tmp_path / "form.jsonl", desk.corpus, "tea", encoder=counting, find_phi=find_secret)


def test_a_file_that_cannot_be_written_stays_as_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs nothing that was there."""

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    desk.take(TEA, "How old is tea?")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match=r"No space left on device\)\. Nothing was changed"):
        desk.take(POT, "Is the pot warm?")
    assert desk.asked() == [("How old is tea?",)]


@pytest.mark.model
@pytest.mark.parametrize("slug", ["ipt-clinical-reference", "ipt-overview"])
def test_every_passage_of_our_articles_has_its_questions(slug: str, root: Path) -> None:
    """None has fewer than a passage should have, none fell away, and each line is as the command would write it."""
    corpus, count_tokens = root / "corpus", token_counter()
    lacking = lacking_questions(corpus, slug, fewer_than=settings.KEYS, count_tokens=count_tokens)
    assert (lacking.few, lacking.fallen) == ((), ())
    [article] = [each for each in read_corpus(corpus) if each.slug == slug]
    keys = read_keys(corpus, slug)
    passages = split_passages(article, split_sentences, count_tokens=count_tokens, max_tokens=settings.PASSAGE_TOKENS)
    written = keys_file((passage, keys.of(passage)) for passage in passages)
    assert sorted(written.splitlines()) == sorted(keys_path(corpus, slug).read_text(encoding="utf-8").splitlines())


def test_no_question_of_our_own_sets_is_a_key(root: Path) -> None:
    """Else the sets would measure what was written down for them; found ones are named by file and line."""
    sets = (root / "tests" / "data" / "questions").glob("*answerable*.jsonl")
    measured = [frozenset(folded(row["question"]).split()) for path in sets for row in read_questions(path)]
    copied = [
        f"{slug}.questions.jsonl:{line.number}"
        for slug in ("ipt-clinical-reference", "ipt-overview")
        for line in read_keys(root / "corpus", slug).lines.values()
        for key in line.questions
        if is_copy(key, measured)
    ]
    assert measured
    assert copied == []


@pytest.mark.parametrize("options", [("--keep",), ("--not-in", "set.jsonl")])
def test_options_of_taking_need_a_form(options: tuple[str, ...]) -> None:
    """Without one they would be passed over in silence."""
    told = CliRunner().invoke(main, ["questions", "tea", *options])
    assert (told.exit_code, "name the filled form with --take" in told.output) == (2, True)


@pytest.mark.model
def test_the_command_lists_and_takes(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minilm: MiniLM
) -> None:
    """What it lists can be filled in and taken; what is refused is named by its place."""
    monkeypatch.setattr(MiniLM, "open", lambda: minilm)
    corpus, form, measured = ("--corpus", str(desk.corpus)), tmp_path / "form.jsonl", tmp_path / "measured.jsonl"
    listed = CliRunner().invoke(main, ["questions", "tea", *corpus])
    assert listed.stderr == "4 of 4 passages of tea have fewer than 8 questions.\n"
    lines = [json.loads(line) for line in listed.stdout.splitlines()]
    lines[0]["questions"] = ["How long has tea been around?", "Which vessel sings?", "What is the age of tea?"]
    form.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    measured.write_text('{"question": "what is the age of tea"}\n', encoding="utf-8")
    taken = CliRunner().invoke(main, ["questions", "tea", *corpus, "--take", str(form), "--not-in", str(measured)])
    assert desk.asked() == [("How long has tea been around?",)]
    assert taken.stdout.splitlines()[1:] == [
        "  line 1: 1 taken of 3",
        f"    question 2 {CLOSER}",
        "    question 3 stands in an evaluation set, or nearly so",
        "1 taken, 2 refused.",
    ]
    assert taken.exit_code == 1
