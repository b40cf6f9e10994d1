"""Measure building an index from nothing: passages a second, peak memory, size; ours and the rivals', same texts.

    .venv/bin/python benchmarks/build.py CORPUS [--langchain PYTHON]

Ours embeds more for each passage: a vector for each token, the anticipated questions, and sections as wholes.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measured import Run, keep, run

from ipt_rag.embed.files import verified_folder
from ipt_rag.index import Index

RIVALS = Path(__file__).parent / "rivals"


def main() -> None:
    """Build each once and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--langchain", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "ipt-rag"
        command = [sys.executable, "-c", "from ipt_rag.cli import main; main()", "build"]
        runs = {"ipt-rag": run([*command, "--corpus", str(options.corpus), "--index", str(index)])}
        passages = Index.open(index).search_texts()
        texts = Path(folder) / "texts.jsonl"
        texts.write_text("\n".join(json.dumps(text) for text in passages), encoding="utf-8")
        pythons = {"plain": sys.executable} | ({"langchain_faiss": str(options.langchain)} if options.langchain else {})
        for name, python in pythons.items():
            rival = [python, str(RIVALS / "drive.py"), name, "build", str(texts)]
            runs[name] = run([*rival, f"{folder}/{name}", str(verified_folder())])
        sizes = {name: size_of(Path(folder) / name) for name in runs}
    figures = {name: figures_of(each, len(passages), sizes[name]) for name, each in runs.items()}
    for name, each in figures.items():
        print(
            f"{name}: {each['processor_seconds']:.1f} s of processor, {each['passages_a_second']:.1f} passages/s, "
            f"{each['peak_mb']:.0f} MB, {each['disk_mb']:.1f} MB on disk"
        )
    keep("build", {"passages": len(passages), **figures})


def figures_of(each: Run, passages: int, disk: int) -> dict[str, float]:
    """Return what is kept of a build."""
    return {
        "processor_seconds": each.processor_seconds,
        "passages_a_second": passages / each.processor_seconds,
        "peak_mb": each.peak_mb,
        "disk_mb": disk / 1e6,
    }


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
