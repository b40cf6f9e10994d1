"""Checking quotes: exact for the same words alone, and every kind of change told apart."""

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from ipt_rag.check import HEDGES, NEGATIONS, QuoteChecker
from ipt_rag.cli import main
from ipt_rag.corpus import parse_article, read_article, read_corpus
from ipt_rag.errors import QuestionError
from ipt_rag.importing import import_page
from ipt_rag.plain import plain_text
from ipt_rag.records import Article, PhiFinding, Sentence
from ipt_rag.sentences import split_sentences

CORPUS = Path(__file__).parents[1] / "corpus"
TEXT = """---
title: Calm Talk
slug: calm
---

# Calm Talk

Calm talk lasts for 12–16 weeks. It may not help in the “acute” phase. [2] It is old. [LLM]

- **Role** — a part one plays. [1]

| Goal | Step |
| --- | --- |
| Rest | Sleep well [1] [2] |

[1]: #sources "T1 · Lee A. Calm. 2016."
[2]: #sources "T2 · Klee B. Rest. 2018."
"""


@pytest.fixture
def articles(tmp_path: Path) -> tuple[Article, ...]:
    """Return one tiny article."""
    path = tmp_path / "calm.md"
    path.write_text(TEXT, encoding="utf-8")
    return (read_article(path),)


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        pytest.param("It may not help in the “acute” phase.", "exact", id="a sentence"),
        pytest.param(
            '"It may not help in the "acute" phase."', "exact", id="straight quotes, and quotes around it all"
        ),
        pytest.param("Calm  talk lasts for\n12-16 weeks. It may not help", "exact", id="white space, dash, a fragment"),
        pytest.param("talk lasts for 12–16 weeks.", "exact", id="from the middle"),
        pytest.param("It is old. [LLM]", "exact", id="with its tag"),
        pytest.param("Calm talk lasts for 12–16 weeks. [2]", "exact", id="with the source that covers it"),
        pytest.param("Role — a part one plays. [1]", "exact", id="a definition"),
        pytest.param("Rest Sleep well", "exact", id="a row without its bars"),
        pytest.param("Calm talk lasts for 12–16 weeks. [1]", "misattributed", id="another source"),
        pytest.param("It is old. [2]", "misattributed", id="a source where only a tag stands"),
        pytest.param("It may not help in the “acute” phase. [LLM]", "misattributed", id="a tag where a source stands"),
        pytest.param("It may help in the “acute” phase.", "changed", id="a negation dropped"),
        pytest.param("It may not help in the acute phase.", "changed", id="marks dropped"),
        pytest.param("Two lanterns burn over quiet water tonight.", "absent", id="other words"),
    ],
)
def test_verdicts(quote: str, verdict: str, articles: tuple[Article, ...]) -> None:
    """The verdict follows from words and sources as printed."""
    assert QuoteChecker(articles).check(quote).verdict == verdict


@pytest.mark.parametrize(
    ("quote", "change"),
    [
        pytest.param("Calm talk lasts for 12–18 weeks.", ("digit", "18", "16"), id="digit"),
        pytest.param("It may help in the “acute” phase.", ("negation", "", "not"), id="negation"),
        pytest.param("It will not help in the “acute” phase.", ("hedge", "will", "may"), id="hedge"),
        pytest.param("It may not aid in the “acute” phase.", ("word", "aid", "help"), id="word"),
        pytest.param("Calm talk lasts, for 12–16 weeks.", ("punctuation", ",", ""), id="punctuation"),
        pytest.param("Calm prose lasts for 12–18 weeks.", ("digit", "18", "16"), id="the digit before the word"),
    ],
)
def test_what_changed_is_called_out(quote: str, change: tuple[str, str, str], articles: tuple[Article, ...]) -> None:
    """The weightiest change comes first, with what was said and what is printed."""
    checked = QuoteChecker(articles).check(quote)
    first = checked.changes[0]
    assert (checked.verdict, (first.kind, first.said, first.printed)) == ("changed", change)


