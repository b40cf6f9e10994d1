"""Measure how many texts a second a Ray cluster embeds, by the number of its nodes, and draw it.

    .venv/bin/python benchmarks/corpus.py build/bench/ray-corpus --passages 2000
    .venv/bin/python benchmarks/ray_workers.py build/bench/ray-corpus --nodes 1 2 3 --plot docs/images/ray-workers.svg

All nodes stand on this machine, one core each: beyond its cores nothing can be gained. The fastest half of a build
counts: before it some nodes still load their encoder, and other programs may have taken a core for a while. What a
second of the processor gives says what each node would add that had a core of its own.
"""

import argparse
import contextlib
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

UNIT_TEXTS = 16  # a unit is done in some tenths of a second, so that the last of them say little
NODES = Path(__file__).parent.parent / "tests" / "ray_nodes.py"


def main() -> None:
    """Build once for each number of nodes, print and keep the figures, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    found = {}
    for count in options.nodes:
        found[count] = a_second, a_processor_second = measure(options.corpus, count)
        print(f"{count} nodes: {a_second:.1f} texts/s, {a_processor_second:.1f} a second of the processor", flush=True)
    keep("ray_workers", {"cores": os.cpu_count(), "texts_a_second": found})
    if options.plot:
        options.plot.write_bytes(drawn(found, os.cpu_count() or 1))


def measure(corpus: Path, count: int) -> tuple[float, float]:
    """Return the texts that so many nodes embed a second, and a second of the processor, in their fastest half."""
    told: list[tuple[float, float, int, int]] = []

    def report(line: str) -> None:
        words = line.split()
        if words[0] == "embedded" and "passages" in words:
            done, total = (int(words[place].replace(",", "")) for place in (1, 3))
            told.append((time.perf_counter(), processor_seconds(), done, total))

    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, NODES, str(count)], stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
        ) as cluster,
    ):
        assert cluster.stdin
        assert cluster.stdout
        build_on_ray(cluster.stdout.readline().strip(), corpus, Path(folder), report=report, unit_texts=UNIT_TEXTS)
        cluster.stdin.close()
    return max(
        ((last - first) / (ended - begun), (last - first) / (used - before))
        for begun, before, first, total in told
        for ended, used, last, _ in told
        if last - first >= total / 2
    )


def processor_seconds() -> float:
    """Return what the processes of all nodes that do their work have used of the processor."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if (process / "cmdline").read_bytes().startswith((b"ray::MapBatches", b"ray::IDLE")):
                ticks += sum(map(int, (process / "stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def drawn(found: dict[int, tuple[float, float]], cores: int) -> bytes:
    """Return the plot as SVG: what was measured, and what nodes would give that have a core each."""
    with tempfile.TemporaryFile() as file, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(LOOK | {"svg.hashsalt": "ray-workers"})
        drawing = Figure(figsize=(7.5, 4), layout="constrained")
        axes: Any = drawing.subplots()
        nodes = list(found)
        axes.plot(
            nodes,
            [each * found[each][1] for each in nodes],
            "--",
            color=QUIET,
            label="a core for each, from processor time",
        )
        axes.plot(
            nodes, [found[each][0] for each in nodes], "o-", color=ACCENT, label=f"measured, {cores} cores for all"
        )
        axes.set_xlabel("nodes")
        axes.set_ylabel("texts embedded a second")
        axes.set_xticks(nodes)
        axes.set_ylim(0)
        axes.legend(frameon=False)
        drawing.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        file.seek(0)
        return file.read()


if __name__ == "__main__":
    main()
