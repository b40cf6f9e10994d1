"""Passages -> unit vectors, one for each text or one for each of its tokens; the door to sentence-transformers.

Token vectors are the encoder's hidden states, as ColBERT uses them (Khattab and Zaharia, 2020), without a trained
projection: adding the usual random `Dense` layer would make two loads differ.
"""

import copy
import os
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ipt_rag.embed.files import DIGESTS, verified_folder
from ipt_rag.embed.tokens import Tokenizer, Window
from ipt_rag.embed.vectors import Matrix, TokenVectors
from ipt_rag.records import Precision

# The mean of the last three layers: against the last alone, the first hit rate rose from 0.70 to 0.74 on the two real
# articles and stayed at 0.78 on our own (54 development questions); the last layer is tuned for pooling, not tokens.
TOKEN_LAYERS = 3
# Every pass of a build has one shape for all texts of one length: padded to the next such step, and as many as make so
# many tokens, empty ones among them. In a pass of another shape the last bits of a text's vectors differ, and an index
# brought up to date would not be the index built anew, though both have one digest. One text a pass would do too, but
# takes two to three times as long.
PASS_TOKENS: Mapping[Precision, int] = {"fp32": 512, "bf16": 1024}  # bf16: a sixth more texts a second than with 512
PASS_STEP = 16
PADDING = 0  # the number of the token that is none


