"""Other readings of a text: spoken digits and dates, letters spelled one by one, encoded words, digits for letters.

Each reading is a `View`, so that what is found in it is reported at its place in the text as typed.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from ipt_rag.phi.views import Edit, View

_UNITS = {
    "zero": 0, "oh": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
    "niner": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_NUMBER = "|".join(sorted((*_UNITS, *_TENS), key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?<![a-z])(?:{'|'.join(_REPEATS)}|hundred|thousand|{'|'.join(_ORDINALS)}|{_NUMBER}|(?<=[\s-])o(?=[\s-])|\d{{1,12}})"
    rf"(?:[\s,-]{{0,3}}(?:{'|'.join(_REPEATS)}|hundred|thousand|and(?=\s)|{'|'.join(_ORDINALS)}|{_NUMBER}|o(?=[\s-])|\d{{1,12}})){{0,40}}(?![a-z])",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"{'|'.join(_ORDINALS)}|{_NUMBER}|{'|'.join(_REPEATS)}|hundred|thousand|and|o|\d{1, 12}", re.IGNORECASE
)
_SPOKEN_MARK = re.compile(r"(?<=\d)[\s,]{1,3}(?P<mark>slash|dash|hyphen|minus|point)[\s,]{1,3}(?=\d)", re.IGNORECASE)
_MARKS = {"slash": "/", "dash": "-", "hyphen": "-", "minus": "-", "point": "."}
_SPOKEN_AT = re.compile(r"\s{1,2}at\s?sign\s{1,2}|\s{0,2}[\[({<]\s?at\s?[\])}>]\s{0,2}|(?<=\w)\s{1,2}AT\s{1,2}(?=\w)")
_SPOKEN_MARKS_IN_MAIL = re.compile(
    r"(?<=\w)\s{1,2}(?:(?P<under>underscore)|(?P<dot>dot)|(?P<dash>dash|hyphen))\s{1,2}(?=\w)", re.IGNORECASE
)
# Three or more single characters, each apart: "e l i @", "2 1 9 - 0 9", "J-o-h-n", "S S N".
_SPACED = re.compile(
    r"(?<![^\s(\"':])(?:[^\s]{1,1}[ ]{1,3}){2,60}[^\s](?![^\s?!,.;)])|(?<![\w-])(?:\w[-.*_|]){2,30}\w(?![\w-])"
)
# A number over two or three lines.
_BROKEN = re.compile(
    r"(?<![\d\n])\d[\d.-]{1,15}(?:[ \t]{0,2}\n[ \t]{0,2}[\d.-]{2,16}){1,2}(?![\w%]|[ \t]{0,2}\n[ \t]{0,2}\d)"
)
_TOKEN_64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/_-]{8,400}={0,2}(?![\w+/=])")
_TOKEN_HEX = re.compile(r"(?<![\w])(?:[0-9a-fA-F]{2}){6,200}(?!\w)")
_ENTITY = re.compile(r"&#(?:x([0-9a-fA-F]{2,5})|(\d{2,6}));")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_LEET = re.compile(r"(?<![\w@.])(?=[a-z]{0,12}[0134578$!]{1,3}[a-z])[a-z0134578$!]{3,16}(?![\w@])", re.IGNORECASE)
_LEET_LETTERS = str.maketrans("0134578$!", "oieastbsi")
_OCR = re.compile(r"(?<![A-Za-z])(?=[\dOoIlSB.()-]{0,18}\d)[\dOoIlSB]{1,12}(?:[-.][\dOoIlSB]{2,6}){1,3}(?![A-Za-z])")
_OCR_DIGITS = str.maketrans("OoIlSB", "001158")


def _value(words: list[str]) -> str:
    """Return spoken number words as digits: "three oh five" is 305, "nineteen sixty four" 1964, "hundred and one" 101.

    >>> _value("double five oh ninety three".split()), _value("one hundred and one".split())
    ('55093', '101')
    """
    if len(words) > 6:  # digit by digit, and "nine hundred" among them: the part of a telephone number, no amount
        words = [each for word in words for each in (("zero", "zero") if word == "hundred" else (word,))]
    if "hundred" in words or "thousand" in words:
        total = part = 0
        for word in words:
            if word == "hundred":
                part = max(part, 1) * 100
            elif word == "thousand":
                total, part = total + max(part, 1) * 1000, 0
            elif word.isdigit():
                part += int(word[:12])
            else:
                part += _UNITS.get(word, 0) + _TENS.get(word, 0) + _ORDINALS.get(word, 0)
        return str(total + part)
    pieces: list[str] = []
    repeat, tens = 1, False
    for word in words:
        if word in _REPEATS:
            repeat = _REPEATS[word]
            continue
        if word == "and":
            continue
        unit = _UNITS.get(word, _ORDINALS.get(word, 0 if word == "o" else -1))
        if tens and 0 < unit < 10:
            pieces[-1] = str(int(pieces[-1]) + unit) + ("th " if word in _ORDINALS else "")
            tens = False
            continue
        if word in _ORDINALS:
            pieces.append(f"{unit}th ")
            tens = False
            continue
        tens = word in _TENS
        pieces += [word if word.isdigit() else str(_TENS[word] if tens else max(unit, 0))] * repeat
        repeat = 1
    return "".join(pieces).strip()


def spoken(view: View) -> View:
    """Return the view with number words as digits, and spoken "slash", "dash", "at sign", "underscore" as marks."""
    edits: list[Edit] = []
    for match in _SPOKEN.finditer(view.text):
        words = [word.lower() for word in _WORD.findall(match.group())]
        named = [word for word in words if not word.isdigit()]
        # "one in 5" and "first session 2" stay; a run of digits alone is no spoken number.
        if (
            not named
            or named == ["and"]
            or (len(words) == 1 and named[0] in ("second", "o", "oh", "double", "hundred", "thousand"))
        ):
            continue
        edits.append((match.start(), match.end(), _value(words)))
    view = view.replaced(edits)
    for pattern in (_SPOKEN_MARK, _SPOKEN_AT, _SPOKEN_MARKS_IN_MAIL):
        view = view.replaced([(match.start(), match.end(), _mark(match)) for match in pattern.finditer(view.text)])
    return view


def _mark(match: re.Match[str]) -> str:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "mark" in groups:
        return _MARKS[groups["mark"].lower()]
    return next((sign for name, sign in (("under", "_"), ("dot", "."), ("dash", "-")) if name in groups), "@")


def closed_up(view: View) -> View:
    """Return the view with characters that were typed apart put together; two spaces or more part words."""
    edits: list[Edit] = []
    for match in _SPACED.finditer(view.text):
        whole = match.group()
        start = match.start()
        if " " in whole:
            for gap in re.finditer(r" {1,3}", whole):
                wide = len(gap.group()) > 1
                edits.append((start + gap.start(), start + gap.end(), " " if wide else ""))
        else:
            edits += [(start + place, start + place + 1, "") for place in range(1, len(whole), 2)]
    return view.replaced(edits)


def rejoined(view: View) -> View:
    """Return the view with numbers that were broken over lines in one piece; four lines or more are a table."""
    edits: list[Edit] = []
    for match in _BROKEN.finditer(view.text):
        for gap in re.finditer(r"[ \t]{0,2}\n[ \t]{0,2}", match.group()):
            edits.append((match.start() + gap.start(), match.start() + gap.end(), ""))
    return view.replaced(edits)


def unescaped(view: View) -> View:
    """Return the view with percent escapes, HTML entities and backslash escapes undone."""
    text = view.text
    edits: list[Edit] = []
    if "%" in text:
        for match in re.finditer(r"(?:%[0-9A-Fa-f]{2}){1,40}", text):
            edits.append((match.start(), match.end(), unquote(match.group())))
    if "&#" in text:
        for match in _ENTITY.finditer(text):
            edits.append((match.start(), match.end(), _character(int(match[1], 16) if match[1] else int(match[2]))))
    if "\\" in text:
        for match in _ESCAPED.finditer(text):
            edits.append((match.start(), match.end(), _character(int(match[1] or match[2], 16))))
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return view.replaced(kept)


def _character(number: int) -> str:
    return chr(number) if number < 0x110000 else ""


def unmasked(view: View) -> View:
    """Return the view with digits that stand for letters ("j0hn"), and the reverse ("3O3-555"), undone."""
    edits: list[Edit] = []
    for match in _LEET.finditer(view.text):
        letters = sum(each.isalpha() for each in match.group())
        if letters * 2 >= len(match.group()) and not match.group().isalpha():
            edits.append((match.start(), match.end(), match.group().lower().translate(_LEET_LETTERS)))
    view = view.replaced(edits)
    edits = [
        (match.start(), match.end(), match.group().translate(_OCR_DIGITS))
        for match in _OCR.finditer(view.text)
        if re.search(r"[OoIlSB]", match.group()) and len(re.findall(r"\d", match.group())) >= 4
    ]
    return view.replaced(edits)


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the words of a text that are base64 or hexadecimal for readable text: place and what they say."""
    for match in _TOKEN_64.finditer(text):
        word = match.group().rstrip("=")
        if not re.search(r"[A-Z].{0,400}[a-z]|[a-z].{0,400}[A-Z]", word) and "=" not in match.group():
            continue
        try:
            said = base64.b64decode(
                word.translate(str.maketrans("-_", "+/")) + "=" * (-len(word) % 4), validate=True
            ).decode("utf-8")
        except (binascii.Error, ValueError):
            continue
        if len(said) >= 5 and all(each.isprintable() or each == "\n" for each in said):
            yield match.start(), match.end(), said
    for match in _TOKEN_HEX.finditer(text):
        try:
            said = bytes.fromhex(match.group()).decode("ascii")
        except ValueError:
            continue
        if said.isprintable() and re.search(r"[a-z]", said):
            yield match.start(), match.end(), said


def readings(view: View) -> Iterator[View]:
    """Yield the readings of a view that differ from it: each disguise alone, then one on top of the other."""
    seen = {view.text}
    current = view
    for undo in (unescaped, rejoined, closed_up, spoken, unmasked):
        alone, current = undo(view), undo(current)
        for reading in (alone, current):
            if reading.text not in seen:
                seen.add(reading.text)
                yield reading
