"""Whatever deploys the program: read as its own tools would read it, and held to what it promises."""

import base64
import importlib.metadata
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from ipt_rag.index import written_in
from ipt_rag.serve import main as serve
from page.in_browser import served, words_command
from ports import free_port
from programs import installed

DEPLOY = Path(__file__).parent.parent / "deploy"
ROOT = DEPLOY.parent


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile with their arguments, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line.strip())]


def test_the_image_runs_as_nobody_and_says_how_it_is() -> None:
    """Its last stage names another user than root by number, a check of its health, and nothing that is fetched."""
    found = instructions()
    names = [name for name, _ in found]
    last = found[len(names) - names[::-1].index("FROM") :]
    assert set(names) <= {
        "ARG",
        "FROM",
        "ENV",
        "WORKDIR",
        "RUN",
        "COPY",
        "LABEL",
        "USER",
        "EXPOSE",
        "HEALTHCHECK",
        "CMD",
    }
    assert [rest for name, rest in last if name == "USER"] == ["10001:10001"]
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("CMD")
    assert "RUN" not in [name for name, _ in last]
    [health] = [rest for name, rest in last if name == "HEALTHCHECK"]
    assert "/readyz" in health
    assert not [rest for name, rest in found if name == "FROM" and ":latest" in rest]


def test_the_image_is_made_of_files_that_there_are() -> None:
    """What is copied from the checkout exists, and is let through to the engine."""
    let_through = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [
        word for name, rest in instructions() if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]
    ]
    assert "src" in copied
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in let_through


def test_the_image_checks_the_encoder_and_itself() -> None:
    """Building builds the index, which verifies the encoder, examines it, and asks a question of what is left."""
    runs = " ".join(rest for name, rest in instructions() if name == "RUN")
    assert re.search(r"ipt-rag build && ipt-rag doctor.*pip uninstall.*ipt-rag ask", runs)
    assert runs.count("--require-hashes") == 2