@pytest.mark.parametrize(
    ("quote", "verdict", "said"),
    [
        pytest.param("Rest | Sleep well [1, 2].", "exact", ("1", "2"), id="a list"),
        pytest.param("Rest | Sleep well [1–2]", "exact", ("1", "2"), id="a range"),
        pytest.param("Rest | Sleep well [1][2]", "exact", ("1", "2"), id="brackets side by side"),
        pytest.param("Rest | Sleep well [1–3]", "misattributed", ("1", "2", "3"), id="a range that goes too far"),
        pytest.param("It is old [LLM; 2].", "misattributed", ("LLM", "2"), id="a tag in a list"),
        pytest.param("It may not help in the “acute” phase (2).", "exact", ("2",), id="parentheses"),
        pytest.param("It may not help in the “acute” phase. (1)", "misattributed", ("1",), id="behind the stop"),
        pytest.param("It may not help in the “acute” phase.2", "exact", ("2",), id="glued"),
        pytest.param("It may not help in the “acute” phase.^2", "exact", ("2",), id="behind a caret"),
        pytest.param("It may not help in the “acute” phase².", "exact", ("2",), id="raised"),
        pytest.param("It may not help in the “acute” phase. [2–1]", "misattributed", ("2", "1"), id="backwards"),
        pytest.param("It may not help in the “acute” phase. [2–999]", "misattributed", ("2", "999"), id="without end"),
        pytest.param("It may not help in the “acute” phase.1,2 It is old.", "misattributed", ("1", "2"), id="inside"),
        pytest.param("It may help in the “acute” phase [2, 1].", "changed", ("2", "1"), id="beside a change"),
        pytest.param("It may help in the “acute” phase.2", "changed", ("2",), id="glued beside a change"),
        pytest.param("Calm talk lasts for 12–16 (2) weeks.", "changed", (), id="amid a clause it is a number"),
        pytest.param("Calm talk lasts for 12–16.2 weeks.", "changed", (), id="a decimal is a number"),
    ],
)
def test_source_numbers_are_read_as_people_write_them(
    quote: str, verdict: str, said: tuple[str, ...], articles: tuple[Article, ...]
) -> None:
    """In lists and ranges; in parentheses or glued to a stop where that can be nothing else."""
    checked = QuoteChecker(articles).check(quote)
    assert (checked.verdict, checked.said_sources) == (verdict, said)
    assert verdict != "changed" or said == () or [each.kind for each in checked.changes] == ["negation"]


def test_printed_parentheses_are_words(tmp_path: Path) -> None:
    """A number that the article itself prints in parentheses is compared as a number."""
    path = tmp_path / "tea.md"
    path.write_text("---\ntitle: Tea\nslug: tea\n---\n\nThe mean score of the drinkers was low (9).\n")
    checker = QuoteChecker([read_article(path)])
    assert checker.check("The mean score of the drinkers was low (9).").verdict == "exact"
    changed = checker.check("The mean score of the drinkers was low (8).")
    assert [(each.kind, each.said, each.printed) for each in changed.changes] == [("digit", "8", "9")]


def test_the_printed_text_is_a_slice_of_the_article(articles: tuple[Article, ...]) -> None:
    """What is shown beside a quote is the article's own."""
    checked = QuoteChecker(articles).check("It may help in the “acute” phase. [1]")
    assert articles[0].text[checked.start : checked.end] == checked.text == "It may not help in the “acute” phase."
    assert (checked.said_sources, checked.printed_sources) == (("1",), ("2",))


def test_a_change_is_no_longer_than_it_is(tmp_path: Path) -> None:
    """A word that also stands in a sentence before does not stretch the quote over all that lies between."""
    path = tmp_path / "tea.md"
    text = "The pot is warm on 3 days of the week in most of the houses. The tea is green and old and cold."
    path.write_text(f"---\ntitle: Tea\nslug: tea\n---\n\n{text}\n")
    checked = QuoteChecker([read_article(path)]).check("The very tea is green and old and cold.")
    assert [(each.kind, each.said, each.printed) for each in checked.changes] == [("word", "very", "")]
    assert checked.text == "The tea is green and old and cold."


@pytest.mark.parametrize("quote", ["", " [4] ", "…", "x" * 20_001])
def test_what_is_no_quote_is_refused(quote: str, articles: tuple[Article, ...]) -> None:
    """Nothing to check, or too much, is said in one sentence."""
    with pytest.raises(QuestionError):
        QuoteChecker(articles).check(quote)


@pytest.fixture(params=["corpus", "licensed"])
def real_articles(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Article, ...]:
    """Return our own articles, and the two licensed ones as they are imported."""
    if request.param == "corpus":
        return read_corpus(CORPUS)
    shared: Path = request.getfixturevalue("shared")
    pages = [import_page(path) for path in sorted((shared / "articles").glob("*.txt"))]
    return tuple(parse_article(tmp_path / page.slug, page.markdown.encode()) for page in pages)


