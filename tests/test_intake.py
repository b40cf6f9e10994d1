from pathlib import Path

import pytest
from click.testing import CliRunner

from ipt_rag.cli import main
from ipt_rag.corpus import read_article
from ipt_rag.errors import ImportRefusedError
from ipt_rag.intake import add_page

PAGE = """Calm Talk: A Guide

Calm talk is a short form of care that many people use.1 {sentence}

Sources

1. Lee A, van Dorn BC. Calm talk. J Care. 2016;173(7):680-687. — linkT1
"""
CLEAN = "Lee and van Dorn tried it."
PLANTED = "Our patient Wilma Testerson, MRN 00123456, found it helpful."


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return where a page is saved by each test."""
    return tmp_path / "page.txt"


def test_a_page_without_phi_is_written(page: Path, tmp_path: Path) -> None:
    """The authors of its sources are no patients."""
    page.write_text(PAGE.format(sentence=CLEAN), encoding="utf-8")
    assert add_page(page, tmp_path / "corpus").written


def test_a_page_with_phi_is_refused_by_line(page: Path, tmp_path: Path) -> None:
    """The refusal names the line, repeats nothing, and leaves no file."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="begins at line 3") as refused:
        add_page(page, tmp_path / "corpus")
    assert not any(word in str(refused.value) for word in ("Wilma", "Testerson", "00123456"))
    assert not (tmp_path / "corpus").exists()


def test_a_reason_lets_it_in_and_stays_on_the_record(page: Path, tmp_path: Path) -> None:
    """`--allow-phi-like` writes the article with the reason in its front matter."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    reason = "an invented example"
    arguments = ["add", str(page), "--corpus", str(tmp_path / "corpus"), "--allow-phi-like", reason]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0
    [written] = (tmp_path / "corpus").glob("*.md")
    assert read_article(written).about["phi_like_allowed"] == reason


def test_the_command_refuses_in_one_sentence(page: Path, tmp_path: Path) -> None:
    """Exit 1, and no word of the page on either stream."""
    page.write_text(PAGE.format(sentence=PLANTED), encoding="utf-8")
    done = CliRunner().invoke(main, ["add", str(page), "--corpus", str(tmp_path / "corpus")])
    assert done.exit_code == 1
    assert "Testerson" not in done.output
    assert "00123456" not in done.output
