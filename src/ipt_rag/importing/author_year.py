"""Author and year in the text (`(Cuijpers et al., 2016)`, `Cuijpers et al. (2016)`) -> entries of the page's list."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ipt_rag.importing.page import PageSource

PARTICLE = (
    r"(?:(?:[Vv]an|[Vv]on|[Dd]e|[Dd]er|[Dd]en|[Dd]i|[Dd]a|[Dd]el|[Dd]os|[Ll]e|[Ll]a|al|el|ten|ter|zu|af|bin|[Ss]t\.)\s)"
)
WORD = r"[A-ZÀ-ÖØ-Þ][\w’'ʼ-]*[\wß-ÿ]"
NAME = rf"{PARTICLE}{{0,3}}(?:d[’'])?{WORD}"
FIRST = (
    rf"{NAME}(?:\s(?:(?:of|for|on|in|the)\s){{0,2}}{WORD}){{0,8}}(?:\s[\[(][A-Z]{{2,8}}[\])])?"  # a person or a body
)
AND = r"(?:and|&|und|et|y)"
OTHERS = (
    rf"(?:(?:,\s{NAME}){{0,6}},?\s{AND}\s(?:{FIRST}|colleagues|others)|(?:,\s{NAME}){{0,6}},?\set\sal\b\.?"
    rf"|(?:,\s{NAME}){{1,6}})?"
)
ONE_YEAR = r"(?:(?:1[6-9]|20)\d\d[a-z]?|n\.d\.|in\spress|forthcoming)"
YEARS = rf"{ONE_YEAR}(?:(?:\s?[,;]\s?|\s?(?:and|&)\s)(?:{ONE_YEAR}|[a-z]\b))*"
CITED = re.compile(
    rf"(?<![\w’'-])(?P<first>{FIRST})(?P<others>{OTHERS})(?P<owner>[’']s?)?,?\s(?P<years>{YEARS})(?![\w-])"
)
IN_BRACKETS = re.compile(r"\((?:[^()]|\([A-Z]{2,8}\)){4,600}\)|\[[^\[\]]{4,600}\]")
IN_SENTENCE = re.compile(
    rf"(?<![\w’'-])(?P<first>{FIRST})(?P<others>{OTHERS})(?P<owner>[’']s?)?,?\s"
    rf"[(\[](?P<years>{YEARS})(?:[,:]\s?[^()\[\]]{{1,40}})?[)\]]"
)
MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Spring|Summer|Autumn|Fall"
    r"|Winter|Since|In|By|Until|From|Copyright|Version)\Z"
)
ANY_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
# Where the authors of an entry end: its year, or the title behind "Lee A, Klee B. ".
AFTER_AUTHORS = re.compile(r"[(\[]?(?<!\d)(?:1[6-9]|20)\d\d|n\.d\.|(?<=\w)\.\s(?=[\"“]?[A-ZÀ-Þ][a-zß-ÿ]+)|[\"“]")
FIRST_ALONE = re.compile(
    rf"{WORD}(?:\s(?:(?:of|for|on|in|the)\s){{0,2}}{WORD}){{2,8}}"
)  # a body has three words or more
LETTERED_YEAR = re.compile(r"(?<![\d:–-])(?:1[6-9]|20)\d\d[a-z]?(?![\w:–-])")
BETWEEN = re.compile(rf"[,&;]|\s{AND}\s|\bet al")
# Pandoc's keys: "[@lee2016]", "[-@lee2016]"; in the sentence with the place behind it, "@lee2016 [p. 4] found …".
KEY = re.compile(r"(?<![\w.])-?@([\w:.#$%&+?<>~/-]*\w)")
NARRATED = re.compile(
    r"(?<![\w.@/\[;-])@(?P<key>[\w:.#$%&+?<>~/-]*\w)(?:\s\[(?P<locator>[^\[\]@\d]{1,20}\d[^\[\]@]{0,30})\])?"
)
INITIALS = r"(?:[a-z]\.[\s-]?){0,3}"  # in small letters, as compared
LEADING_INITIALS = re.compile(r"(?:^|(?<=[,&]\s)|(?<=and\s))(?:[A-Z]\.[\s-]?){1,3}(?=[A-ZÀ-Þ])")


@dataclass(frozen=True, slots=True)
class Work:
    """One work as the text names it."""

    first: str  # its first author, as printed
    others: tuple[str, ...]
    et_al: bool
    year: str

    def __str__(self) -> str:
        """How a message names it."""
        return f"{self.first} {self.year}"


def citations(text: str) -> Iterator[tuple[re.Match[str], list[Work]]]:
    """Yield where works are cited by author and year, in order, with the works."""
    found = [(place, [work for each in CITED.finditer(place[0]) for work in _works(each)]) for place in
             IN_BRACKETS.finditer(text) if ANY_YEAR.search(place[0]) or "n.d." in place[0]]  # fmt: skip
    found += [(place, list(_works(place))) for place in IN_SENTENCE.finditer(text)]
    yield from sorted((each for each in found if each[1]), key=lambda each: each[0].start())


def _works(cited: re.Match[str]) -> Iterator[Work]:
    first = re.sub(r"[’']s?\Z", "", re.sub(r"\s[\[(][A-Z]{2,8}[\])]\Z", "", cited["first"]))
    if MONTH.match(first):
        return
    others = cited["others"]
    named = tuple(name for name in re.split(rf",\s|\s{AND}\s", others) if re.match(rf"{NAME}\Z", name))
    et_al = bool(re.search(r"\bal\b|colleagues|others", others))
    year = ""
    for printed in re.findall(rf"{ONE_YEAR}|\b[a-z]\b", re.sub(r"\b(?:and|&)\b", " ", cited["years"])):
        year = year[:4] + printed if len(printed) == 1 else printed
        yield Work(first, named, et_al, year)


def entries(work: Work, sources: Sequence[PageSource]) -> list[int]:
    """Return the numbers of the sources that a work can be: one where the list tells it apart from all others.

    The first author stands at the beginning of an entry, the year anywhere in it; a letter behind the year, the other
    authors and their number decide between entries that share both. Words before a name that are none of it ("See Lee")
    are left out one by one until an entry is found.
    """
    words = work.first.split()
    for start in range(len(words)):
        by_author = [each for each in sources if _begins_with(each.reference, " ".join(words[start:]))]
        found = _of_year(by_author, work.year)
        if found:
            return [each.number for each in _of_authors(found, work)]
    return []


def keyed(key: str, sources: Sequence[PageSource]) -> list[int]:
    """Return the numbers of the sources that a key made of name, year and perhaps a word ("lee2016calm") can be."""
    found = re.fullmatch(r"([^\W\d_]+(?:[-_][^\W\d_]+)*?)[-_:]?((?:1[6-9]|20)\d\d)([a-z]?)(?:[-_:]?([^\W\d_]*))", key)
    if not found:
        return []
    name, year, letter, word = found.groups()
    by_name = [each for each in sources if _begins_with(each.reference, name)]
    exact = _of_year(by_name, year + letter) if not word else []
    of_year = exact or _of_year(by_name, year)
    titled = [each for each in of_year if _plain(letter + word) in _plain(each.reference)]
    return [each.number for each in (titled or of_year)]


def named(reference: str) -> str:
    """Return how a sentence names the work of an entry, or "" where its author or year cannot be told.

    >>> named("Lee A. Calm. 2016."), named("Lee A, Klee B. Calm. 2016."), named("World Care Union. (2021). Rest.")
    ('Lee (2016)', 'Lee et al. (2016)', 'World Care Union (2021)')
    """
    authors = _authors(reference).strip(" .(")
    body = FIRST_ALONE.fullmatch(authors)
    first, year = body or re.match(NAME, authors), LETTERED_YEAR.search(reference)
    if not first or not year:
        return ""
    return f"{first[0]}{' et al.' if not body and _count(authors) > 1 and BETWEEN.search(authors) else ''} ({year[0]})"


def key_of(reference: str) -> str:
    """Return the key by which `keyed` finds an entry; "" where its author or year cannot be told.

    >>> key_of("Lee A, Klee B. Calm. 2016.")
    'lee2016'
    """
    words = named(reference)
    return f"{words.split()[0].lower()}{words[:-1].rpartition('(')[2]}" if words else ""


def in_words(reference: str, key: str, locator: str | None) -> str:
    """Return what a key in the sentence says, with the place in the work; the key alone where `named` has no words.

    >>> in_words("Lee A. Calm. 2016.", "lee2016", "p. 4"), in_words("A film.", "film", None)
    ('Lee (2016, p. 4)', 'film')
    """
    words = named(reference)
    if not locator:
        return words or key
    return f"{words[:-1]}, {locator})" if words else f"{key} ({locator})"


def _begins_with(reference: str, name: str) -> bool:
    opening, bare = _plain(reference[:200]), _plain(name)
    if bare in opening and re.match(rf"\W*{INITIALS}{re.escape(bare)}\b", opening):
        return True
    if not name.isupper() or len(name) < 2:
        return False
    initials = "".join(word[0] for word in re.findall(r"\b[A-Z]\w*", re.split(r"[.,(]", reference)[0]))
    return name == initials or f"({name})" in reference or f"[{name}]" in reference


def _of_year(sources: Sequence[PageSource], year: str) -> list[PageSource]:
    """Return the sources of a year; a list may leave out the letter behind it."""
    exact = [each for each in sources if re.search(rf"(?<![\d.]){re.escape(year)}(?!\w)", each.reference)]
    if exact or not year[:4].isdigit():
        return exact
    return [each for each in sources if re.search(rf"(?<!\d){year[:4]}(?!\d)", each.reference)]


def _of_authors(sources: Sequence[PageSource], work: Work) -> Sequence[PageSource]:
    """Return the sources that the other authors fit, or all where they fit none, or only a letter tells them apart."""
    if any(re.search(rf"(?<!\d){work.year[:4]}[a-z]\b", each.reference) for each in sources):
        return sources
    authors = {each.number: _authors(each.reference) for each in sources}
    fitting = [
        each
        for each in sources
        if all(_plain(name) in _plain(authors[each.number]) for name in work.others)
        and (work.et_al or _count(authors[each.number]) == len(work.others) + 1)
        and (not work.et_al or _count(authors[each.number]) > len(work.others) + 1)
    ]
    return fitting or sources


def _authors(reference: str) -> str:
    """Return the authors of an entry, as far as they can be told from what stands behind them."""
    return AFTER_AUTHORS.split(LEADING_INITIALS.sub("", reference), maxsplit=1)[0]


def _count(authors: str) -> int:
    """Return how many surnames stand in the authors of an entry."""
    return len(re.findall(rf"{NAME}", re.sub(r"\b(?:and|et al)\b|\b[A-Z]{{1,3}}\b\.?", " ", authors)))


@lru_cache(maxsize=4096)  # each reference is compared with every work that the text names
def _plain(text: str) -> str:
    """Return a text for comparison: small letters, without accents, one form of apostrophe and hyphen."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.sub("[‐‑–]", "-", re.sub("[’ʼ`]", "'", bare)).lower()
