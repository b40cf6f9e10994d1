"""Milvus Lite runs in the very process that asks it: it may be busy, and its threads are this process's own."""

import gc
import time
from pathlib import Path
from typing import Any

import pytest
from milvus_lite.adapter.grpc.servicer import MilvusServicer

from conftest import ROOT, WordCountEncoder
from ipt_rag.build import build_index
from ipt_rag.index import open_store
from ipt_rag.index.milvus import Engine


def test_an_engine_in_this_process_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is busy is no engine that is away: Milvus Lite may take longer than a server would get."""
    connect = MilvusServicer.Connect

    def slowly(*given: Any) -> Any:
        time.sleep(0.3)
        return connect(*given)

    monkeypatch.setattr(MilvusServicer, "Connect", slowly)
    monkeypatch.setattr("ipt_rag.index.milvus.engine.ANSWER_S", 0.1)
    engine = Engine(tmp_path / "busy.db")
    assert engine.current_digest() is None
    engine.close()


def test_the_collector_may_run_in_the_engines_own_thread(
    tmp_path: Path, counting: WordCountEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is garbage is given up by whichever thread collects it, be it the one that another waits for."""
    connect = MilvusServicer.Connect

    def collecting(*given: Any) -> Any:
        gc.collect()
        return connect(*given)

    monkeypatch.setattr(MilvusServicer, "Connect", collecting)
    monkeypatch.setattr("ipt_rag.index.milvus.engine.EMBEDDED_S", 10.0)
    at = tmp_path / "small.db"
    build_index(ROOT / "tests" / "articles", at, open_encoder=lambda _: counting)
    gc.disable()  # elsewhere
    try:
        for _ in range(5):
            assert "tea" in open_store(at).articles()
    finally:
        gc.enable()
