"""Measure ways to multiply a question's tokens with stored ones: the choice behind `product.onnx`.

    .venv/bin/python benchmarks/product.py [--tokens N] [--words N]

Vectors are drawn by a fixed seed; the middle of fifteen runs, ms of processor time, one thread.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from ipt_rag.graphs import open_graph

DIM = 384
RUNS = 15


def main() -> None:
    """Time each way and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=31_550)  # as many as the project's own index holds
    parser.add_argument("--words", type=int, default=12)
    options = parser.parse_args()
    draw = np.random.default_rng(0)
    tokens, question = (
        rows / np.linalg.norm(rows, axis=1, keepdims=True)
        for rows in (draw.standard_normal((count, DIM), dtype=np.float32) for count in (options.tokens, options.words))
    )
    half = tokens.astype(np.float16)
    signed = np.rint(tokens * 127).astype(np.int8)
    unsigned = (signed.astype(np.int16) + 128).astype(np.uint8)
    columns = np.ascontiguousarray(np.rint(question.T * 63).astype(np.int8))
    unsigned_columns = (columns.astype(np.int16) + 128).astype(np.uint8)
    both_signed, mixed = product(TensorProto.INT8, TensorProto.INT8), product(TensorProto.UINT8, TensorProto.INT8)
    both_unsigned = product(TensorProto.UINT8, TensorProto.UINT8)
    ways: dict[str, Callable[[], object]] = {
        "NumPy, half floats turned into 32 bits": lambda: half.astype(np.float32) @ question.T,
        "NumPy, 32-bit floats": lambda: tokens @ question.T,
        "whole numbers, both signed": lambda: both_signed.run(None, {"tokens": signed, "question": columns}),
        "whole numbers, both unsigned": lambda: both_unsigned.run(
            None, {"tokens": unsigned, "question": unsigned_columns}
        ),
        "whole numbers, tokens unsigned": lambda: mixed.run(None, {"tokens": unsigned, "question": columns}),
    }
    for name, way in ways.items():
        print(f"{name}: {middle(way):.1f}")


def product(tokens: int, question: int) -> Any:
    """Return a session of one node that multiplies numbers of these types, 128 being zero where they are unsigned."""
    zeros = {TensorProto.INT8: 0, TensorProto.UINT8: 128}
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["tokens", "question", "first", "second"], ["products"])],
        "product",
        [
            helper.make_tensor_value_info("tokens", tokens, ["rows", "dim"]),
            helper.make_tensor_value_info("question", question, ["dim", "columns"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["rows", "columns"])],
        [
            helper.make_tensor("first", tokens, [], [zeros[tokens]]),
            helper.make_tensor("second", question, [], [zeros[question]]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return open_graph(model.SerializeToString())


def middle(way: Callable[[], object]) -> float:
    """Return the median time in ms."""
    times = []
    for _ in range(RUNS):
        begun = time.thread_time()
        way()
        times.append(time.thread_time() - begun)
    return sorted(times)[RUNS // 2] * 1000


if __name__ == "__main__":
    main()
