"""Work out what an index of so many passages needs, from what was measured; `docs/scaling.md` shows the table.

python scripts/scaling.py [PASSAGES…]
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# Files of what `benchmarks/stand_in.py` makes of 100,200 passages of 30 words and 45 tokens; docs/performance.md.
ROW_BYTES = 133_492_736 / 100_200  # passages.sqlite: a passage with its provenance, and its words
CHUNK_BYTES = 49_805_027 / 100_206  # vectors.faiss: 384 numbers of two bytes and a code; a chunk has 1.7 passages
TOKEN_BYTES = 3_475_501_952 / 100_200  # tokens.npy: 384 numbers of two bytes for each token
ROUGH_BYTES = 434_437_856 / 100_200  # rough.npy: 96 numbers of one byte for each token
MEAN_BYTES = 307_814_528 / 100_200  # means.npy: 384 floats for the passage and for each of its keys
OWN_BYTES = (
    26e6 / 90_180
)  # memory of the process's own that those beyond the first 10,020 added, their chunks' vectors aside
# One core.
EMBEDDED = 44.8  # passages a second, and all that is written; with the parting, 100,200 took 2,550 s of the processor
PARTED = 322  # passages a second: parted, packed, and their words stemmed
COMPARED_MS = 0.58 / 5_776  # one chunk's vector with the question's, in 16 bits
CANDIDATES, LEADING = 128, 8  # of a question, at most: those looked at along the axes, those measured exactly

CORES = 32  # of a node
NIGHT_HOURS = 10.0
CHUNKS = 5_776 / 10_020  # of a passage


@dataclass(frozen=True, slots=True)
class Needs:
    """What so many passages need."""

    passages: int

    @property
    def disk(self) -> float:
        """Bytes of two generations: the one that answers, and the one that is built."""
        return 2 * self.passages * (ROW_BYTES + CHUNK_BYTES + TOKEN_BYTES + ROUGH_BYTES + MEAN_BYTES)

    @property
    def vectors(self) -> float:
        """Bytes of the chunks' vectors, which a search holds in memory."""
        return self.passages * CHUNK_BYTES

    @property
    def own(self) -> float:
        """Bytes of one page process's own, were it to hold what it holds now."""
        return self.passages * OWN_BYTES

    @property
    def flat_ms(self) -> float:
        """Milliseconds to compare the question with every chunk."""
        return self.passages * CHUNKS * COMPARED_MS

    @property
    def core_hours(self) -> float:
        """Hours of one core to build it."""
        return self.passages * (1 / EMBEDDED + 1 / PARTED) / 3600

    @property
    def nodes(self) -> int:
        """Nodes that build it in one night."""
        return math.ceil(self.core_hours / (CORES * NIGHT_HOURS))


def table(sizes: Sequence[int]) -> str:
    """Return the figures as a Markdown table, a column for each size."""
    each = [Needs(passages) for passages in sizes]
    rows = [
        ("passages with their words (SQLite)", [size(need.passages * ROW_BYTES) for need in each]),
        ("vectors of chunks, in memory", [size(need.vectors) for need in each]),
        (
            "vectors of tokens, on disk",
            [size(need.passages * (TOKEN_BYTES + ROUGH_BYTES + MEAN_BYTES)) for need in each],
        ),
        ("disk, two generations", [size(need.disk) for need in each]),
        ("memory of one page process, as it is now", [size(need.own + need.vectors) for need in each]),
        ("building, hours of one core", [f"{need.core_hours:,.0f}" for need in each]),
        (f"nodes of {CORES} cores that build it in {NIGHT_HOURS:.0f} hours", [f"{need.nodes:,}" for need in each]),
        ("comparing every chunk, as behind a filter", [f"{need.flat_ms:,.0f} ms" for need in each]),
        ("token vectors read for a question", [size(CANDIDATES * ROUGH_BYTES + LEADING * TOKEN_BYTES) for _ in each]),
    ]
    head = [["", *(f"{passages:,}" for passages in sizes)], ["---"] * (len(sizes) + 1)]
    lines = [*head, *([name, *found] for name, found in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def size(count: float) -> str:
    """Return bytes as a person says them.

    >>> size(36_827e6), size(1.5e6)
    ('36.8 GB', '1.5 MB')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count / 1e6:.1f} MB"


if __name__ == "__main__":
    print(table([*map(int, sys.argv[1:])] or [10_000, 1_000_000, 100_000_000, 1_000_000_000]))
