"""A build on a Ray cluster: articles are parted and texts embedded on its nodes. Only this module imports Ray.

What is lost with a node is made anew on another, once: a unit of work holds all that it needs, and its result is taken
in its place. Every node must make the very vectors of this machine, and says so before its first unit.
"""

import hashlib
import io
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ipt_rag.build import BuildReport, Parted, build_index, part_article
from ipt_rag.embed import Matrix, MiniLM, TokenVectors
from ipt_rag.embedded import Report
from ipt_rag.errors import EncoderError, SettingsError
from ipt_rag.records import Article, Precision

UNIT_TEXTS = 64  # texts embedded as one unit of work: about a second of one core
PATIENCE = 5  # seconds for the cluster to take a connection
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# From the shortest to the longest pass of the encoder; what it makes of these stands for all that it makes.
PROBES = tuple("tea " * words for words in (8, 24, 56, 120, 248))


def build_on_ray(
    address: str,
    corpus: Path,
    index: Path | str,
    *,
    report: Report = lambda line: None,
    precision: Precision | None = None,
    unit_texts: int = UNIT_TEXTS,
) -> BuildReport:
    """Bring an index up to date as `build_index` does, its work done by the nodes of a Ray cluster.

    Args:
        address: host and port of the cluster's head; this machine must be one of its nodes.
        corpus: folder of articles, read here alone.
        index: folder of the index, or where an engine holds it; written here alone.
        report: hears one line at a time about the progress.
        precision: as of `build_index`.
        unit_texts: texts that one unit of work embeds.

    Raises:
        SettingsError: Ray is not installed, the cluster cannot be reached or was lost; else as `build_index`.
        EncoderError: a node has no encoder, or makes other vectors than this machine; else as `build_index`.
    """
    with _connected(address, report):
        return build_index(
            corpus,
            index,
            report=report,
            precision=precision,
            open_encoder=lambda precision: RayEncoder(MiniLM.open(precision), unit_texts),
            part=_part_on_ray,
        )


