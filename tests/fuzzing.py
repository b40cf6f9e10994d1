"""What is fuzzed: a function of bytes for each place where strangers' bytes come in, and bytes to begin from.

A target returns nothing and raises only where a promise is broken; an error that the promise names is caught in it.
`scripts/fuzz.py` runs them under atheris, which is led by what the bytes reach; `test_fuzz.py` under Hypothesis.
"""

import contextlib
import itertools
import json
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from conftest import WordCountEncoder
from invented_pages import as_copied_text, as_html, as_markdown, as_pdf, invent
from ipt_rag.build import build_index
from ipt_rag.chatbot import Chatbot
from ipt_rag.check import QuoteChecker
from ipt_rag.corpus import parse_article, read_corpus
from ipt_rag.decide import Model, Models
from ipt_rag.errors import (
    ArticleError,
    ExportError,
    ImportRefusedError,
    IndexDamagedError,
    IndexMissingError,
    QuestionError,
)
from ipt_rag.importing import READERS, import_bytes, pdf
from ipt_rag.importing.bounded import MAX_MEMORY
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.markers import Grammar, Group
from ipt_rag.importing.page import PageBlock, PageSource, Run
from ipt_rag.index import Index, digest_of
from ipt_rag.page_text import ENGLISH
from ipt_rag.phi import Guard
from ipt_rag.records import Answer
from ipt_rag.render import turn_html, turn_markdown
from ipt_rag.verify import Shelf, verify_export
from saved_pages import PAGES
from word_files import paragraph, run, word_file

ROOT = Path(__file__).parent.parent
SUFFIXES = (".txt", ".html", ".md", ".docx", ".pdf")
for reader in READERS.values():
    reader()  # imported now, so that atheris sees into it
SHORT = 3_000  # characters of a text: longer ones are slow, and reach nothing that these do not


@dataclass(frozen=True)
class Target:
    """One place where bytes come in."""

    try_on: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]


def text_of(data: bytes) -> str:
    """Return bytes as text, lone surrogates among it: JSON can carry them to the page's endpoint."""
    return data.decode("utf-8", "surrogateescape")


def try_import(data: bytes) -> None:
    """A page of any format becomes an article file that can be read again, or is refused with a sentence.

    The first byte chooses the format; of a Word file the bytes are the main part.
    """
    suffix, data = SUFFIXES[data[0] % len(SUFFIXES) if data else 0], data[1:]
    try:
        if suffix == ".pdf":  # in this process: the one that `read_pdf` starts would hide what the bytes reach
            with bounded_memory():
                html = pdf.to_html(data, "page.pdf")
            page_of_html(html, "page.pdf", made="page")
            return
        if suffix == ".docx":
            data = word_file(text_of(data).encode("utf-8", "replace").decode())
        page = import_bytes(data, f"page{suffix}")
    except ImportRefusedError:
        return
    try:
        article = parse_article(Path("page.md"), page.markdown.encode())
    except ArticleError as error:
        raise AssertionError(f"an imported page is no article: {error}") from error
    assert {source.number for source in article.sources} == {source for source in _numbers_of(page.markdown)}


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """Bound what this process may take further, as `read_pdf` bounds its own: a few bytes of PDF can ask for any."""
    if sys.platform != "linux":
        yield
        return
    import resource

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + MAX_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _numbers_of(markdown: str) -> Iterator[int]:
    for line in markdown.splitlines():
        head, colon, _ = line.partition("]: ")
        if colon and head.startswith("[") and head[1:].isdigit():
            yield int(head[1:])


def seed_pages() -> Iterator[bytes]:
    """Yield pages of every format and citation style."""
    for saved in PAGES.values():
        suffix = Path(saved.name).suffix
        if suffix in SUFFIXES[:3]:
            content = saved.content if isinstance(saved.content, bytes) else saved.content.encode()
            yield bytes([SUFFIXES.index(suffix)]) + content
    page = invent(3, max_sources=12)
    yield b"\x00" + as_copied_text(page, style="glued").encode()
    yield b"\x01" + as_html(page, style="links").encode()
    yield b"\x02" + as_markdown(page, style="brackets").encode()
    yield (
        b"\x03" + "".join((paragraph(run("Calm talk."), run("1", raised=True)), paragraph(run("References")))).encode()
    )
    yield b"\x04" + as_pdf(page)


