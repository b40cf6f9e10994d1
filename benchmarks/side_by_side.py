"""Ours and its rivals, same texts and encoder: building, one warm question, eight clients, cold start.

    .venv/bin/python benchmarks/side_by_side.py [--passages 1000 10000] [--only ours plain] [--texts docs.jsonl]

Each in a process of its own, from an environment of its own under build/bench/ where it needs one (`make bench` makes
them); one that is missing is skipped. A build is timed from the start of its process to its end; ours also keeps a
vector for each token. Ours is measured with each precision of passages. Prints rows as they come, and writes JSON and a
plot into build/bench/.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
from measured import keep, questions_in, run

from ipt_rag.embed.files import verified_folder
from ipt_rag.index import Index

HERE = Path(__file__).parent
QUESTIONS = HERE.parent / "tests" / "data" / "questions" / "answerable_2.jsonl"
ENVIRONMENTS = Path("build") / "bench"
# By module in rivals/: the environment it runs in, none being the project's own.
RIVALS = {
    "ours": "",
    "ours_bf16": "",
    "plain": "",
    "langchain_faiss": "langchain",
    "txtai_faiss": "txtai",
    "chroma_folder": "chroma",
    "lancedb_table": "lancedb",
    "haystack_memory": "haystack",
    "llamaindex_faiss": "llamaindex",
}
OURS = {"ours": "fp32", "ours_bf16": "bf16"}  # precision that passages are embedded in
COLD = "What is the interpersonal inventory?"
FIGURES = (
    "passages a second",
    "build peak MB",
    "MB on disk",
    "clock p50",
    "clock p95",
    "clock p99",
    "one thread p50",
    "questions a second",
    "cold start s",
    "cold start MB",
)


def main() -> None:
    """Measure each rival at each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--only", nargs="+", choices=RIVALS, default=[*RIVALS])
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args()
    kept: dict[str, dict[str, dict[str, float]]] = {}
    for size in options.passages:
        with tempfile.TemporaryDirectory() as folder:
            rows = kept[f"{size} passages"] = {}
            for name, figures in measured(Path(folder), size, options.texts, options.questions, options.only):
                rows[name] = figures
                ours = rows["ours"]
                told = ", ".join(f"{each} {figures[each]:.1f} ({figures[each] / ours[each]:.2f} x)" for each in FIGURES)
                if share := figures.get("share of plain's three"):
                    told += f", {share:.2f} of plain's three texts"
                print(f"{size:,} passages, {name}: {told}", flush=True)
            plot(size, rows)
    keep("side-by-side", kept)


def measured(
    folder: Path, size: int, given: Path | None, asked: int, only: list[str]
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the figures of each: ours first, whose passages are the texts of the others."""
    corpus, texts, questions = (folder / name for name in ("corpus", "texts.jsonl", "questions.jsonl"))
    made = [sys.executable, str(HERE / "corpus.py"), str(corpus), "--passages", str(size)]
    subprocess.run([*made, *(["--texts", str(given)] if given else [])], check=True)
    asks = questions_in(QUESTIONS)[:asked]
    questions.write_text("\n".join(map(json.dumps, asks)), encoding="utf-8")
    ours = [sys.executable, "-c", "from ipt_rag.cli import main; main()"]
    model = str(verified_folder())
    exact: list[list[str]] = []
    for name in dict.fromkeys(["ours", *only]):
        python = ENVIRONMENTS / RIVALS[name] / "bin" / "python" if RIVALS[name] else Path(sys.executable)
        if not python.exists():
            print(f"{name} is skipped: {python} is missing, `make bench` makes it.")
            continue
        drive = [str(python), str(HERE / "rivals" / "drive.py"), "ours" if name in OURS else name]
        store = folder / name
        if name in OURS:
            built = run([*ours, "build", "--corpus", str(corpus), "--index", str(store), "--precision", OURS[name]])
            passages = Index.open(store).search_texts()
            texts.write_text("\n".join(map(json.dumps, passages)), encoding="utf-8")
            cold = run([*ours, "ask", "--index", str(store), COLD])
        else:
            built = run([*drive, "build", str(texts), str(store), model])
            cold = run([*drive, "ask", str(store), model, COLD])
        *_, warm, found = map(json.loads, run([*drive, "query", str(store), model, str(questions)]).output.splitlines())
        if name == "plain":
            exact = found
        if exact and name not in OURS:  # the same vectors, compared alike?
            same = sum(len({*found_texts} & {*texts}) for found_texts, texts in zip(found, exact, strict=True))
            warm["share of plain's three"] = same / sum(map(len, exact))
        files = [path for path in (store, *store.rglob("*")) if path.is_file()]
        yield (
            name,
            {
                "passages a second": len(passages) / built.seconds,
                "build peak MB": built.peak_mb,
                "MB on disk": sum(path.stat().st_size for path in files) / 1e6,
                **warm,
                "cold start s": cold.seconds,
                "cold start MB": cold.peak_mb,
            },
        )


def plot(size: int, rows: dict[str, dict[str, float]]) -> None:
    """Write each figure of all of them as bars."""
    drawing, all_axes = plt.subplots(2, 5, figsize=(16, 5), layout="constrained")
    for figure, axes in zip(FIGURES, all_axes.flat, strict=True):
        axes.barh(
            [*rows], [row[figure] for row in rows.values()], color=["C1" if name in OURS else "C0" for name in rows]
        )
        axes.invert_yaxis()
        axes.set_title(figure, fontsize=9)
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    drawing.savefig(ENVIRONMENTS / f"side-by-side-{size}.svg")
    plt.close(drawing)


if __name__ == "__main__":
    main()
