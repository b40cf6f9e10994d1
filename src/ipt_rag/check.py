"""A quote and the articles -> whether it stands there: exact, changed, misattributed or absent.

Words are compared as printed; only typographic variants of quotation marks, dashes and white space count as the same.
A quote may carry its source numbers as the articles print them (`[4]`, `[LLM]`), in lists and ranges (`[4, 1]`,
`[3–5]`), and, where they can be meant as nothing else, as other pages do: `(4)`, or digits glued to a full stop.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

from ipt_rag.errors import QuestionError
from ipt_rag.plain import plain_text
from ipt_rag.records import Article, Block, PhiFinding
from ipt_rag.sentences import MARKER, split_sentences

Verdict = Literal["exact", "changed", "misattributed", "absent"]
ChangeKind = Literal["digit", "negation", "hedge", "word", "punctuation"]

MAX_FILE = 20_000_000  # bytes of a file of quotes: some hundred thousand of them
MAX_QUOTE = 20_000  # characters; a longer text is an article, not a quote
CHANGED_SHARE = (
    0.6  # of the quote's words that stand there in order: from here on it is a changed quote, not another one
)
CANDIDATES = 5  # blocks compared word by word, those that share most of the quote's rarer words

TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*|[^\w\s]|_")
SAID = r"(?:\d{1,3}|LLM)(?:\s?[,;–-]\s?(?:\d{1,3}|LLM))*"
BRACKETED = re.compile(rf"(?<!\\)\[\s?\^?({SAID})\s?\](?!\()")
# Behind a word or a stop, and before what ends a clause; never glued to a number: "12.4" is one.
OTHERWISE = re.compile(
    rf"(?<=[\w%”\"’')])\s?\((?P<closing>{SAID})\)(?=[.,;:!?]|\s*$)|(?<=[.!?…])\s?\((?P<closed>{SAID})\)(?=\s|$)"
    r"|(?:(?<=[^\W\d][.!?…])|(?<=[.!?…][”\"’')]))\^?(?P<glued>\d{1,3}(?:[,;–-]\d{1,3})*)(?=\s|$)"
    r"|(?:(?<=[a-z]{2})|(?<=[.!?…”\"’')]))(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}(?:[,⁻–][⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})*)(?!\w)"
)
LONGEST_RANGE = 50  # sources that a range spells out; a longer one, or one that runs backwards, is its two ends
SAME = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "−": "-"}
)
NEGATIONS = frozenset(
    "not no never none nor neither without cannot nobody nothing nowhere hardly barely scarcely rarely seldom lacks"
    " lack fails failed".split()
)
HEDGES = frozenset(
    "may might can could would should must will suggest suggests suggested appear appears seem seems likely unlikely"
    " probably possibly perhaps often usually generally typically sometimes mostly some most many few several about"
    " around approximately roughly nearly almost at least up only mainly primarily largely partly modest modestly"
    " moderate promising tentative preliminary potentially consistently always all every any".split()
)
ORDER: tuple[ChangeKind, ...] = ("digit", "negation", "hedge", "word", "punctuation")


@dataclass(frozen=True, slots=True)
class Change:
    """Where quote and article part: what was said, and what is printed; either may be empty."""

    kind: ChangeKind
    said: str
    printed: str


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """The verdict on one quote, and the place in the articles it speaks of."""

    verdict: Verdict
    changes: tuple[Change, ...]  # of a changed quote; digits, negations and hedges first
    said_sources: tuple[str, ...]  # as the quote carries them: "4", "LLM"
    printed_sources: tuple[str, ...]  # own and covering, of the sentences it matches
    article: str  # slug; "" where no article has a word of it
    section: tuple[str, ...]
    text: str  # what is printed there, markers and all
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CheckedQuote:
    """What came of one quote; holds no word of one that was refused."""

    status: Literal["checked", "refused"]
    kinds: tuple[str, ...]  # of identifiers, as shown to the reader, where it was refused
    check: QuoteCheck | None  # None where it was refused


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """What came of one line of many: a verdict, or why there is none; holds no word of a line that was refused."""

    number: int  # from 1
    check: QuoteCheck | None
    kinds: tuple[str, ...]  # of identifiers, as shown to the reader, where the line was refused
    problem: str  # the sentence on a line that is no quote

    @property
    def exact(self) -> bool:
        """Whether the quote stands in the articles as it is, with its sources."""
        return self.check is not None and self.check.verdict == "exact"


class QuoteChecker:
    """Checks quotes against some articles, which it reads into words once."""

    def __init__(self, articles: Iterable[Article]) -> None:
        places = (_place(article, block) for article in articles for block in article.blocks)
        self._places = [place for place in places if place.tokens]
        self._in_blocks = Counter(token for place in self._places for token in place.words)

    def check(self, quote: str) -> QuoteCheck:
        """Return whether a quote stands in the articles, word for word and with its sources.

        Raises:
            QuestionError: the quote has no word, or is longer than any quote.
        """
        refuse_longer(quote)
        readings = _readings(quote)
        if not any(token[0].isalnum() for token in readings[-1].tokens):
            raise QuestionError("The quote has no word. Type or paste the sentence to check.")
        exact = [
            _found(*found, reading.sources, ())
            for reading in readings
            for said in _spellings(reading.tokens)
            for place in self._places
            for found in _standing(said, place)
            if reading == readings[0] or not _number_follows(place, found[2])
        ]
        if exact:
            return min(exact, key=lambda check: check.verdict != "exact")
        return min((self._closest(reading) for reading in readings), key=_weight)

    def _closest(self, reading: "_Reading") -> QuoteCheck:
        """Return what is printed where most of a quote stands that stands nowhere whole."""
        tokens = reading.tokens
        said = tokens[1:-1] if tokens[0] == tokens[-1] == '"' else tokens
        compared = [(_overlap(said, place), place) for place in self._nearest(said)]
        if not compared:
            return QuoteCheck("absent", (), reading.sources, (), "", (), "", 0, 0)
        (share, first, after), place = max(compared, key=lambda each: each[0][0])
        if share < CHANGED_SHARE:
            return _found(place, first, after, reading.sources, (), absent=True)
        changes = tuple(_changes(said, [token for token, _, _ in place.tokens[first:after]]))
        return _found(place, first, after, reading.sources, changes)

    def check_lines(
        self, numbered: Iterable[tuple[int, str]], *, find_phi: Callable[[str], Sequence[PhiFinding]]
    ) -> Iterator[CheckedLine]:
        """Yield what comes of each line; one in which `find_phi` finds anything is not read further."""
        for number, line in numbered:
            try:
                kinds = tuple(finding.kind for finding in find_phi(line))
                yield CheckedLine(number, None if kinds else self.check(line), kinds, "")
            except QuestionError as problem:
                yield CheckedLine(number, None, (), str(problem))

    def _nearest(self, said: list[str]) -> list["_Place"]:
        """Return the blocks that share most of the quote's words, rarer words counting more."""
        words = {token for token in said if token[0].isalnum()}
        scored = [
            (sum(1 / self._in_blocks[token] for token in words & place.words), -index)
            for index, place in enumerate(self._places)
        ]
        best = sorted(scored, reverse=True)[:CANDIDATES]
        return [self._places[-index] for score, index in best if score > 0]


