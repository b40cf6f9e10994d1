"""Pages as people save them -> article files, every citation where it was; what is doubtful is reported."""

from ipt_rag.importing.add import add_page, import_page
from ipt_rag.importing.report import AddedPage, ImportedPage, ImportReport

__all__ = ["AddedPage", "ImportReport", "ImportedPage", "add_page", "import_page"]
