"""Every error meant for a reader, each one sentence: what was met, what was needed, what to do next.

IptRagError
├── ArticleError        an article file that cannot be read or is malformed
├── ImportRefusedError  a page that cannot become an article file without guessing
├── CorpusError         a corpus folder that is missing or holds no article
├── EncoderError        the encoder's files are missing or not the ones we know
├── IndexMissingError   no index, or one of another make
├── IndexDamagedError   an index whose files do not match its manifest
├── IndexUnreachableError  an index whose engine does not answer
├── QuestionError       a question that is empty or too long
│   └── QuestionRefusedError  a question that looks as if it held PHI, where there is no answer to say so
├── RequestError        a program's request that is not of the form it must have
├── BusyError           more calls wait than are kept waiting
├── FeedbackError       feedback that cannot be kept
│   └── FeedbackRefusedError  feedback that looks as if it held PHI
├── ExportError         an exported file that cannot be read
└── SettingsError       an option, address or port that cannot be used
"""

from pathlib import Path


class IptRagError(Exception):
    """Base of all errors that are shown to a reader as the one sentence they carry."""


class ArticleError(IptRagError):
    """An article file that cannot be read or is malformed; `line` counts from 1, 0 for the whole file."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {problem}")
        self.path = path
        self.line = line


class ImportRefusedError(IptRagError):
    """A page that cannot become an article file without guessing; nothing was written."""


class CorpusError(IptRagError):
    """A corpus folder that is missing or holds no article."""


class EncoderError(IptRagError):
    """The encoder's files are missing, or their digest is not the one we know."""


class IndexMissingError(IptRagError):
    """There is no index in the folder, or it was built by another version."""


class IndexDamagedError(IptRagError):
    """A file of the index does not match its manifest."""


class IndexUnreachableError(IptRagError):
    """The engine that holds the index does not answer; once it does, so do questions."""


class QuestionError(IptRagError):
    """A question that is empty or longer than we read."""


class QuestionRefusedError(QuestionError):
    """A question that looks as if it held PHI, asked where only passages can be returned; `kinds` name what it held."""

    def __init__(self, sentence: str, kinds: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.kinds = kinds


class RequestError(IptRagError):
    """A program's request that is not of the form it must have; repeats nothing of it."""


class BusyError(IptRagError):
    """More calls wait than are kept waiting."""


class FeedbackError(IptRagError):
    """Feedback that cannot be kept: incomplete, of no known form, or its file cannot be written."""


class FeedbackRefusedError(FeedbackError):
    """Feedback that looks as if it held PHI; `kinds` are shown to the reader, nothing was written."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        super().__init__("The feedback looks as if it held patient details. Nothing of it was kept.")
        self.kinds = kinds


class ExportError(IptRagError):
    """A file that is no export of ours, or cannot be read."""


class SettingsError(IptRagError):
    """An option, address or port that cannot be used."""
