"""What the guard stops, what it lets pass, and what it never does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipt_rag.phi import KINDS, Guard, PhiFinding
from ipt_rag.phi.guard import RULES
from ipt_rag.phi.numbers import SHAPE_RULES, iban, luhn
from ipt_rag.records import PhiFinding as RecordsPhiFinding

ANY_STRING = st.text(alphabet=st.characters(exclude_categories=[]))


@pytest.fixture(scope="module")
def guard() -> Guard:
    """Every layer."""
    return Guard(known_names=["Ottoline Quartermaine", "Quartermaine OB"])


@pytest.fixture(scope="module")
def quick() -> Guard:
    """Patterns, disguises and lists: no model."""
    return Guard(layers=("patterns", "disguises", "names"))


SURELY = [
    pytest.param("my patient tamsin holloway is low", "tamsin holloway", "a full name", id="name, lower case"),
    pytest.param(
        "71yo widow, helen costello, seen in spring", "helen costello", "a full name", id="name without a cue"
    ),
    pytest.param("she saw Dr. Harris today", "Harris", "a person's name", id="title"),
    pytest.param("Rebecca T., 40, asked", "Rebecca T.", "a person's name", id="given name and initial"),
    pytest.param("patient 鈴木 太郎 is low", "鈴木 太郎", "a person's name", id="another script"),
    pytest.param("asks about Wojciech, 19, IPT-A?", "Wojciech", "a person's name", id="given name and age"),
    pytest.param("Is Kenji ready to end?", "Kenji", "a person's name", id="asked about by given name"),
    pytest.param("Group: Tobias, Lakshmi and Deshawn", "Lakshmi", "a person's name", id="names in a row"),
    pytest.param("mrn 77\n34512", "77\n34512", "a medical record or chart number", id="broken over lines"),
    pytest.param("lives at 27 Old Mill Lane", "27 Old Mill Lane", "a street address or place of living", id="street"),
    pytest.param("zip code 73019", "73019", "a postal code", id="postal code"),
    pytest.param("DOB 11/02/1975", "11/02/1975", "a date of birth or other full date", id="date"),
    pytest.param("a 93-year-old widow", "93", "an age of 90 or more", id="age"),
    pytest.param("call 646-555-0173", "646-555-0173", "a phone number", id="phone"),
    pytest.param("fax 212-555-0133 please", "212-555-0133", "a fax number", id="fax"),
    pytest.param("write a.b@example.org", "a.b@example.org", "an e-mail address", id="e-mail"),
    pytest.param("SSN 219-09-9999", "219-09-9999", "a social security or national number", id="SSN"),
    pytest.param("MRN: LH-204418", "LH-204418", "a medical record or chart number", id="record"),
    pytest.param("member ID KXH88219", "KXH88219", "a health plan or insurance number", id="plan"),
    pytest.param("card 4111 1111 1111 1111", "4111 1111 1111 1111", "an account or card number", id="card"),
    pytest.param("passport no. K0044719", "K0044719", "a licence, certificate or passport number", id="passport"),
    pytest.param("license plate KLM-4471", "KLM-4471", "a vehicle or plate number", id="plate"),
    pytest.param("pump S/N NG118442", "NG118442", "a device or serial number", id="device"),
    pytest.param("follow @quiet_otter7", "@quiet_otter7", "a personal web address or user name", id="user name"),
    pytest.param("from 203.0.113.87", "203.0.113.87", "an IP address", id="IP"),
    pytest.param("logged in from 10.0.0.7", "10.0.0.7", "an IP address", id="IP within a house"),
    pytest.param("client b. 1968-09", "1968-09", "a date of birth or other full date", id="born, by month"),
    pytest.param("voiceprint VP-20931", "VP-20931", "a fingerprint, voice or other biometric record", id="voice"),
    pytest.param("who is in the picture i took?", "the picture", "a photograph of a person", id="picture"),
    pytest.param("see IMG_4471.jpg", "IMG_4471.jpg", "a photograph of a person", id="photograph"),
    pytest.param("inmate number 88-2291", "88-2291", "another identifying number", id="other"),
]
NEAR_MISSES = [
    "Frank, Kupfer & Swartz (1999)",
    "who was adolf meyer",
    "Ottoline Quartermaine's paper",
    "PHQ-9 17 and HAM-D 22",
    "session 7/16",
    "RR 0.74 (0.61 to 0.90), I2 = 63%",
    "Am J Psychiatry 1999;156(11):1762-1769",
    "NCT00043602, PMID: 2675644, ISRCTN 67891234",
    "DSM-5 296.35, F43.21, CPT 90834",
    "amitriptyline 100-150 mg daily",
    "woman, 88, new to a care home",
    "patients aged 90 and older",
    "recruited from September 1998 to May 2001",
    "my patient may mark the end",
    "his late wife drank",
    "MRN: on file",
    "JC Markowitz, role in IPT hx?",
    "Which theory is named among the many?",
    "Prof. Stuart's training",
    "Is Paxil better than Zoloft?",
    "PHQ-9 over the weeks:\n21\n19\n14\n9",
    "Did NICE look at trials from Goa, Florence and Jordan?",
    "my patient has Parkinson's disease",
    "9 sessions a week, close to home",
    "1-800-273-8255 or 988",
    "24680 13579",
    "section 1.2.0.4 of the manual",
    "Gerald Klerman, Myrna Weissman, John C. Markowitz, Harry Stack Sullivan, Adolf Meyer",
    "photo credit Maskotx Getty Images",
    "b. 1984",
    "How many areas surround the hub in the picture?",
    "",
]


@pytest.mark.parametrize(("text", "said", "kind"), SURELY)
def test_an_identifier_is_found_where_it_stands(guard: Guard, text: str, said: str, kind: str) -> None:
    """One finding of the right kind covers the identifier, whatever else is found."""
    start = text.index(said)
    assert any(each.kind == kind and each.start <= start and each.end >= start + len(said) for each in guard.find(text))


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_a_near_miss_passes(guard: Guard, text: str) -> None:
    """What clinicians type about the literature and their work is let through."""
    assert guard.find(text) == ()


def test_the_allow_list_hides_names_only(guard: Guard) -> None:
    """A known author's name passes; a number beside it, or a namesake of part of it, does not."""
    assert guard.find("What did Gerald Klerman write?") == ()
    assert [each.kind for each in guard.find("Gerald Klerman, call 646-555-0173")] == ["a phone number"]
    assert guard.find("my patient Gerald Okonkwo is low")


