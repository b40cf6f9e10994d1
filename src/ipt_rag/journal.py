"""Records that outlive a crash: appended to one file, each under its own digest; one that broke off counts for nothing.

A build keeps here what it has embedded, so that one that was interrupted goes on where it was.
"""

import hashlib
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from ipt_rag.disk import Bytes, append_synced

HEAD = struct.Struct("<32sQ")  # digest of the name, bytes of the record
SEAL = hashlib.sha256().digest_size


class Journal:
    """The records in a file, found by name; the last of a name counts."""

    def __init__(self, path: Path, about: str) -> None:
        """Open a file, made anew where there is none or where what it holds is about something else.

        Args:
            path: of the file.
            about: what all records depend on.

        Raises:
            OSError: it cannot be read or written.
        """
        self._path = path
        self._about = about
        self._places: dict[bytes, tuple[int, int]] = {}  # by digest of the name: where a record begins, its bytes
        whole = self._read() if path.exists() else 0
        if self._digest("") not in self._places:
            self._places.clear()
            whole = 0
        if whole:
            os.truncate(path, whole)
        else:
            path.unlink(missing_ok=True)
            self.append([("", b"")])
        self._file = path.open("rb")

    def append(self, records: Iterable[tuple[str, Bytes]]) -> None:
        """Add records by their names, and return once the disk has them all.

        Raises:
            OSError: it cannot be written; what was there before is there still.
        """
        end = self._path.stat().st_size if self._path.exists() else 0
        parts: list[Bytes] = []
        places = {}
        for name, record in records:
            head = HEAD.pack(self._digest(name), memoryview(record).nbytes)
            places[self._digest(name)] = (end + HEAD.size, memoryview(record).nbytes)
            parts += (head, record, _seal(head, record))
            end += HEAD.size + memoryview(record).nbytes + SEAL
        append_synced(self._path, parts)
        self._places |= places

    def __contains__(self, name: str) -> bool:
        """Return whether there is a record of a name."""
        return self._digest(name) in self._places

    def size(self, name: str) -> int:
        """Return how many bytes a record has."""
        return self._places[self._digest(name)][1]

    def read(self, name: str) -> bytes:
        """Return a record."""
        start, size = self._places[self._digest(name)]
        return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Close the file; its records stay on the disk."""
        self._file.close()

    def _read(self) -> int:
        """Find the whole records, and return where the last of them ends."""
        end = 0
        total = self._path.stat().st_size
        with self._path.open("rb") as file:
            while len(head := file.read(HEAD.size)) == HEAD.size:
                name, size = HEAD.unpack(head)
                if end + HEAD.size + size + SEAL > total:
                    break
                record = file.read(size)
                if file.read(SEAL) != _seal(head, record):
                    break
                self._places[name] = (end + HEAD.size, size)
                end += HEAD.size + size + SEAL
        return end

    def _digest(self, name: str) -> bytes:
        return hashlib.sha256(f"{self._about}\0{name}".encode()).digest()


def _seal(head: bytes, record: Bytes) -> bytes:
    sealed = hashlib.sha256(head)
    sealed.update(record)
    return sealed.digest()