class MiniLM:
    """all-MiniLM-L6-v2 on the CPU, a pass to a core, one thread each: a text gives the same bytes on any number."""

    dim = 384

    def __init__(self, model: Any, tokenizer: Tokenizer, precision: Precision, cores: int) -> None:
        self.precision = precision
        self._model = model
        self._passing = copy.deepcopy(model).bfloat16() if precision == "bf16" else model  # what passages go through
        self._tokenizer = tokenizer  # not the model's, which every pass sets anew, truncation and all
        self._cores = cores

    @staticmethod
    def named(precision: Precision) -> str:
        """Return the name that indexes keep of what made their vectors."""
        weights = f"all-MiniLM-L6-v2 sha256:{DIGESTS['model.safetensors']}"
        return weights if precision == "fp32" else f"{weights} {precision}"

    @property
    def name(self) -> str:
        """Name, digest of the weights, and precision where it is not that of the weights."""
        return self.named(self.precision)

    @classmethod
    def open(cls, precision: Precision = "fp32", *, cores: int | None = None) -> "MiniLM":
        """Return the encoder after its files were verified; it uses so many cores, or all.

        With "bf16" passages go through it in 16 bits, questions never: two to three times as fast on processors that
        have the instructions (`has_bf16`), and slower on others.

        Raises:
            EncoderError: the package is missing, or a file is not the one we know.
        """
        folder = verified_folder()
        import torch  # seconds of import that only a build pays
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(1)
        layers = {"output_hidden_states": True}
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, config_kwargs=layers)
        return cls(model, Tokenizer.open(), precision, cores or os.cpu_count() or 1)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes, its own two marks not counted."""
        return self._tokenizer.count(text)

    def encode(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Matrix:
        """Return unit vectors, shape (len(texts), dim); `progress` hears how many texts each step finished."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for rows, passed, _ in self._passes(texts, progress):
            vectors[rows] = passed
        return vectors

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the token vectors of each text; what lies beyond the window has none."""
        encoded: dict[int, TokenVectors] = {}
        for rows, _, tokens in self._passes(texts, progress):
            encoded |= zip(rows, tokens, strict=True)
        return [encoded[row] for row in range(len(texts))]

    @cached_property
    def axes(self) -> Matrix:
        """The axes on which tokens of the project's articles differ most: see `scripts/make_axes.py`."""
        axes: Matrix = np.load(BytesIO(files("ipt_rag").joinpath("embed", "axes.npy").read_bytes()), allow_pickle=False)
        return axes

    @cached_property
    def question_graph(self) -> bytes:
        """The encoder as an ONNX graph: token numbers in, the vectors of one question and of its tokens out.

        Input `numbers` has the shape (1, tokens); outputs are `vector`, shape (dim,), and `tokens`, shape (tokens - 2,
        dim), without the encoder's own two marks. The same weights give the same bytes.
        """
        return _graph_of(self._model[0].model)

    def _passes(
        self, texts: Sequence[str], progress: Callable[[int], None] | None
    ) -> Iterator[tuple[Sequence[int], Matrix, list[TokenVectors]]]:
        """Yield row numbers, and the vectors of these texts and of their tokens."""
        windows = [self._tokenizer.window(text) for text in texts]
        batches = [*_batches([len(numbers) for numbers, _ in windows], PASS_TOKENS[self.precision])]
        with ThreadPoolExecutor(self._cores) as pool:
            passed = pool.map(lambda batch: self._forward([windows[row] for row in batch[0]], batch[1]), batches)
            for (rows, _), (vectors, tokens) in zip(batches, passed, strict=True):
                yield rows, vectors, tokens
                if progress:
                    progress(len(rows))

    def _forward(self, windows: Sequence[Window], padded: int) -> tuple[Matrix, list[TokenVectors]]:
        """Return the vectors of texts, shape (len(windows), dim), and those of their tokens, out of one pass.

        Args:
            windows: of the texts, at most as many as one pass takes.
            padded: length in tokens of them all, after padding.
        """
        import torch

        numbers = torch.full((PASS_TOKENS[self.precision] // padded, padded), PADDING, dtype=torch.int64)
        mask = torch.zeros_like(numbers)
        for row, (own, _) in enumerate(windows):
            numbers[row, : len(own)] = torch.tensor(own)
            mask[row, : len(own)] = 1
        mask[len(windows) :, 0] = 1  # a row that attends to nothing would be no number
        features = {"input_ids": numbers, "attention_mask": mask, "token_type_ids": torch.zeros_like(numbers)}
        with torch.inference_mode():
            output = self._passing(features)
        layers = [layer.float().numpy() for layer in output["all_layer_embeddings"][-TOKEN_LAYERS:]]
        states = _unit(sum(map(_unit, layers)))
        # Without [CLS], [SEP] and padding.
        tokens = [
            TokenVectors(row[1 : len(own) - 1], spans) for row, (own, spans) in zip(states, windows, strict=False)
        ]
        return _unit(output["sentence_embedding"].float().numpy())[: len(windows)], tokens


def has_bf16() -> bool:
    """Return whether this processor has instructions for bf16; PyTorch imitates them where there are none."""
    import torch

    return any(able for name, able in torch.cpu.get_capabilities().items() if name.endswith("bf16"))


def _batches(lengths: Sequence[int], pass_tokens: int) -> Iterator[tuple[Sequence[int], int]]:
    """Yield row numbers of texts of like length, and the length in tokens that they are padded to."""
    padded: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        padded[-(-length // PASS_STEP) * PASS_STEP].append(row)
    for length, rows in sorted(padded.items(), reverse=True):  # the longest first, to fail early
        together = pass_tokens // length
        for start in range(0, len(rows), together):
            yield rows[start : start + together], length


def _graph_of(bert: Any) -> bytes:
    import torch

    class Question(torch.nn.Module):
        """One text without padding, hence without a mask; `bert` layer by layer, since all its states are wanted."""

        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, numbers: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            states = [self.bert.embeddings(input_ids=numbers)]
            for layer in self.bert.encoder.layer:
                states.append(layer(states[-1]))
            unit = torch.nn.functional.normalize
            tokens = unit(torch.stack([unit(state[0], dim=-1) for state in states[-TOKEN_LAYERS:]]).sum(dim=0), dim=-1)
            return unit(states[-1][0].mean(dim=0), dim=-1), tokens[1:-1]

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The exporter that PyTorch recommends wants onnxscript besides, and says so each time.
        warnings.simplefilter("ignore")
        graph = Path(folder) / "question.onnx"
        torch.onnx.export(
            Question().eval(),
            (torch.zeros((1, 8), dtype=torch.int64),),
            graph,
            dynamo=False,
            opset_version=17,
            input_names=["numbers"],
            output_names=["vector", "tokens"],
            dynamic_axes={"numbers": {1: "length"}, "tokens": {0: "inner"}},
        )
        return graph.read_bytes()


def _unit(vectors: Any) -> Any:
    """Return vectors of length 1 along the last axis."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
