import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ipt_rag.embed import TextEncoder
from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index import FILES, FORMAT, Contents, Entry, Index, current_digest, digest_of, write_generation
from ipt_rag.maxsim import Steps, in_steps, vectors_of
from ipt_rag.query import content_words, stems
from ipt_rag.records import Article, Chunk, Passage, Source, Span

TEXTS = ("Tea and tea.", "The kettle sings.", "The tide turns, as the moon does.")
KEYS = {1: ("What does the kettle do?", "Who sings?")}
MADE_FROM = {"format": FORMAT, "encoder": "counted words", "settings": {}, "articles": []}


class Made:
    """The token vectors of texts, made whenever they are wanted."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    def size(self, text: str) -> int:
        """Return how many there are."""
        return len(self.tokens(text))

    def tokens(self, text: str) -> Steps:
        """Return them as they are stored."""
        return in_steps(self._encoder.encode_tokens([text])[0].vectors)


def contents(
    encoder: TextEncoder, *, made_from: dict[str, object] = MADE_FROM, texts: tuple[str, ...] = TEXTS
) -> Contents:
    """Return what an index of these passages holds: one chunk for the first, one for the others."""
    source = Source(4, "T1", "Spout. On tea.", "https://example.org", 5, 9)
    article = Article("tea", "On tea", "en", "the file", "0" * 64, {}, (), (source,))
    entries = []
    for number, text in enumerate(texts):
        lead_in = Span("Rules:", 0, 6) if number == 1 else None
        passage = Passage("tea", ("A", "B"), "item", text, number, number + 9, lead_in, (4, 1), (4,), number == 2)
        keys = KEYS.get(number, ())
        entries.append(Entry(passage, text, keys, stems(" ".join((text, *keys)))))
    chunks = (Chunk(0, 1), Chunk(1, len(texts)))
    vectors = encoder.encode([texts[0], " ".join(texts[1:])])
    return Contents(
        articles=[(article, article.text)],
        entries=entries,
        chunks=chunks,
        tokens=Made(encoder),
        vectors=vectors,
        words=Counter(word for text in texts for word in content_words(text)),
        axes=encoder.axes,
        question_graph=encoder.question_graph,
        made_from=made_from,
    )


@pytest.fixture
def folder(tmp_path: Path, counting: TextEncoder) -> Path:
    """A folder with one generation of three passages."""
    write_generation(tmp_path / "index", contents(counting))
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> Index:
    """That generation, opened."""
    return Index.open(folder)


def test_what_was_written_is_read(index: Index) -> None:
    """A passage comes back with every field, and so do titles, files and sources."""
    assert index.passage(1) == Passage(
        "tea", ("A", "B"), "item", TEXTS[1], 1, 10, Span("Rules:", 0, 6), (4, 1), (4,), llm=False
    )
    assert index.passage(2).llm is True
    assert index.articles() == {"tea": "On tea"}
    assert index.article_text("tea") == "the file"
    assert index.article_text("coffee") is None
    assert index.sources() == {"tea": {4: Source(4, "T1", "Spout. On tea.", "https://example.org", 5, 9)}}
    assert (len(index), index.chunk_count) == (3, 2)
    assert (index.kinds, index.articles_of) == (("item",) * 3, ("tea",) * 3)


def test_dense_search_finds_the_closest_chunk_first(index: Index, counting: TextEncoder) -> None:
    """A question's vector meets the chunk of its words, and gives that chunk's passages in order."""
    assert index.dense(counting.encode(["tea"])[0], k=1) == [0]
    assert index.dense(counting.encode(["moon"])[0], k=1) == [1, 2]
    assert index.dense(counting.encode(["moon"])[0], k=10) == [1, 2, 0]


def test_lexical_search_ranks_by_bm25(counting: TextEncoder, tmp_path: Path) -> None:
    """A passage that holds the word comes, one that holds it more often comes first, others do not come."""
    write_generation(
        tmp_path, contents(counting, texts=("A kettle sings of tea.", "Tide.", "Tea, tea and tea.", "Moon."))
    )
    found = Index.open(tmp_path).lexical(["tea"], k=5)
    assert [*found] == [2, 0]
    assert found[2] > found[0] > 0
    assert Index.open(tmp_path).lexical(["tea"], k=1) == {2: found[2]}


def test_bm25_is_what_its_formula_says(counting: TextEncoder, tmp_path: Path) -> None:
    """Worked out by hand for "tea": in two of four passages, once in three terms and three times in three."""
    write_generation(
        tmp_path, contents(counting, texts=("A kettle sings of tea.", "Tide.", "Tea, tea and tea.", "Moon."))
    )
    lengths = [3, 3, 3, 1]  # the second has two terms in its keys
    rarity = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    discount = 1.2 * (1 - 0.75 + 0.75 * 3 / (sum(lengths) / 4))
    expected = {2: rarity * 3 * 2.2 / (3 + discount), 0: rarity * 2.2 / (1 + discount)}
    assert Index.open(tmp_path).lexical(["tea"], k=5) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("word", "passage"), [("TIDES", 2), ("kéttle", 1), ("turning", 2)])
def test_lexical_search_folds_and_stems(index: Index, word: str, passage: int) -> None:
    """Another case, an accent or another ending is still the word."""
    assert [*index.lexical(stems(word), k=5)] == [passage]


def test_keys_are_searched(index: Index, counting: TextEncoder, tmp_path: Path) -> None:
    """A word that only a key holds finds the passage of the key."""
    write_generation(tmp_path, contents(counting, texts=(TEXTS[0], "It is hot.", TEXTS[2])))
    assert [*Index.open(tmp_path).lexical(["kettl"], k=5)] == [1]
    assert index.keys(1) == KEYS[1]
    assert index.keys(0) == ()


@pytest.mark.parametrize("word", ['"', "tea OR", "NEAR(", "*", "a:b", "-", "tea) OR (kettle"])
def test_no_word_is_an_operator(index: Index, word: str) -> None:
    """Each word is taken as a word: nothing of a question is read as a query language."""
    assert index.lexical([word], k=5) == {}
    assert index.lexical([], k=5) == {}


def test_tokens_of_a_passage_and_of_all_its_keys(index: Index, counting: TextEncoder) -> None:
    """A passage's token vectors come alone; for ranking, those of several passages come joined, each with its keys."""
    own = [tokens.vectors for tokens in counting.encode_tokens(TEXTS)]
    keys = [tokens.vectors for tokens in counting.encode_tokens(KEYS[1])]
    assert np.array_equal(index.tokens(1), own[1])
    numbers = np.array([1, 2])
    high, low, starts = index.all_tokens(numbers)
    assert np.array_equal(vectors_of(high, low), np.concatenate([own[1], *keys, own[2]]))
    assert starts.tolist() == [0, len(high) - len(own[2])]


