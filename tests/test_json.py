"""The machine interface of `ipt-rag ask --json`: fields and types that other programs build on, stable from 0.1 on."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ipt_rag.chatbot import Chatbot
from ipt_rag.cli import main

pytestmark = pytest.mark.model

ANSWER = {
    "status": str,
    "confidence": float,
    "quotes": list,
    "ranked": list,
    "references": list,
    "nearest": list,
    "reason": str,
    "kinds": list,
    "notices": list,
    "index": str,
    "widen": list,
    "understood": str,
    "parts": list,
    "cautions": list,
}
QUOTE = {
    "text": str,
    "article": str,
    "title": str,
    "section": str,
    "kind": str,
    "start": int,
    "end": int,
    "lead_in": (dict, type(None)),
    "sources": list,
    "own_sources": list,
    "llm": bool,
    "provenance": str,
    "tiers": list,
    "score": float,
    "matched": list,
}
REFERENCE = {"article": str, "number": int, "tier": str, "reference": str, "address": str}
PLACE = {"article": str, "title": str, "section": str}
PART = {"question": str, "quotes": list, "reason": str, "nearest": list, "widen": list}
SPAN = {"text": str, "start": int, "end": int}

SICK_ROLE = "What does the sick role mean?"
NOT_THERE = "Which spark plugs fit a 1998 lawn mower?"
IDENTIFIED = "Please call the patient at 555-010-0199 about grief"  # a number kept free for fiction


@pytest.fixture
def ask(chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `ipt-rag ask --json` over the project's corpus and return the objects it printed."""
    monkeypatch.setattr(Chatbot, "open", lambda index: chatbot)

    def run(*arguments: str, typed: str | None = None) -> list[dict[str, Any]]:
        result = CliRunner().invoke(main, ["ask", "--json", *arguments], input=typed)
        assert (result.exit_code, result.stderr) == (0, "")
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


def check(value: dict[str, Any], form: dict[str, Any]) -> None:
    """Hold an object to its fields and their types; a truth value is no number."""
    assert list(value) == list(form)
    for name, kind in form.items():
        assert isinstance(value[name], kind), name
        assert kind is bool or not isinstance(value[name], bool), name


def test_every_field_of_an_answer(ask: Any) -> None:
    """An answer is one object with these fields of these types, all the way down."""
    [answer] = ask("--ranked", "7", SICK_ROLE)
    check(answer, ANSWER)
    assert answer["status"] == "answered"
    assert 0 <= answer["confidence"] <= 1
    assert 1 <= len(answer["quotes"]) <= 3
    assert len(answer["ranked"]) == 7
    for quote in (*answer["quotes"], *answer["ranked"]):
        check(quote, QUOTE)
        assert 0 <= quote["score"] <= 1
        assert quote["provenance"] in ("sourced", "LLM", "mixed", "unmarked")
        assert set(quote["own_sources"]) <= set(quote["sources"])
        assert all(isinstance(number, int) for number in quote["sources"])
        assert all(tier in ("T1", "T2", "T3") for tier in quote["tiers"])
        assert all(0 <= start < end <= len(quote["text"]) for start, end in quote["matched"])
        if quote["lead_in"]:
            check(quote["lead_in"], SPAN)
    for reference in answer["references"]:
        check(reference, REFERENCE)


def test_several_questions(ask: Any) -> None:
    """Each of several questions is a part: what was asked, the places of its quotes, or why there are none."""
    [answer] = ask(f"{SICK_ROLE} {NOT_THERE}")
    check(answer, ANSWER)
    answered, silent = answer["parts"]
    for part in (answered, silent):
        check(part, PART)
    assert (answered["question"], silent["question"]) == (SICK_ROLE, NOT_THERE)
    assert answered["quotes"] == list(range(len(answer["quotes"])))
    assert (silent["quotes"], answered["reason"]) == ([], "")
    assert silent["reason"] in ("nothing_close", "fact_missing", "too_vague")
    [alone] = ask(SICK_ROLE)
    assert answer["quotes"] == alone["quotes"]


def test_an_answer_that_there_is_none(ask: Any) -> None:
    """Not in the articles: no quotes, a reason, places to look, and the best passages all the same."""
    [answer] = ask("--ranked", "2", NOT_THERE)
    check(answer, ANSWER)
    assert (answer["status"], answer["quotes"], answer["references"]) == ("not_in_articles", [], [])
    assert answer["reason"] in ("nothing_close", "fact_missing", "too_vague")
    assert 1 <= len(answer["nearest"]) <= 3
    for place in answer["nearest"]:
        check(place, PLACE)
    assert len(answer["ranked"]) == 2


def test_a_refusal(ask: Any) -> None:
    """Refused: the kinds of identifier, and nothing else, ranked passages neither."""
    [answer] = ask("--ranked", "5", IDENTIFIED)
    check(answer, ANSWER)
    assert answer["status"] == "refused"
    assert answer["kinds"] == ["a phone number"]
    assert (answer["confidence"], answer["reason"], answer["index"]) == (0, "phi", "")
    assert not any(answer[name] for name in ("quotes", "ranked", "references", "nearest"))


def test_one_object_a_line_in_order(ask: Any) -> None:
    """Of many questions each has its object on its own line, in the order asked, unreadable ones among them."""
    questions = [SICK_ROLE, "", IDENTIFIED, NOT_THERE, "tea " * 600, SICK_ROLE]
    answers = ask("-", typed="\n".join(questions))
    for answer in answers:
        check(answer, ANSWER)
    statuses = ["answered", "not_in_articles", "refused", "not_in_articles", "not_in_articles", "answered"]
    assert [answer["status"] for answer in answers] == statuses
    assert answers[0] == answers[-1]
    assert [bool(answer["notices"]) for answer in answers] == [False, True, False, False, True, False]


def test_ranked_only_when_asked_for(ask: Any) -> None:
    """Without K there are no ranked passages; the best of K are those of any other K."""
    [without], [one], [many] = ask(SICK_ROLE), ask("--ranked", "1", SICK_ROLE), ask("--ranked", "50", SICK_ROLE)
    assert without["ranked"] == []
    assert one["ranked"] == many["ranked"][:1]
    assert len(many["ranked"]) == 50
    assert {name: without[name] for name in ANSWER if name != "ranked"} == {
        name: many[name] for name in ANSWER if name != "ranked"
    }


def test_the_object_is_what_python_gets(ask: Any, chatbot: Chatbot) -> None:
    """`Chatbot.ask` returns the same as records."""
    [answer] = ask("--ranked", "3", SICK_ROLE)
    assert answer == json.loads(json.dumps(dataclasses.asdict(chatbot.ask(SICK_ROLE, ranked=3))))


def test_offsets_count_in_the_file(ask: Any, root: Path) -> None:
    """A program that reads the article's bytes as UTF-8 finds the quote and its lead-in between their offsets."""
    [answer] = ask("--ranked", "50", "Which rows of the treatment plan speak of a goal?")
    assert any(quote["lead_in"] for quote in answer["ranked"])
    for quote in answer["ranked"]:
        text = (root / "corpus" / f"{quote['article']}.md").read_bytes().decode()
        assert text[quote["start"] : quote["end"]] == quote["text"]
        if lead_in := quote["lead_in"]:
            assert text[lead_in["start"] : lead_in["end"]] == lead_in["text"]
