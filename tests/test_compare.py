import json
import subprocess
import sys
from pathlib import Path

import pytest

BEFORE = {"ours": {"clock p50": 10.0, "questions a second": 80.0}, "recall": 1.0}


@pytest.mark.parametrize(
    ("after", "worse"),
    [
        (BEFORE, []),
        ({"ours": {"clock p50": 10.9, "questions a second": 74.0}, "recall": 0.95}, []),
        ({"ours": {"clock p50": 5.0, "questions a second": 160.0}, "recall": 1.0}, []),
        ({"ours": {"clock p50": 11.2, "questions a second": 80.0}, "recall": 1.0}, ["ours / clock p50"]),
        (
            {"ours": {"clock p50": 10.0, "questions a second": 60.0}, "recall": 0.8},
            ["ours / questions a second", "recall"],
        ),
    ],
    ids=["the same", "within a tenth", "better", "slower", "fewer, and found less"],
)
def test_what_is_worse(after: dict[str, object], worse: list[str], root: Path, tmp_path: Path) -> None:
    """Time that grew, and what is done or found that shrank, by more than a tenth; the exit code says so too."""
    files = [tmp_path / "before.json", tmp_path / "after.json"]
    for file, figures in zip(files, (BEFORE, after), strict=True):
        file.write_text(json.dumps({"figures": figures}))
    command = [sys.executable, str(root / "benchmarks" / "compare.py"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if line.endswith("WORSE")] == worse
    assert done.returncode == bool(worse)
