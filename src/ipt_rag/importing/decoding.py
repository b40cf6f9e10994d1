"""Bytes of a file -> text, or one sentence that says why not."""

import codecs
import re

from ipt_rag.errors import ImportRefusedError

MAX_BYTES = 20_000_000  # some 3 million words: more is no article
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
IN_WORD = re.compile(rb"[A-Za-z][\x80-\x91\x93-\x9f][a-z]")  # 0x92 is the apostrophe of Windows-1252
SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)


def decode_text(data: bytes, name: str) -> str:
    """Return the text of a file, its line ends made one sign, without a byte order mark.

    Raises:
        ImportRefusedError: empty, too large, binary, or in an encoding that we do not guess at.
    """
    check_size(data, name)
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise ImportRefusedError(f"{name} is {what}, not text. Save it under its own ending and add it again.")
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding, name)
    if b"\0" in data and not _is_utf16(data):
        raise ImportRefusedError(
            f"{name} is a binary file, not text. Add a page saved as text, HTML, Markdown or DOCX."
        )
    if b"\0" in data:
        raise ImportRefusedError(f"{name} is not UTF-8 text (perhaps UTF-16). Save it as UTF-8, then add it.")
    return _decode(data, "utf-8", name)


def _is_utf16(data: bytes) -> bool:
    """Return whether every other byte is mostly zero, as in Latin text of two bytes a sign, and no byte between is."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    return min(even, odd) == 0 and max(even, odd) * 4 > len(data)


def check_size(data: bytes, name: str) -> None:
    """Refuse a file with nothing in it, and one larger than any article.

    Raises:
        ImportRefusedError: empty or too large.
    """
    if not data.strip():
        raise ImportRefusedError(f"{name} is empty. Save the page again and add it then.")
    if len(data) > MAX_BYTES:
        raise ImportRefusedError(f"{name} has {len(data):,} bytes; a page may have {MAX_BYTES:,}. Split it.")


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportRefusedError(
            f"{name}:{line}: is not {encoding.upper()} text (perhaps {_guess(data)}). Save it as UTF-8, then add it."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := CONTROL.search(text):
        control, line = found[0], text.count("\n", 0, found.start()) + 1
        raise ImportRefusedError(
            f"{name}:{line}: holds the control character U+{ord(control):04X}, which text has not. Save the page again."
        )
    if not text.strip():
        raise ImportRefusedError(f"{name} holds nothing but white space. Save the page again and add it then.")
    return text


def _guess(data: bytes) -> str:
    """Return the likely encoding of bytes that are not UTF-8.

    Windows-1252 has its quotes and dashes at 0x80 to 0x9F, where ISO 8859-1 has control characters that no page holds,
    and Mac Roman its accented letters, which stand inside words.
    """
    if not any(0x80 <= byte <= 0x9F for byte in data):
        return "ISO 8859-1"
    if any(byte in data for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)):
        return "Mac Roman or an East Asian encoding"
    return "Mac Roman" if IN_WORD.search(data) else "Windows-1252"