def test_all_eighteen_categories_have_a_kind() -> None:
    """45 CFR 164.514(b)(2)(i) lists (A) to (R)."""
    assert {kind.category for kind in KINDS} == set("ABCDEFGHIJKLMNOPQR")


def test_the_finding_is_the_projects_record() -> None:
    """The guard hands on the record that every surface knows, which has no place for text."""
    assert PhiFinding is RecordsPhiFinding
    assert set(PhiFinding.__slots__) == {"kind", "start", "end"}


@pytest.mark.parametrize(
    ("earlier", "text"),
    [
        pytest.param(["my patient's name?"], "amber", id="a question and its answer"),
        pytest.param(["her number starts with 646-555"], "-0173", id="a number broken in two"),
        pytest.param(["her chart number?"], "it is 731 406", id="a question and its number"),
        pytest.param(["his cell begins 646 555"], "and 0173 is the rest", id="a number and its rest"),
        pytest.param(["what is her zip code"], "73019", id="a label and its value"),
        pytest.param(["Solomon, now what"], "he is my patient, depressed", id="a name and what shows it to be one"),
        pytest.param(["her birthday is on the"], "14th of may", id="a date of birth in two turns"),
    ],
)
def test_two_harmless_halves_are_found_together(guard: Guard, earlier: list[str], text: str) -> None:
    """What only arises with the turns before is found at the turn that completes it, within that turn."""
    assert guard.find(text) == ()
    findings = guard.find_in_turn(text, earlier)
    assert findings
    assert all(0 <= each.start < each.end <= len(text) for each in findings)


def test_a_harmless_turn_after_a_harmless_turn_passes(guard: Guard) -> None:
    """Context alone refuses nothing."""
    assert guard.find_in_turn("and how many sessions?", ["What is IPT?", "my patient is a teacher"]) == ()
    assert guard.find_in_turn("it is 14, is that high?", ["her PHQ-9?"]) == ()
    assert guard.find_in_turn("and 16 is the rest?", ["how many sessions, 12"]) == ()
    assert guard.find_in_turn("would that help my patient?", ["What did Myrna Weissman write in 1984?"]) == ()


@given(ANY_STRING)
def test_find_never_raises(quick: Guard, text: str) -> None:
    """Any string has findings, sorted, that lie inside it."""
    findings = quick.find(text)
    assert list(findings) == sorted(findings, key=lambda each: (each.start, each.end, each.kind))
    assert all(0 <= each.start < each.end <= len(text) for each in findings)


@given(ANY_STRING)
@settings(max_examples=25)
def test_find_with_the_model_never_raises(guard: Guard, text: str) -> None:
    """The model takes any string too, lone surrogates included."""
    guard.find("Xanthippe Vorobyovskaya said " + text)


@given(st.text(alphabet="abcdehilmnoprstuABCINRS :#.-/'"))
def test_rules_marked_for_digits_need_one(text: str) -> None:
    """A rule that is skipped for texts without a digit finds nothing in them."""
    marked = [each for each in (*RULES, *SHAPE_RULES) if each.digit]
    assert marked
    assert not any(each.check and each.check(match) for each in marked for match in each.pattern.finditer(text))


def test_check_digits() -> None:
    """Luhn and the IBAN's remainder by 97 tell real shapes from neighbours."""
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert iban("DE89 3704 0044 0532 0130 00")
    assert not iban("DE89 3704 0044 0532 0130 01")


def test_the_model_keeps_no_word_that_was_typed(guard: Guard) -> None:
    """The model's vocabulary, where it would otherwise keep every word it meets, holds on to no name."""
    canary = "Zuvendiqua"
    assert guard.find(f"what would help {canary} Pralingbrook with grief")
    model = guard._entities._model
    assert canary not in model.vocab.strings


def test_threads_share_one_guard(guard: Guard) -> None:
    """Questions asked at once are answered as if asked in turn."""
    text = "what would help Zuvendiqua Pralingbrook with grief"
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: guard.find(text), range(16)))) == 1


def test_importing_the_guard_loads_no_model() -> None:
    """The heavy library comes with the first question that needs it, or with `load`."""
    program = "import sys; import ipt_rag.phi; ipt_rag.phi.Guard().find('MRN 20441'); sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


def test_the_model_does_without_torch() -> None:
    """Loading the model does not import torch, which is there for the rest of the program all the same."""
    program = (
        "import sys; from ipt_rag.phi import Guard; guard = Guard(); guard.load(); "
        "assert 'spacy' in sys.modules and 'torch' not in sys.modules; import torch; "
        "sys.exit(not guard.find('what would help Zuvendiqua Pralingbrook with grief'))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0