class RayEncoder:
    """The encoder on the nodes of a cluster: the same bytes as on this machine, whatever node made them."""

    dim = MiniLM.dim

    def __init__(self, local: MiniLM, unit_texts: int) -> None:
        self._local = local
        self._unit_texts = unit_texts
        self.of_nodes = (local.precision, fingerprint(local))

    @property
    def name(self) -> str:
        """Name, digest of the weights, and precision."""
        return self._local.name

    @property
    def axes(self) -> Matrix:
        """The axes on which its tokens differ most."""
        return self._local.axes

    @property
    def question_graph(self) -> bytes:
        """The graph that encodes questions, made here."""
        return self._local.question_graph

    def count_tokens(self, text: str) -> int:
        """Return how many tokens of its window a text takes, its own two marks not counted."""
        return self._local.count_tokens(text)

    def encode_tokens(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[TokenVectors]:
        """Return the token vectors of each text; what lies beyond the window has none."""
        encoded: dict[int, TokenVectors] = {}
        for row, made in self._on_nodes(_encode_tokens, texts, progress):
            vectors = np.frombuffer(made["vectors"], np.float32).reshape(-1, self.dim)
            spans = np.frombuffer(made["spans"], np.int64).reshape(-1, 2)
            encoded[row] = TokenVectors(vectors, tuple((int(start), int(after)) for start, after in spans))
        return [encoded[row] for row in range(len(texts))]

    def _on_nodes(
        self, work: Callable[..., Any], texts: Sequence[str], progress: Callable[[int], None] | None
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield for each text its row and what came of it; texts of like length go together, for full passes."""
        rows = sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True)
        units = -(-len(rows) // self._unit_texts)
        for made in _spread([(row, texts[row]) for row in rows], units, work, self.of_nodes):
            yield made["row"], made
            if progress:
                progress(1)


def fingerprint(encoder: MiniLM) -> str:
    """Return a digest of what the encoder makes here, and of this program's version."""
    made = hashlib.sha256(version("ipt-rag").encode())
    for encoded in encoder.encode_tokens(PROBES):
        made.update(encoded.vectors.tobytes())
    return made.hexdigest()


def _part_on_ray(articles: Sequence[Article], encoder: Any) -> Iterator[Parted]:
    made = {
        each["row"]: each["parted"] for each in _spread([*enumerate(articles)], len(articles), _part, encoder.of_nodes)
    }
    yield from (made[row] for row in range(len(articles)))


def _spread(
    items: Sequence[tuple[int, Any]], units: int, work: Callable[..., Any], of_nodes: tuple[Precision, str]
) -> Iterator[dict[str, Any]]:
    """Yield what the nodes make of each item, with its row, as it comes, out of so many units of work."""
    import ray

    if not items:
        return
    given = ray.data.from_items([{"row": row, "item": item} for row, item in items], override_num_blocks=units)
    yield from given.map_batches(work, fn_args=of_nodes, batch_size=None, num_cpus=1).iter_rows()


@cache
def _encoder(precision: Precision, made_there: str) -> MiniLM:
    """Return this node's encoder, opened once for each of its processes.

    Raises:
        EncoderError: it makes other vectors than the machine that builds.
    """
    encoder = MiniLM.open(precision, cores=1)  # a unit of work is given one, and as many run as the node has
    if fingerprint(encoder) != made_there:
        raise EncoderError(
            f"The node {socket.gethostname()} makes other vectors than the machine that builds. Give all nodes the "
            "same version of ipt-rag, the same packages and the same kind of processor, then build again."
        )
    return encoder


def _part(batch: dict[str, Any], precision: Precision, made_there: str) -> dict[str, Any]:
    count_tokens = _encoder(precision, made_there).count_tokens
    return {"row": batch["row"], "parted": [part_article(article, count_tokens) for article in batch["item"]]}


def _encode_tokens(batch: dict[str, Any], precision: Precision, made_there: str) -> dict[str, Any]:
    made = _encoder(precision, made_there).encode_tokens(list(batch["item"]))
    return {
        "row": batch["row"],
        "vectors": [encoded.vectors.tobytes() for encoded in made],
        "spans": [np.array(encoded.spans, np.int64).tobytes() for encoded in made],
    }


@contextmanager
def _connected(address: str, report: Report) -> Iterator[None]:
    """Be a driver of the cluster for a while; what goes wrong with it is one sentence."""
    if find_spec("ray") is None:
        raise SettingsError("--ray needs Ray, which is not installed. Run `pip install 'ipt-rag[ray]'`.")
    host = _reachable(address)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_gcs_server_port_wait_time_s", "1")  # one try: what listens there may not be Ray
    if host in LOOPBACK:  # else Ray takes it for this machine's address in the network, and listens there
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    import ray
    import ray.data  # sets its logger up as it is imported

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # it tells an error with all the items it met
    with redirect_stdout(io.StringIO()):  # Ray tells of nodes there, at length; results have it to themselves
        try:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            nodes = _nodes()
            report(f"{nodes} nodes of the cluster at {address}")
            yield
            if lost := nodes - _nodes():
                report(f"{lost} of the nodes were lost meanwhile; the others did their work")
        except (ray.exceptions.RayError, ConnectionError, RuntimeError) as error:
            raise _told(error, address) from None
        finally:
            ray.shutdown()


def _nodes() -> int:
    """Return how many nodes of the cluster live."""
    import ray

    return sum(node["Alive"] for node in ray.nodes())


def _reachable(address: str) -> str:
    """Return the host of an address at which something listens."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise SettingsError(f"{address} is no address of a Ray cluster. Give its head's host and port: 10.0.0.1:6379.")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError):
        raise SettingsError(
            f"No Ray cluster can be reached at {address}. Start its head (`ray start --head`), or name another address."
        ) from None
    return host.strip("[]")


def _told(error: BaseException, address: str) -> Exception:
    """Return what a reader is told of an error: a node's own sentence where it has one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EncoderError):
            return EncoderError(str(cause))
        cause = getattr(cause, "cause", None) or cause.__cause__
    return SettingsError(
        f"The Ray cluster at {address} was lost or could not do the work ({type(error).__name__}). What answered "
        "before still does; see that its nodes run, then build again."
    )
