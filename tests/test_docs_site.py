"""The documentation as a site: built strictly, loading nothing from elsewhere, its commands and its article true."""

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ipt_rag.cli import main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LOADED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)")
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def built(settings: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site strictly: a warning ends it. Not quietly: warnings that are not shown are not counted."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", settings, "--site-dir", site],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once; every page is in its menu, every link and anchor leads somewhere, or there is none."""
    folder = tmp_path_factory.mktemp("site")
    done = built(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_there(site: Path) -> None:
    """Each page of docs/ is a page of the site, and so is the reference made of docstrings."""
    assert {path.stem for path in DOCS.glob("*.md")} <= {path.stem for path in site.glob("*.html")}
    reference = (site / "reference.html").read_text("utf-8")
    for name in ("Chatbot", "Answer", "CheckedQuote", "ArticleRetriever", "CitationTextSplitter", "to_json"):
        assert f">{name}<" in reference
    assert "Return the answer to a question" in reference


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No page has its browser fetch anything from another site: no font, script, style or picture."""
    loaded = [address for path in site.rglob("*.html") for address in LOADED.findall(path.read_text("utf-8"))]
    assert loaded == []
    assert LOADED.findall('<script async src="https://example.org/x.js">') == ["https://example.org/x.js"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[here](nowhere.md)", id="a page that there is not"),
        pytest.param("[here](python.md#nowhere)", id="an anchor that there is not"),
        pytest.param("::: ipt_rag.nothing", id="a name that there is not"),
    ],
)
def test_a_broken_link_ends_the_build(text: str, tmp_path: Path) -> None:
    """The build above would fail on a link, an anchor or a name that leads nowhere."""
    shutil.copytree(DOCS, tmp_path / "docs")
    (tmp_path / "docs" / "roles.md").write_text(f"# Roles\n\n{text}\n")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8").replace("paths: [src]", f"paths: [{ROOT / 'src'}]")
    (tmp_path / "mkdocs.yml").write_text(settings)
    assert built(tmp_path / "mkdocs.yml", tmp_path / "site").returncode != 0


def test_the_page_of_commands_is_what_help_prints() -> None:
    """It is made by `python scripts/commands.py`; run that after a change of a command."""
    page = runpy.run_path(str(ROOT / "scripts" / "commands.py"))["page"]
    assert (DOCS / "commands.md").read_text("utf-8") == page()


def test_command_lines_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each `ipt-rag …` that a page shows is a command line that the program takes."""
    monkeypatch.chdir(tmp_path)
    lines = [
        (page.name, line.removeprefix("$ ").removeprefix(".venv/bin/"))
        for page in DOCS.glob("*.md")
        for block in SHELL.findall(page.read_text("utf-8"))
        for line in block.splitlines()
    ]
    shown = [(page, line) for page, line in lines if line.startswith("ipt-rag ")]
    assert len(shown) > 15
    for _, line in shown:
        words = shlex.split(re.split(r" [<>|#] ", line)[0])[1:]
        name, called, rest = main.resolve_command(click.Context(main), words)
        assert name
        assert called
        called.make_context(name, rest)


def test_the_article_of_the_page_is_one(tmp_path: Path) -> None:
    """The example in the page on the format passes the lint, without a finding."""
    [article] = re.findall(
        r"^```markdown\n(.*?)^```$", (DOCS / "articles.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    (tmp_path / "tea.md").write_text(article, encoding="utf-8")
    linted = CliRunner().invoke(main, ["lint", str(tmp_path / "tea.md")])
    assert (linted.exit_code, linted.output) == (0, "")
