"""What the measurements share: a command run and weighed, percentiles, and where figures go."""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """One command from start to end; on a busy machine the processor time says more than the clock."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str]) -> Run:
    """Return what a command took and printed.

    Raises:
        SystemExit: the command failed.
    """
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout
    output = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {child.returncode}.")
    seconds = time.perf_counter() - begun
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)


def middle(runs: Sequence[Run]) -> Run:
    """Return the run with the median processor time."""
    return sorted(runs, key=lambda each: each.processor_seconds)[len(runs) // 2]


def questions_in(path: Path) -> list[str]:
    """Return the questions of a set, one JSON object a line."""
    return [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()]


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {name: round(cuts[place - 1] * 1000, 3) for name, place in (("p50", 50), ("p95", 95), ("p99", 99))}


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write figures with machine, versions and date to build/bench/NAME.json, for `benchmarks/compare.py`."""
    folder = Path("build") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    libraries = ("faiss-cpu", "numpy", "onnxruntime", "sentence-transformers", "torch")
    about = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "versions": {library: version(library) for library in libraries},
    }
    (folder / f"{name}.json").write_text(json.dumps({"about": about, "figures": figures}, indent=1) + "\n")
