"""Ask the running page from 1, 8 and 32 clients at once: errors, latency, answers a second.

    .venv/bin/python benchmarks/load.py [--index DIR] [--seconds 60] [--clients 1 8 32]

The real program in a process of its own. Each client has a loopback address of its own, asks the page's public endpoint
(one request for the question, one for its answer), and asks again as soon as it has the answer, though no oftener than
the door lets one client through. Clients begin one after the other, spread over that pause; `--together` has them all
ask at the same moment, each time. Ends with exit code 1 where anything but an answer or a full queue's sentence came.
"""

import argparse
import itertools
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from measured import keep, percentiles, questions_in
from soak import ROOT, request, wait_until_ready

from ipt_rag import settings
from ipt_rag.ui import REQUESTS_PER_SECOND

QUESTIONS = ROOT / "tests" / "data" / "questions" / "answerable_2.jsonl"
PACE_S = 2 / REQUESTS_PER_SECOND  # a question is two requests


class Client:
    """One asker, with an address of its own."""

    def __init__(self, number: int, port: int, questions: Sequence[str]) -> None:
        self._address = f"127.0.1.{number + 1}"
        self._port = port
        self._questions = itertools.islice(itertools.cycle(questions), number * 7, None)
        self.seconds: list[float] = []
        self.outcomes: Counter[str] = Counter()

    def run(self, until: float) -> None:
        """Ask one question after the other until that time."""
        while (begun := time.monotonic()) < until:
            outcome = self._ask(next(self._questions))
            taken = time.monotonic() - begun
            self.outcomes[outcome] += 1
            if outcome == "answered":
                self.seconds.append(taken)
            time.sleep(max(0.0, PACE_S - taken))

    def _ask(self, question: str) -> str:
        """Return what came: an answer, the queue's sentence, or an error."""
        status, reply = self._request("POST", "/gradio_api/call/v2/ask", json.dumps({"question": question}).encode())
        if status != 200:
            return "full" if status == 503 else f"status {status}"
        status, events = self._request("GET", f"/gradio_api/call/ask/{json.loads(reply)['event_id']}")
        found = re.search(r"^event: (?!heartbeat)(\w+)$", events, re.MULTILINE)
        if found and found[1] == "complete":
            return "answered"
        return "full" if "queue" in events.lower() else f"status {status}, {found[1] if found else 'no event'}"

    def _request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        return request(self._port, method, path, body, address=self._address, timeout=120)


def main() -> None:
    """Start the program, ask with so many clients each time, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=ROOT / "index")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--together", action="store_true")
    options = parser.parse_args()
    questions = questions_in(QUESTIONS)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "app.py", "--index", str(options.index), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    figures: dict[str, dict[str, float]] = {}
    wrong = 0
    try:
        wait_until_ready(port, server)
        asked(1, 5, 0, port, questions)  # warm
        print(f"at most {settings.ASKED_AT_ONCE} questions at once, {settings.WAITING_QUESTIONS} waiting")
        for count in options.clients:
            clients = asked(count, options.seconds, 0 if options.together else PACE_S / count, port, questions)
            outcomes = sum((client.outcomes for client in clients), Counter[str]())
            seconds = [each for client in clients for each in client.seconds]
            wrong += sum(number for outcome, number in outcomes.items() if outcome not in ("answered", "full"))
            times = percentiles(seconds)
            figures[f"{count} clients"] = {**times, "answers a second": len(seconds) / options.seconds}
            alone = figures[f"{options.clients[0]} clients"]["p95"]
            print(
                f"{count:>2} clients: p50 {times['p50']:.0f}, p95 {times['p95']:.0f} ({times['p95'] / alone:.2f} x), "
                f"p99 {times['p99']:.0f} ms, {len(seconds) / options.seconds:.1f} answers a second, {dict(outcomes)}",
                flush=True,
            )
    finally:
        server.terminate()
        server.wait(30)
    keep("load", figures)
    sys.exit(1 if wrong else 0)


def asked(count: int, seconds: float, apart: float, port: int, questions: Sequence[str]) -> list[Client]:
    """Return so many clients after they asked for so long, each having begun so many seconds after the one before."""
    clients = [Client(number, port, questions) for number in range(count)]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=client.run, args=(until,)) for client in clients]
    for thread in threads:
        thread.start()
        time.sleep(apart)
    for thread in threads:
        thread.join()
    return clients


if __name__ == "__main__":
    main()