def quotable(articles: tuple[Article, ...]) -> list[tuple[Sentence, list[str]]]:
    """Return the sentences of more than six words, each with its words as printed."""
    sentences = [each for article in articles for block in article.blocks for each in split_sentences(article, block)]
    quotes = [(each, plain_text(each.text).replace("|", " ").split()) for each in sentences]
    return [(each, words) for each, words in quotes if len(words) > 6]


def test_every_sentence_is_exact(real_articles: tuple[Article, ...]) -> None:
    """No sentence is called changed against itself, with its own sources or without."""
    checker = QuoteChecker(real_articles)
    for article in real_articles:
        for block in article.blocks:
            for each in split_sentences(article, block):
                sources = "".join(f" [{number}]" for number in each.own)
                assert checker.check(plain_text(each.text) + sources).verdict == "exact", each.start


@pytest.mark.parametrize("kind", ["digit", "negation", "word", "source"])
def test_five_hundred_mutated_quotes_are_told_apart(real_articles: tuple[Article, ...], kind: str) -> None:
    """125 of each kind over each pair of articles: none passes for exact, and each is named for what was done to it."""
    checker = QuoteChecker(real_articles)
    printed = [(each, words) for each, words in quotable(real_articles) if mutable(words, kind)]
    draw = Random(20)
    for _ in range(125):
        sentence, words = draw.choice(printed)
        said = " ".join(mutated(sentence, words, kind, draw))
        checked = checker.check(said)
        place = f"{checked.article} at {sentence.start}"  # not the words: what is printed may be kept by others
        assert checked.verdict == ("misattributed" if kind == "source" else "changed"), place
        assert kind == "source" or checked.changes[0].kind == kind, place


def mutable(words: list[str], kind: str) -> bool:
    """Return whether a mutation of a kind is possible: a digit can only change where there is one."""
    match kind:
        case "digit":
            return any(sign.isdigit() for word in words for sign in word)
        case "word":
            return bool(plain_places(words))
    return True


def plain_places(words: list[str]) -> list[int]:
    """Return where a word stands whose change is that of a word alone, not of a negation, a hedge or a number."""
    inner = range(1, len(words) - 1)
    return [index for index in inner if words[index].isalpha() and words[index].lower() not in NEGATIONS | HEDGES]


def mutated(sentence: Sentence, words: list[str], kind: str, draw: Random) -> list[str]:
    """Return the words with one digit, negation, word or source number made another."""
    place = draw.choice(plain_places(words) if kind == "word" else range(1, len(words) - 1))
    before, word, after = words[:place], words[place], words[place + 1 :]
    match kind:
        case "digit":
            line = " ".join(words)
            spot = draw.choice([index for index, sign in enumerate(line) if sign.isdigit()])
            digit = draw.choice([sign for sign in "123456789" if sign != line[spot]])
            return [line[:spot] + digit + line[spot + 1 :]]
        case "negation":
            dropped = [index for index, each in enumerate(words) if each in ("not", "no", "never", "without")]
            if dropped and draw.random() < 0.5:
                return [*words[: dropped[0]], *words[dropped[0] + 1 :]]
            return [*before, draw.choice(("not", "never")), word, *after]
        case "word":
            return draw.choice(([*before, "lantern", *after], [*before, "lantern", word, *after], [*before, *after]))
        case _:
            right = {*sentence.own, *sentence.covering}
            return [*words, f"[{draw.choice(sorted(set(range(1, 10)) - right))}]"]


# Many quotes at once.


def test_lines_are_checked_each_by_itself(articles: tuple[Article, ...]) -> None:
    """One that is no quote, or that the guard refuses, gets its reason in place of a verdict, and none of its words."""

    def find_phi(text: str) -> tuple[PhiFinding, ...]:
        return (PhiFinding("a secret", 0, 6),) if "xyzzy" in text else ()

    numbered = [(2, "It is old."), (3, "xyzzy"), (5, "…"), (6, "It is older.")]
    lines = list(QuoteChecker(articles).check_lines(numbered, find_phi=find_phi))
    assert [each.number for each in lines] == [2, 3, 5, 6]
    assert [each.check and each.check.verdict for each in lines] == ["exact", None, None, "changed"]
    assert [each.exact for each in lines] == [True, False, False, False]
    assert (lines[1].kinds, lines[1].problem) == (("a secret",), "")
    assert lines[2].problem.startswith("The quote has no word.")
    assert "xyzzy" not in repr(lines)


