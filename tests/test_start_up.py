"""What each command imports: a person waits for no library that the command does not use."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from ipt_rag.cli import main
try:
    main(sys.argv[1:])
except SystemExit:  # a lint that finds something ends with 1
    pass
print(*(name for name in sys.modules if "." not in name), file=sys.stderr)
"""
PYTORCH = {"torch", "sentence_transformers", "transformers"}
SEARCH = {"faiss", "onnxruntime", "numpy"}
OTHERS = {
    "fastapi",
    "gradio",
    "grpc",
    "langchain_core",
    "langchain_text_splitters",
    "mcp",
    "milvus_lite",
    "onnx",
    "pandas",
    "pdfplumber",
    "pyarrow",
    "pymilvus",
    "ray",
    "scipy",
    "sklearn",
}


def imported_by(*command: str) -> set[str]:
    """Return the libraries in memory when a command has ended."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("command", [["--help"], ["ask", "--help"], ["build", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    """Help is there at once: neither search nor models are loaded for it."""
    assert imported_by(*command) & (PYTORCH | SEARCH | OTHERS | {"spacy"}) == set()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["check", "Tea is a drink."], id="check"),
        pytest.param(["lint"], id="lint"),
        pytest.param(["list"], id="list"),
        pytest.param(["add", "page.txt", "--corpus", "added"], id="add"),
        pytest.param(["feedback", "export"], id="feedback"),
    ],
)
def test_what_needs_no_vectors_loads_no_encoder(
    command: list[str], articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading, checking and importing articles load no encoder; the guard's model comes without PyTorch."""
    monkeypatch.chdir(articles.parent)
    articles.rename("corpus")
    Path("page.txt").write_text("On tea\n\nTea is a drink.1\n\nSources\n\n1. The Keeper. On tea. 1999.\n")
    assert imported_by(*command) & (PYTORCH | {"onnxruntime", "gradio"}) == set()


@pytest.mark.model
def test_asking_loads_no_pytorch(corpus_index: Path) -> None:
    """A question on a built index is guarded, encoded, searched and answered without PyTorch or the builder."""
    loaded = imported_by("ask", "--index", str(corpus_index), "What is the sick role?")
    assert loaded & (PYTORCH | OTHERS) == set()
    assert SEARCH | {"spacy", "tokenizers"} <= loaded