def test_the_image_brings_all_that_mcp_and_milvus_need() -> None:
    """The packages cut from the development lock are those that the two need and the runtime lock lacks."""
    [listed] = re.findall(r"\^\(([\w|-]+)\)==", (DEPLOY / "Containerfile").read_text("utf-8"))
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    waiting, needed = ["mcp", "pymilvus"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in needed or name in locked:
            continue
        needed.add(name)
        for each in map(Requirement, importlib.metadata.requires(name) or []):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                waiting.append(canonicalize_name(each.name))
    assert set(listed.split("|")) == needed


def test_the_program_takes_the_images_command() -> None:
    """The options of the image and of the unit are options of `app.py`."""
    [command] = [rest for name, rest in instructions() if name == "CMD"]
    [start] = re.findall(r"^ExecStart=\S+ app\.py (.*)$", (DEPLOY / "ipt-rag.service").read_text("utf-8"), re.MULTILINE)
    words = yaml.safe_load(command)
    assert words[:2] == ["python", "app.py"]
    for options in (words[2:], start.split()):
        assert serve.make_context("app.py", list(options))


def compose() -> Any:
    """Return the compose file as read."""
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_only_the_proxy_can_be_reached() -> None:
    """The page has no port and no way out; the proxy stands in both networks, and both can write next to nothing."""
    read = compose()
    page, proxy = read["services"]["page"], read["services"]["proxy"]
    assert "ports" not in page
    assert page["networks"] == ["inside"]
    assert read["networks"]["inside"] == {"internal": True}
    assert set(proxy["networks"]) == {"inside", "outside"}
    for service in (page, proxy):
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        named = {volume.partition(":")[0] for volume in service["volumes"]}
        assert all(name in read["volumes"] or (DEPLOY / name).is_file() for name in named)
    assert (DEPLOY / page["build"]["context"]).resolve() == ROOT
    assert (ROOT / page["build"]["dockerfile"]).is_file()


def test_the_engine_is_filled_before_the_page_starts() -> None:
    """Laid over the other file: nobody outside reaches the engine, a stage with PyTorch fills it, the page waits."""
    over = yaml.safe_load((DEPLOY / "compose.milvus.yaml").read_text("utf-8"))
    milvus, builder, page = (over["services"][name] for name in ("milvus", "builder", "page"))
    for service in (milvus, builder):
        assert "ports" not in service
        assert service["networks"] == ["inside"]
        assert service["cap_drop"] == ["ALL"]
        assert all(volume.partition(":")[0] in over["volumes"] for volume in service["volumes"])
    at = page["environment"]["IPT_RAG_INDEX"]
    assert page["environment"] == builder["environment"]
    assert urlsplit(at).hostname == "milvus"
    [kept] = builder["volumes"]  # what is made for a server lies in there
    assert kept == f"staged:/srv/ipt-rag/{written_in(at).parent}"
    assert builder["depends_on"] == {"milvus": {"condition": "service_healthy"}}
    assert page["depends_on"] == {"builder": {"condition": "service_completed_successfully"}}
    assert f"${{PYTHON}} AS {builder['build']['target']}" in [rest for name, rest in instructions() if name == "FROM"]


def test_the_proxy_asks_who_is_there() -> None:
    """Each variable of the Caddyfile is handed to it, it asks for a password, and hides the health of the page."""
    caddy = (DEPLOY / "Caddyfile").read_text("utf-8")
    assert set(re.findall(r"\{\$(\w+)\}", caddy)) == set(compose()["services"]["proxy"]["environment"])
    for needed in ("basic_auth {", "respond @health 404", "reverse_proxy {$IPT_PAGE:page:7860}"):
        assert needed in caddy


@pytest.mark.browser
def test_the_proxy_lets_nobody_in_without_the_password(tmp_path: Path) -> None:
    """Caddy, run with our file before the page: asks for the password, passes questions on, and hides the health."""
    caddy = installed("caddy")
    config, environment = tmp_path / "Caddyfile", os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    told = subprocess.run([caddy, "version"], capture_output=True, text=True, check=True).stdout
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    if Version(told.split()[0].removeprefix("v")) < Version("2.8"):  # Debian's calls it otherwise
        text = text.replace("basic_auth", "basicauth")
    config.write_text(text)
    hashed = subprocess.run([caddy, "hash-password", "--plaintext", "tea"], capture_output=True, text=True, check=True)
    door, port = free_port(), free_port()
    address = f"http://127.0.0.1:{door}"
    places = {"IPT_HOST": address, "IPT_USER": "ward", "IPT_PASSWORD_HASH": hashed.stdout.strip()}
    command = [caddy, "run", "--config", str(config), "--adapter", "caddyfile"]
    with served(tmp_path, words_command(port), port):
        proxy = subprocess.Popen(
            command, env=environment | places | {"IPT_PAGE": f"127.0.0.1:{port}"}, stderr=subprocess.DEVNULL
        )
        try:
            known = base64.b64encode(b"ward:tea").decode()
            assert answered(address, {}) == 401
            assert answered(address, {"Authorization": f"Basic {base64.b64encode(b'ward:coffee').decode()}"}) == 401
            assert answered(address, {"Authorization": f"Basic {known}"}) == 200
            assert answered(f"{address}/healthz", {"Authorization": f"Basic {known}"}) == 404
        finally:
            proxy.terminate()
            proxy.wait(30)


def answered(address: str, headers: dict[str, str]) -> int:
    """Return the status of what an address answers, which may still be starting."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.parametrize("files", [["compose.yaml"], ["compose.yaml", "compose.milvus.yaml"]], ids=len)
def test_compose_reads_its_files(tmp_path: Path, files: list[str]) -> None:
    """The engine's own reader takes them, each alone and laid over each other, and knows every key.

    Debian's is the first generation, which wants the number of a format and no name; all else stands as it is.
    """
    options = []
    for name in files:
        text = (DEPLOY / name).read_text("utf-8")
        (tmp_path / name).write_text('version: "2.4"\n' + text.replace("name: ipt-rag\n", ""))
        options += ["--file", str(tmp_path / name)]
    given = {"IPT_HOST": "ipt.example.org", "IPT_USER": "ward", "IPT_PASSWORD_HASH": "x"}
    command = [installed("docker-compose"), *options, "config"]
    read = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    expected = {"page", "proxy"} | ({"milvus", "builder"} if len(files) == 2 else set())
    assert set(yaml.safe_load(read.stdout)["services"]) == expected


def test_the_unit_is_one(tmp_path: Path) -> None:
    """The unit is read without a complaint, and its exposure is rated as at most 2 of 10."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on the path")
    # The program lies elsewhere on the machine that the unit is for.
    unit = tmp_path / "ipt-rag.service"
    text = (DEPLOY / "ipt-rag.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/ipt-rag/.venv/bin/python", "/bin/true"))
    read = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stdout + read.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)], capture_output=True, check=False
    )
    assert rated.returncode == 0


def test_the_space_warns_first() -> None:
    """Its front matter is that of a container on the page's port, and its first words are the warning."""
    _, front, text = (DEPLOY / "space" / "README.md").read_text("utf-8").split("---\n", 2)
    about = yaml.safe_load(front)
    assert (about["sdk"], about["app_port"], about["license"]) == ("docker", 7860, "apache-2.0")
    assert len(about["short_description"]) <= 60
    assert text.strip().startswith("# Do not type patient details\n\n**This is a public place.**")
