"""Do one thing with one rival, inside the rival's own environment.

    python drive.py NAME build TEXTS STORE MODEL
    python drive.py NAME ask STORE MODEL QUESTION
    python drive.py NAME query STORE MODEL QUESTIONS

TEXTS and QUESTIONS hold a JSON string a line. `ask` prints the three closest texts; `build` and `query` print one JSON
line of figures, and `query` one more with the texts that were found for each question. NAME is a module beside this
one with `build(texts, store, model)` and `opened(store, model)`.
"""

import importlib
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CLIENTS = 8
QUIET = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False"}


def main() -> None:
    """Do what the verb says."""
    os.environ.update(QUIET)
    name, verb, *rest = sys.argv[1:]
    rival = importlib.import_module(name)
    if verb == "build":
        texts, store, model = rest
        print(json.dumps(built(rival, lines(texts), store, model)))
    elif verb == "ask":
        store, model, question = rest
        print(*rival.opened(store, model)(question), sep="\n")
    else:
        store, model, questions = rest
        print(*map(json.dumps, queried(rival.opened(store, model), lines(questions))), sep="\n")


def lines(path: str) -> list[str]:
    """Return the file's strings."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def built(rival: Any, texts: list[str], store: str, model: str) -> dict[str, float]:
    """Build the store; return seconds, texts a second, peak memory in MB and the store's size in MB."""
    begun, worked = time.perf_counter(), time.process_time()
    rival.build(texts, store, model)
    seconds = time.perf_counter() - begun
    files = [Path(store), *Path(store).rglob("*")]
    return {
        "seconds": seconds,
        "processor seconds": time.process_time() - worked,
        "texts a second": len(texts) / seconds,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "MB on disk": sum(path.stat().st_size for path in files if path.is_file()) / 1e6,
    }


def queried(ask: Callable[[str], list[str]], questions: list[str]) -> tuple[dict[str, float], list[list[str]]]:
    """Ask one by one, from eight threads, and with PyTorch on one thread; return the figures, and what was found."""
    clock, worked = timed(ask, questions)
    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        found = list(clients.map(ask, questions))
    together = len(questions) / (time.perf_counter() - begun)
    figures = percentiles("clock", clock) | percentiles("processor", worked) | {"questions a second": together}
    if torch := sys.modules.get("torch"):  # ours answers without it, on one thread anyway
        torch.set_num_threads(1)
    alone, _ = timed(ask, questions)
    return figures | percentiles("one thread", alone), found


def timed(ask: Callable[[str], list[str]], questions: list[str]) -> tuple[list[float], list[float]]:
    """Return the seconds of each question by the clock and of the processor, after some to warm up."""
    for question in questions[:5]:
        ask(question)
    clock, worked = [], []
    for question in questions:
        begun, used = time.perf_counter(), time.process_time()
        ask(question)
        clock.append(time.perf_counter() - begun)
        worked.append(time.process_time() - used)
    return clock, worked


def percentiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"{name} p{place}": cuts[place - 1] * 1000 for place in (50, 95, 99)}


if __name__ == "__main__":
    main()
