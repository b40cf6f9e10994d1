"""Make src/ipt_rag/embed/axes.npy: the axes on which the tokens of the project's articles differ most, most first.

    ipt-rag build; python scripts/make_axes.py

Principal axes about the origin, since cosines are wanted: products along 96 of the 384 dimensions keep 83 % of what
the tokens of `corpus/` and its anticipated questions have in common, and rank as those along all of them do.
"""

from pathlib import Path

import numpy as np

from ipt_rag.index import Index
from ipt_rag.maxsim import vectors_of

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "src" / "ipt_rag" / "embed" / "axes.npy"
AXES = 96


def main() -> None:
    """Write the axes, and print the share of the tokens' squared length along them."""
    index = Index.open(ROOT / "index")
    high, low, _ = index.all_tokens(np.arange(len(index)))
    vectors = vectors_of(high, low).astype(np.float64)
    shares, axes = np.linalg.eigh(vectors.T @ vectors)
    np.save(TARGET, np.ascontiguousarray(axes[:, ::-1][:, :AXES].T, dtype=np.float32))
    print(f"{shares[::-1][:AXES].sum() / shares.sum():.3f}")


if __name__ == "__main__":
    main()
