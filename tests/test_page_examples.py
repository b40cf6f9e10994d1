import shutil
from pathlib import Path

import pytest

from ipt_rag.build import ensure_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.page_text import EXAMPLES, LANGUAGES

pytestmark = pytest.mark.model

# What a right answer holds, whatever the wording of the articles.
RIGHT = {
    "Is IPT used in bipolar disorder?": "adjunct",
    "What is a measurable objective for social isolation?": "social contact",
    "Does maintenance IPT lower the risk of relapse?": "relapse",
    "Is IPT just supportive counseling?": "supportive counseling",
    "Which problem area is hardest to treat?": "hardest",
    "What does the interpersonal inventory cover?": "review",
    "What happens in the initial phase?": "initial phase",
    "What are the four interpersonal problem areas?": "grief",
    "What is communication analysis?": "reconstruct",
}


@pytest.fixture(scope="module")
def chatbot(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Chatbot:
    """A chatbot over the repository's articles; what its own index holds already is not embedded again."""
    index = tmp_path_factory.mktemp("examples") / "index"
    if (root / "index").is_dir():
        shutil.copytree(root / "index", index)
    ensure_index(root / "corpus", index, lambda line: None)
    return Chatbot.open(index)


@pytest.mark.parametrize("question", [question for questions in EXAMPLES.values() for question in questions])
def test_every_example_is_answered_well(chatbot: Chatbot, question: str) -> None:
    """The first quote for each example question of each role holds what a right answer must hold."""
    answer = chatbot.ask(question)
    assert answer.status == "answered"
    assert RIGHT[question] in answer.quotes[0].text


def test_each_language_has_every_role() -> None:
    """The roles of the examples have a heading in each language of the page."""
    assert all(text.roles.keys() == EXAMPLES.keys() for text in LANGUAGES.values())
