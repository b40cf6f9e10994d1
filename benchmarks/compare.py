"""Compare two result files of the same measurement; exit 1 where a figure is worse by more than a tenth.

    .venv/bin/python benchmarks/compare.py before.json after.json

Of what is done a second, and of what is found, more is better; of time, memory and disk, less.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ALLOWED = 1.1
MORE_IS_BETTER = re.compile(r"a second|recall|share")


def main() -> None:
    """Print each figure that both files hold, with its ratio."""
    before, after = (
        dict(flat(json.loads(Path(name).read_text(encoding="utf-8"))["figures"])) for name in sys.argv[1:3]
    )
    worse = 0
    for name in sorted(before.keys() & after.keys()):
        ratio = after[name] / before[name] if before[name] else float("inf") if after[name] else 1.0
        is_worse = ratio < 1 / ALLOWED if MORE_IS_BETTER.search(name) else ratio > ALLOWED
        worse += is_worse
        print(f"{name}: {before[name]:.3f} -> {after[name]:.3f} ({ratio:.2f} x){' WORSE' if is_worse else ''}")
    sys.exit(1 if worse else 0)


def flat(figures: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield the figures of nested tables by their path."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name} / ")
        else:
            yield prefix + name, float(value)


if __name__ == "__main__":
    main()
