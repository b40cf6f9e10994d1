"""What happens -> lines on standard error for whoever runs the program; never a word that a user wrote.

An event is one of a fixed list, with a status from a fixed list, a duration and counts: there is no field that could
hold text. Of what other libraries log, only who logged it and what kind of error it was comes through.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TextIO, get_args

from ipt_rag.errors import IptRagError

Event = Literal["started", "ready", "failed", "stopped", "question", "built", "feedback"]
Status = Literal["ok", "answered", "not_in_articles", "refused", "unread", "error"]
EVENTS: tuple[Event, ...] = get_args(Event)
STATUSES: tuple[Status, ...] = get_args(Status)
OWN = "ipt_rag"

_log = logging.getLogger("ipt_rag.events")


def log_event(event: Event, status: Status = "ok", *, since: float | None = None, **counts: int) -> None:
    """Log an event; `since` is the `time.perf_counter()` at which it began.

    Raises:
        ValueError: an event, a status or a count that is none.
    """
    if event not in EVENTS or status not in STATUSES or any(type(count) is not int for count in counts.values()):
        raise ValueError("An event is logged with a known name, a known status and whole numbers, nothing else.")
    if not _log.isEnabledFor(logging.INFO):
        return
    took = {} if since is None else {"duration_ms": round((time.perf_counter() - since) * 1000, 1)}
    _log.info(event, extra={"facts": {"event": event, "status": status, **took, **counts}})


@dataclass(slots=True)
class Outcome:
    """How something ended; whoever does it fills this in."""

    status: Status = "ok"
    counts: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def logged(event: Event) -> Iterator[Outcome]:
    """Log an event when it has ended: "unread" for an error meant for readers, "error" for any other."""
    since, outcome = time.perf_counter(), Outcome()
    try:
        yield outcome
    except Exception as error:
        log_event(event, "unread" if isinstance(error, IptRagError) else "error", since=since)
        raise
    log_event(event, outcome.status, since=since, **outcome.counts)


def start_logging(form: str, level: str, stream: TextIO | None = None) -> None:
    """Send what is logged from now on to standard error: as text, or as one JSON object a line."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level.upper())
    logging.captureWarnings(True)  # Python's own warnings, too, which may show a line of what they are about


def gather_logs() -> None:
    """Let what libraries log come the same way as ours: uvicorn, for one, brings handlers of its own along."""
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def for_people() -> bool:
    """Return whether standard error is for people: with JSON, each of its lines is one object and nothing else."""
    return not any(isinstance(handler.formatter, _Json) for handler in logging.getLogger().handlers)


class _Formatter(logging.Formatter):
    def facts(self, record: logging.LogRecord) -> Mapping[str, Any]:
        """Return what may be said of a record."""
        known = getattr(record, "facts", None)
        if known is not None and record.name == _log.name:
            return dict(known)
        facts = {"event": "log", "level": record.levelname.lower(), "logger": record.name}
        if record.name.partition(".")[0] == OWN:
            facts["message"] = record.getMessage()  # ours name kinds of errors and fixed sentences
        if record.exc_info and record.exc_info[0]:
            facts["error"] = record.exc_info[0].__name__
        return facts


class _Json(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": moment, **self.facts(record)}, ensure_ascii=True)


class _Text(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        said = " ".join(f"{name}={value}" for name, value in self.facts(record).items() if name != "level")
        return f"{record.levelname}: {said}"
