"""Where the doors of a process take their calls: some at once, some waiting, in threads, off the server's loop."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from ipt_rag import settings
from ipt_rag.chatbot import Chatbot
from ipt_rag.errors import BusyError

T = TypeVar("T")


class Desk:
    """The chatbot of one process, for callers that must not block; `library` may wait until it is there."""

    def __init__(
        self,
        library: Callable[[], Chatbot],
        *,
        at_once: int = settings.ASKED_AT_ONCE,
        waiting: int = settings.WAITING_QUESTIONS,
    ) -> None:
        self._library = library
        self._limiter = CapacityLimiter(at_once)
        self._waiting = waiting

    async def call(self, do: Callable[[Chatbot], T]) -> T:
        """Return what `do` makes of the chatbot.

        Raises:
            BusyError: too many wait already.
        """
        if self._limiter.statistics().tasks_waiting >= self._waiting:
            raise BusyError("Too many requests are waiting. Come back in a moment.")
        return await to_thread.run_sync(lambda: do(self._library()), limiter=self._limiter)
