"""By whatever way a corpus was reached, its index is the one built from nothing."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import WordCountEncoder
from ipt_rag import intake as intake_module
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.corpus import read_corpus
from ipt_rag.decide import Model, Models
from ipt_rag.holdings import read_holdings
from ipt_rag.index import FILES, Index, current_digest
from ipt_rag.intake import Intake, NotAdded
from ipt_rag.keys import passage_digest
from ipt_rag.passages import split_passages
from ipt_rag.phi import Guard
from ipt_rag.removal import remove_article
from ipt_rag.sentences import split_sentences

SUBJECTS = ("tea", "tide", "lantern")
WORDS = ("pot", "kettle", "moon", "oil", "caffeine", "coffee")
QUESTIONS = ("Is tea in the pot?", "What does the moon do to the tide?", "Which oil burns in a lantern?")
ALWAYS = Model({}, bias=2.0, threshold=0.0)


@dataclass(frozen=True)
class Step:
    """One thing that a person does to a corpus."""

    what: str  # "add", "edit", "ask" (write anticipated questions), "remove", "build"
    subject: str
    word: str

    @property
    def slug(self) -> str:
        """The article that the subject's page makes."""
        return f"on-{self.subject}"


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(("add", "add", "edit", "ask", "remove", "build")),
        st.sampled_from(SUBJECTS),
        st.sampled_from(WORDS),
    ),
    min_size=3,
    max_size=9,
)


@pytest.fixture(scope="module", autouse=True)
def one_guard() -> Iterator[None]:
    """Load the guard's model once for all that is added here, not once for each command as a person's would."""
    guard = Guard()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "Guard", lambda: guard)
        yield


class World:
    """A corpus with its index, and what a person can do to them."""

    def __init__(self, folder: Path, encoder: WordCountEncoder) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        self.index = folder / "index"
        self.encoder = encoder

    def do(self, step: Step) -> None:
        """Do one thing; what cannot be done now is left."""
        article = self.corpus / f"{step.slug}.md"
        match step.what:
            case "add":
                self.add(step)
            case "build" if self.holds_any():
                self.build(self.index)
            case "edit" if article.exists():
                text = article.read_text(encoding="utf-8")
                article.write_text(text.replace("for everybody", f"for every {step.word}"), encoding="utf-8")
            case "ask" if article.exists():
                self.ask_beforehand(step)
            case "remove" if article.exists():
                said = [each for each in self.texts() if step.subject in each]
                remove_article(step.slug, self.corpus, self.index, open_encoder=lambda _: self.encoder)
                self.hold_that_it_is_gone(step.slug, said)

    def add(self, step: Step) -> None:
        """Save a page with another word than before, and add it, an edit by hand notwithstanding half of the time."""
        page = self.folder / f"{step.subject}.md"
        page.write_text(
            f"# On {step.subject}\n\nThe {step.subject} needs a {step.word}.[1] It is good for everybody.\n\n"
            f"## More\n\n- The {step.subject} is old.\n- A {step.word} is new.[1]\n\n## Sources\n\n1. Lee A. On rest.\n"
        )
        intake = Intake(self.corpus, overwrite=step.word < "l", originals=step.word > "l")
        for refused in (each for each in intake.add_all([page]) if isinstance(each, NotAdded)):
            assert "edited by hand" in refused.problem

    def ask_beforehand(self, step: Step) -> None:
        """Write an anticipated question for each passage that stands now."""
        [article] = [each for each in read_corpus(self.corpus) if each.slug == step.slug]
        passages = split_passages(article, split_sentences, count_tokens=len, max_tokens=200)
        lines = [
            json.dumps({"passage": passage_digest(each), "questions": [f"Where is the {step.word}?"]})
            for each in passages
        ]
        (self.corpus / f"{step.slug}.questions.jsonl").write_text("\n".join(lines))

    def holds_any(self) -> bool:
        """Return whether there is an article."""
        return any(self.corpus.glob("*.md"))

    def build(self, index: Path) -> None:
        """Bring an index up to date."""
        build_index(self.corpus, index, open_encoder=lambda _: self.encoder)

    def texts(self) -> list[str]:
        """Return all that the index searches; nothing where there is none."""
        return Index.open(self.index).search_texts() if current_digest(self.index) else []

    def hold_that_it_is_gone(self, slug: str, said: list[str]) -> None:
        """No index, file or byte of one knows the article any more."""
        assert not list(self.corpus.glob(f"{slug}.*"))
        if current_digest(self.index):
            index = Index.open(self.index)
            assert slug not in index.articles()
            assert not set(said) & set(index.search_texts())

    def answers(self, index: Path) -> list[dict[str, object]]:
        """Return what a chatbot over an index answers."""
        chatbot = Chatbot(Index.open(index), self.encoder, Guard(layers=()), Models(ALWAYS, ALWAYS))
        return [dataclasses.asdict(chatbot.ask(question, ranked=5)) for question in QUESTIONS]


def files_of(index: Path) -> dict[str, bytes]:
    """Return the bytes of the current generation, its manifest among them."""
    folder = index / str(current_digest(index))
    return {name: (folder / name).read_bytes() for name in (*FILES, "manifest.json")}


@settings(max_examples=60)
@given(steps=STEPS)
def test_any_order_of_adding_editing_and_removing_equals_a_build_from_nothing(
    steps: list[Step], counting: WordCountEncoder
) -> None:
    """After any steps and a build, manifest, every file and every answer are those of a build from nothing."""
    with TemporaryDirectory() as folder:
        world = World(Path(folder), counting)
        for step in steps:
            world.do(step)
        if not world.holds_any():
            assert world.texts() == []
            return
        anew = Path(folder) / "anew"
        world.build(world.index)
        world.build(anew)
        assert files_of(world.index) == files_of(anew)
        assert world.answers(world.index) == world.answers(anew)


def test_the_steps_do_what_they_say(tmp_path: Path, counting: WordCountEncoder) -> None:
    """Each kind of step changes what the property above is about: none is skipped without anybody noticing."""
    world = World(tmp_path, counting)
    digests = []
    for what, word in (("add", "pot"), ("ask", "pot"), ("edit", "moon"), ("add", "oil"), ("add", "coffee")):
        world.do(Step(what, "tea", word))
        world.do(Step("build", "tea", word))
        digests.append(current_digest(world.index))
    assert digests[3] == digests[2]  # refused for the edit's sake; the next one overwrites it
    assert len(set(digests)) == 4
    assert [each.keys for each in read_holdings(world.corpus, count_tokens=len).articles] == [2]
    world.do(Step("remove", "tea", "oil"))
    assert current_digest(world.index) is None
