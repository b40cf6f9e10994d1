"""The citation grammar, one for all formats: a page's block -> its words, with marker groups between them.

Printed markers come as digits glued to the end of a sentence (`symptoms.41`), in brackets (`[3, 5–7]`), raised,
behind a caret, as links to the list of sources, and as the tag `LLM`. Digits are read against the page's own list;
where they can be read in two ways, or not at all, nothing is guessed: `ImportRefusedError` names the choices.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.author_year import KEY, NARRATED, citations, entries, in_words, key_of, keyed
from ipt_rag.importing.measures import NEAR, is_exponent, is_typed_exponent, statistic
from ipt_rag.importing.page import Counted, Doubt, PageBlock, PageSource, Run, Runs, place

Assume = Literal["whole", "split", "decimal", "marker"]


@dataclass(frozen=True, slots=True)
class Group:
    """Markers that stand together: source numbers in printed order, and the LLM tag."""

    numbers: tuple[int, ...]
    llm: bool


Marked = tuple[str | Group, ...]  # words and the groups between them; no group first, no two beside each other

GLUED_INSIDE = "digits glued to a word: kept as printed, not as a marker"
POWER = "a caret behind a number or unit: kept as an exponent, not as a marker"
STATISTICAL = "numbers in brackets that belong to a statistic: kept as printed, not as a marker"

CLOSERS = "”\"’'»)\\]"
NUMBER = r"\d{1,3}"
LISTED = rf"{NUMBER}(?:\s?[,;–-]\s?{NUMBER})*"
GLUED_LIST = rf"\d{{1,9}}(?:[,;–-]{NUMBER})*"
OPENER = r"[\"“‘'(\[—–]*[A-Z0-9À-ÖØ-Þ]"
# A group under way is held in the text as \x01, its place in the list of groups, \x02: text has no such characters.
HELD = "\x01\\d+\x02"
AT_END = rf"(?=\s*$|\s+{OPENER}|\s*\x01)"

# What a reader of lines may meet behind the last word or full stop of a block.
# Possessive, so that a long run of digits is walked through once.
PRINTED = r"(?:\s?\[\^?[\d,;\s–-]++\]|\s?\([\d,;\s–-]++\)|\s?\^?\d[\d,–-]*+|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻,]++)*+(?:\s+\[?LLM\]?)?"
BRACKETED = re.compile(rf"\[\^?({LISTED})\]")
REFERRED = re.compile(rf"[\[(](?:see\s|cf\.?\s)?(?:refs?\b\.?|references?)\s?({LISTED})[\])]", re.IGNORECASE)
# The page that a wiki prints behind its marker: ".[1]: 12 It …".
PAGE_BEHIND = re.compile(rf"(?<=[.!?…{CLOSERS}])(\[{NUMBER}\]):\s?\d{{1,4}}(?:[–-]\d{{1,4}})?(?=\s|$)")
PARENTHESISED = re.compile(rf"(?:(?<=[\w.!?”\"’'%)])\s|(?<=[^\W\d])|(?<=[.!?”\"’'%)]))\(({LISTED})\)(?=[.,;:!?]|\s|$)")
TAGGED = re.compile(r"\[LLM\]")
CARET = re.compile(rf"(?<=[\w.!?…,;:%{CLOSERS}])\s?\^({LISTED})(?:\^|(?!\w))")
RAISED_SIGNS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁾⁽", "0123456789-)(")
RAISING_SIGNS = str.maketrans("0123456789-–−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻⁺")
RAISING_LETTERS = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
RAISED = re.compile(r"(?<=[a-z.!?…,;:”’\")])([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,9}(?:[,⁻–˒]\s?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}){0,40})(?!\w)")
# Behind a word, or what closes one: in "p = .03" the point opens a number.
AFTER_SENTENCE = re.compile(
    rf"(?<=[^\s=<>≤≥±~≈(\[])(?P<closing>[.!?…][{CLOSERS}]*)(?P<run>{GLUED_LIST})(?P<more>[{CLOSERS}]*){AT_END}"
)
AFTER_CLAUSE = re.compile(rf"(?<=[^\W\d_])(?P<closing>[{CLOSERS}]*[,;])(?P<run>{GLUED_LIST})(?P<more>)(?=\s+[^\W\d])")
AFTER_LAST_WORD = re.compile(rf"(?P<closing>[^\W\d_][{CLOSERS}%]*:?)(?P<run>{GLUED_LIST})(?P<more>)(?=(?:\s+LLM)?\s*$)")
GLUED_BEFORE_STOP = re.compile(
    rf"(?<![\w-])(?P<word>[^\W\d_]*[a-zß-ÿ]{{3}})(?P<run>{GLUED_LIST})(?:(?P<stop>(?=[.!?…;:)][{CLOSERS}]*(?:\s|$)))|(?=,?\s+[a-z]))"
)
INSIDE_SENTENCE = re.compile(
    r"(?<![\w-])(?:[a-z]{4,}|(?:1[5-9]|20)\d\d\.)\d{1,3}(?=[.,;:!?)]*\s+[a-z]|[.,;:!?)]+(?:\s|$))"
)
TAG_AFTER_SENTENCE = re.compile(rf"(?<=[.!?…{CLOSERS}\x02])\s+LLM{AT_END}")
TAG_BEFORE_STOP = re.compile(r"(?<=\x02)\s+LLM(?=[.!?…])")
TAG_AFTER_LAST_WORD = re.compile(r"(?<=\w)\s+LLM\s*$")
# Works named in brackets, each linked to its entry: "(Lee 2016\x010\x02; Klee 2018\x011\x02)".
CITED_IN_BRACKETS = re.compile(rf"\([^()]*?\d{{4}}[a-z]?\s?{HELD}[^()]*\)")
KEYED = re.compile(r"\[[^\[\]@\n]{0,40}(?<![\w.])@\w[^\[\]\n]{0,200}\]")
# What editors of wikis raise behind a sentence that they question.
EDITORS_MARK = re.compile(
    r"\s?\[(?:[\w\s-]{0,30}\bneeded|(?:who|when|where|which|why|how|by whom|according to whom)\?|failed verification"
    r"|dubious[^\]]{0,20}|original research\??|undue[^\]]{0,20}|vague|update)\]",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
END = 200  # characters in which the last word of a block stands, its marker and tag behind it
MAX_CHOICES = 5  # entries of the list that a message names
CONTEXT = 12  # characters before a raised number that tell an exponent from a marker
HELD_NEXT = re.compile("\x01")
HELD_RANGE = re.compile(rf"{HELD}\s?[–-]\s?{HELD}")
HELD_IN_BRACKETS = re.compile(rf"[\[(]\s?({HELD}(?:[,;\s]*{HELD})*)\s?[\])]")
LABEL = re.compile(r"\d{1,3}|[*†‡§]|[a-z]|note \d+", re.IGNORECASE)
WHOLE = re.compile(LISTED)
HELD_PLACE = re.compile("\x01(\\d+)\x02")
HELD_RUN = re.compile(rf"((?:\s*+{HELD}(?:[,;](?=\s*\x01))?)++)")
HELD_BEFORE_STOP = re.compile(
    rf"(?<![\x02\s])\s*+((?:{HELD}[,;\s]*+)++)(?<![,;\s])([.!?…]+[{CLOSERS}]*(?=\s|$|\x01)|:\s*$)"
)

SIGNED = re.compile(r"[=<>≤≥±~≈$€£#]\s*[-–−+]?[\d.,]*\Z")
STATISTIC = re.compile(r"(?:^|[^\w])(?:a?OR|[HRI]RR?|S?MD|CI|S[DE]|M|AUC|NN[TH]|ES|[dgrtFpzRNn])\s(?:of\s)?[\d.,]*\Z")
OPENS_WITH_NUMBER = re.compile(r"\s+[(\[–—-]?\d")
YEAR = re.compile(r"(?:^|[^\d.])(?:1[5-9]|20)\d\d\Z")
SCORE_NAME = re.compile(r"[^\W\d_]{2,}[-–]?\d+\Z")
ADDRESS = re.compile(r"://|www\.|@|\w\.[a-z]{2,}/")
BEFORE_NUMBER = re.compile(
    r"(?:^|[^\w])(?:nos?|pp?|vols?|figs?|tabs?|chs?|secs?|eqs?|art|v|ver|ca?|approx)\Z", re.IGNORECASE
)
ABBREVIATED_NAMES = re.compile(r"\bet al\Z")
FUNCTION_WORD = re.compile(
    r"\b(?:an?|the|this|that|each|every|any|no|by|with|of|from|for|in|on|to|and|or|as|per|via|into|using|than)\s*\Z",
    re.I,
)


class Hold(Protocol):
    """Takes the markers of a group under way and returns what stands for it in the text."""

    def __call__(self, numbers: tuple[int, ...], llm: bool = False) -> str:
        """Hold source numbers and the LLM tag."""


class Grammar:
    """Reads the markers of one page against that page's sources."""

    def __init__(
        self,
        name: str,
        sources: Sequence[PageSource],
        blocks: Sequence[PageBlock],
        assume: Collection[Assume],
        counted: Counted = "line",
    ):
        self.name = name
        self.counted = counted
        self.sources = sources
        self.known = frozenset(source.number for source in sources)
        self.anchors = {source.anchor: source.number for source in sources if source.anchor}
        self.assume = assume
        self.assumed: set[Assume] = set()  # what of it decided anything
        self.doubts: list[Doubt] = []
        texts = [block.text for block in blocks]
        self.words = frozenset(re.findall(r"[^\W\d_]+(?=[^\w-]|$)", "\n".join(texts)))
        # A page that prints numbers means no more by a number in brackets or an author's year than it says.
        self.numbered = any(_prints_numbers(block) for block in blocks)
        # Brackets, carets, raised digits or links: such a page glues no digits to a number.
        glued = any(_certainly_glued(text) for text in texts)
        self.set_apart = not glued and (self.numbered or self._links(blocks) or self._names_authors(texts))
        self.parted = any(not found[1].isdigit() for text in texts for found in RAISED.finditer(text))
        self.before_stops = not self.numbered and self._before_stops(texts)
        self.numbered |= self.before_stops
        self.parenthesised = self._parenthesised(texts)
        # "LLM" is a tag only on a page that ends blocks with it; elsewhere it is a word.
        self.tags = any(
            re.search(rf"(?:[.!?…][{CLOSERS}]*|[\])⁰¹²³⁴⁵⁶⁷⁸⁹])\^?[\d,–-]*\s+LLM\s*$", text) for text in texts
        )

    def decode(self, block: PageBlock) -> tuple[Marked, ...]:
        """Return the cells of a block with their marker groups.

        Raises:
            ImportRefusedError: a number can be read in two ways, or stands for no source.
        """
        return tuple(self._cell(runs, block) for runs in block.cells)

    def _cell(self, runs: Runs, block: PageBlock) -> Marked:
        held: list[Group] = []

        def hold(numbers: tuple[int, ...], llm: bool = False) -> str:
            held.append(Group(numbers, llm))
            return f"\x01{len(held) - 1}\x02"

        text = ""
        for run in runs:
            text += self._run(run, text[-CONTEXT:], block, hold)
        # What a text holds no sign of is not looked for: most sentences have no marker.
        if "[" in text or "(" in text:
            text = self._bracketed(text, block, held, hold)
        elif "\x01" in text:
            text = HELD_RANGE.sub(lambda found: self._range(found, held, block, hold), text)
        if "@" in text:
            text = NARRATED.sub(lambda found: self._narrated(found, hold), text)
        if block.kind != "heading" and not self.numbered and not self.parenthesised:
            text = self._authors(text, block, hold)
        if "^" in text:
            text = CARET.sub(lambda found: self._typed(found, block, hold), text)
        if not text.isascii():
            text = RAISED.sub(lambda found: self._raised(found, block, hold), text)
        if block.kind != "heading":
            text = self._digits(text, block, hold)
        if self.tags and "LLM" in text:
            text = TAG_BEFORE_STOP.sub(lambda found: hold((), True), text)
            text = TAG_AFTER_SENTENCE.sub(lambda found: hold((), True), text)
            if not FUNCTION_WORD.search(text.rstrip().removesuffix("LLM")[-END:]):
                text = TAG_AFTER_LAST_WORD.sub(lambda found: hold((), True), text)
        return _settle(text, held)

    def _bracketed(self, text: str, block: PageBlock, held: Sequence[Group], hold: Hold) -> str:
        """Return a text with all markers that stand in brackets held."""
        text = EDITORS_MARK.sub("", text)
        if "\x01" in text:
            text = HELD_RANGE.sub(lambda found: self._range(found, held, block, hold), text)
            text = HELD_IN_BRACKETS.sub(r"\1", text)
            text = CITED_IN_BRACKETS.sub(lambda found: _held_behind(found[0]), text)
        text = KEYED.sub(lambda found: hold(self._keyed(found, block)), text)
        text = REFERRED.sub(lambda found: hold(self._listed(found[1], found, block)), text)
        text = PAGE_BEHIND.sub(r"\1", text)
        text = BRACKETED.sub(lambda found: self._in_brackets(found, block, hold), text)
        text = HELD_RANGE.sub(lambda found: self._range(found, held, block, hold), text)
        if self.parenthesised:
            text = PARENTHESISED.sub(lambda found: self._in_brackets(found, block, hold), text)
        return TAGGED.sub(lambda found: hold((), True), text)

    def _run(self, run: Run, before: str, block: PageBlock, hold: Hold) -> str:
        """Return a run's text, or the held group that it stands for; `before` is what the runs before it became."""
        label = run.text.strip().strip("[]()^,; ")
        if run.target in self.anchors and label:
            marker = hold((self.anchors[run.target],))
            return marker if LABEL.fullmatch(label) else run.text + marker  # an author and year are words, and stay
        if not run.raised:
            return run.text
        if before.endswith("\x02") and label.startswith(":"):
            return ""  # the page number that a wiki raises behind its marker
        if before.endswith("\x02") and not label.strip("–-‐"):
            return run.text  # what parts raised numbers
        raised = WHOLE.fullmatch(label) if not is_exponent(before) else None
        if raised:
            return hold(self._listed(label, raised, block))
        if len(label) == 1 and label.isalpha() and before[-1:].isalpha():
            return run.text.translate(RAISING_LETTERS)  # a table's note: else a letter of the word
        return run.text.translate(RAISING_SIGNS)  # 10³ would else be read as 103

    def _parenthesised(self, texts: Sequence[str]) -> bool:
        """Return whether the page cites with "(4)": no other numbers do, and all that stand so are in its list."""
        listed = [found[1] for text in texts for found in PARENTHESISED.finditer(text) if _statistic(found) == "no"]
        inside = all(int(number) in self.known for printed in listed for number in re.findall(r"\d+", printed))
        return len(listed) > 1 and inside and not self.numbered

    def _links(self, blocks: Sequence[PageBlock]) -> bool:
        return any(run.target in self.anchors for block in blocks for cell in block.cells for run in cell if run.target)

    def _names_authors(self, texts: Sequence[str]) -> bool:
        """Return whether the page cites by author and year, of which at least one is in its list."""
        return any(
            entries(work, self.sources)
            for text in texts
            for _, works in citations(text)
            for work in works
            if self.known
        )

    def _before_stops(self, texts: Sequence[str]) -> bool:
        """Return whether the page glues numbers to words before the stop ("mood4."): two do, all in its list."""
        runs = {
            found["run"] for text in texts for found in GLUED_BEFORE_STOP.finditer(text) if found["stop"] is not None
        }
        return len(runs) > 1 and all(self._readings(run) and self._in_list(run) for run in runs)

    def _in_list(self, run: str) -> bool:
        return run.isdigit() or all(int(number) in self.known for number in re.findall(r"\d+", run))

    def _before_stop(self, found: re.Match[str], block: PageBlock, hold: Hold) -> str:
        """Return a held group for "mood4."; inside a sentence only behind a word that the page also prints alone."""
        if found["stop"] is None and found["word"] not in self.words:
            return self._doubt(found, block)
        return found["word"] + hold(self._glued(found["run"], found, block))

    def _authors(self, text: str, block: PageBlock, hold: Hold) -> str:
        """Return text with a held group behind every author and year; the words themselves stay."""
        for cited, works in reversed(list(citations(text)) if self.known else []):
            numbers: list[int] = []
            for work in works:
                found = entries(work, self.sources)
                if len(found) > 1 and found[0] not in numbers:
                    choices = ", or ".join(f"source {number}" for number in found)
                    raise self._refusal(cited, block, f"“{work}” can be {choices}", "Tell the years apart.")
                numbers += found
            if not numbers:
                self._doubt(cited, block, "author and year that match no source: kept as words")
            elif not HELD_NEXT.match(text, cited.end()):
                text = text[: cited.end()] + hold(tuple(dict.fromkeys(numbers))) + text[cited.end() :]
        return text

    def _keyed(self, found: re.Match[str], block: PageBlock) -> tuple[int, ...]:
        """Return the sources that keys such as "[@lee2016; @klee2018]" name by author and year."""
        numbers: list[int] = []
        for key in KEY.findall(found[0]):
            fitting = keyed(key, self.sources)
            if len(fitting) != 1:
                choices = (
                    f"can be {', or '.join(f'source {each}' for each in fitting)}" if fitting else "names no source"
                )
                listed = [f"{each.number} [@{key_of(each.reference)}]" for each in self.sources[:MAX_CHOICES]]
                more = [f"{len(self.sources) - MAX_CHOICES} more"] if len(self.sources) > MAX_CHOICES else []
                has = f"The list has {', '.join([*listed, *more])}" if listed else "It has no list of sources"
                problem = f"“{found[0]}” cites the key {key}, which {choices}"
                raise self._refusal(found, block, problem, f"{has}. Mend the key, or open its entry with the key.")
            numbers += fitting
        return tuple(dict.fromkeys(numbers))

    def _narrated(self, found: re.Match[str], hold: Hold) -> str:
        """Return author and year for a key in the sentence that names one source, its number behind them."""
        fitting = keyed(found["key"], self.sources)
        if len(fitting) != 1:
            return found[0]
        reference = next(each.reference for each in self.sources if each.number == fitting[0])
        return in_words(reference, found["key"], found["locator"]) + hold((fitting[0],))

    def _typed(self, found: re.Match[str], block: PageBlock, hold: Hold) -> str:
        """Return a held group for "^4"; the exponent of a number or unit ("m^2") stays, and is reported."""
        if is_typed_exponent(_before(found)):
            return self._doubt(found, block, POWER)
        return hold(self._listed(found[1], found, block))

    def _in_brackets(self, found: re.Match[str], block: PageBlock, hold: Hold) -> str:
        """Return a held group for "[3, 5]"; degrees of freedom and intervals stay, and are reported."""
        verdict = _statistic(found)
        if verdict == "doubtful":
            problem = f"“{found[1]}” can be read as numbers of a statistic or as a marker"
            verdict = "no" if self._assumed_marker(found, block, problem) else "yes"
        if verdict == "yes":
            return self._doubt(found, block, STATISTICAL)
        return hold(self._listed(found[1], found, block))

    def _raised(self, found: re.Match[str], block: PageBlock, hold: Hold) -> str:
        """Return a held group for "⁴,⁵"; the exponent of a unit ("m²") stays as it is."""
        if is_exponent(_before(found)):
            return found[0]
        run = found[1].translate(RAISED_SIGNS)
        # A page that parts raised numbers anywhere ("¹,²") means 12 by "¹²".
        whole = self.parted and run.isdigit() and int(run) in self.known
        return hold((int(run),) if whole else self._glued(run, found, block))

    def _range(self, found: re.Match[str], held: Sequence[Group], block: PageBlock, hold: Hold) -> str:
        """Return a held group for "3–5" whose ends are links of their own."""
        first, last = (held[int(place)].numbers for place in HELD_PLACE.findall(found[0]))
        if len(first) != 1 or len(last) != 1 or last[0] <= first[0]:
            return found[0]
        return hold(self._listed(f"{first[0]}–{last[0]}", found, block))

    def _digits(self, text: str, block: PageBlock, hold: Hold) -> str:
        def replace(found: re.Match[str]) -> str:
            if not self._is_marker(found, block):
                return found[0]
            return found["closing"] + found["more"] + hold(self._glued(found["run"], found, block))

        if not DIGIT.search(text):
            return text
        if self.before_stops:
            text = GLUED_BEFORE_STOP.sub(lambda found: self._before_stop(found, block, hold), text)
        text = AFTER_SENTENCE.sub(replace, text)
        text = AFTER_CLAUSE.sub(
            lambda found: replace(found) if self._readings(found["run"]) else self._doubt(found, block), text
        )
        head, tail = text[:-END], text[-END:]
        text = head + AFTER_LAST_WORD.sub(
            lambda found: replace(found) if self._after_word(found, block) else found[0], tail
        )
        for found in INSIDE_SENTENCE.finditer(text):
            self._doubt(found, block)
        return text

    def _is_marker(self, found: re.Match[str], block: PageBlock) -> bool:
        """Return whether digits behind punctuation close a sentence; else they belong to a number, page or address."""
        start = found.start("closing")
        before = found.string[max(0, start - 80) : start]  # a number's context is near, and a block may be long
        word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :].lstrip("(“‘\"'[")
        if ADDRESS.search(word) or not found["closing"].startswith("."):
            return not ADDRESS.search(word)
        if not before[-1:].isdigit():
            return not (found["closing"] == "." and BEFORE_NUMBER.search(before))
        if found["closing"] != ".":
            return True  # "in 1974).6": a decimal has no bracket or quote inside
        if YEAR.search(word) or SCORE_NAME.search(word):
            return True  # 1974.6 is no measure, and a score's name has no decimals
        if SIGNED.search(before) or "." in word or word.startswith("0") or word == before.strip():
            return False
        if self.set_apart or STATISTIC.search(before) or OPENS_WITH_NUMBER.match(found.string, found.end()):
            return False  # "OR 1.8 (1.1–2.9)"; and a page that sets its markers apart glues none to a number
        if not self._readings(found["run"]):
            return False
        problem = f"“{word}.{found['run']}” can be read as a decimal number or as {word} closed by a marker"
        return self._assumed_marker(found, block, problem)

    def _assumed_marker(self, found: re.Match[str], block: PageBlock, problem: str) -> bool:
        """Return what the person said of numbers that may be a marker.

        Raises:
            ImportRefusedError: nothing was said.
        """
        for assume in ("decimal", "marker"):
            if assume in self.assume:
                self.assumed.add(assume)
                return assume == "marker"
        raise self._refusal(found, block, problem, "Say which with --assume decimal or --assume marker.")

    def _after_word(self, found: re.Match[str], block: PageBlock) -> bool:
        """Return whether digits behind the last word of a block are a marker, not the end of a name (PHQ9, B12)."""
        word = re.split(r"[\s(“‘\"'/-]", found.string[: found.end("closing")].rstrip(f"{CLOSERS}%:"))[-1]
        if found["closing"][0] != word[-1:] or re.search(r"[a-z]{2}\Z", word):
            return bool(word) or found["closing"] != ""
        if word in self.words and len(word) > 1:
            return True  # "CBT4" on a page that also speaks of CBT
        self._doubt(found, block)
        return False

    def _listed(self, printed: str, found: re.Match[str], block: PageBlock) -> tuple[int, ...]:
        """Return the numbers of "3, 5–7", ranges spelled out.

        Raises:
            ImportRefusedError: one of them is no source of the page.
        """
        numbers: list[int] = []
        for first, last in re.findall(r"(\d+)(?:\s?[–-]\s?(\d+))?", printed):
            numbers.extend(range(int(first), int(last or first) + 1))
        unknown = [number for number in numbers if number not in self.known]
        if unknown or not numbers:
            raise self._refusal(found, block, f"“{printed}” names a source that the page does not list", self._has())
        return tuple(dict.fromkeys(numbers))

    def _glued(self, run: str, found: re.Match[str], block: PageBlock) -> tuple[int, ...]:
        if not run.isdigit():
            return self._listed(run, found, block)
        readings = self._readings(run)
        for assume in ("whole", "split"):
            if len(readings) > 1 and assume in self.assume:
                pick = min if assume == "whole" else max
                fewest_or_most = pick(len(reading) for reading in readings)
                readings = [reading for reading in readings if len(reading) == fewest_or_most]
                self.assumed.add(assume)
        if not readings:
            raise self._refusal(found, block, f"“{run}” stands for no source", self._has())
        if len(readings) > 1:
            choices = ", or ".join(" and ".join(map(str, reading)) for reading in readings)
            raise self._refusal(
                found, block, f"“{run}” can be read as {choices}", "Say which with --assume whole or --assume split."
            )
        return readings[0]

    def _readings(self, run: str) -> list[tuple[int, ...]]:
        """Return every way to part digits into source numbers, each number once."""
        if not run.isdigit():
            return [tuple(int(number) for number in re.findall(r"\d+", run))] if self.known else []
        return list(_partings(run, self.known, ()))

    def _has(self) -> str:
        if not self.known:
            return "It has no list of sources: add the list to the file, numbered, under a heading such as Sources."
        return f"Its sources are {min(self.known)} to {max(self.known)}: mend the number or the list."

    def _doubt(self, found: re.Match[str], block: PageBlock, problem: str = GLUED_INSIDE) -> str:
        self.doubts.append(Doubt(block.line, _around(found), problem))
        return found[0]

    def _refusal(self, found: re.Match[str], block: PageBlock, problem: str, way_out: str) -> ImportRefusedError:
        where = place(self.name, block.line, self.counted)
        return ImportRefusedError(f"{where}: {problem}, in “{_around(found)}”. {way_out}")


