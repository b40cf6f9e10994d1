"""Pages as people save them -> article files, every citation where it was; what is doubtful is reported."""

from ipt_rag.importing.add import import_page, write_page
from ipt_rag.importing.markers import Assume
from ipt_rag.importing.report import AddedPage, ImportedPage, ImportReport

__all__ = ["AddedPage", "Assume", "ImportReport", "ImportedPage", "import_page", "write_page"]
