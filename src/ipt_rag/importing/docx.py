"""A Word file -> `Page`, by way of HTML; the door to mammoth, which keeps headings, lists, tables, notes and more."""

import io
import zipfile

import mammoth  # type: ignore[import-untyped]  # ships no types

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.decoding import check_size
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page

MAX_UNPACKED = 100_000_000  # bytes of all parts together: a text of 20 MB packs some five times
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
            _check(parts, name)
        html = mammoth.convert_to_html(
            io.BytesIO(data), style_map=STYLES, convert_image=mammoth.images.img_element(lambda _: {"src": ""})
        ).value
    except ImportRefusedError:
        raise
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{name} is no Word file, or a damaged one. Save it again as DOCX.") from None
    except Exception as error:  # mammoth has no error of its own: whatever a damaged part makes it raise
        raise ImportRefusedError(
            f"{name} cannot be read as a Word file ({type(error).__name__}). Save it again."
        ) from None
    return page_of_html(f"<main>{html}</main>", name, made="none")


def _check(parts: zipfile.ZipFile, name: str) -> None:
    """Refuse what would grow without measure when it is unpacked or parsed."""
    if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
        raise ImportRefusedError(f"{name} holds more than {MAX_UNPACKED:,} bytes when unpacked. Split it.")
    if any(part.flag_bits & 1 for part in parts.infolist()):
        raise ImportRefusedError(f"{name} is password-protected. Save it without a password.")
    for part in parts.infolist():
        if part.filename.endswith((".xml", ".rels")):
            with parts.open(part) as file:
                opening = file.read(4096)
            if b"<!DOCTYPE" in opening or b"<!ENTITY" in opening:
                raise ImportRefusedError(f"{name} declares entities, which no Word file does. Save it again from Word.")
