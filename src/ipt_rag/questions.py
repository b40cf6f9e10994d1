"""The passages of an article that lack anticipated questions -> a form; a filled form -> the article's questions file.

A form has one passage a line: where it stands and what it says, the questions that it `has`, and an empty list of new
`questions` for a person to fill in. Not every question is a key of its passage: what is empty, too long, another
passage's already, out of an evaluation set, seems to hold health information, lies far from its passage or closer to
another one is not taken.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ipt_rag import settings
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import TextEncoder
from ipt_rag.errors import CorpusError, ImportRefusedError, SettingsError
from ipt_rag.importing.whole_file import write_whole
from ipt_rag.keys import (
    KeyLine,
    Keys,
    begins,
    folded,
    key_fault,
    keys_file,
    keys_path,
    passage_digest,
    read_keys,
    text_digest,
)
from ipt_rag.passages import split_passages
from ipt_rag.records import Article, Passage, PhiFinding
from ipt_rag.sentences import split_sentences

CountTokens = Callable[[str], int]
FindPhi = Callable[[str], Sequence[PhiFinding]]
Verdict = Literal["taken", "kept", "there", "refused"]  # kept: taken though its passage seems not to be the one

# How much closer another passage must lie for a question to be taken for that one's. Over our own articles this refuses
# 1 to 3 % of the questions of their own passage, and 80 to 86 % of those of some other (scripts/measure_key_fit.py).
CLEARLY = 0.12
# How close its own passage must lie. Over our own articles this refuses 0.7 to 0.8 % of the questions of their own
# passage, and 91 to 94 % of questions on other matters (the same script).
ANSWERING = 0.24
COPIED = 0.8  # share of the words of two questions that both have, from which one is a copy of the other


@dataclass(frozen=True, slots=True)
class Lacking:
    """The passages of an article with few questions; a text that stands twice counts once."""

    slug: str
    passages: int  # of the article
    few: tuple[tuple[Passage, tuple[str, ...]], ...]  # each with the questions that it has
    fallen: tuple[KeyLine, ...]  # lines of the questions file whose passage has changed or is gone


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question of a form; `line` and `question` count from 1, 0 for the whole line."""

    line: int
    question: int
    verdict: Verdict
    remark: str  # why it was refused or might have been


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form, question by question, and which lines were dropped with their passages."""

    path: Path  # of the questions file
    outcomes: tuple[Outcome, ...]
    fallen: tuple[KeyLine, ...]

    @property
    def added(self) -> int:
        """How many questions are new in the file; without any it was left as it was."""
        return sum(outcome.verdict in ("taken", "kept") for outcome in self.outcomes)

    @property
    def refused(self) -> int:
        """How many questions, or whole lines, were not taken."""
        return sum(outcome.verdict == "refused" for outcome in self.outcomes)


def lacking_questions(corpus: Path, slug: str, *, fewer_than: int, count_tokens: CountTokens) -> Lacking:
    """Return which passages of an article have fewer questions than a number.

    Raises:
        CorpusError, ArticleError: the corpus or the questions file cannot be read, or there is no such article.
    """
    asked = _Asked.open(corpus, slug, count_tokens)
    having = [(passage, asked.keys.of(passage)) for passage in asked.passages.values()]
    few = tuple(pair for pair in having if len(pair[1]) < fewer_than)
    return Lacking(slug, len(having), few, asked.fallen)


def form_line(passage: Passage, has: Sequence[str]) -> str:
    """Return the line of a form for one passage."""
    line = {
        "article": passage.article,
        "section": " › ".join(passage.section),
        "start": passage.start,
        "end": passage.end,
        **({"lead_in": passage.lead_in.text} if passage.lead_in else {}),
        "text": passage.text,
        "has": list(has),
        "questions": [],
    }
    return json.dumps(line, ensure_ascii=False)


def take_questions(
    form: Path,
    corpus: Path,
    slug: str,
    *,
    encoder: TextEncoder,
    find_phi: FindPhi,
    not_in: Collection[str] = (),
    keep: bool = False,
) -> Taken:
    """Write the questions of a filled form to the article's questions file, and say what became of each.

    Args:
        form: lines as `form_line` gives them, filled in; other lines are refused, one by one.
        corpus: folder of article files.
        slug: name of the article.
        encoder: that of the build, so that passages are those that are searched; tells how close questions lie.
        find_phi: finds what looks like a person's identifiers.
        not_in: questions that measure answers, none of which may become a key.
        keep: take what lies far from its passage, or closer to another, all the same.

    Raises:
        CorpusError, ArticleError: as `lacking_questions`.
        SettingsError: the form cannot be read, or the questions file cannot be written.
    """
    asked = _Asked.open(corpus, slug, encoder.count_tokens)
    candidates, outcomes = _read_form(form, asked)
    measured = [frozenset(folded(question).split()) for question in not_in]
    sound: list[_Candidate] = []
    for candidate in candidates:
        fault = candidate.fault(measured, find_phi)
        if fault:
            outcomes.append(candidate.outcome("refused", fault))
        else:
            sound.append(candidate)
    added: dict[str, list[str]] = defaultdict(list)
    known = dict(asked.known)
    for candidate, misfit in zip(sound, _misfits(asked, sound, encoder), strict=True):
        owner, where = known.get(folded(candidate.text), ("", ""))
        if owner == candidate.passage:
            outcomes.append(candidate.outcome("there", "is there already"))
        elif owner:
            outcomes.append(candidate.outcome("refused", f"is a question of another passage already ({where})"))
        elif misfit and not keep:
            outcomes.append(candidate.outcome("refused", misfit))
        else:
            outcomes.append(candidate.outcome("kept" if misfit else "taken", misfit))
            known[folded(candidate.text)] = (candidate.passage, f"line {candidate.line} of the form")
            added[candidate.passage].append(candidate.text)
    if added:
        _write(asked, added)
    ordered = sorted(outcomes, key=lambda outcome: (outcome.line, outcome.question))
    return Taken(keys_path(corpus, slug), tuple(ordered), asked.fallen if added else ())


def is_copy(question: str, measured: Collection[frozenset[str]]) -> bool:
    """Return whether a question shares four words in five with one that measures answers, each given by its words."""
    words = frozenset(folded(question).split())
    return any(len(words & other) >= COPIED * len(words | other) for other in measured)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An article with its passages and their questions."""

    corpus: Path
    article: Article
    passages: Mapping[str, Passage]  # by digest, in the order of the article
    keys: Keys
    known: Mapping[str, tuple[str, str]]  # folded question -> digest of its passage, and where it stands

    @classmethod
    def open(cls, corpus: Path, slug: str, count_tokens: CountTokens) -> "_Asked":
        articles = {article.slug: article for article in read_corpus(corpus)}
        if slug not in articles:
            raise CorpusError(f"No article of {corpus} has this slug. There are {', '.join(articles)}.")
        split = split_passages(
            articles[slug], split_sentences, count_tokens=count_tokens, max_tokens=settings.PASSAGE_TOKENS
        )
        passages: dict[str, Passage] = {}
        for passage in split:
            passages.setdefault(passage_digest(passage), passage)
        keys = {each: read_keys(corpus, each) for each in articles}
        known: dict[str, tuple[str, str]] = {}
        for each, its_keys in keys.items():
            for digest, line in its_keys.lines.items():
                # Not what fell away, nor the same passage in another article.
                if (each == slug) == (digest in passages):
                    where = f"{keys_path(corpus, each).name}:{line.number}"
                    known |= {folded(question): (digest, where) for question in line.questions}
        return cls(corpus, articles[slug], passages, keys[slug], known)

    @property
    def fallen(self) -> tuple[KeyLine, ...]:
        return tuple(line for digest, line in self.keys.lines.items() if digest not in self.passages)


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: int
    question: int
    passage: str  # digest
    text: str

    def outcome(self, verdict: Verdict, remark: str) -> Outcome:
        """Return what became of it."""
        return Outcome(self.line, self.question, verdict, remark)

    def fault(self, measured: Collection[frozenset[str]], find_phi: FindPhi) -> str:
        """Return what keeps a question from being a key of any passage, "" where nothing does."""
        fault = key_fault(self.text)
        if fault:
            return fault
        found = find_phi(self.text)
        if found:
            return f"looks like it holds {found[0].kind}"
        return "stands in an evaluation set, or nearly so" if is_copy(self.text, measured) else ""


