"""Ports for the servers that tests start, when several processes run them at the same time."""

import itertools
import os
import socket
from contextlib import suppress

# Above what Ray's workers take (to 19,999) and below what the kernel gives to connections and to servers that name no
# port (from 32,768): between the choice of a port and its use nobody else comes by it.
FIRST, EACH, WORKERS = 20_000, 1_000, 12

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_turns = itertools.count(os.getpid())  # another run on this machine begins elsewhere


def free_port() -> int:
    """Return a port of this machine that nothing listens on, and that no other test is given."""
    for _ in range(EACH):
        port = FIRST + _worker % WORKERS * EACH + next(_turns) % EACH
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"none of the {EACH} ports of this process is free")
