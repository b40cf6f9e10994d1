"""List the licence of each installed package that the locks hold, and PyTorch; exit 1 where one is not allowed.

    python scripts/licences.py

A licence is read from the package's own metadata: its SPDX expression, else its classifier, else its short text; where
there is none of these, from its licence file as a person read it (READ_BY_HAND).
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from license_expression import AND, OR, ExpressionError, LicenseWithExceptionSymbol, get_spdx_licensing

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", re.MULTILINE | re.IGNORECASE)

# All may be used beside, and shipped with, a program under Apache-2.0.
PERMISSIVE = """0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 CNRI-Python HPND ISC MIT MIT-0 MIT-CMU PSF-2.0
Python-2.0 Unlicense Zlib""".split()
# Binds the files under it, not the program that uses them unchanged, as this one does.
OF_FILES = ["MPL-2.0"]
ALLOWED = frozenset((*PERMISSIVE, *OF_FILES))
ALLOWED_EXCEPTIONS = frozenset({"LLVM-exception"})

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",  # or of two clauses: both are allowed
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
SHORT_TEXTS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
}
READ_BY_HAND = {
    "atheris": "Apache-2.0",
    "axe-playwright-python": "MIT AND MPL-2.0",  # its own code, and the axe-core that it carries
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",  # and those of PDFium's parts, all permissive, listed in its package
}


@dataclass(frozen=True)
class Licence:
    """What one package says of itself."""

    package: str
    version: str
    expression: str  # SPDX, "" where it says nothing that we can read
    allowed: bool


def licences(names: Iterable[str]) -> Iterator[Licence]:
    """Yield the licence of each package that is installed."""
    for name in sorted(set(names)):
        try:
            metadata = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # of another platform
        expression = READ_BY_HAND.get(name) or said_in(metadata)
        yield Licence(name, metadata["Version"], expression, is_allowed(expression))


def said_in(metadata: importlib.metadata.PackageMetadata) -> str:
    """Return the SPDX expression that metadata give, "" where they give none."""
    if expression := metadata.get("License-Expression"):
        return expression
    classes = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or [] if each.startswith("Licen")]
    known = [CLASSIFIERS[each] for each in classes if each in CLASSIFIERS]
    if known:
        return " AND ".join(known)  # two licences named beside each other: both are to be met
    text = (metadata.get("License") or "").strip()
    return SHORT_TEXTS.get(text, text if re.fullmatch(r"[\w.() -]{1,60}", text) else "")


def is_allowed(expression: str) -> bool:
    """Return whether a licence, or one of each choice that it offers, is among the allowed ones.

    >>> is_allowed("MIT"), is_allowed("GPL-3.0-only OR MIT"), is_allowed("MIT AND GPL-3.0-only"), is_allowed("")
    (True, True, False, False)
    """
    try:
        parsed = get_spdx_licensing().parse(expression, validate=True)
    except ExpressionError:
        return False
    return parsed is not None and _holds(parsed)


def _holds(node: object) -> bool:
    if isinstance(node, AND):
        return all(map(_holds, node.args))
    if isinstance(node, OR):
        return any(map(_holds, node.args))
    if isinstance(node, LicenseWithExceptionSymbol):
        return _holds(node.license_symbol) and node.exception_symbol.key in ALLOWED_EXCEPTIONS
    return getattr(node, "key", "") in ALLOWED


def locked_names() -> set[str]:
    """Return the names of all packages in the locks, and PyTorch, which stands in none."""
    locks = ("requirements.lock", "requirements-dev.lock")
    return {"torch"} | {name for lock in locks for name, _ in PIN.findall((ROOT / lock).read_text(encoding="utf-8"))}


def main() -> int:
    """Print a line for each package; return how many are not allowed."""
    found = list(licences(locked_names()))
    for each in found:
        note = "" if each.allowed else "   NOT ALLOWED: read its licence, then allow it or drop the package"
        print(f"{each.package:32} {each.version:14} {each.expression or 'unknown'}{note}")
    print(f"{len(found)} packages, {sum(not each.allowed for each in found)} not allowed.")
    return sum(not each.allowed for each in found)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
