"""Where the page is served: whether an address is only this machine's, and whether it can be had."""

import errno
import ipaddress
import socket

from ipt_rag.errors import SettingsError


def is_local(host: str) -> bool:
    """Return whether only programs of this machine can reach a host.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("::1"), is_local("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_address(host: str, port: int, *, open_to_network: bool = False) -> None:
    """Return if the page can, and may, be served at an address; others reach it only if it is open to the network.

    Raises:
        SettingsError: the port is taken or not allowed, the host is not this machine's, or others could reach it.
    """
    if not open_to_network and not is_local(host):
        raise SettingsError(
            f"At {host} everybody on the network could read along, without a password. Leave the page at 127.0.0.1 "
            "behind a proxy that asks for one, or say --open-to-network if something else keeps others out."
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            problem = f"Port {port} of {host} is in use. Stop the program that holds it, or choose another with --port."
        else:
            problem = f"The page cannot be served at {host}, port {port} ({error.strerror}). Choose others."
        raise SettingsError(problem) from None
