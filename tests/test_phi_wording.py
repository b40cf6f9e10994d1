"""The fixed sentences of the guard."""

import pytest

from ipt_rag.phi import CRISIS_NOTICE, KINDS, Guard, Kind, mentions_crisis, refusal_text


@pytest.mark.parametrize(
    "text",
    [
        "my patient says she wants to die",
        "he is suicidal, is IPT safe?",
        "I want to kill myself",
        "she took an overdose last week",
        "client threatened to hurt his wife",
        "they would be better off without me",
        "she is ＳＵＩＣＩＤＡＬ",
        "he has a gun and will hurt her",
        "my partner is hitting me right now",
        "her husband choked her last night",
        "my child is being abused",
        "she is being abused by her uncle",
        "im gonna jump off a bridge",
        "he stood on the platform and wants to jump in front of a train",
        "I took 40 pills",
        "client swallowed a bottle of pills",
        "there is no point in living",
        "she has nothing to live for",
        "he talks of wanting to unalive himself",
        "kms",
        "I feel like dying",
        "i dont want to be here anymore",
        "should i be worried about suicde",
        "what does the trial say about suicide",
        "does IPT lower self-injury?",
        "she left a goodbye note",
        "he is going to kill my sister",
        "client does not feel safe at home",
    ],
)
def test_crisis_language_is_noticed(text: str) -> None:
    """Suicidal intent and danger are noticed, and are no PHI."""
    assert mentions_crisis(text)
    assert Guard(layers=("patterns", "disguises", "names")).find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "How does IPT end?",
        "a dying metaphor",
        "killing time",
        "the cut-off is 10",
        "should she take two pills daily?",
        "they jumped to session 4",
        "her grief hit her hard",
        "can the couple be seen together",
        "what was the point in session 3?",
    ],
)
def test_other_language_is_not(text: str) -> None:
    """Everyday uses of the same words bring no notice."""
    assert not mentions_crisis(text)


def test_the_notice_sends_people_to_local_help() -> None:
    """The notice says what this is not, and where to turn."""
    assert "no emergency service" in CRISIS_NOTICE
    assert "local emergency procedures" in CRISIS_NOTICE


def test_a_refusal_names_each_kind_and_what_to_write_instead() -> None:
    """Kinds are joined in plain words, each with its own advice, and the pattern closes the text."""
    text = refusal_text(["a full name", "a postal code", "a full name"])
    assert "it holds a full name and a postal code." in text
    assert text.count("In place of a full name") == 1
    assert text.endswith("[your question]?”")


def test_a_full_name_is_told_once() -> None:
    """Beside a full name, "a person's name" is left out, with its advice."""
    text = refusal_text(["a person's name", "a full name"])
    assert "it holds a full name." in text
    assert "a person's name" not in text
    assert "a person's name" in refusal_text(["a person's name"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.short)
def test_every_kind_has_advice(kind: Kind) -> None:
    """A refusal never leaves a kind without saying what may be typed."""
    assert f"In place of {kind.phrase}, write {kind.instead}." in refusal_text([kind.phrase])


def test_one_advice_for_two_kinds_is_said_once() -> None:
    """A name and a full name are met by the same advice, which is not repeated."""
    text = refusal_text(["a person's name", "a full name"])
    assert text.count("“my patient” or “her husband”") == 1
    assert "In place of a full name, write a role" in text