def refuse_longer(quote: str) -> None:
    """Return if a text is no longer than a quote may be.

    Raises:
        QuestionError: it is.
    """
    if len(quote) > MAX_QUOTE:
        raise QuestionError(f"The quote has {len(quote):,} characters; {MAX_QUOTE:,} can be checked. Shorten it.")


def read_quotes(path: Path) -> list[tuple[int, str]]:
    """Return the lines of a file that are not blank, with their numbers from 1.

    Raises:
        QuestionError: it cannot be read, or is no text in UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise QuestionError(f"{path} has {size:,} bytes; a file of quotes may have {MAX_FILE:,}. Split it.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}). Check the name and permissions.") from None
    except UnicodeDecodeError:
        raise QuestionError(f"{path} is not UTF-8 text. Save it as UTF-8 and try again.") from None
    return [(number, line) for number, line in enumerate(re.split(r"\r\n?|\n", text), start=1) if line.strip()]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A quote as words, and the sources that it is taken to name."""

    tokens: list[str]
    sources: tuple[str, ...]


def _readings(quote: str) -> tuple[_Reading, ...]:
    """Return the ways to read a quote's numbers; first the one that takes most for words."""
    readings: list[_Reading] = []
    for patterns in ((MARKER,), (BRACKETED,), (BRACKETED, OTHERWISE)):
        words, sources = quote, list[str]()
        for pattern in patterns:
            sources += [each for found in pattern.finditer(words) for each in _listed(found[found.lastindex or 0])]
            words = pattern.sub(" ", words)
        reading = _Reading(_tokens(plain_text(words)), tuple(dict.fromkeys(sources)))
        if reading not in readings:
            readings.append(reading)
    return tuple(readings)


def _listed(printed: str) -> Iterator[str]:
    """Yield the labels of "4, LLM" and "3–5", ranges spelled out."""
    for first, last in re.findall(r"(\d+|LLM)(?:\s?[–−-]\s?(\d+|LLM))?", unicodedata.normalize("NFKC", printed)):
        if first.isdigit() and last.isdigit() and 0 <= int(last) - int(first) < LONGEST_RANGE:
            yield from map(str, range(int(first), int(last) + 1))
        else:
            yield from filter(None, (str(int(first)) if first.isdigit() else first, last))


def _weight(check: QuoteCheck) -> tuple[bool, int]:
    """Return how far a quote is from what is printed: in number of words, after all that are nowhere at all."""
    return check.verdict == "absent", sum(len(f"{each.said} {each.printed}".split()) for each in check.changes)


@dataclass(frozen=True, slots=True)
class _Place:
    """A block as tokens with their offsets in the article; marker groups left out."""

    article: Article
    block: Block
    tokens: tuple[tuple[str, int, int], ...]
    words: frozenset[str]


