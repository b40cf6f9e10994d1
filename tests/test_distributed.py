import importlib.util
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ipt_rag import distributed
from ipt_rag.build import build_index
from ipt_rag.distributed import build_on_ray
from ipt_rag.embed import MiniLM
from ipt_rag.errors import EncoderError, SettingsError
from ports import free_port

TESTS = Path(__file__).parent
PROGRAM = (sys.executable, "-c", "from ipt_rag.cli import main; main(prog_name='ipt-rag')")
UNIT = 4  # texts: many units of few texts

with_ray = pytest.mark.skipif(not importlib.util.find_spec("ray"), reason="Ray is not installed: pip install -e .[ray]")


@pytest.fixture
def lean(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that does without one package of the development tools.

    It parses a grammar for five seconds when jsonschema is imported, as each of Ray's dozen processes does.
    """
    (tmp_path / "lean").mkdir()
    (tmp_path / "lean" / "rfc3987_syntax.py").write_text("raise ImportError('not wanted here')\n")
    path = os.pathsep.join(filter(None, (str(tmp_path / "lean"), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path}


@pytest.fixture
def nodes(lean: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A cluster of three nodes on the loopback."""
    command = [sys.executable, str(TESTS / "ray_nodes.py"), "3"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True, env=lean) as cluster:
        yield cluster
        assert cluster.stdin
        cluster.stdin.close()
        assert cluster.wait(60) == 0


@pytest.fixture
def many(articles: Path) -> Path:
    """The invented articles, and one of three hundred short passages more."""
    passages = "\n\n".join(f"Lamp {number} burns oil of its own. [1]" for number in range(300))
    head = '---\ntitle: "Lamps"\nslug: lamps\nlanguage: en\nkind: article\n---\n\n# Lamps\n\n'
    (articles / "lamps.md").write_text(
        f'{head}{passages}\n\n## Sources\n\n[1]: #sources "T3 · The Keeper. Of lamps."\n'
    )
    return articles


def files_of(index: Path) -> dict[str, bytes]:
    """Return the bytes of every file but the lock."""
    found = (path for path in index.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(index)): path.read_bytes() for path in found}


@pytest.mark.model
@with_ray
def test_a_node_killed_in_the_middle_loses_and_doubles_nothing(
    nodes: subprocess.Popen[str], lean: dict[str, str], many: Path, tmp_path: Path, minilm: MiniLM
) -> None:
    """Three nodes make, one of them killed while they embed, the very files that this machine makes alone."""
    here = build_index(many, tmp_path / "here", open_encoder=lambda _: minilm)
    assert nodes.stdin
    assert nodes.stdout
    address = nodes.stdout.readline().strip()
    script = (
        "import sys; from pathlib import Path; from ipt_rag.distributed import build_on_ray as build;"
        "say = lambda line: print(line, file=sys.stderr, flush=True);"
        f"done = build({address!r}, Path('articles'), Path('there'), report=say, unit_texts={UNIT}); print(done.digest)"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    told = []
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, env=lean, cwd=tmp_path) as build:
        assert build.stderr
        for line in build.stderr:
            told.append(line)
            if line.startswith("embedded 100 of"):  # units are still to be made, and some are being made
                nodes.stdin.write("kill\n")
                nodes.stdin.flush()
                assert nodes.stdout.readline() == "killed\n"
        assert build.stdout
        printed = build.stdout.read()
    assert build.returncode == 0, told
    assert told[0] == f"3 nodes of the cluster at {address}\n"
    assert told[-1] == "1 of the nodes were lost meanwhile; the others did their work\n"
    assert printed == f"{here.digest}\n"
    assert files_of(tmp_path / "there") == files_of(tmp_path / "here")


@with_ray
@pytest.mark.parametrize("address", ["here", "10.0.0.1", ":6379", "127.0.0.1:port"])
def test_what_is_no_address(address: str, articles: Path, tmp_path: Path) -> None:
    """Host and port are asked for, and nothing is written."""
    with pytest.raises(SettingsError, match=f"{re.escape(address)} is no address of a Ray cluster"):
        build_on_ray(address, articles, tmp_path / "index")
    assert not (tmp_path / "index").exists()


@with_ray
def test_nobody_at_the_address(articles: Path, tmp_path: Path) -> None:
    """A port at which nothing listens is told at once, by the command too."""
    address = f"127.0.0.1:{free_port()}"
    command = [*PROGRAM, "build", "--corpus", str(articles), "--index", str(tmp_path / "index"), "--ray", address]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Error: No Ray cluster can be reached at {address}. Start its head (`ray start --head`), or name another "
        "address.\n"
    )


def test_without_ray(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing package is named, and how it is installed."""
    monkeypatch.setattr(distributed, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"Run `pip install 'ipt-rag\[ray\]'`"):
        build_on_ray("127.0.0.1:6379", articles, tmp_path / "index")


@pytest.mark.model
def test_a_node_that_makes_other_vectors_is_refused(minilm: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bit of one vector is enough; the node is named, and what to do."""
    here = distributed.fingerprint(minilm)
    monkeypatch.setattr(MiniLM, "open", lambda precision, *, cores: {("fp32", 1): minilm}[precision, cores])
    assert distributed._encoder("fp32", here) is minilm
    honest = minilm.encode_tokens

    def other(texts: tuple[str, ...]) -> list[object]:
        made = honest(texts)
        made[0].vectors[0, 0] = np.nextafter(made[0].vectors[0, 0], 2)
        return list(made)

    monkeypatch.setattr(minilm, "encode_tokens", other)
    distributed._encoder.cache_clear()
    with pytest.raises(EncoderError, match=f"The node {re.escape(socket.gethostname())} makes other vectors"):
        distributed._encoder("fp32", here)