def _prints_numbers(block: PageBlock) -> bool:
    """Return whether a block holds a marker that can be nothing else."""
    text = block.text
    if any(_statistic(found) == "no" for found in BRACKETED.finditer(text)):
        return True
    if any(not is_typed_exponent(_before(found)) for found in CARET.finditer(text)):
        return True
    if any(not is_exponent(_before(found)) for found in RAISED.finditer(text)):
        return True
    if _certainly_glued(text):
        return True
    for cell in block.cells:
        before = ""
        for run in cell:
            if run.raised and WHOLE.fullmatch(run.text.strip().strip("[]()^,; ")) and not is_exponent(before):
                return True
            before = (before + run.text)[-CONTEXT:]
    return False


def _before(found: re.Match[str]) -> str:
    """Return the characters before a match that tell what it is."""
    return found.string[max(0, found.start() - NEAR) : found.start()]


def _statistic(found: re.Match[str]) -> Literal["no", "yes", "doubtful"]:
    text = found.string
    return statistic(
        text[max(0, found.start(1) - NEAR) : found.start(1)], found[1], text[found.end(1) : found.end(1) + 8]
    )


def _certainly_glued(text: str) -> bool:
    """Return whether digits are glued to the end of a sentence that no number ends: those may be decimals."""
    for found in AFTER_SENTENCE.finditer(text):
        before = text[max(0, found.start() - 80) : found.start("closing")]
        abbreviated = found["closing"] == "." and BEFORE_NUMBER.search(before)
        if not before[-1:].isdigit() and not abbreviated and not ADDRESS.search(before.rpartition(" ")[2]):
            return True
    return False


