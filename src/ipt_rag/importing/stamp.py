"""An article file <-> the digest it was written with, so that an edit by hand shows."""

import hashlib
import re

KEY = "written_sha256"  # the last line of the front matter; its value is the sha256 of the file without that line
LINE = re.compile(rf"^{KEY}: ([0-9a-f]{{64}})\n", re.MULTILINE)


def stamped(article: str) -> str:
    r"""Return an article file with the digest of what it was as the last line of its front matter.

    >>> stamped("---\ntitle: Tea\n---\n\nTea.\n").splitlines()[:3]  # doctest: +ELLIPSIS
    ['---', 'title: Tea', 'written_sha256: ...']
    """
    closing = article.index("\n---\n", 3) + 1
    return f"{article[:closing]}{KEY}: {_digest(article)}\n{article[closing:]}"


def edited_since(article: str) -> bool:
    r"""Return whether an article file is another than the one written: edited by hand, or not written by us.

    >>> written = stamped("---\ntitle: Tea\n---\n\nTea.\n")
    >>> edited_since(written), edited_since(written.replace("Tea.", "Tea!"))
    (False, True)
    """
    found = LINE.search(article)
    return found is None or found[1] != _digest(LINE.sub("", article, count=1))


def _digest(article: str) -> str:
    return hashlib.sha256(article.encode()).hexdigest()
