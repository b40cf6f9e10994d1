"""Checking quotes: exact for the same words alone, and every kind of change told apart."""

from pathlib import Path
from random import Random

import pytest

from ipt_rag.check import QuoteChecker
from ipt_rag.corpus import read_article, read_corpus
from ipt_rag.errors import QuestionError
from ipt_rag.plain import plain_text
from ipt_rag.records import Article
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


def test_the_printed_text_is_a_slice_of_the_article(articles: tuple[Article, ...]) -> None:
    """What is shown beside a quote is the article's own."""
    checked = QuoteChecker(articles).check("It may help in the “acute” phase. [1]")
    assert articles[0].text[checked.start : checked.end] == checked.text == "It may not help in the “acute” phase."
    assert (checked.said_sources, checked.printed_sources) == (("1",), ("2",))


@pytest.mark.parametrize("quote", ["", " [4] ", "…", "x" * 20_001])
def test_what_is_no_quote_is_refused(quote: str, articles: tuple[Article, ...]) -> None:
    """Nothing to check, or too much, is said in one sentence."""
    with pytest.raises(QuestionError):
        QuoteChecker(articles).check(quote)


def test_every_sentence_of_the_corpus_is_exact() -> None:
    """No sentence is called changed against itself, with its own sources or without."""
    articles = read_corpus(CORPUS)
    checker = QuoteChecker(articles)
    for article in articles:
        for block in article.blocks:
            for each in split_sentences(article, block):
                sources = "".join(f" [{number}]" for number in each.own)
                assert checker.check(plain_text(each.text) + sources).verdict == "exact", each.text


def test_five_hundred_mutated_quotes_are_told_apart() -> None:
    """One digit, negation, word or source number changed: none passes for exact, and each is named for what it is."""
    articles = read_corpus(CORPUS)
    checker = QuoteChecker(articles)
    printed = [
        (each, plain_text(each.text).split())
        for article in articles
        for block in article.blocks
        for each in split_sentences(article, block)
        if block.kind != "row" and len(each.text.split()) > 6
    ]
    draw = Random(20)
    told = 0
    while told < 500:
        sentence, words = draw.choice(printed)
        place = draw.randrange(1, len(words) - 1)
        kind = draw.choice(("digit", "negation", "word", "source"))
        match kind:
            case "digit":
                words = list(words)
                numbered = [index for index, word in enumerate(words) if word[0].isdigit()]
                if not numbered:
                    continue
                place = draw.choice(numbered)
                words[place] = str((int(words[place][0]) + 1) % 10) + words[place][1:]
            case "negation":
                words = [*words[:place], "not", *words[place:]]
            case "word":
                words = [*words[:place], "lantern", *words[place:]]
            case _:
                wrong = {str(number) for number in range(1, 9)} - {
                    str(each) for each in (*sentence.own, *sentence.covering)
                }
                words = [*words, f"[{draw.choice(sorted(wrong))}]"]
        checked = checker.check(" ".join(words))
        wanted = "misattributed" if kind == "source" else "changed"
        assert checked.verdict == wanted, " ".join(words)
        assert kind == "source" or checked.changes[0].kind == kind, (words, checked.changes)
        told += 1
