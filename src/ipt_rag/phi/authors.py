"""References -> the persons that wrote them, who may be asked about."""

import re
from collections.abc import Iterable

AUTHOR = re.compile(r"\b(?:[a-z]+ )?[A-Z][\w’'-]+ [A-Z]{1,3}\b")  # "van Oppen P", as references print names


def author_names(references: Iterable[str]) -> tuple[str, ...]:
    """Return the authors of some references as printed there, each once.

    >>> author_names(["Kettle A, van Spout BC. On tea. 1999.", "Society of Tea (SOT). Pots."])
    ('Kettle A', 'van Spout BC')
    """
    return tuple(dict.fromkeys(name for reference in references for name in AUTHOR.findall(reference)))
