"""The index in Milvus: a file (Milvus Lite), one server, or a cluster, by one client; nothing else imports it.

    alias ipt_rag                     names the collection of the generation that answers, swapped in one call
    ipt_rag_<digest>                  passages: vector of their chunk, facts, what filters ask for, words for BM25
    ipt_rag_<digest>_pieces           token vectors, article files and manifest, in pieces of what a row may hold
    ipt_rag_graph_<sha256>            the encoder that reads questions, once for all generations that share it

`writer` copies a verified generation from its files, `reader` answers from it, `engine` is the door to pymilvus.
"""

from ipt_rag.index.milvus.engine import Engine
from ipt_rag.index.milvus.reader import EngineStore
from ipt_rag.index.milvus.writer import copy_generation, drop_generations

__all__ = ["Engine", "EngineStore", "copy_generation", "drop_generations"]