def _place(article: Article, block: Block) -> _Place:
    tokens: list[tuple[str, int, int]] = []
    text = article.text
    masked = MARKER.sub(lambda found: " " * len(found[0]), text[block.start : block.end])
    # Escapes and emphasis are blanked, so that offsets stay the article's own.
    masked = re.sub(
        r"\\(?=[!-/:-@\[-`{-~])|\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)", lambda found: " " * len(found[0]), masked
    )
    if block.kind == "row":
        masked = masked.replace("|", " ")
    for found in TOKEN.finditer(masked):
        tokens.append((_folded(found[0]), block.start + found.start(), block.start + found.end()))
    return _Place(article, block, tuple(tokens), frozenset(token for token, _, _ in tokens))


def _folded(token: str) -> str:
    return unicodedata.normalize("NFC", token).translate(SAME)


def _tokens(text: str) -> list[str]:
    return [_folded(found) for found in TOKEN.findall(text.replace("|", " "))]


def _spellings(tokens: list[str]) -> list[list[str]]:
    """Return a quote as typed, without a full stop of the writer's own, and without quotation marks around it all."""
    bare = tokens[1:-1] if len(tokens) > 2 and tokens[0] == tokens[-1] == '"' else tokens
    spellings = [tokens, bare] if bare is not tokens else [tokens]
    return [
        said for whole in spellings for said in ([whole, whole[:-1]] if whole[-1] == "." and whole[1:] else [whole])
    ]


def _standing(said: list[str], place: _Place) -> Iterator[tuple[_Place, int, int]]:
    """Yield where the tokens stand in a block in one run."""
    if not place.words.issuperset(said):
        return
    printed = [token for token, _, _ in place.tokens]
    for first in range(len(printed) - len(said) + 1):
        if printed[first] == said[0] and printed[first : first + len(said)] == said:
            yield place, first, first + len(said)


def _number_follows(place: _Place, after: int) -> bool:
    """Return whether the article prints a number of its own there: then the quote's number is another, not a source."""
    if after == len(place.tokens):
        return False
    token, start, _ = place.tokens[after]
    return token == "(" or (token[0].isdigit() and start == place.tokens[after - 1][2])


def _overlap(said: list[str], place: _Place) -> tuple[float, int, int]:
    """Return the share of the quote's tokens that stand in a block in order, and the stretch where they stand."""
    printed = [token for token, _, _ in place.tokens]
    longest = SequenceMatcher(None, said, printed, autojunk=False).find_longest_match()
    if not longest.size:
        return 0.0, 0, len(printed)
    # Only around the longest run: a "The" of some sentence before would stretch the quote over all between.
    slack = len(said) // 2 + 3
    opening = max(0, longest.b - longest.a - slack)
    around = printed[opening : longest.b - longest.a + len(said) + slack]
    matching = SequenceMatcher(None, said, around, autojunk=False).get_matching_blocks()[:-1]  # the last is empty
    first, last = max(0, opening + matching[0].b - matching[0].a), matching[-1]
    after = min(len(printed), opening + last.b + len(said) - last.a)
    return sum(each.size for each in matching) / len(said), first, max(after, first + 1)


def _changes(said: list[str], printed: list[str]) -> list[Change]:
    changes = [
        Change(_kind(said[a:b], printed[c:d]), " ".join(said[a:b]), " ".join(printed[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, said, printed, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
    return sorted(changes, key=lambda change: ORDER.index(change.kind))


def _kind(said: Iterable[str], printed: Iterable[str]) -> ChangeKind:
    parted = Counter(said), Counter(printed)
    words = {word.lower() for word in ((parted[0] - parted[1]) | (parted[1] - parted[0]))}
    if any(word[0].isdigit() for word in words):
        return "digit"
    if words & NEGATIONS or any(word.endswith(("n't", "n’t")) for word in words):
        return "negation"
    if words & HEDGES:
        return "hedge"
    return "word" if any(word[0].isalnum() for word in words) else "punctuation"


def _found(
    place: _Place, first: int, after: int, said: tuple[str, ...], changes: tuple[Change, ...], *, absent: bool = False
) -> QuoteCheck:
    start, end = place.tokens[first][1], place.tokens[min(after, len(place.tokens)) - 1][2]
    touched = [each for each in split_sentences(place.article, place.block) if each.start < end and start < each.end]
    numbers = dict.fromkeys(str(number) for each in touched for number in (*each.own, *each.covering))
    printed = (*numbers, *(["LLM"] if any(each.own_llm or each.covering_llm for each in touched) else []))
    verdict: Verdict = "changed" if changes else "exact" if set(said) <= set(printed) else "misattributed"
    if absent:
        verdict, start, end = "absent", touched[0].start, touched[-1].end
    return QuoteCheck(
        verdict=verdict,
        changes=changes,
        said_sources=said,
        printed_sources=printed,
        article=place.article.slug,
        section=place.block.section,
        text=place.article.text[start:end],
        start=start,
        end=end,
    )
