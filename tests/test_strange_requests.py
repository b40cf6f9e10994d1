"""Random requests to the program as it runs, drawn by schemathesis from the interfaces' own descriptions."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from gradio.routes import App
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from ipt_rag.api import PREFIX
from ipt_rag.ui import build_page
from page.in_browser import Server, real_program, served
from ports import free_port

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[1]
REQUESTS = int(os.environ.get("TEST_STRANGE_REQUESTS", "1000"))
ADDRESSES = 250  # of this machine's loopback, for the limit of each client
LEAKS = ("Traceback", 'File "', "site-packages", str(ROOT), str(Path.home()) + "/")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


class From(HTTPAdapter):
    """Sends from one address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make connections from that address."""
        super().init_poolmanager(*args, **options, source_address=(self._address, 0))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real program over the page's articles."""
    folder, port = tmp_path_factory.mktemp("strange"), free_port()
    with served(folder, real_program(folder / "index", port), port) as server:
        yield server


@pytest.fixture(scope="module")
def clients() -> list[requests.Session]:
    """A client for each address."""
    sessions = [requests.Session() for _ in range(ADDRESSES)]
    for number, session in enumerate(sessions):
        session.mount("http://", From(f"127.0.1.{number + 1}"))
    return sessions


def descriptions(server: Server) -> list[dict[str, Any]]:
    """Return the interface's for programs, which is open, and Gradio's, whose address is closed, so it is made here."""
    own = requests.get(f"{server.address}{PREFIX}/openapi.json", timeout=30).json()
    theirs = TestClient(App.create_app(build_page(lambda: None))).get("/gradio_api/openapi.json").json()  # type: ignore[arg-type,return-value]
    return [own, theirs]


def strings_in(value: Any) -> Iterator[str]:
    """Yield the strings of a body, not the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_in(each)


def test_no_failure_and_no_leak(program: Server, clients: list[requests.Session]) -> None:
    """Whatever is sent, valid or not, is answered as described or refused; nothing of the machine comes back."""
    operations = [
        found.ok()
        for description in descriptions(program)
        for found in schemathesis.openapi.from_dict(description).get_all_operations()
    ]
    assert len(operations) == 6
    drawn = st.one_of(
        [
            operation.as_strategy(generation_mode=mode)
            for operation in operations
            for mode in MODES
            if mode == GenerationMode.POSITIVE or operation.body or operation.path_parameters
        ]
    )
    told: Counter[tuple[str, int]] = Counter()
    numbers = count()

    @settings(max_examples=REQUESTS, suppress_health_check=list(HealthCheck), database=None)
    @given(case=drawn)
    def send(case: Any) -> None:
        base = program.address + ("" if case.path.startswith("/gradio_api/") else PREFIX)
        reply = case.call(base_url=base, session=clients[next(numbers) % ADDRESSES], timeout=60)
        told[case.path, reply.status_code] += 1
        assert reply.status_code < 500
        assert not [leak for leak in LEAKS if leak in reply.text]
        if reply.status_code == 200 and base.endswith(PREFIX):
            case.validate_response(reply)  # Gradio takes any body, and says with the answer what was wrong with it
        elif reply.status_code != 200:
            assert not [text for text in strings_in(case.body) if len(text) > 20 and text in reply.text]

    send()
    sys.stdout.write("".join(f"{number} x {path} {status}\n" for (path, status), number in sorted(told.items())))
    assert sum(told.values()) >= REQUESTS
    assert {status for _, status in told} >= {200, 400, 404}
    assert "Traceback" not in program.output.read_text()
