"""What a reader sees, in plain letters: full-width forms, look-alikes and invisible characters undone.

Look-alikes are the Cyrillic and Greek letters, quotes, dashes and spaces that print like an ASCII character; the
table is our own, chosen from Unicode Technical Standard 39. Accents stay, since names carry them.
"""

import unicodedata

from ipt_rag.phi.views import View

_LOOK_ALIKES = dict(
    zip(
        "АВСЕНІЈКМОРЅТХУаеорсухіјѕһԁԛԝѵкмтнвΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονιρυκτεɑɡıⅼℓ",
        "ABCEHIJKMOPSTXYaeopcyxijshdqwvkmthbABEZHIKMNOPTYXaovipukteagill",
        strict=True,
    )
)
_PLAIN = (
    dict.fromkeys("‐‑‒–—―−﹣－⁃", "-")
    | dict.fromkeys("‘’‚‛′`´ʼ＇", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("\u2028\u2029\x85\x0b\x0c\r", "\n")
    | {
        "․": ".",
        "·": ".",
        "∙": ".",
        "⋅": ".",
        "•": ".",
        "。": ".",
        "﹒": ".",
        "﹫": "@",
        "∕": "/",
        "⁄": "/",
        "⧸": "/",
        "꞉": ":",
        "∶": ":",
    }
)
_TABLE = _LOOK_ALIKES | _PLAIN
_INVISIBLE = {"Cf", "Mn", "Cs", "Cc", "Co", "Cn"}


def _plain(character: str) -> str:
    """Return what one character reads as: nothing, itself, or one or more plain characters."""
    if character in _TABLE:
        return _TABLE[character]
    if character in "\n\t":
        return character
    # A combining accent on its own ("e\u0301") is dropped like a zero-width character; "é" as one character stays.
    if unicodedata.category(character) in _INVISIBLE or character in "\u115f\u1160\u3164\u2800":
        return ""
    if character.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", character)
    if folded != character:
        return "".join(_TABLE.get(part, part) for part in folded)
    number = unicodedata.digit(character, -1)  # Arabic-Indic, Devanagari and other digits
    return str(number) if number >= 0 else character


def normalise(text: str) -> View:
    """Return `text` in plain letters; any string is accepted, lone surrogates and control characters too.

    >>> normalise("ＳＳＮ 2１9-0\u200b9").text
    'SSN 219-09'
    """
    if text.isascii() and (text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()):
        return View.of(text)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, character in enumerate(text):
        plain = character if " " <= character <= "~" else _plain(character)
        pieces.append(plain)
        starts += [place] * len(plain)
        ends += [place + 1] * len(plain)
    return View("".join(pieces), starts, ends)
