"""A real Milvus server for tests, alone in a network namespace: it would listen on every interface of the machine.

Run as a program it stands inside the namespace and hands on what comes to a socket of this machine's loopback that was
opened outside; imported, it starts that program.
"""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

NAMESPACES = (["unshare", "--map-root-user", "--net"], ["unshare", "--net"])


def namespace() -> Sequence[str] | None:
    """Return the command that runs another in a network of its own, or None where this system lets nobody."""
    for command in NAMESPACES:
        with suppress(OSError):
            if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
                return command
    return None


class MilvusServer:
    """A server that tests start, kill and start again; its data stays."""

    def __init__(self, data: Path, within: Sequence[str]) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [*within, sys.executable, __file__, str(listening.fileno()), str(data)]
        self._pid = 0
        self._relay = subprocess.Popen(
            command, pass_fds=[listening.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        listening.close()

    def start(self) -> None:
        """Start the server and return when it says that it is healthy."""
        assert self._relay.stdin is not None
        assert self._relay.stdout is not None
        self._relay.stdin.write("start\n")
        self._relay.stdin.flush()
        said = self._relay.stdout.readline()
        assert said, "the server did not start"
        self._pid = int(said)

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Stop it for good."""
        self._relay.communicate(timeout=60)  # the end of its input is its end


def _main() -> None:
    """Serve one command a line: `start`, answered with the number of the server's process."""
    import milvus

    _raise_loopback()
    server = milvus.MilvusServer(milvus.MilvusServerConfig(data_dir=sys.argv[2]))
    # A killed server is taken for alive as long as that: half a minute would be lost at each start after a kill.
    # With a few seconds alone it would end itself where the machine is busy.
    server.config.set("common.session.ttl", 10)
    listening = socket.socket(fileno=int(sys.argv[1]))
    threading.Thread(target=_accept, args=(listening, server), daemon=True).start()
    for _ in sys.stdin:
        if server.server_proc:
            server.server_proc.wait()
        server.start()
        sys.stdout.write(f"{server.server_proc.pid}\n")
        sys.stdout.flush()
    server.stop()


def _raise_loopback() -> None:
    """Set the loopback interface of this namespace up."""
    set_flags, up_running = 0x8914, 0x41
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", up_running))


def _accept(listening: socket.socket, server: object) -> None:
    while True:
        outside, _ = listening.accept()
        try:
            inside = socket.create_connection(("127.0.0.1", server.listen_port), timeout=5)  # type: ignore[attr-defined]
        except OSError:  # no server there: the caller finds nobody either
            outside.close()
            continue
        inside.settimeout(None)
        for source, target in ((outside, inside), (inside, outside)):
            threading.Thread(target=_hand_on, args=(source, target), daemon=True).start()


def _hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    _main()
