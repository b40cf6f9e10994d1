"""Closes connections on which no whole request comes in time. Door: uvicorn.

uvicorn waits for a request's headers as long as its sender likes, and Gradio, which starts it, hands no setting on.
Bodies have a limit of their own in `page_guard`.
"""

import asyncio

from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 10.0  # from a connection's first moment, or its first byte after an answer, to the end of the headers


def be_punctual() -> None:
    """Have every server that this process starts from now on, and that names no protocol, use `PunctualProtocol`."""
    HTTP_PROTOCOLS["auto"] = f"{__name__}:{PunctualProtocol.__name__}"


class PunctualProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which closes a connection whose next request is late, however slowly its bytes drip."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; the wait ends with the headers, and not before."""
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
