"""Print what each layer of the guard adds: the share caught, hit and refused with one layer left out at a time.

python scripts/measure_phi_layers.py tests/data/phi/*.jsonl
"""

import sys
from pathlib import Path

from ipt_rag.phi import Guard
from ipt_rag.phi.guard import LAYERS
from ipt_rag.phi.measure import Rate, measure


def overall(rates: tuple[Rate, ...]) -> str:
    """Return the rate over all rows of a group, "-" where the files hold none."""
    return next((f"{rate.hits} of {rate.rows}" for rate in rates if rate.name == "all"), "-")


def main() -> None:
    """Measure the files named on the command line."""
    paths = [Path(name) for name in sys.argv[1:]]
    sys.stdout.write(f"{'without':<12}{'caught':>16}{'single hit':>16}{'refused':>16}{'median ms':>12}{'p95 ms':>9}\n")
    for left_out in ("", *LAYERS):
        found = measure(paths, Guard(layers=[layer for layer in LAYERS if layer != left_out]))
        rates = "".join(f"{overall(group):>16}" for group in (found.caught, found.hit, found.refused))
        sys.stdout.write(f"{left_out or 'none':<12}{rates}{found.guard_ms.median:>12.1f}{found.guard_ms.p95:>9.1f}\n")


if __name__ == "__main__":
    main()