def try_markers(data: bytes) -> None:
    """Of a block, words stay in order, a marker names sources that there are, and no letter is made up.

    The first byte says how many sources there are, the second which readings are assumed; raised runs stand in `^^`.
    """
    sources = data[0] if data else 0
    assume = [
        each for bit, each in enumerate(("whole", "split", "decimal", "marker")) if len(data) > 1 and data[1] >> bit & 1
    ]
    text = text_of(data[2:])[:SHORT].translate({1: None, 2: None})  # signs that no decoded page holds
    blocks = [
        PageBlock(
            "paragraph", (tuple(Run(said, raised=odd % 2 == 1) for odd, said in enumerate(line.split("^^"))),), place
        )
        for place, line in enumerate(text.split("\n"), start=1)
    ]
    known = [
        PageSource(number, "", f"Lee A. Work {number}. {1990 + number}.", "", f"r{number}", 1)
        for number in range(1, sources + 1)
    ]
    grammar = Grammar("page.txt", known, blocks, assume)  # type: ignore[arg-type]
    for block in blocks:
        try:
            cells = grammar.decode(block)
        except ImportRefusedError:
            continue
        for cell in cells:
            groups = [piece for piece in cell if isinstance(piece, Group)]
            assert {number for group in groups for number in group.numbers} <= grammar.known
            printed = iter(_letters(block.text))
            made = [
                sign
                for sign in _letters("".join(piece for piece in cell if isinstance(piece, str)))
                if sign not in printed
            ]
            assert made == [] or "@" in block.text  # a key of Pandoc's in a sentence becomes the author's name


def _letters(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalpha())


def seed_markers() -> Iterator[bytes]:
    """Yield blocks with citations of each style."""
    for said in (
        "Calm talk helps.1 It is new.2,4 It lasts.12 LLM",
        "Talk [1, 2–4] helps (d = 0.45 [0.2, 0.7]) in 1974.6",
        "It helps.^^1,2^^ So it does^^3^^. m^2 [^1] ^2,4^ (3)",
        "(Lee, 1991; Lee 1992) said [@lee1991] and Lee (1993) too.\nIt was so.⁴⁻⁶",
        "mood4\nties41 LLM\n[see refs 3] [citation needed].[1]: 12 It",
    ):
        yield b"\x08\x00" + said.encode()
        yield b"\x41\x05" + said.encode()


@cache
def _guard() -> Guard:
    return Guard(layers=("patterns", "disguises", "names"))


def try_guard(data: bytes) -> None:
    """Of any text the guard gives findings inside it, in order; a text said in two turns is no different.

    A line break parts the turns.
    """
    text = text_of(data)[:SHORT]
    findings = _guard().find(text)
    assert list(findings) == sorted(findings, key=lambda each: (each.start, each.end, each.kind))
    assert all(0 <= each.start < each.end <= len(text) for each in findings)
    *earlier, turn = text.split("\n")
    if earlier:
        assert all(0 <= each.start < each.end <= len(turn) for each in _guard().find_in_turn(turn, earlier))