@pytest.mark.parametrize("numbers", [[1, 2], [0, 1, 2], []])
def test_rough_tokens_are_the_same_along_the_axes(index: Index, numbers: list[int]) -> None:
    """Each token has its place along the encoder's axes, and the passages begin at the same rows."""
    high, low, starts = index.all_tokens(np.array(numbers, dtype=np.int64))
    rough, rough_starts = index.rough_tokens(np.array(numbers, dtype=np.int64))
    assert rough.shape == (len(high), len(index.axes))
    assert np.abs((rough.astype(int) - 128) / 127 - vectors_of(high, low) @ index.axes.T).max(initial=0) < 0.01
    assert starts.tolist() == rough_starts.tolist()


def test_means_of_a_passage_and_its_keys(index: Index, counting: TextEncoder) -> None:
    """Each text has the unit vector of its tokens' sum, a passage's own first."""
    assert [len(index.means(number)) for number in range(3)] == [1, 3, 1]
    assert index.means(1) == pytest.approx(counting.encode([TEXTS[1], *KEYS[1]]), abs=1e-6)


def test_stems_of_passages(index: Index) -> None:
    """A passage's stems come back, and each is known with the number of passages that hold it, not how often."""
    assert index.stems(0) == {"tea"}
    assert index.stems(2) == {"tide", "turn", "moon"}
    assert index.holders("tea") == 1
    assert index.holders("whale") == 0


