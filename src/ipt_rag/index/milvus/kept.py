"""What was read of an engine and may be asked for again: the latest, up to a bound."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by number, each read once while it is kept; safe to use from threads."""

    def __init__(self, read: Callable[[Sequence[int]], Mapping[int, T]], size: Callable[[T], int], bound: int) -> None:
        self._read = read
        self._size = size
        self._bound = bound
        self._total = 0
        self._values: OrderedDict[int, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, numbers: Iterable[int]) -> dict[int, T]:
        """Return the values of some numbers, those that are not kept in one reading."""
        wanted = [*numbers]
        with self._lock:
            found = {number: self._values[number] for number in wanted if number in self._values}
            for number in found:
                self._values.move_to_end(number)
        missing = [number for number in wanted if number not in found]
        if missing:
            read = self._read(missing)
            self.put(read)
            found.update(read)
        return found

    def put(self, values: Mapping[int, T]) -> None:
        """Keep some values; the longest unused go where there are too many."""
        with self._lock:
            for number, value in values.items():
                if number not in self._values:
                    self._total += self._size(value)
                self._values[number] = value
                self._values.move_to_end(number)
            while self._total > self._bound and self._values:
                self._total -= self._size(self._values.popitem(last=False)[1])
