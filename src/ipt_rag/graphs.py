"""An ONNX graph -> a session that runs it on one thread; the door to ONNX Runtime."""

import os
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits


def open_graph(graph: Path | bytes) -> Any:
    """Return a session whose `run(None, {input: array})` gives the outputs in order; safe to call from threads.

    The same inputs give the same bytes whatever the environment says of threads: one thread adds in one order. NumPy's
    BLAS, which multiplies beside it, is held to one as well.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = (
        "1"  # for who installs a later release than the locks': it would report its use
    )
    import onnxruntime  # a build and `--help` do without

    threadpool_limits(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
