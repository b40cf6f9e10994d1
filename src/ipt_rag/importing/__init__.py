"""Pages as people save them -> article files, every citation where it was; what is doubtful is reported."""

from ipt_rag.importing.add import READERS, import_bytes, import_page, read_page, write_page
from ipt_rag.importing.folder import FoundPages, Skipped, find_pages
from ipt_rag.importing.markers import Assume
from ipt_rag.importing.originals import drop_original, keep_original, kept_original
from ipt_rag.importing.report import AddedPage, ImportedPage, ImportReport, PlacedText
from ipt_rag.importing.stamp import edited_since

__all__ = [
    "READERS",
    "AddedPage",
    "Assume",
    "FoundPages",
    "ImportReport",
    "ImportedPage",
    "PlacedText",
    "Skipped",
    "drop_original",
    "edited_since",
    "find_pages",
    "import_bytes",
    "import_page",
    "keep_original",
    "kept_original",
    "read_page",
    "write_page",
]