def seed_messages() -> Iterator[bytes]:
    """Yield messages with identifiers of every kind, and without."""
    for name in ("positives", "negatives"):
        lines = (ROOT / "tests" / "data" / "phi" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[::15]:
            yield json.loads(line)["text"].encode()


@cache
def _small() -> tuple[Path, Chatbot, QuoteChecker]:
    """Return an index of the invented articles, a chatbot over it that finds every question answered, and a checker."""
    folder = Path(tempfile.mkdtemp(prefix="ipt-rag-fuzz-"))
    encoder = WordCountEncoder(("tea", "pot", "kettle", "tide", "moon", "lantern", "oil", "caffeine", "coffee"))
    build_index(ROOT / "tests" / "articles", folder, open_encoder=lambda _: encoder)
    always = Model({}, bias=2.0, threshold=0.0)
    chatbot = Chatbot(Index.open(folder), encoder, _guard(), Models(always, always))
    return folder, chatbot, QuoteChecker(read_corpus(ROOT / "tests" / "articles"))


def try_question(data: bytes) -> None:
    """Any question, after any others, is answered with slices of the articles, twice alike, or is one sentence.

    A line break parts the questions of a conversation. The last is checked as a quote, too.
    """
    _, chatbot, checker = _small()
    *earlier, question = text_of(data)[:SHORT].split("\n")
    answers: list[Answer | str] = []
    for _ in range(2):
        try:
            answers.append(chatbot.ask(question, earlier=earlier, ranked=3))
        except QuestionError as error:
            answers.append(str(error))
    assert answers[0] == answers[1]
    with contextlib.suppress(QuestionError):
        checker.check(question)
    if isinstance(answers[0], Answer):
        json.dumps(asdict(answers[0]), ensure_ascii=False)
        for quote in (*answers[0].quotes, *answers[0].ranked):
            assert chatbot.article(quote.article).text[quote.start : quote.end] == quote.text


def seed_questions() -> Iterator[bytes]:
    """Yield questions, and conversations of two."""
    for name in ("answerable", "unanswerable", "answerable_2"):
        lines = (ROOT / "tests" / "data" / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        asked = [json.loads(line)["question"] for line in lines[::20]]
        yield from (question.encode() for question in asked)
        yield from (f"{one}\nand {other}".encode() for one, other in itertools.pairwise(asked))
    yield b"What is tea? How are tides made, and does a lantern need oil?"
    yield b"Does the tea [1] hold caffeine?\nand coffee?"


def try_manifest(data: bytes) -> None:
    """A generation with any manifest is opened, or named as missing or damaged.

    Where the bytes are JSON, the generation is named as the manifest would have it: what a digest cannot catch.
    """
    folder, *_ = _small()
    whole = folder / (folder / "CURRENT").read_text().strip()
    with tempfile.TemporaryDirectory(prefix="ipt-rag-fuzz-") as other:
        name = whole.name
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            manifest = json.loads(data)
            name = digest_of(manifest["made_from"])
            data = json.dumps(manifest | {"digest": name}).encode()
        generation = Path(other) / name
        generation.mkdir()
        for file in whole.iterdir():
            if file.name != "manifest.json":
                (generation / file.name).symlink_to(file)
        (generation / "manifest.json").write_bytes(data)
        (Path(other) / "CURRENT").write_text(name)
        with contextlib.suppress(IndexMissingError, IndexDamagedError):
            Index.open(Path(other))


def seed_manifests() -> Iterator[bytes]:
    """Yield the manifest of a whole index, and odd ones."""
    folder, *_ = _small()
    yield next(folder.glob("*/manifest.json")).read_bytes()
    yield b'{"made_from": {"format": 5}, "files": {}, "digest": ""}'


def try_article(data: bytes) -> None:
    """An article file is read with every block a slice of it, or refused with its line."""
    try:
        article = parse_article(Path("page.md"), data)
    except ArticleError:
        return
    assert all(article.text[block.start : block.end] for block in article.blocks)


def seed_articles() -> Iterator[bytes]:
    """Yield article files."""
    for folder in ("articles", "page_articles"):
        for path in sorted((ROOT / "tests" / folder).glob("*.md")):
            yield path.read_bytes()


@cache
def _shelf() -> Shelf:
    return Shelf.of_index(_small()[0])


def try_export(data: bytes) -> None:
    """An exported file is compared quote by quote, or refused as none of ours; the first byte chooses its form."""
    suffix = (".json", ".md", ".html")[data[0] % 3 if data else 0]
    with tempfile.TemporaryDirectory(prefix="ipt-rag-fuzz-") as folder:
        path = Path(folder) / f"export{suffix}"
        path.write_bytes(data[1:])
        with contextlib.suppress(ExportError):
            verify_export(path, _shelf())


def seed_exports() -> Iterator[bytes]:
    """Yield the three forms of an export."""
    _, chatbot, _ = _small()
    question = "Does the tea hold caffeine?"
    answer = chatbot.ask(question)
    articles = {slug: chatbot.article(slug) for slug in chatbot.index.articles()}
    turns = [{"turn": 1, "question": question, "answer": asdict(answer)}]
    yield b"\x00" + json.dumps({"index": answer.index, "turns": turns}).encode()
    yield b"\x01" + turn_markdown(answer, question=question, text=ENGLISH).encode()
    yield b"\x02" + turn_html(answer, question=question, turn=1, articles=articles, text=ENGLISH).encode()


TARGETS = {
    "import": Target(try_import, seed_pages),
    "markers": Target(try_markers, seed_markers),
    "guard": Target(try_guard, seed_messages),
    "question": Target(try_question, seed_questions),
    "manifest": Target(try_manifest, seed_manifests),
    "article": Target(try_article, seed_articles),
    "export": Target(try_export, seed_exports),
}
