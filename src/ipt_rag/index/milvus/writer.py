"""A verified generation on disk -> the same in Milvus, complete before the alias names it."""

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np

from ipt_rag.errors import IndexDamagedError, IndexMissingError
from ipt_rag.index.generations import sealed
from ipt_rag.index.milvus import rows
from ipt_rag.index.milvus.engine import (
    ALIAS,
    GENERATION,
    GRAPH,
    Engine,
    field_types,
    graph_name,
    passages_name,
    pieces_name,
)
from ipt_rag.index.reader import Index
from ipt_rag.index.store import cited_tiers
from ipt_rag.query import stems

BATCH_ROWS = 64  # of one call: some megabytes
EXACT_PASSAGES = 50_000  # up to here every vector is compared; beyond, a graph (HNSW) finds the closest
MADE_S = 0.2  # between two looks at whether an index is made
MANIFEST = "manifest"


def copy_generation(index: Index, engine: Engine, *, report: Callable[[str], None] = lambda line: None) -> bool:
    """Make a generation of files the one that Milvus answers from, and return whether it was not so already.

    The generation before keeps answering until the alias is moved, the last step but for collecting older ones.
    Whatever breaks off before leaves collections that no alias names; the next copy writes them anew.

    Raises:
        IndexUnreachableError: the engine does not answer.
        IndexDamagedError: it holds less than it was given.
    """
    previous = engine.current_digest()
    if previous == index.digest and _is_whole(index, engine):
        return False
    _drop(engine, index.digest, was_current=previous == index.digest)
    graph = index.question_graph.read_bytes()
    sha256 = hashlib.sha256(graph).hexdigest()
    _copy_graph(engine, sha256, graph)
    full_text = engine.has_full_text
    passages, pieces = passages_name(index.digest), pieces_name(index.digest)
    engine.work("create_collection", passages, schema=_passages_schema(index, full_text), consistency_level="Bounded")
    engine.work("create_collection", pieces, schema=_pieces_schema(), consistency_level="Bounded")
    copied = 0
    for batch in _batches(_passage_rows(index, full_text)):
        engine.work("insert", passages, batch)
        copied += len(batch)
        report(f"copied {copied:,} of {len(index):,} passages to {engine.named}")
    for batch in _batches(_piece_rows(index, {"graph": sha256, "graph_bytes": len(graph), "full_text": full_text})):
        engine.work("insert", pieces, batch)
    with ThreadPoolExecutor() as both:  # it takes seconds, in which this machine only waits
        served = [
            both.submit(_serve, engine, passages, _vector_index(engine, len(index)), full_text),
            both.submit(_serve, engine, pieces, "FLAT", False),
        ]
        for each in served:
            each.result()
    if engine.rows(passages) != len(index) or engine.rows(pieces, "id >= 0") != _token_pieces(index):
        raise IndexDamagedError(f"{engine.named} holds less than was copied to it. Run the build again.")
    engine.work("create_alias" if previous is None or previous == index.digest else "alter_alias", passages, ALIAS)
    _collect(engine, keep=(index.digest, previous), graph=sha256)
    return True


def drop_generations(engine: Engine, *, keep: Collection[str | None]) -> None:
    """Remove the generations but those with these digests; one that is being read goes too."""
    current = engine.current_digest()
    if current is not None and current not in keep:
        engine.work("drop_alias", ALIAS)
    _collect(engine, keep=keep, graph=None)


def _is_whole(index: Index, engine: Engine) -> bool:
    try:
        return engine.rows(passages_name(index.digest)) == len(index)
    except IndexMissingError:
        return False


def _drop(engine: Engine, digest: str, *, was_current: bool) -> None:
    if was_current:  # and not whole: it cannot answer
        engine.work("drop_alias", ALIAS)
    for name in {passages_name(digest), pieces_name(digest)} & {*engine.collections()}:
        engine.work("drop_collection", name)


def _collect(engine: Engine, *, keep: Collection[str | None], graph: str | None) -> None:
    for name in engine.collections():
        generation, its_graph = GENERATION.fullmatch(name), GRAPH.fullmatch(name)
        if generation and generation[1] not in keep:
            engine.work("drop_collection", name)
        if its_graph and graph and its_graph[1] != graph[:16]:
            engine.work("drop_collection", name)


def _copy_graph(engine: Engine, sha256: str, graph: bytes) -> None:
    name, needed = graph_name(sha256), rows.file_rows("graph", graph, -1)
    if name in engine.collections():
        if engine.rows(name) == len(needed):
            return
        engine.work("drop_collection", name)
    engine.work("create_collection", name, schema=_pieces_schema(), consistency_level="Bounded")
    for batch in _batches(needed):
        engine.work("insert", name, batch)
    _serve(engine, name, "FLAT", False)


