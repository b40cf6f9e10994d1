"""Make src/ipt_rag/product.onnx: (tokens - 128) @ question, the tokens unsigned bytes, the question signed ones.

    .venv/bin/python scripts/make_product.py

Unsigned by signed is the pair that processors multiply fastest; 128 is the tokens' zero.
"""

from pathlib import Path

from onnx import TensorProto, checker, helper

TARGET = Path(__file__).parent.parent / "src" / "ipt_rag" / "product.onnx"


def product() -> bytes:
    """Return the graph: `tokens`, shape (rows, dim), times `question`, shape (dim, columns), is `products`."""
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["tokens", "question", "zero"], ["products"])],
        "product",
        [
            helper.make_tensor_value_info("tokens", TensorProto.UINT8, ["rows", "dim"]),
            helper.make_tensor_value_info("question", TensorProto.INT8, ["dim", "columns"]),
        ],
        [helper.make_tensor_value_info("products", TensorProto.INT32, ["rows", "columns"])],
        [helper.make_tensor("zero", TensorProto.UINT8, [], [128])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString(deterministic=True)


if __name__ == "__main__":
    TARGET.write_bytes(product())
