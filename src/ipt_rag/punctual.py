"""Closes connections on which nothing moves, and refuses those beyond a number. Door: uvicorn.

uvicorn waits for a request's headers and for a reader as long as they like, and for any number of them; Gradio, which
starts it, hands no setting on. Bodies have a limit of their own in `page_guard`.
"""

import asyncio
from collections.abc import Callable

from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 10.0  # from a connection's first moment, or its first byte after an answer, to the end of the headers
READ_S = 30.0  # from a write that the system's buffers did not take whole until the reader has made room for its rest
CONNECTIONS = 500  # a reader's page holds up to three; a process may often open no more than 1,024 files

TOO_MANY = b"Too many connections are open. Try again in some seconds."
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Cache-Control: no-store\r\nRetry-After: 10\r\nConnection: close\r\n\r\n%b" % (len(TOO_MANY), TOO_MANY)
)


def be_punctual() -> None:
    """Have every server that this process starts from now on, and that names no protocol, use `PunctualProtocol`."""
    HTTP_PROTOCOLS["auto"] = f"{__name__}:{PunctualProtocol.__name__}"


class PunctualProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection whose next request or whose reader is late, however it drips."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, or refuse one connection too many."""
        super().connection_made(transport)
        self._waits: dict[str, asyncio.TimerHandle] = {}
        transport.set_write_buffer_limits(high=0)  # so that `pause_writing` tells of each byte that has to wait
        if len(self.connections) > CONNECTIONS:
            transport.write(_FULL)
            transport.close()
        else:
            self._wait("request", REQUEST_S, transport.close)

    def data_received(self, data: bytes) -> None:
        """Read on; the wait ends with the headers, and not before."""
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting("request")
        else:
            self._wait("request", REQUEST_S, self.transport.close)

    def pause_writing(self) -> None:
        """Wait for the reader."""
        super().pause_writing()
        self._wait("reader", READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Write on: the reader has taken all there was."""
        super().resume_writing()
        self._stop_waiting("reader")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting("request")
        self._stop_waiting("reader")
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self, whom: str, seconds: float, then: Callable[[], None]) -> None:
        if whom not in self._waits:
            self._waits[whom] = self.loop.call_later(seconds, then)

    def _stop_waiting(self, whom: str) -> None:
        if whom in self._waits:
            self._waits.pop(whom).cancel()
