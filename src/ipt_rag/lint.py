"""An article file -> what is wrong with it, by file and line, as linters say it.

Codes: A1xx the file as a whole, A2xx its sources, A3xx its sentences, A4xx its passages, A5xx the anticipated questions
beside it. Errors and warnings make the exit code 1; notes do not. An article that has a reason for a finding names its
code in the front matter (`lint_allow: A201 A301`); there it is allowed, and shown only when asked for.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from ipt_rag import settings
from ipt_rag.corpus import read_article
from ipt_rag.errors import ArticleError
from ipt_rag.importing.glued import glued_words
from ipt_rag.importing.self_description import STATED_COUNT
from ipt_rag.keys import folded, key_fault, keys_path, passage_digest, read_keys
from ipt_rag.passages import split_passages
from ipt_rag.plain import plain_text
from ipt_rag.records import Article, Passage, PhiFinding
from ipt_rag.sentences import split_sentences

Level = Literal["error", "warning", "note", "allowed"]
FindPhi = Callable[[str], Sequence[PhiFinding]]
CountTokens = Callable[[str], int]

ABOUT = ("date", "licence", "language")  # without a title there is no article at all: that is A101
UNSAID = re.compile(r"\s*(?:unknown|und|none|tbd|todo|-)?(?:\W.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that a person should mend, or know of; `line` counts from 1."""

    path: str
    line: int
    code: str
    level: Level
    message: str


def lint_articles(
    paths: Iterable[Path], *, count_tokens: CountTokens, max_tokens: int, find_phi: FindPhi
) -> tuple[LintFinding, ...]:
    """Return the findings of some article files, by file and line.

    `max_tokens` is what the encoder reads of a passage, as `count_tokens` counts.
    """
    findings: list[LintFinding] = []
    seen: dict[str, str] = {}  # the words of a passage -> where they first stood
    asked: dict[str, tuple[str, str]] = {}  # an anticipated question -> its passage, and where it first stood
    for path in paths:
        try:
            article = read_article(path)
        except ArticleError as error:
            findings.append(_unreadable(error, "A101"))
            continue
        # As the build parts them: other passages have other questions.
        parted = min(max_tokens, settings.PASSAGE_TOKENS)
        passages = split_passages(article, split_sentences, count_tokens=count_tokens, max_tokens=parted)
        lint = _Lint(path, article, passages)
        found = [*lint.about(), *lint.sources(), *lint.sentences(), *lint.glued()]
        found += [*lint.long(count_tokens, max_tokens), *lint.duplicates(seen), *lint.phi(find_phi)]
        found += lint.keys(asked, find_phi)
        allowed = set(re.findall(r"A\d{3}", article.about.get("lint_allow", "")))
        found = [replace(each, level="allowed") if each.code in allowed else each for each in found]
        findings += sorted(found, key=lambda finding: (finding.path != str(path), finding.line, finding.code))
    return tuple(findings)


def exit_code(findings: Iterable[LintFinding]) -> int:
    """Return 1 where something is to be mended, 0 for clean files, notes and what is allowed."""
    return int(any(finding.level in ("error", "warning") for finding in findings))


def _unreadable(error: ArticleError, code: str) -> LintFinding:
    """Return the finding on a file that cannot be read, without the place that a finding has of its own."""
    message = str(error).removeprefix(f"{error.path}:{error.line}: ").removeprefix(f"{error.path}: ")
    return LintFinding(str(error.path), max(1, error.line), code, "error", message)


def as_text(finding: LintFinding) -> str:
    """Return a finding as compilers print it."""
    return f"{finding.path}:{finding.line}: {finding.code} {finding.message}"


def as_github(finding: LintFinding) -> str:
    """Return a finding as a workflow command, which a forge shows beside the line."""
    level = "notice" if finding.level in ("note", "allowed") else finding.level
    message = finding.message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    path = finding.path.replace("%", "%25").replace(",", "%2C").replace(":", "%3A")
    return f"::{level} file={path},line={finding.line},title={finding.code}::{message}"