def _held_behind(bracket: str) -> str:
    """Return "(Lee 2016 [held])" with its held groups behind the bracket, so that the words stand as printed."""
    return re.sub(rf"\s*{HELD}", "", bracket) + "".join(f"\x01{each}\x02" for each in HELD_PLACE.findall(bracket))


def _partings(run: str, known: frozenset[int], taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not run:
        yield taken
    if run.startswith("0"):
        return
    for length in range(1, min(3, len(run)) + 1):
        number = int(run[:length])
        if number in known and number not in taken:
            yield from _partings(run[length:], known, (*taken, number))


def _around(found: re.Match[str]) -> str:
    """Return the words around a match, for a message."""
    start, end = max(0, found.start() - 40), min(len(found.string), found.end() + 25)
    return re.sub(HELD, "", found.string[start:end]).replace("\n", " ").strip()


def _settle(text: str, held: Sequence[Group]) -> Marked:
    """Return words and groups: groups that touch become one, and one before closing punctuation moves behind it."""
    text = HELD_BEFORE_STOP.sub(r"\2\1", text)
    marked: list[str | Group] = []
    for piece in HELD_RUN.split(text):
        places = HELD_PLACE.findall(piece)
        if places:
            groups = [held[int(place)] for place in places]
            numbers = tuple(dict.fromkeys(number for group in groups for number in group.numbers))
            marked.append(Group(numbers, any(group.llm for group in groups)))
        elif piece.strip():
            marked.append(piece)
    return tuple(marked)


def count_groups(cells: Iterable[Marked]) -> Mapping[str, int]:
    """Return how many groups carry numbers and how many the LLM tag."""
    groups = [piece for cell in cells for piece in cell if isinstance(piece, Group)]
    return {"numbers": sum(bool(group.numbers) for group in groups), "llm": sum(group.llm for group in groups)}
