"""What the documentation shows is what happens: its Python is run, its commands and requests are made."""

import os
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ipt_rag.api import http_routes
from ipt_rag.chatbot import Chatbot
from ipt_rag.desk import Desk

pytestmark = pytest.mark.model

ROOT = Path(__file__).parent.parent
OUTPUT = runpy.run_path(str(ROOT / "scripts" / "docs_output.py"))
CURL = re.compile(r"^\$ (curl -s .*?(?:\\\n.*?)*)\n((?!    ).*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def beside_an_index(corpus_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where a person stands who reads the pages: the articles and their index lie here."""
    (tmp_path / "index").symlink_to(corpus_index)
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    monkeypatch.chdir(tmp_path)
    program = tmp_path / "bin" / "ipt-rag"
    program.parent.mkdir()
    code = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from ipt_rag.cli import main; main()"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("page", OUTPUT["PAGES"], ids=lambda page: page.stem)
def test_python_prints_what_the_page_shows(page: Path, beside_an_index: None) -> None:
    """Each block runs, and prints what stands below it; `python scripts/docs_output.py` writes that."""
    blocks = list(OUTPUT["page_outputs"](page))
    assert any(shown for _, shown in blocks)
    for printed, shown in blocks:
        assert printed == shown


def test_requests_bring_what_the_page_shows(chatbot: Chatbot) -> None:
    """Each request of the page on HTTP brings the line below it."""
    client = TestClient(Starlette(routes=http_routes(Desk(lambda: chatbot))))
    requests = CURL.findall((ROOT / "docs" / "http.md").read_text(encoding="utf-8"))
    assert len(requests) == 3
    for line, shown in requests:
        words = shlex.split(line.replace("\\\n", " "))
        address, body = words[2], words[words.index("-d") + 1]
        path = address.removeprefix("http://127.0.0.1:7860")
        reply = client.post(path, content=body, headers={"Content-Type": "application/json"})
        assert f"{reply.text}\n" == shown


def test_the_notebook_prints_what_it_shows(beside_an_index: None) -> None:
    """Each cell of the notebook runs, in order, and prints the output that is stored below it."""
    cells = list(OUTPUT["notebook_outputs"]())
    assert sum(bool(printed) for printed, _ in cells) == 4
    for printed, cell in cells:
        assert printed == "".join(line for output in cell["outputs"] for line in output["text"])
