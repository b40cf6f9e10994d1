"""Measure how many texts a second a Ray cluster embeds, by the number of its nodes, and draw it.

    .venv/bin/python benchmarks/corpus.py build/bench/ray-corpus --passages 1000
    .venv/bin/python benchmarks/ray_workers.py build/bench/ray-corpus --nodes 1 2 3 --plot docs/images/ray-workers.svg

All nodes stand on this machine, one core each: beyond its cores nothing can be gained. The fastest half of a build
counts: before it some nodes still load their encoder, and other programs may have taken a core for a while.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from measured import keep

from ipt_rag.distributed import build_on_ray
from ipt_rag.evaluate.plots import ACCENT, LOOK, QUIET

NODES = Path(__file__).parent.parent / "tests" / "ray_nodes.py"


def main() -> None:
    """Build once for each number of nodes, print and keep the figures, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    rates = {}
    for count in options.nodes:
        rates[count] = rate(options.corpus, count)
        print(f"{count} nodes: {rates[count]:.1f} texts/s")
    keep("ray_workers", {"cores": os.cpu_count(), "texts_a_second": rates})
    if options.plot:
        options.plot.write_bytes(drawn(rates, os.cpu_count() or 1))


def rate(corpus: Path, count: int) -> float:
    """Return the texts that so many nodes embed a second."""
    told: list[tuple[float, int, int]] = []

    def report(line: str) -> None:
        words = line.split()
        if words[0] == "embedded" and "passages" in words:
            told.append((time.perf_counter(), int(words[1]), int(words[3])))

    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, NODES, str(count)], stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
        ) as cluster,
    ):
        assert cluster.stdin
        assert cluster.stdout
        build_on_ray(cluster.stdout.readline().strip(), corpus, Path(folder), report=report)
        cluster.stdin.close()
    return max(
        (last - first) / (ended - begun)
        for begun, first, total in told
        for ended, last, _ in told
        if last - first >= total / 2
    )


def drawn(rates: dict[int, float], cores: int) -> bytes:
    """Return the plot as SVG: what was measured, and what so many cores would give at best."""
    with tempfile.TemporaryFile() as file, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(LOOK | {"svg.hashsalt": "ray-workers"})
        drawing = Figure(figsize=(7.5, 4), layout="constrained")
        axes: Any = drawing.subplots()
        one = rates[min(rates)] / min(rates)
        axes.plot(
            list(rates), [one * min(each, cores) for each in rates], "--", color=QUIET, label=f"{cores} cores at best"
        )
        axes.plot(list(rates), list(rates.values()), "o-", color=ACCENT, label="measured")
        axes.set_xlabel(f"nodes of one core each, on a machine with {cores} cores")
        axes.set_ylabel("texts embedded a second")
        axes.set_xticks(list(rates))
        axes.set_ylim(0)
        axes.legend(frameon=False)
        drawing.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        file.seek(0)
        return file.read()


if __name__ == "__main__":
    main()