def test_stored_tokens_by_text(index: Index, counting: TextEncoder) -> None:
    """A build takes the token vectors of a text it knows out of the index: of passages and of keys."""
    stored = index.token_ranges()
    assert stored.keys() == {*TEXTS, *KEYS[1]}
    for text, (first, after) in stored.items():
        assert np.array_equal(index.steps(first, after), in_steps(counting.encode_tokens([text])[0].vectors))


def test_vocabulary_counts_words(index: Index) -> None:
    """Each content word of the passages is known with how often it stands there; words of asking are not."""
    assert index.vocabulary() == {"tea": 2, "kettle": 1, "sings": 1, "tide": 1, "turns": 1, "moon": 1}


def test_a_generation_is_named_by_what_it_was_made_from(folder: Path) -> None:
    """The same inputs have the same name in any order of their keys; any other input has another."""
    assert current_digest(folder) == digest_of(dict(reversed(MADE_FROM.items())))
    assert digest_of({**MADE_FROM, "encoder": "another"}) != digest_of(MADE_FROM)
    assert re.fullmatch("[0-9a-f]{16}", digest_of(MADE_FROM))


def test_writing_twice_gives_the_same_bytes(folder: Path, counting: TextEncoder, tmp_path: Path) -> None:
    """The files of a generation are a function of their contents."""
    write_generation(tmp_path / "again", contents(counting))
    digest = digest_of(MADE_FROM)
    for name in (*FILES, "manifest.json"):
        assert (folder / digest / name).read_bytes() == (tmp_path / "again" / digest / name).read_bytes(), name


def test_the_last_generation_is_kept_and_older_ones_go(folder: Path, counting: TextEncoder) -> None:
    """Who still reads the generation before may go on; of the others, and of broken-off drafts, nothing stays."""
    (folder / ".0123456789abcdef.99").mkdir()
    names = [digest_of(MADE_FROM)]
    for number in range(3):
        names.append(write_generation(folder, contents(counting, made_from={**MADE_FROM, "settings": {"n": number}})))
    assert {path.name for path in folder.iterdir() if path.is_dir()} == set(names[-2:])
    assert current_digest(folder) == names[-1]


def test_other_files_in_the_folder_stay(folder: Path, counting: TextEncoder) -> None:
    """Only generations are cleared away: what a person keeps beside them is theirs."""
    (folder / "README.md").write_text("mine")
    (folder / "notes").mkdir()
    write_generation(folder, contents(counting, made_from={**MADE_FROM, "settings": {"n": 1}}))
    write_generation(folder, contents(counting, made_from={**MADE_FROM, "settings": {"n": 2}}))
    assert (folder / "README.md").read_text() == "mine"
    assert (folder / "notes").is_dir()


