"""Files and folders as they are named -> the files to import, in order, and what of a folder is not, with why."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

PAGES = frozenset((".html", ".htm", ".xhtml"))
# What browsers call the folder with the pictures and scripts of a saved page, in the languages that Windows knows.
COMPANIONS = tuple(
    "_files .files -files -Dateien _fichiers _bestanden _file _archivos -filer _filer _tiedostot _pliki _soubory"
    " _elemei _ficheiros _arquivos _dosyalar _datoteke _fitxers _failid _fails _bylos _fajlovi _fitxategiak".split()
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a folder that is not imported."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class FoundPages:
    """What some files and folders come to."""

    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


def find_pages(paths: Collection[Path], *, but: Path, known: Collection[str]) -> FoundPages:
    """Return the files that were named, and those below the folders that were named, by name.

    Of a folder only plain files with a known ending are taken: nothing hidden, nothing that a link leads to, and
    nothing of the folder that a browser saves beside a page.

    Args:
        paths: files, which are taken whatever they are called, and folders.
        but: a folder to leave out, that of the articles.
        known: the endings to take in a folder, such as ".html".
    """
    files: dict[Path, None] = {}
    skipped: list[Skipped] = []
    for path in paths:
        for found in _walk(path, but.resolve(), known) if path.is_dir() else [path]:
            if isinstance(found, Skipped):
                skipped.append(found)
            else:
                files[found] = None
    return FoundPages(tuple(files), tuple(skipped))


def _walk(top: Path, but: Path, known: Collection[str]) -> Iterator[Path | Skipped]:
    """Yield what is in a folder, by name, and then what is below it."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        if folder.resolve() == but:
            yield Skipped(folder, "the folder of articles itself")
            continue
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(folder, f"cannot be read ({error.strerror})")
            continue
        pages = [Path(entry.name).stem for entry in entries if Path(entry.name).suffix.lower() in PAGES]
        companions = {page + ending for page in pages for ending in COMPANIONS}
        below: list[Path] = []
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith("."):
                yield Skipped(path, "hidden")
            elif entry.is_symlink():
                within = path.exists() and path.resolve().is_relative_to(top.resolve())
                yield Skipped(path, "a link to what is in the folder anyway" if within else "a link that leads out")
            elif entry.is_dir():
                if entry.name in companions:
                    yield Skipped(path, "the pictures and scripts of the saved page beside it")
                else:
                    below.append(path)
            elif not entry.is_file():
                yield Skipped(path, "no file with content of its own")
            elif path.suffix.lower() not in known:
                yield Skipped(path, f"of a kind we do not read ({path.suffix or 'no ending'})")
            else:
                yield path
        waiting += reversed(below)
