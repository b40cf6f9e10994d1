"""A Word file -> `Page`, by way of HTML; the door to mammoth, which keeps headings, lists, tables, notes and more."""

import io
import re
import zipfile

import mammoth  # type: ignore[import-untyped]  # ships no types

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.bounded import converted
from ipt_rag.importing.decoding import check_size
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page

MAX_UNPACKED = 100_000_000  # bytes of all parts together: a text of 20 MB packs some five times
QUICK = 1_000_000  # bytes of XML that are parsed without a process of their own
DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
STYLES = """p[style-name='Title'] => h1:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='Heading 3'] => h4:fresh
p[style-name='Quote'] => blockquote > p:fresh"""


def read_docx(data: bytes, name: str) -> Page:
    """Return the page in a Word file.

    Raises:
        ImportRefusedError: not a Word file, protected, damaged, or larger unpacked than any article.
    """
    check_size(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefusedError(f"{name} is password-protected or of an old Word. Save it as DOCX without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            quick = _checked_size(parts, name) <= QUICK
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{name} is no Word file, or a damaged one. Save it again as DOCX.") from None
    html = to_html(data, name) if quick else converted("ipt_rag.importing.docx", data, name)
    return page_of_html(html, name, made="none")


def to_html(data: bytes, name: str) -> str:
    """Return the text of a Word file as HTML.

    Raises:
        ImportRefusedError: damaged.
    """
    try:
        html = mammoth.convert_to_html(
            io.BytesIO(data), style_map=STYLES, convert_image=mammoth.images.img_element(lambda _: {"src": ""})
        ).value
    except Exception as error:  # mammoth has no error of its own: whatever a damaged part makes it raise
        raise ImportRefusedError(
            f"{name} cannot be read as a Word file ({type(error).__name__}). Save it again."
        ) from None
    return f"<main>{html}</main>"


def _checked_size(parts: zipfile.ZipFile, name: str) -> int:
    """Return how many bytes of XML a file unpacks to.

    Raises:
        ImportRefusedError: more than we read, protected, or XML that would grow when it is parsed.
    """
    # A part that unpacks to more than its entry says ends in an error of the unzipper.
    if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
        raise ImportRefusedError(f"{name} holds more than {MAX_UNPACKED:,} bytes when unpacked. Split it.")
    if any(part.flag_bits & 1 for part in parts.infolist()):
        raise ImportRefusedError(f"{name} is password-protected. Save it without a password.")
    xml = [part for part in parts.infolist() if part.filename.endswith((".xml", ".rels"))]
    for part in xml:
        if DECLARES.search(parts.read(part).replace(b"\0", b"")):
            raise ImportRefusedError(f"{name} declares entities, which no Word file does. Save it again from Word.")
    return sum(part.file_size for part in xml)
