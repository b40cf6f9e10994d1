"""An audit hook that lets no connection and no look-up of a name leave the machine, and notes each that was tried."""

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

NOTED = "TEST_ATTEMPTS"  # environment variable: the file that every program of a test run notes attempts in
CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKS_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}


def close_network() -> None:
    """Let this process speak to this machine alone from now on; a hook cannot be taken off again."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CONNECTS:
        allowed = _is_here(arguments[1])
    elif event in LOOKS_UP:
        host = arguments[0][0] if event == "socket.getnameinfo" else arguments[0]
        allowed = _is_numeric(host) if event == "socket.getaddrinfo" else _is_here((host,))
    else:
        return
    if allowed:
        return
    noted = os.environ.get(NOTED)
    if noted:  # who tried may swallow the error
        with Path(noted).open("a", encoding="utf-8") as file:
            file.write(f"{event} {arguments[1:] if event in CONNECTS else arguments[:1]!r}\n")
    raise PermissionError(f"{event}: tests speak to this machine alone")


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple) or isinstance(address[0], int):  # a Unix socket, a connected one, the kernel
        return True
    host = _text(address[0])
    if host in ("", "localhost"):
        return True
    return _is_numeric(host) and (ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified)


def _is_numeric(host: Any) -> bool:
    """Whether no name server is asked about it."""
    text = _text(host)
    if text in ("", "localhost"):
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _text(host: Any) -> str:
    return host.decode("latin-1") if isinstance(host, bytes) else str(host or "")
