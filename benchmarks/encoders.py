"""Measure ways to run the same encoder: one question, and many passages; how far their closest passages agree.

    .venv/bin/python benchmarks/encoders.py --questions FILE [--index DIR] [--texts N]

Questions: the vector of each is compared with those of the index's passages, embedded by sentence-transformers as it
comes; agreement is the share of the ten closest that are also the ten closest of its own. Passages: texts a second of
the clock, and of the processor. OpenVINO is measured where it is installed: `make bench` gives it a folder of its own.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measured import keep, percentiles, questions_in
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from ipt_rag.embed import MiniLM
from ipt_rag.embed.files import verified_folder
from ipt_rag.embed.tokens import Tokenizer
from ipt_rag.index import Index

CLOSEST = 10
WARM = 10  # questions asked before any is measured
Vector = NDArray[np.float32]
Encode = Callable[[str], Vector]


def main() -> None:
    """Measure every way, and print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--texts", type=int, default=1000)
    options = parser.parse_args()
    disable_progress_bar()  # type: ignore[no-untyped-call]
    questions = questions_in(options.questions)
    index = Index.open(options.index)
    texts = index.search_texts()
    figures = {
        "questions": of_questions(questions, texts, index.question_graph),
        "passages": of_passages(texts, options.texts),
    }
    keep("encoders", figures)


def of_questions(questions: Sequence[str], texts: Sequence[str], graph: Path) -> dict[str, Any]:
    """Return for each way the milliseconds of a question and its agreement."""
    plain = opened()
    passages = plain.encode(texts, normalize_embeddings=True)
    eight = Path("build") / "bench" / "question-8.onnx"
    eight.parent.mkdir(parents=True, exist_ok=True)
    quantize_dynamic(graph, eight, weight_type=QuantType.QInt8)
    ways: dict[str, tuple[Encode, int]] = {}
    for threads in (1, 2):
        ways[f"sentence-transformers, {counted(threads)}"] = encode_with(plain), threads
    ways["eager attention, 1 thread"] = encode_with(opened(attn_implementation="eager")), 1
    ways["16-bit weights (bf16), 1 thread"] = encode_with(opened(dtype=torch.bfloat16)), 1
    for threads in (1, 2):
        ways[f"ONNX Runtime, {counted(threads)}"] = run_with(session_of(graph, threads)), 1
    ways["ONNX Runtime, 8-bit weights, 1 thread"] = run_with(session_of(eight, 1)), 1
    if find_spec("openvino"):
        ways["OpenVINO, 1 thread"] = run_with(openvino_of(graph)), 1
    tokenizer = Tokenizer.open()
    ways["its tokenizer alone"] = lambda text: np.array(tokenizer.window(text)[0], np.float32), 1
    expected = closest(passages, [encode_with(plain)(question) for question in questions])
    figures = {}
    for name, (encode, threads) in ways.items():
        torch.set_num_threads(threads)
        clock, used, vectors = timed(encode, questions)
        agreement = agreed(closest(passages, vectors), expected) if len(vectors[0]) == passages.shape[1] else None
        figures[name] = {"clock": percentiles(clock), "processor": percentiles(used), "agreement": agreement}
        told = "" if agreement is None else f", {agreement:.4f} of the ten closest"
        print(
            f"{name:<40} p50 {figures[name]['clock']['p50']:6.2f} ms, "  # type: ignore[index]
            f"of the processor {figures[name]['processor']['p50']:6.2f}{told}",  # type: ignore[index]
            flush=True,
        )
    return figures


