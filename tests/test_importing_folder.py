import os
from pathlib import Path

from ipt_rag.importing import find_pages

KNOWN = (".html", ".txt")


def found(folder: Path, *paths: Path, corpus: str = "corpus") -> tuple[list[str], dict[str, str]]:
    """Return what is found, and what is passed over with its reason, by the paths from a folder."""
    pages = find_pages(paths or (folder,), but=folder / corpus, known=KNOWN)
    files = [path.relative_to(folder).as_posix() for path in pages.files]
    return files, {each.path.relative_to(folder).as_posix(): each.reason for each in pages.skipped}


def make(folder: Path, *names: str) -> None:
    """Write some files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def test_a_folder_is_walked_by_name_with_what_is_below_it_last(tmp_path: Path) -> None:
    """The order is the same on every machine, and a case of the ending does not matter."""
    make(tmp_path, "z.txt", "b/x.html", "a/deep/y.HTML", "a/z.txt", "c.html")
    assert found(tmp_path) == (["c.html", "z.txt", "a/z.txt", "a/deep/y.HTML", "b/x.html"], {})


def test_what_is_no_page_is_passed_over_by_name(tmp_path: Path) -> None:
    """Hidden files and folders, other kinds, and what has no content are named with why."""
    make(tmp_path, "a.txt", ".git/config.txt", ".hidden.txt", "photo.png", "LICENSE")
    os.mkfifo(tmp_path / "pipe.txt")
    files, skipped = found(tmp_path)
    assert files == ["a.txt"]
    assert skipped == {
        ".git": "hidden",
        ".hidden.txt": "hidden",
        "LICENSE": "of a kind we do not read (no ending)",
        "photo.png": "of a kind we do not read (.png)",
        "pipe.txt": "no file with content of its own",
    }


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither out of the folder, nor to what is there anyway, nor in a circle."""
    make(tmp_path, "in/a.txt", "out/b.txt")
    folder = tmp_path / "in"
    (folder / "away.txt").symlink_to(tmp_path / "out" / "b.txt")
    (folder / "away").symlink_to(tmp_path / "out")
    (folder / "here.txt").symlink_to("a.txt")
    (folder / "nowhere.txt").symlink_to("gone.txt")
    (folder / "round").symlink_to(folder)
    files, skipped = found(folder)
    assert files == ["a.txt"]
    assert skipped == {
        "away": "a link that leads out",
        "away.txt": "a link that leads out",
        "here.txt": "a link to what is in the folder anyway",
        "nowhere.txt": "a link that leads out",
        "round": "a link to what is in the folder anyway",
    }


def test_what_a_browser_saves_beside_a_page_is_no_page(tmp_path: Path) -> None:
    """The companion folder of a saved page is passed over in any of its names; a folder without its page is not."""
    make(tmp_path, "rest.html", "rest_files/ad.html", "sleep.htm", "sleep-Dateien/x.html", "other_files/y.html")
    files, skipped = found(tmp_path)
    assert files == ["rest.html", "other_files/y.html"]
    assert skipped["rest_files"] == skipped["sleep-Dateien"] == "the pictures and scripts of the saved page beside it"
    assert skipped["sleep.htm"] == "of a kind we do not read (.htm)"


def test_the_articles_themselves_are_no_pages(tmp_path: Path) -> None:
    """A folder that holds the corpus can be added; so can none of the corpus."""
    make(tmp_path, "a.txt", "corpus/article.txt", "corpus/originals/a.txt")
    assert found(tmp_path) == (["a.txt"], {"corpus": "the folder of articles itself"})
    assert found(tmp_path, tmp_path / "corpus")[0] == []


def test_a_file_that_is_named_is_taken_whatever_it_is(tmp_path: Path) -> None:
    """Its reader says what is wrong with it; named twice, it is taken once."""
    make(tmp_path, "photo.png", "in/a.txt")
    photo = tmp_path / "photo.png"
    assert found(tmp_path, photo, tmp_path / "in", photo, tmp_path / "gone.txt")[0] == [
        "photo.png",
        "in/a.txt",
        "gone.txt",
    ]