def as_json(findings: Iterable[LintFinding]) -> str:
    """Return findings as one JSON array."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class _Lint:
    path: Path
    article: Article
    passages: tuple[Passage, ...]

    def at(self, start: int, code: str, level: Level, message: str) -> LintFinding:
        """Return a finding at an offset of the article."""
        return LintFinding(str(self.path), self.article.text.count("\n", 0, start) + 1, code, level, message)

    def about(self) -> Iterator[LintFinding]:
        """Yield what the front matter does not say."""
        for key in ABOUT:
            if UNSAID.fullmatch(self.article.about.get(key, "")):
                yield self.at(0, "A102", "warning", f"no {key} in the front matter")
        if "title_from" in self.article.about:
            yield self.at(0, "A103", "warning", f"the title was taken from {self.article.about['title_from']}")

    def sources(self) -> Iterator[LintFinding]:
        """Yield sources that nothing cites, and a stated number of sources that disagrees with the list."""
        cited = {number for passage in self.passages if passage.kind != "source" for number in passage.sources}
        for source in self.article.sources:
            if source.number not in cited:
                yield self.at(source.start, "A201", "warning", f"source {source.number} is never cited")
        body = self.article.text[: min((each.start for each in self.article.sources), default=len(self.article.text))]
        opening = body.find("\n---", 3)
        for stated in STATED_COUNT.finditer(body, max(0, opening)):
            if self._speaks_of_itself(stated.start()) and int(stated[1]) != len(self.article.sources):
                listed = len(self.article.sources)
                yield self.at(stated.start(), "A202", "warning", f"says “{stated[0]}”, but {listed} are listed")

    def _speaks_of_itself(self, start: int) -> bool:
        """Return whether a place is in a section on the article itself, not in a sentence on some other review."""
        block = next((each for each in self.article.blocks if each.start <= start < each.end), None)
        return block is not None and re.match(r"provenance|about th|notice", " ".join(block.section), re.I) is not None

    def sentences(self) -> Iterator[LintFinding]:
        """Yield sentences without source or tag, and vignettes."""
        unmarked: list[int] = []
        sentences = 0
        for block in self.article.blocks:
            split = split_sentences(self.article, block)
            sentences += len(split)
            unmarked += [
                each.start
                for each in split
                if not (each.own or each.own_llm or each.covering or each.covering_llm) and not each.text.endswith(":")
            ]
            if block.kind == "vignette":
                yield self.at(block.start, "A303", "note", "an illustrative example, not a finding")
        if unmarked and not self.article.sources and len(unmarked) * 10 >= sentences * 9:
            message = f"none of its {sentences} sentences has a source or an LLM tag"
            yield self.at(unmarked[0], "A301", "warning", message)
            return
        lines = Counter(self.article.text.count("\n", 0, start) for start in unmarked)
        for start in unmarked:
            count = lines.pop(self.article.text.count("\n", 0, start), 0)
            if count:
                message = "a sentence" if count == 1 else f"{count} sentences"
                yield self.at(start, "A301", "warning", f"{message} without source or LLM tag")

    def glued(self) -> Iterator[LintFinding]:
        """Yield words that copying may have put together."""
        places = (
            (block.start, plain_text(self.article.text[block.start : block.end])) for block in self.article.blocks
        )
        for start, _, problem in glued_words(places):
            yield self.at(start, "A302", "warning", problem.removesuffix(": kept as printed"))

    def long(self, count_tokens: CountTokens, max_tokens: int) -> Iterator[LintFinding]:
        """Yield passages that the encoder would not read to the end."""
        for passage in self.passages:
            tokens = count_tokens(plain_text(passage.text))
            if tokens > max_tokens:
                message = f"a passage of {tokens} tokens, of which {max_tokens} are read"
                yield self.at(passage.start, "A401", "warning", message)

    def duplicates(self, seen: dict[str, str]) -> Iterator[LintFinding]:
        """Yield passages whose words stood before, here or in another article."""
        for passage in self.passages:
            words = " ".join(re.findall(r"\w+", plain_text(passage.text).lower()))
            line = self.article.text.count("\n", 0, passage.start) + 1
            if passage.kind != "source" and words in seen:
                yield self.at(passage.start, "A402", "warning", f"the same words as {seen[words]}")
            seen.setdefault(words, f"{self.path}:{line}")

    def phi(self, find_phi: FindPhi) -> Iterator[LintFinding]:
        """Yield what looks like a patient's identifier, by kind, never by its characters."""
        for passage in self.passages:
            if passage.kind == "source":
                continue  # authors and addresses are what a reference is made of
            for found in find_phi(plain_text(passage.text)):
                yield self.at(passage.start, "A403", "warning", f"looks like it holds {found.kind}")

    def keys(self, asked: dict[str, tuple[str, str]], find_phi: FindPhi) -> Iterator[LintFinding]:
        """Yield what is wrong with the anticipated questions beside the article, as far as it shows without a model."""
        path = keys_path(self.path.parent, self.article.slug)
        try:
            lines = read_keys(self.path.parent, self.article.slug).lines
        except ArticleError as error:
            yield _unreadable(error, "A501")
            return
        standing = {passage_digest(passage) for passage in self.passages}
        for digest, line in lines.items():

            def finding(code: str, message: str, at: int = line.number) -> LintFinding:
                return LintFinding(str(path), at, code, "warning", message)

            if digest not in standing:
                count = len(line.questions)
                yield finding("A502", f"no passage has this text any more: {count} questions do not count")
                continue
            for place, question in enumerate(line.questions, start=1):
                fault = key_fault(question)
                if fault:
                    yield finding("A503", f"question {place} {fault}")
                    continue
                owner, first = asked.setdefault(folded(question), (digest, f"{path}:{line.number}"))
                if owner != digest:
                    yield finding("A504", f"question {place} is one of another passage already: {first}")
                for found in find_phi(question):
                    yield finding("A505", f"question {place} looks like it holds {found.kind}")