def _serve(engine: Engine, collection: str, vector_index: str, full_text: bool) -> None:
    """Have a collection answer, from its finished index: before, a server finds 87 of 100 neighbours."""
    engine.work("flush", collection)
    wanted = field_types().MilvusClient.prepare_index_params()
    wanted.add_index("vector", index_type=vector_index, metric_type="IP", params=_PARAMETERS[vector_index])
    if full_text:
        # Milvus Lite reads them one level deeper than pymilvus writes them for a server.
        tuned = {"params": _BM25} if engine.embedded else _BM25
        wanted.add_index("bm25", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=tuned)
    engine.work("create_index", collection, wanted)
    while not engine.embedded and int(engine.ask("describe_index", collection, "vector")["pending_index_rows"]):
        time.sleep(MADE_S)
    engine.work("load_collection", collection)


_PARAMETERS = {"FLAT": {}, "HNSW": {"M": 32, "efConstruction": 400}}
_BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}  # as SQLite's


def _vector_index(engine: Engine, passages: int) -> str:
    """Return the kind of index: behind a filter, the graph of Milvus Lite finds too little."""
    return "FLAT" if engine.embedded or passages <= EXACT_PASSAGES else "HNSW"


def _passages_schema(index: Index, full_text: bool) -> Any:
    milvus = field_types()
    kinds = milvus.DataType
    schema = milvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", kinds.INT64, is_primary=True)
    schema.add_field("vector", kinds.FLOAT_VECTOR, dim=index.dim)
    schema.add_field("chunk", kinds.INT64)
    schema.add_field("article", kinds.VARCHAR, max_length=1_024)
    schema.add_field("tiers", kinds.ARRAY, element_type=kinds.VARCHAR, max_capacity=64, max_length=64)
    schema.add_field("sourced", kinds.BOOL)
    schema.add_field("facts", kinds.JSON)
    if full_text:
        schema.add_field(
            "words", kinds.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params={"tokenizer": "standard"}
        )
        schema.add_field("bm25", kinds.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            milvus.Function(
                name="bm25",
                function_type=milvus.FunctionType.BM25,
                input_field_names=["words"],
                output_field_names=["bm25"],
            )
        )
    return schema


def _pieces_schema() -> Any:
    milvus = field_types()
    schema = milvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", milvus.DataType.INT64, is_primary=True)
    schema.add_field("name", milvus.DataType.VARCHAR, max_length=1_024)
    schema.add_field("high", milvus.DataType.JSON)
    schema.add_field("low", milvus.DataType.JSON)
    schema.add_field("along", milvus.DataType.JSON)
    schema.add_field("vector", milvus.DataType.FLOAT_VECTOR, dim=len(rows.NO_VECTOR))
    return schema


def _passage_rows(index: Index, full_text: bool) -> Iterator[dict[str, Any]]:
    sources = index.sources()
    for chunk, (numbers, vector) in enumerate(index.chunks()):
        for number in numbers:
            passage, search, keys = index.passage(number), index.search_text(number), index.keys(number)
            tiers = cited_tiers(passage, sources)
            row = {
                "id": number,
                "vector": vector,
                "chunk": chunk,
                "article": passage.article,
                "tiers": sorted(tiers),
                "sourced": bool(tiers),
                "facts": rows.facts_of(passage, search, keys, sorted(index.stems(number)), index.token_sizes(number)),
            }
            yield {**row, "words": rows.words_of(stems(" ".join((search, *keys))))} if full_text else row


def _piece_rows(index: Index, more: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(len(index)):
        only = np.array([number])
        high, low, _ = index.all_tokens(only)
        along, _ = index.rough_tokens(only)
        yield from rows.token_rows(number, high, low, along)
    last = -1
    for slug in index.articles():
        for row in rows.file_rows(f"article {slug}", (index.article_text(slug) or "").encode(), last):
            yield row
            last = row["id"] - 1
    yield from rows.file_rows(MANIFEST, _manifest(index, more), last)


def _manifest(index: Index, more: dict[str, Any]) -> bytes:
    """Return what is told of a generation as a whole, sealed."""
    articles = index.articles()
    numbers = {slug: index.numbers_of(slug) for slug in articles}
    sources = {slug: [*of.values()] for slug, of in index.sources().items()}
    manifest = {
        "digest": index.digest,
        "made_from": index.made_from,
        "passages": len(index),
        "chunks": index.chunk_count,
        "token_pieces": _token_pieces(index),
        "dim": index.dim,
        "titles": [*articles.items()],  # in order: a seal sorts names
        "numbers": {slug: [of[0], of[-1] + 1] if of else [0, 0] for slug, of in numbers.items()},
        "sources": {
            slug: [[s.number, s.tier, s.reference, s.address, s.start, s.end] for s in of]
            for slug, of in sources.items()
        },
        "holders": index.holders_of_all(),
        "vocabulary": index.vocabulary(),
        "axes": index.axes.tolist(),
        **more,
    }
    return sealed(manifest)


def _token_pieces(index: Index) -> int:
    fit = rows.piece_tokens(index.dim)
    return sum(-(-sum(index.token_sizes(number)) // fit) for number in range(len(index)))


def _batches(all_rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    left = iter(all_rows)
    while batch := list(islice(left, BATCH_ROWS)):
        yield batch
