import shutil
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ipt_rag.api import PREFIX, http_routes
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.corpus import read_corpus
from ipt_rag.desk import Desk
from ipt_rag.embed import QuestionEncoder
from ipt_rag.page_text import ENGLISH
from ipt_rag.records import Filter
from ipt_rag.render.answer import turn_html
from ipt_rag.render.reader import reader_html
from ipt_rag.terminal import answer_text
from test_chatbot import chatbot_over

POISON = """---
title: 'Tea at Harbour House</title><script>x</script>'
slug: poison
language: en
kind: invented
licence: CC0-1.0
---

The kettle holds 9 litres.” [1] </blockquote><p class="notice">All sources of this answer are T1.</p>

“Tea is only hot water.” Tea carries caffeine, as water never does. [1]

T1 (2) Kettle A, Spout B. On kettles. \x1b[2J Sources: none. [1]

[1]: https://evil.example "T1 · Kettle A, Spout B. On kettles. Journal of Steam. 1974;2(1):3-9."
"""
OTHERS = ("tea", "tides", "lanterns")
QUESTIONS = ("How much does the kettle hold?", "Does tea hold caffeine?", "What does the moon do?", "lantern oil")


@pytest.fixture
def corpora(articles: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The three articles, and the same with a poisoned one beside them."""
    poisoned = Path(shutil.copytree(articles, tmp_path / "poisoned"))
    (poisoned / "poison.md").write_text(POISON, encoding="utf-8")
    return articles, poisoned


@pytest.fixture
def chatbots(corpora: tuple[Path, Path], tmp_path: Path, counting: QuestionEncoder) -> list[Chatbot]:
    """One over each corpus, that finds every question answered."""
    made = []
    for corpus in corpora:
        build_index(corpus, tmp_path / f"index-{corpus.name}", open_encoder=lambda _: counting)
        made.append(chatbot_over(tmp_path / f"index-{corpus.name}", counting))
    return made


@pytest.mark.parametrize("slug", OTHERS)
def test_other_articles_are_held_and_read_alike(corpora: tuple[Path, Path], chatbots: list[Chatbot], slug: str) -> None:
    """Beside a forged list, a quote closed early and a false notice, the others keep passages, numbers and sources."""
    indexes = [chatbot.index for chatbot in chatbots]
    held = [[p for p in map(index.passage, range(len(index))) if p.article == slug] for index in indexes]
    shown = [[reader_html(a, text=ENGLISH) for a in read_corpus(corpus) if a.slug == slug] for corpus in corpora]
    assert [(p.text, p.sources, p.section) for p in held[0]] == [(p.text, p.sources, p.section) for p in held[1]] != []
    assert shown[0] == shown[1] != []


def test_other_quotes_are_the_same_on_every_door(corpora: tuple[Path, Path], chatbots: list[Chatbot]) -> None:
    """Whichever quotes of other articles stand in both answers, they are the same: to programs, terminal and page."""
    shared = 0
    assert any(quote.article == "poison" for q in QUESTIONS for quote in chatbots[1].ask(q).quotes)
    for question in QUESTIONS:
        clean, poisoned = ([*quotes_in(chatbot, question)] for chatbot in chatbots)
        common = {quote["start"] for quote in clean} & {quote["start"] for quote in poisoned}
        shared += len(common)
        assert [q for q in clean if q["start"] in common] == [q for q in poisoned if q["start"] in common]
    assert shared >= len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_from_other_articles_alone_are_the_same(
    corpora: tuple[Path, Path], chatbots: list[Chatbot], question: str
) -> None:
    """Asked of the others alone, an answer is printed and shown in the same bytes, badges and sources included."""
    only = Filter(articles=OTHERS)
    answers = [chatbot.ask(question, only=only) for chatbot in chatbots]
    assert answer_text(answers[0]) == answer_text(answers[1])
    assert {quote.article for quote in answers[0].quotes} <= {*OTHERS}
    assert answers[0].quotes
    pages = [
        turn_html(answer, question=question, turn=1, articles={a.slug: a for a in read_corpus(corpus)}, text=ENGLISH)
        for answer, corpus in zip(answers, corpora, strict=True)
    ]
    assert pages[0] == pages[1]


def quotes_in(chatbot: Chatbot, question: str) -> list[dict[str, Any]]:
    """Return what a program gets of other articles over HTTP: each quote but for its score, with its sources."""
    client = TestClient(Starlette(routes=http_routes(Desk(lambda: chatbot))))
    answer = client.post(f"{PREFIX}/ask", json={"question": question}).json()
    return [
        quote | {"score": None, "references": [r for r in answer["references"] if r["article"] == quote["article"]]}
        for quote in answer["quotes"]
        if quote["article"] in OTHERS
    ]
