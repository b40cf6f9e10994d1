"""A PDF -> `Page`, by way of HTML; the door to pdfplumber, which gives characters with their places and ruled tables.

A PDF knows no paragraph: `pdf_lines` tells lines from characters, `pdf_blocks` paragraphs and lists from lines.
The outcome says the page number where other formats say the line.
"""

import io
from html import escape

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ipt_rag.errors import ImportRefusedError
from ipt_rag.importing.bounded import converted
from ipt_rag.importing.decoding import check_size
from ipt_rag.importing.html import page_of_html
from ipt_rag.importing.page import Page
from ipt_rag.importing.pdf_blocks import html_of_lines
from ipt_rag.importing.pdf_lines import Line, mark_running_heads, page_lines

MAX_PAGES = 1000
MAX_UNMAPPED = 0.1  # share of signs without a letter: beyond it the font hides the text


def read_pdf(data: bytes, name: str) -> Page:
    """Return the page in a PDF.

    Raises:
        ImportRefusedError: not a PDF, protected, cut off, a scan without text, or more than we read.
    """
    return page_of_html(converted("ipt_rag.importing.pdf", data, name), name, made="page")


def to_html(data: bytes, name: str) -> str:
    """Return the text of a PDF as HTML, each block with the number of its page.

    Raises:
        ImportRefusedError: as `read_pdf`.
    """
    check_size(data, name)
    if b"%PDF-" not in data[:1024]:
        raise ImportRefusedError(f"{name} is no PDF. Save it again, or add it under its own ending.")
    if b"%%EOF" not in data[-4096:]:
        raise ImportRefusedError(f"{name} is cut off: the end of the PDF is missing. Download it again.")
    try:
        lines, title = _lines_of(data, name)
    except ImportRefusedError:
        raise
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise ImportRefusedError(f"{name} is password-protected. Save it without a password.") from None
        raise ImportRefusedError(f"{name} is a damaged PDF. Save it again.") from None
    except MemoryError:
        raise ImportRefusedError(f"{name} takes more memory than a page may. Split it.") from None
    except Exception as error:  # pdfminer meets a damaged file with errors of any kind
        raise ImportRefusedError(f"{name} cannot be read as a PDF ({type(error).__name__}). Save it again.") from None
    text = "".join(line.text for line in lines)
    if not text and not any(line.rows for line in lines):
        raise ImportRefusedError(f"{name} holds pictures of pages but no text. Run text recognition on it first.")
    if text.count("(cid:") > MAX_UNMAPPED * len(text) / 8:
        raise ImportRefusedError(f"{name} has a font that hides its letters. Save the page as HTML or text instead.")
    head = f"<head><title>{escape(title)}</title></head>" if title else ""
    return f"<html>{head}<body><main>{''.join(html_of_lines(lines))}</main></body></html>"


def _lines_of(data: bytes, name: str) -> tuple[list[Line], str]:
    lines: list[Line] = []
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise ImportRefusedError(f"{name} has {len(pdf.pages):,} pages; {MAX_PAGES:,} can be read. Split it.")
        for page in pdf.pages:
            lines += page_lines(page)
            page.close()
        title = str((pdf.metadata or {}).get("Title") or "")
    mark_running_heads(lines)
    return lines, "" if title.lower() in ("untitled", "(anonymous)", "anonymous") else " ".join(title.split())