def check_file(tmp_path: Path, data: bytes) -> Result:
    """Run `ipt-rag check --file` over the tiny article."""
    (tmp_path / "quotes.txt").write_bytes(data)
    return CliRunner().invoke(main, ["check", "--file", str(tmp_path / "quotes.txt"), "--corpus", str(tmp_path)])


def test_a_file_of_quotes_is_numbered_by_line(tmp_path: Path, articles: tuple[Article, ...]) -> None:
    """Blank lines count and are skipped; exit 1 where a quote is not exact, and the sum on standard error."""
    done = check_file(tmp_path, "\ufeffIt is old.\r\n\r\nIt is old. [2]\nIt is very old.\n".encode())
    assert done.exit_code == 1
    assert [line for line in done.stdout.splitlines() if line[0].isdigit()] == [
        "1: exact",
        "3: misattributed",
        "4: changed",
    ]
    assert done.stderr == "3 quotes: 1 exact, 1 misattributed, 1 changed\n"
    exact = check_file(tmp_path, b"It is old. [LLM]\n")
    assert (exact.exit_code, exact.stderr) == (0, "1 quotes: 1 exact\n")


def test_a_line_with_phi_is_refused_and_not_repeated(tmp_path: Path, articles: tuple[Article, ...]) -> None:
    """The refusal has the line's number and the kind; the lines after it are checked."""
    done = check_file(tmp_path, b"My patient Wilma Testerson, MRN 00123456, is old.\nIt is old.\n")
    assert done.exit_code == 1
    assert done.stdout.startswith("1: ")
    assert "a full name" in done.stdout
    assert "\n2: exact\n" in done.stdout
    assert not [word for word in ("Wilma", "Testerson", "00123456") if word in done.output]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("Grün".encode("latin-1"), "is not UTF-8 text. Save it as UTF-8", id="another encoding"),
        pytest.param(None, "cannot be read (No such file or directory).", id="no file"),
        pytest.param(b"x" * 20_000_001, "has 20,000,001 bytes; a file of quotes may have 20,000,000.", id="too large"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    data: bytes | None, said: str, tmp_path: Path, articles: tuple[Article, ...]
) -> None:
    """Exit 1, and nothing on standard output."""
    if data is None:
        arguments = ["check", "--file", str(tmp_path / "none.txt"), "--corpus", str(tmp_path)]
        done = CliRunner().invoke(main, arguments)
    else:
        done = check_file(tmp_path, data)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


@pytest.mark.parametrize("arguments", [(), ("It is old.", "--file", "quotes.txt")])
def test_one_quote_or_one_file(arguments: tuple[str, ...]) -> None:
    """Neither nor both is a usage error."""
    done = CliRunner().invoke(main, ["check", *arguments])
    assert done.exit_code == 2
    assert "Give one quote in quotation marks, or `-`, or --file FILE." in done.stderr


def test_one_quote_from_the_command_line(tmp_path: Path, articles: tuple[Article, ...]) -> None:
    """A verdict is an answer, whichever it is; no quote at all is an error."""
    changed = CliRunner().invoke(main, ["check", "It is very old.", "--corpus", str(tmp_path)])
    assert (changed.exit_code, changed.stdout.splitlines()[0]) == (0, "changed")
    negated = CliRunner().invoke(main, ["check", "It may help in the “acute” phase.", "--corpus", str(tmp_path)])
    assert negated.stdout.splitlines()[1] == "  Negation left out: “not”"
    nowhere = CliRunner().invoke(main, ["check", "Bananas cure.", "--corpus", str(tmp_path)])
    assert nowhere.stdout.splitlines() == ["absent", "  Nothing in the articles comes near it."]
    empty = CliRunner().invoke(main, ["check", "…", "--corpus", str(tmp_path)])
    assert (empty.exit_code, empty.stdout) == (1, "")
    typed = CliRunner().invoke(main, ["check", "-", "--corpus", str(tmp_path)], input="…\nIt is old.\n")
    assert (typed.exit_code, typed.stdout.splitlines()[1]) == (0, "exact")