@pytest.mark.parametrize(
    ("call", "occurrence"),
    [("fsync", nth) for nth in range(1, 13)] + [("rename", 1), ("replace", 1), ("mkdir", 1)],
)
def test_a_failed_write_leaves_the_old_generation(
    folder: Path, counting: TextEncoder, monkeypatch: pytest.MonkeyPatch, call: str, occurrence: int
) -> None:
    """Wherever the disk fails, the index still opens: as it was, or, after the last rename, as it should be."""
    before, wanted = digest_of(MADE_FROM), {**MADE_FROM, "settings": {"n": 1}}
    calls = 0

    def failing(original: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == occurrence:
                raise OSError(28, "No space left on device")
            return original(*arguments, **options)

        return wrapped

    owner = os if call == "fsync" else Path
    monkeypatch.setattr(owner, call, failing(getattr(owner, call)))
    with pytest.raises(OSError, match="No space"):
        write_generation(folder, contents(counting, made_from=wanted))
    monkeypatch.undo()
    renamed = call == "fsync" and occurrence == 12  # of the folder, after the pointer's
    assert Index.open(folder).digest == (digest_of(wanted) if renamed else before)
    assert write_generation(folder, contents(counting, made_from=wanted)) == digest_of(wanted)
    assert not [path for path in folder.iterdir() if re.match(r"\.[0-9a-f]{16}\.", path.name)]


def test_no_index(tmp_path: Path) -> None:
    """A folder without an index, no folder, and a file in its place are told with the command that helps."""
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(IndexMissingError, match=r"There is no index in .* Run `ipt-rag build --index .*`"):
            Index.open(folder)


@pytest.mark.parametrize("pointer", [b"", b"nonsense", b"../../etc", b"\xff\xfe", b"0123456789ABCDEF", b"/tmp"])
def test_a_pointer_that_names_no_generation(folder: Path, pointer: bytes) -> None:
    """What is no digest is never taken for a folder."""
    (folder / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexMissingError):
        Index.open(folder)


def test_a_pointer_to_a_generation_that_is_gone(folder: Path) -> None:
    """A digest without its folder is damage."""
    (folder / "CURRENT").write_text("0123456789abcdef\n")
    with pytest.raises(IndexDamagedError, match="manifest"):
        Index.open(folder)


def test_an_index_of_another_version(folder: Path, counting: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generation of another format is whole, and not ours to read."""
    write_generation(folder, contents(counting, made_from={**MADE_FROM, "format": 0}))
    with pytest.raises(IndexMissingError, match="built by another version"):
        Index.open(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["flipped", "truncated", "longer", "missing", "empty"])
def test_a_damaged_file_is_named(folder: Path, name: str, damage: str) -> None:
    """One bit, one byte less or more: the file is named, and nothing of it is read."""
    path = folder / digest_of(MADE_FROM) / name
    data = bytearray(path.read_bytes())
    match damage:
        case "flipped":
            data[len(data) // 2] ^= 1
        case "truncated":
            del data[-1]
        case "longer":
            data += b"\0"
        case "empty":
            data.clear()
    path.unlink() if damage == "missing" else path.write_bytes(data)
    with pytest.raises(IndexDamagedError, match=f"{re.escape(name)} of the index in .* is missing or damaged"):
        Index.open(folder)


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"digest": "0", "made_from": {}, "files": {}}', id="another's"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"\xff", id="no text"),
    ],
)
def test_a_damaged_manifest_is_told(folder: Path, manifest: bytes) -> None:
    """A manifest that cannot be read, or belongs to something else, is damage."""
    (folder / digest_of(MADE_FROM) / "manifest.json").write_bytes(manifest)
    with pytest.raises(IndexDamagedError, match="manifest"):
        Index.open(folder)


def test_a_manifest_that_lists_other_files_is_told(folder: Path) -> None:
    """A file that the manifest does not list would go unverified: it is damage."""
    path = folder / digest_of(MADE_FROM) / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["files"]["tokens.npy"]
    path.write_text(json.dumps(manifest))
    with pytest.raises(IndexDamagedError, match="manifest"):
        Index.open(folder)


def test_the_manifest_says_what_went_in(folder: Path) -> None:
    """A person can read what the index was made from, and check its files."""
    manifest = json.loads((folder / digest_of(MADE_FROM) / "manifest.json").read_text())
    assert manifest["made_from"] == MADE_FROM
    assert (manifest["passages"], manifest["chunks"]) == (3, 2)
    assert sorted(manifest["files"]) == sorted(FILES)


def test_an_index_without_a_single_token(tmp_path: Path, counting: TextEncoder) -> None:
    """Passages that hold no word make an index that finds nothing, and breaks nothing."""
    write_generation(tmp_path, contents(counting, texts=("…", "—")))
    index = Index.open(tmp_path)
    assert index.tokens(0).shape == (0, counting.dim)
    assert index.lexical(["tea"], k=5) == {}