def of_passages(texts: Sequence[str], count: int) -> dict[str, Any]:
    """Return for each way the texts a second."""
    chosen = [texts[place % len(texts)] for place in range(count)]
    mixed = [chosen[place] for place in np.random.default_rng(0).permutation(count)]
    plain, sixteen = opened(), opened(dtype=torch.bfloat16)
    ours = {cores: MiniLM.open(cores=cores) for cores in (1, 2)}
    ours_sixteen = MiniLM.open("bf16", cores=2)
    ways: dict[str, tuple[Callable[[], object], int]] = {
        f"sentence-transformers, {counted(1)}": (lambda: plain.encode(mixed, batch_size=32), 1),
        f"sentence-transformers, {counted(2)}": (lambda: plain.encode(mixed, batch_size=32), 2),
        "the same, texts as they come": (lambda: [plain.encode(mixed[at : at + 32]) for at in range(0, count, 32)], 2),
        "the same, 16-bit weights (bf16)": (lambda: sixteen.encode(mixed, batch_size=32), 2),
        "ours with token vectors, 1 core": (lambda: ours[1].encode_tokens(mixed), 1),
        "ours with token vectors, 2 cores": (lambda: ours[2].encode_tokens(mixed), 1),
        "ours, 16-bit passes (bf16), 2 cores": (lambda: ours_sixteen.encode_tokens(mixed), 1),
    }
    figures = {}
    for name, (work, threads) in ways.items():
        torch.set_num_threads(threads)
        begun, before = time.perf_counter(), time.process_time()
        work()
        clock, used = time.perf_counter() - begun, time.process_time() - before
        figures[name] = {"texts a second": count / clock, "a second of the processor": count / used}
        print(f"{name:<40} {count / clock:6.1f} texts a second, {count / used:6.1f} of the processor", flush=True)
    return figures


def counted(threads: int) -> str:
    """Return a number of threads in words."""
    return "1 thread" if threads == 1 else f"{threads} threads"


def opened(**settings: Any) -> SentenceTransformer:
    """Return the encoder as sentence-transformers opens it."""
    return SentenceTransformer(str(verified_folder()), device="cpu", local_files_only=True, model_kwargs=settings)


def encode_with(model: SentenceTransformer) -> Encode:
    """Return what encodes one question with it."""
    return lambda text: np.asarray(model.encode([text], normalize_embeddings=True)[0], np.float32)


def run_with(run: Callable[[NDArray[np.int64]], Vector]) -> Encode:
    """Return what encodes one question with a graph, its tokens counted in."""
    tokenizer = Tokenizer.open()
    return lambda text: run(np.array([tokenizer.window(text)[0]], np.int64))


def session_of(graph: Path, threads: int) -> Callable[[NDArray[np.int64]], Vector]:
    """Return what runs the graph of questions on ONNX Runtime."""
    options = SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return lambda numbers: session.run(None, {"numbers": numbers})[0]  # type: ignore[no-any-return]


def openvino_of(graph: Path) -> Callable[[NDArray[np.int64]], Vector]:
    """Return what runs the graph of questions on OpenVINO."""
    import openvino

    settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}  # by itself bf16 where there is any
    compiled = openvino.Core().compile_model(str(graph), "CPU", settings)
    return lambda numbers: np.array(compiled([numbers])[0])


def timed(encode: Encode, questions: Sequence[str]) -> tuple[list[float], list[float], list[Vector]]:
    """Return the seconds of each question by the clock and of the processor, and its vector."""
    for question in questions[:WARM]:
        encode(question)
    clock, used, vectors = [], [], []
    for question in questions:
        begun, before = time.perf_counter(), time.process_time()
        vectors.append(encode(question))
        clock.append(time.perf_counter() - begun)
        used.append(time.process_time() - before)
    return clock, used, vectors


def closest(passages: Vector, questions: Sequence[Vector]) -> list[set[int]]:
    """Return the ten closest passages of each question."""
    return [{*np.argsort(-(passages @ question), kind="stable")[:CLOSEST].tolist()} for question in questions]


def agreed(found: Sequence[set[int]], expected: Sequence[set[int]]) -> float:
    """Return the share of the ten closest that both have."""
    return float(np.mean([len(each & best) / CLOSEST for each, best in zip(found, expected, strict=True)]))


if __name__ == "__main__":
    main()
