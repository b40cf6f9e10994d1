"""The index, one whole generation at a time: passages and words (SQLite), vectors (FAISS), tokens (NumPy), on disk.

    index/CURRENT                       the digest of the generation that answers, replaced by an atomic rename
    index/<digest>/manifest.json        what went in, the sha256 of each file beside it, and a seal over all that
    index/<digest>/passages.sqlite      articles, passages, chunks, and which passages hold a term
    index/<digest>/vectors.faiss        one unit vector for each chunk
    index/<digest>/tokens.npy           unit vectors of all tokens by passage: the upper bytes of all, then the lower
    index/<digest>/rough.npy            the same along few axes, for a first look
    index/<digest>/axes.npy             those axes
    index/<digest>/means.npy            a unit vector for each passage and each of its keys: the mean of its tokens
    index/<digest>/question.onnx        the encoder, as the graph that reads questions

`writer` makes the files, `generations` puts them in place and verifies them, `reader` answers from them. `store` says
what a search needs of an index; `milvus` has the same in an engine, copied there from the files; `opening` chooses.
"""

from ipt_rag.index.generations import FILES, FORMAT, collect_generations, current_digest, digest_of, drop_generations
from ipt_rag.index.opening import current_at, hand_over, is_engine, open_store, take_out, written_in
from ipt_rag.index.reader import Index
from ipt_rag.index.store import EVERYTHING, Store, cited_tiers, filters_in_the_way
from ipt_rag.index.vectors import closest, unit_mean
from ipt_rag.index.writer import Contents, Entry, write_generation

__all__ = [
    "EVERYTHING",
    "FILES",
    "FORMAT",
    "Contents",
    "Entry",
    "Index",
    "Store",
    "cited_tiers",
    "closest",
    "collect_generations",
    "current_at",
    "current_digest",
    "digest_of",
    "drop_generations",
    "filters_in_the_way",
    "hand_over",
    "is_engine",
    "open_store",
    "take_out",
    "unit_mean",
    "write_generation",
    "written_in",
]