def _read_form(form: Path, asked: _Asked) -> tuple[list[_Candidate], list[Outcome]]:
    """Return the questions of a form, and the lines that name no passage."""
    try:
        lines = form.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except OSError as error:
        raise SettingsError(f"{form} cannot be read ({error.strerror}). Name a filled form with --take.") from None
    candidates: list[_Candidate] = []
    refused: list[Outcome] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            digest, questions = text_digest(entry["text"]), entry["questions"]
            if not isinstance(questions, list):
                raise TypeError
            read = [" ".join(question.split()) for question in questions]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            refused.append(Outcome(number, 0, "refused", 'is not of the form {"text": …, "questions": […]}'))
            continue
        if digest in asked.passages:
            candidates += [_Candidate(number, place, digest, text) for place, text in enumerate(read, start=1)]
        else:
            gone = "is no passage of the article as it stands; list its passages anew"
            refused.append(Outcome(number, 0, "refused", gone))
    return candidates, refused


def _misfits(asked: _Asked, candidates: Sequence[_Candidate], encoder: TextEncoder) -> list[str]:
    """Return for each candidate why its passage seems not to be the one that answers it, "" where it does."""
    from ipt_rag.key_fit import KeyFit  # brings langchain: a second that no other command must wait for

    if not candidates:
        return []
    passages = list(asked.passages.values())
    places = {digest: place for place, digest in enumerate(asked.passages)}
    key_fit = KeyFit(encoder, asked.article, passages)
    misfits = []
    for fit in key_fit.fits([(places[each.passage], each.text) for each in candidates]):
        other = passages[fit.rival]
        if fit.lead > CLEARLY:
            misfits.append(f"lies closer to characters {other.start}–{other.end} (“{begins(other.text)} …”)")
        else:
            misfits.append("has a passage that seems not to answer it" if fit.closeness < ANSWERING else "")
    return misfits


def _write(asked: _Asked, added: Mapping[str, Sequence[str]]) -> None:
    keyed = [
        (passage, questions)
        for digest, passage in asked.passages.items()
        if (questions := (*asked.keys.of(passage), *added.get(digest, ())))
    ]
    path = keys_path(asked.corpus, asked.article.slug)
    try:
        write_whole(path, keys_file(keyed).encode())
    except ImportRefusedError as error:  # says why it cannot be written, and that nothing was changed
        raise SettingsError(str(error)) from None
