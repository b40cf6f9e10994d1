"""Measure a command from the start of its process to its end: clock, processor time, peak memory.

    .venv/bin/python benchmarks/cold_start.py --index DIR [--repeat N] [--langchain PYTHON]

The rivals answer the same question over the same passages with the same encoder: plain sentence-transformers and FAISS,
and LangChain where the Python of an environment with `rivals/langchain.txt` is named.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measured import keep, middle, run

from ipt_rag.embed.files import verified_folder
from ipt_rag.index import Index

QUESTION = "What is the interpersonal inventory?"
RIVALS = Path(__file__).parent / "rivals"


def main() -> None:
    """Run each command so often, and print the middle one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--langchain", type=Path)
    options = parser.parse_args()
    ours = [sys.executable, "-c", "from ipt_rag.cli import main; main()"]
    commands = {
        "ipt-rag --help": [*ours, "--help"],
        "ipt-rag check": [*ours, "check", "Tea is a drink."],
        "ipt-rag ask": [*ours, "ask", "--index", str(options.index), QUESTION],
    }
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.jsonl"
        passages = Index.open(options.index).search_texts()
        texts.write_text("\n".join(json.dumps(text) for text in passages), encoding="utf-8")
        pythons = {"plain": sys.executable} | ({"langchain_faiss": str(options.langchain)} if options.langchain else {})
        for name, python in pythons.items():
            rival, model = [python, str(RIVALS / "drive.py"), name], str(verified_folder())
            built = run([*rival, "build", str(texts), f"{folder}/{name}", model])
            print(f"{name}: built in {built.processor_seconds:.1f} s of processor time, {built.peak_mb:.0f} MB")
            commands[name] = [*rival, "ask", f"{folder}/{name}", model, QUESTION]
        runs = {name: middle([run(command) for _ in range(options.repeat)]) for name, command in commands.items()}
    for name, each in runs.items():
        print(f"{name}: {each.seconds:.2f} s, {each.processor_seconds:.2f} s of processor, {each.peak_mb:.0f} MB")
    kept = {
        name: {"seconds": each.seconds, "processor_seconds": each.processor_seconds, "peak_mb": each.peak_mb}
        for name, each in runs.items()
    }
    keep("cold-start", {"passages": len(passages), **kept})


if __name__ == "__main__":
    main()
