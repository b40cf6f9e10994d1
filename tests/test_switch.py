"""A page that runs while its index is built anew."""

import http.client
import json
import re
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ipt_rag.build import build_index
from ipt_rag.corpus import read_corpus
from ipt_rag.embed import MiniLM
from page.in_browser import ARTICLES, real_program, served
from ports import free_port

QUESTION = json.dumps({"question": "Which rake levels heavy soil?"}).encode()
CLIENTS = 4
PACE_S = 0.3  # the door lets one client through four times a second


def keep_asking(port: int, client: int, until: threading.Event, met: list[tuple[int, Any]]) -> None:
    """Ask from an address of this client's own, and note each status and reply."""
    while not until.is_set():
        connection = http.client.HTTPConnection("127.0.0.1", port, 60, source_address=(f"127.0.1.{client + 1}", 0))
        connection.request("POST", "/api/v1/ask", QUESTION, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        met.append((reply.status, json.loads(reply.read())))
        connection.close()
        time.sleep(PACE_S)


@pytest.mark.model
def test_no_question_fails_while_generations_change(tmp_path: Path, minilm: MiniLM) -> None:
    """Each answer is whole and of one generation, its quotes being that one's text; the last one answers in the end."""
    corpus, index, port = tmp_path / "corpus", tmp_path / "index", free_port()
    shutil.copytree(ARTICLES, corpus)
    texts: dict[str, dict[str, str]] = {}  # of each generation, the text of each article
    met: list[tuple[int, Any]] = []
    done = threading.Event()
    with served(tmp_path, real_program(index, port), port):
        asking = [threading.Thread(target=keep_asking, args=(port, client, done, met)) for client in range(CLIENTS)]
        try:
            for number in range(4):
                if number:  # every offset moves
                    for path in corpus.glob("*.md"):
                        text = re.sub(
                            r"\A---\n(version: \d+\n)?", f"---\nversion: {10**number}\n", path.read_text("utf-8")
                        )
                        path.write_text(text, "utf-8")
                digest = build_index(corpus, index, open_encoder=lambda _: minilm).digest
                texts[digest] = {article.slug: article.text for article in read_corpus(corpus)}
                if not number:
                    for each in asking:
                        each.start()
                time.sleep(4 * PACE_S)
        finally:
            done.set()
            for each in asking:
                each.join()
    assert {status for status, _ in met} == {200}
    for _, answer in met:
        assert answer["quotes"]
        for quote in answer["quotes"]:
            assert texts[answer["index"]][quote["article"]][quote["start"] : quote["end"]] == quote["text"]
    answered_from = [answer["index"] for _, answer in met]
    assert len({*answered_from}) == len(texts) == 4
    assert answered_from[-1] == [*texts][-1]
