"""Run the real program under mixed load, with rebuilds in between, and hold every answer against the articles' text.

    .venv/bin/python benchmarks/soak.py [--minutes 60] [--corpus DIR] [--plot FILE.png]
    .venv/bin/python benchmarks/soak.py --minutes 6 --clients 6 --rate 20 --rebuild-every 40 --warm-up 90    denser

Asks, follow-ups, filters, PHI, garbage and malformed requests go to the public endpoint on loopback, at a pace that the
door's limit allows; meanwhile articles are edited, added and removed, and the index is rebuilt beside the running page.
Ends with exit code 1 and what went wrong, or 0. Figures go to build/bench/soak.json.

- Every quote is a slice of the article as it stood in the generation that the answer names, and that generation is the
  one that was current when the question was sent, or a later one.
- Every message with PHI is refused, and no word of it stands in what the server printed.
- Memory (anonymous, of the process), open files, threads and files on the disk do not grow after the warm-up.
"""

import argparse
import http.client
import json
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measured import keep, percentiles

from ipt_rag.index import current_digest

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = ROOT / "tests" / "data" / "questions"
IPT_RAG = (sys.executable, "-c", "from ipt_rag.cli import main; main()")
CLIENTS = 3
REQUESTS_PER_SECOND = 3.0  # of all clients; the door lets four through from each
SAMPLE_S = 5.0
WARM_UP_S = 600.0  # two rebuilds: until then caches fill, and nothing is said of growth
MEMORY_SLACK = 1.05
PAGE = "# A visit to the soak\n\nThe soak is a bath of {word}. {filler}\n\n## Sources\n\n1. Lee A. On soaking.\n"
ADDED = "a-visit-to-the-soak"
SECRETS = ("Testina Mustermann", "555-010-0199", "078-05-1120", "pat.example@example.org")
GARBAGE = ("", " ", "\0", "?" * 500, "ﷺ" * 300, "'; DROP TABLE passages; --", "<script>alert(1)</script>", "a" * 3_000)
MALFORMED = (b"", b"{", b"[]", b'{"question": 1', b"\xff\xfe", b"[" * 10_000)


@dataclass(frozen=True, slots=True)
class Asked:
    """One answered question, until its generation's text is known."""

    quotes: tuple[tuple[str, int, int, str], ...]  # article, start, end, text
    digest: str  # of the generation that answered
    asked_at: float


@dataclass
class Ledger:
    """What happened, filled by all threads."""

    started: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    latencies: list[tuple[float, str, float]] = field(default_factory=list)  # second of the run, kind, seconds taken
    samples: list[dict[str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    answers: list[Asked] = field(default_factory=list)
    generations: list[tuple[float, float, str, dict[str, str]]] = field(
        default_factory=list
    )  # begun, done, digest, text
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, problem: str) -> None:
        """Keep a problem; the first hundred are enough."""
        with self.lock:
            self.counts["errors"] += 1
            if len(self.errors) < 100:
                self.errors.append(f"{time.monotonic() - self.started:.0f} s: {problem}")
                print(self.errors[-1], file=sys.stderr, flush=True)


def request(
    port: int, method: str, path: str, body: bytes | None = None, *, address: str = "127.0.0.1", timeout: float = 60
) -> tuple[int, str]:
    """Return status and text of what the program answers, asked from an address of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout, source_address=(address, 0))
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


class Client:
    """One asker: speaks HTTP to the public endpoint, and knows what each kind of message must come to."""

    def __init__(self, port: int, ledger: Ledger, asks: Sequence[str], dialogues: Sequence[Sequence[str]], seed: int):
        self._port = port
        self._address = f"127.0.0.{seed + 2}"
        self._ledger = ledger
        self._asks = asks
        self._dialogues = dialogues
        self._random = random.Random(seed)

    def run(self, until: Callable[[], bool], pace_s: float) -> None:
        """Send one message after another, evenly, until told to stop; nothing that goes wrong ends it."""
        kinds: tuple[tuple[Callable[[], str], int], ...] = (
            (self._ask, 40),
            (self._follow_up, 15),
            (self._filtered, 10),
            (self._phi, 15),
            (self._garbage, 10),
            (self._malformed, 5),
            (self._visit, 5),
        )
        steps, weights = zip(*kinds, strict=True)
        while not until():
            begun = time.monotonic()
            [step] = self._random.choices(steps, weights)
            name = step.__name__.strip("_")
            try:
                outcome = step()
            except Exception as error:
                self._ledger.fail(f"{name}: {type(error).__name__}: {error}")
                outcome = "failed"
            taken = time.monotonic() - begun
            with self._ledger.lock:
                self._ledger.counts[f"{name}: {outcome}"] += 1
                self._ledger.latencies.append((begun - self._ledger.started, name, taken))
            time.sleep(max(0.0, pace_s - taken))

    def _request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        return request(self._port, method, path, body, address=self._address)

    def _called(self, **asked: Any) -> dict[str, Any] | None:
        """Return the answer, or None where the endpoint answers with an error of its own."""
        asked_at = time.monotonic()
        status, text = self._request("POST", "/gradio_api/call/v2/ask", json.dumps(asked).encode())
        if status != 200:
            raise RuntimeError(f"status {status} to a question: {text[:200]}")
        status, events = self._request("GET", f"/gradio_api/call/ask/{json.loads(text)['event_id']}")
        found = re.search(r"^event: (?!heartbeat)(\w+)\ndata: (.*)$", events, re.MULTILINE)
        if status != 200 or not found:
            raise RuntimeError(f"status {status}, no event: {events[:200]}")
        if found[1] != "complete":
            with self._ledger.lock:
                self._ledger.counts[f"sentence: {found[2][:80]}"] += 1
            return None
        answer: dict[str, Any] = json.loads(found[2])[0]
        quotes = tuple((each["article"], each["start"], each["end"], each["text"]) for each in answer["quotes"])
        if answer["index"]:
            with self._ledger.lock:
                self._ledger.answers.append(Asked(quotes, answer["index"], asked_at))
        return answer

    def _of_articles(self, answer: dict[str, Any] | None) -> str:
        if answer is None or answer["status"] not in ("answered", "not_in_articles"):
            raise RuntimeError(f"a question of ours came to {answer and (answer['status'], answer['kinds'])}")
        return str(answer["status"])

    def _ask(self) -> str:
        return self._of_articles(self._called(question=self._random.choice(self._asks)))

    def _follow_up(self) -> str:
        turns = self._random.choice(self._dialogues)
        last = self._random.randrange(1, len(turns))
        return self._of_articles(self._called(question=turns[last], earlier=list(turns[:last])))

    def _filtered(self) -> str:
        only = self._random.choice(({"tiers": ["T1"]}, {"sourced_only": True}, {"tiers": ["T1", "T3"]}))
        return self._of_articles(self._called(question=self._random.choice(self._asks), **only))

    def _phi(self) -> str:
        secret = self._random.choice(SECRETS)
        answer = self._called(question=f"My patient {secret} grieves: {self._random.choice(self._asks)}")
        if answer is None or answer["status"] != "refused" or answer["quotes"] or secret in json.dumps(answer):
            raise RuntimeError("a message with PHI was not refused, or repeated")
        return "refused"

    def _garbage(self) -> str:
        signs = "".join(chr(self._random.choice((32, 0x300, 0x202E, 0x1F600, 65, 10))) for _ in range(60))
        answer = self._called(question=self._random.choice((*GARBAGE, signs)))
        return str(answer["status"]) if answer else "a sentence"

    def _malformed(self) -> str:
        status, _ = self._request("POST", "/gradio_api/call/v2/ask", self._random.choice(MALFORMED))
        if not 400 <= status < 500:
            raise RuntimeError(f"status {status} to a malformed request")
        return str(status)

    def _visit(self) -> str:
        for path in ("/", "/healthz", "/readyz", "/gradio_api/info"):
            status, _ = self._request("GET", path)
            if status != 200:
                raise RuntimeError(f"status {status} for {path}")
        return "200"


class Operator:
    """Who keeps the articles while the page runs: edits, adds, removes, rebuilds; each step is one more generation."""

    def __init__(self, corpus: Path, index: Path, folder: Path, ledger: Ledger) -> None:
        self._corpus = corpus
        self._index = index
        self._page = folder / f"{ADDED}.md"
        self._ledger = ledger
        self._rounds = 0

    def step(self) -> None:
        """Do the next of four things; afterwards the generation with its text is known."""
        what = (self._edit, self._add, self._edit, self._remove)[self._rounds % 4]
        self._rounds += 1
        begun = time.monotonic()
        try:
            what()
        except subprocess.CalledProcessError as error:
            self._ledger.fail(f"{what.__name__}: {error.stderr[-300:]}")
        self.note(begun)
        with self._ledger.lock:
            self._ledger.counts[f"operator: {what.__name__.strip('_')}"] += 1

    def note(self, begun: float) -> None:
        """Keep the current generation and the text of its articles."""
        texts = {path.stem: path.read_bytes().decode() for path in self._corpus.glob("*.md")}
        by_slug = {re.search(r"^slug: (\S+)", text, re.MULTILINE)[1]: text for text in texts.values()}  # type: ignore[index]
        with self._ledger.lock:
            self._ledger.generations.append((begun, time.monotonic(), current_digest(self._index) or "", by_slug))

    def _run(self, *arguments: str) -> None:
        command = ["nice", *IPT_RAG, *arguments, "--corpus", str(self._corpus)]
        subprocess.run(command, check=True, capture_output=True, text=True)

    def _edit(self) -> None:
        path = sorted(self._corpus.glob("*.md"))[-1]
        text = path.read_text(encoding="utf-8")
        version = f"version: soak {self._rounds}"
        edited = re.sub(r"\A---\n(?:version: soak \d+\n)?", f"---\n{version}\n", text)  # every offset of it moves
        path.write_text(edited, encoding="utf-8")
        self._run("build", "--index", str(self._index))

    def _add(self) -> None:
        filler = " ".join(f"Number {number} of them is warm." for number in range(40))
        self._page.write_text(PAGE.format(word=f"round {self._rounds}", filler=filler), encoding="utf-8")
        self._run("add", str(self._page), "--slug", ADDED)
        self._run("build", "--index", str(self._index))

    def _remove(self) -> None:
        self._run("remove", ADDED, "--index", str(self._index))


def asked_of(corpus: Path) -> tuple[list[str], list[list[str]]]:
    """Return single questions and conversations: the project's own, and some in the words of the articles."""
    files = ("answerable.jsonl", "answerable_2.jsonl", "unanswerable.jsonl", "unanswerable_2.jsonl")
    lines = [line for name in files for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines()]
    own = [json.loads(line)["question"] for line in lines]
    sentences = [
        sentence
        for path in sorted(corpus.glob("*.md"))
        for sentence in re.findall(r"^(?:\w+ ){6,}", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    dialogues = [
        [turn["question"] for turn in json.loads(line)["turns"]]
        for line in (QUESTIONS / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    begun = [sentence.split()[:9] for sentence in sentences]
    # Half a person's name is refused, and rightly.
    quoted = [f"What is said of {' '.join(words)}?" for words in begun if words[-1].islower()]
    return own + quoted * max(1, len(own) // max(1, len(quoted)) // 2), [turns for turns in dialogues if len(turns) > 1]


def sample(process: int, folders: Sequence[Path]) -> dict[str, float]:
    """Return memory in MB, open files, threads, and how many files lie in the folders."""
    status = Path(f"/proc/{process}/status").read_text()
    memory = {name: int(kb) / 1024 for name, kb in re.findall(r"^(RssAnon|VmRSS):\s+(\d+) kB", status, re.MULTILINE)}
    files = sum(1 for folder in folders for path in folder.rglob("*") if path.is_file())
    handles = len(list(Path(f"/proc/{process}/fd").iterdir()))
    threads = int(re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)[1])  # type: ignore[index]
    return {"anonymous_mb": memory["RssAnon"], "resident_mb": memory["VmRSS"], "handles": handles} | {
        "threads": threads,
        "files": files,
    }


def verify(ledger: Ledger) -> int:
    """Hold every quote against the text of its generation, and every answer against the clock; return the quotes."""
    texts = {digest: text for _, _, digest, text in ledger.generations}
    current = sorted(ledger.generations, key=lambda each: each[1])
    quotes = 0
    for answer in ledger.answers:
        if answer.digest not in texts:
            ledger.fail(f"an answer names the generation {answer.digest}, which there never was")
            continue
        # Current when the question was sent: the last one done by then, or any one done later.
        done = [digest for _, done, digest, _ in current if done <= answer.asked_at]
        later = {digest for _, done, digest, _ in current if done > answer.asked_at}
        if answer.digest not in {*done[-1:], *later}:
            ledger.fail(f"an answer came from {answer.digest} after it had been replaced")
        for article, start, end, text in answer.quotes:
            quotes += 1
            if texts[answer.digest].get(article, "")[start:end] != text:
                ledger.fail(f"a quote of {article} {start}-{end} is not its text in {answer.digest}")
    return quotes


def growth(samples: Sequence[dict[str, float]], warm_up_s: float) -> dict[str, Any]:
    """Return, for each figure, its median in the first and in the last third after the warm-up, and what grew."""
    warm = [each for each in samples if each["second"] >= warm_up_s]
    if len(warm) < 30:
        return {"judged": False, "grew": []}
    third = len(warm) // 3
    figures: dict[str, Any] = {"judged": True, "grew": []}
    for name in ("anonymous_mb", "handles", "threads", "files"):
        first, last = (statistics.median(each[name] for each in part) for part in (warm[:third], warm[-third:]))
        figures[name] = {"first_third": round(first, 1), "last_third": round(last, 1)}
        if last > first * (MEMORY_SLACK if name == "anonymous_mb" else 1.0) + (0 if name == "anonymous_mb" else 2):
            figures["grew"].append(name)
    return figures


def draw(path: Path, ledger: Ledger) -> None:
    """Write a picture of memory, handles and latency over the run."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (memory, handles, latency) = pyplot.subplots(3, 1, sharex=True, figsize=(9, 7), layout="constrained")
    minutes = [each["second"] / 60 for each in ledger.samples]
    memory.plot(minutes, [each["resident_mb"] for each in ledger.samples], label="resident", linewidth=1)
    memory.plot(minutes, [each["anonymous_mb"] for each in ledger.samples], label="anonymous", linewidth=1)
    memory.set_ylabel("memory (MB)")
    handles.plot(minutes, [each["handles"] for each in ledger.samples], label="open files", linewidth=1)
    handles.plot(minutes, [each["threads"] for each in ledger.samples], label="threads", linewidth=1)
    handles.set_ylabel("number")
    asks = [(second / 60, taken * 1000) for second, kind, taken in ledger.latencies if kind in ("ask", "follow_up")]
    latency.plot(*zip(*asks, strict=True), ".", markersize=1.5, label="one question, over HTTP")
    latency.set_yscale("log")
    latency.set_ylabel("milliseconds")
    latency.set_xlabel("minutes; grey: a generation replaced")
    for axes in (memory, handles, latency):
        for _, done, _, _ in ledger.generations[1:]:
            axes.axvline((done - ledger.started) / 60, color="0.8", linewidth=0.8, zorder=0)
        axes.set_ylim(bottom=None if axes is latency else 0)
        axes.legend(loc="lower right", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the page answers questions.

    Raises:
        SystemExit: the program ended, or five minutes went by.
    """
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("The program did not become ready.")


def soak(
    minutes: float,
    corpus: Path,
    folder: Path,
    clients: int,
    rate: float,
    rebuild_every_s: float,
    warm_up_s: float,
    say: Callable[[str], None],
) -> tuple[Ledger, dict[str, Any]]:
    """Run it all in a folder of its own; return what happened, and the figures."""
    own_corpus, index, private = folder / "corpus", folder / "index", folder / "private"
    shutil.copytree(corpus, own_corpus)
    private.mkdir()
    subprocess.run(
        ["nice", *IPT_RAG, "build", "--corpus", own_corpus, "--index", index], check=True, capture_output=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"--corpus": own_corpus, "--index": index, "--port": port, "--feedback": folder / "feedback"}
    command = ["nice", sys.executable, "app.py", *(str(part) for option in options.items() for part in option)]
    output = folder / "output.txt"
    with output.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)  # `nice` becomes the program itself
    ledger = Ledger()
    try:
        wait_until_ready(port, server)
        ledger.started = time.monotonic()
        operator = Operator(own_corpus, index, folder, ledger)
        operator.note(ledger.started - 1)
        ends = ledger.started + minutes * 60
        stop = threading.Event()
        asks, dialogues = asked_of(own_corpus)
        askers = [
            threading.Thread(
                target=Client(port, ledger, asks, dialogues, seed).run, args=(stop.is_set, clients / rate), daemon=True
            )
            for seed in range(clients)
        ]
        sampler = threading.Thread(target=_sample_until, args=(stop, server.pid, (index, private), ledger), daemon=True)
        for thread in (*askers, sampler):
            thread.start()
        rebuild_at = ledger.started + rebuild_every_s
        while time.monotonic() < ends and server.poll() is None:
            if time.monotonic() >= rebuild_at:
                operator.step()
                rebuild_at = time.monotonic() + rebuild_every_s
                say(
                    f"{(time.monotonic() - ledger.started) / 60:.0f} min: {sum(ledger.counts.values())} messages,"
                    f" {len(ledger.errors)} errors"
                )
            time.sleep(0.2)
        stop.set()
        for thread in (*askers, sampler):
            thread.join(120)
        if server.poll() is not None:
            ledger.fail(f"the program ended by itself with {server.returncode}")
    finally:
        stopping = time.monotonic()
        server.send_signal(signal.SIGTERM)
        try:
            ended = server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            ended = server.wait()
        stopping = time.monotonic() - stopping
    quotes = verify(ledger)
    printed = output.read_text(errors="replace")
    for secret in SECRETS:
        if secret in printed:
            ledger.fail("the server printed words of a refused message")
    if "Traceback" in printed:
        ledger.fail("the server printed a traceback")
    if ended:
        ledger.fail(f"the program ended with {ended} when it was told to stop")
    grown = growth(ledger.samples, warm_up_s)
    for name in grown["grew"]:
        ledger.fail(f"{name} grew: {grown[name]}")
    taken = {kind: [t for _, each, t in ledger.latencies if each == kind] for kind in ("ask", "follow_up", "phi")}
    return ledger, {
        "minutes": minutes,
        "messages": len(ledger.latencies),
        "outcomes": dict(sorted(ledger.counts.items())),
        "generations": len(ledger.generations),
        "answers_verified": len(ledger.answers),
        "quotes_verified": quotes,
        "errors": ledger.counts["errors"],
        "latency_ms": {kind: percentiles(times) for kind, times in taken.items() if len(times) > 1},
        "growth": grown,
        "stop": {"exit": ended, "seconds": round(stopping, 1)},
        "samples": ledger.samples,
    }


def _sample_until(stop: threading.Event, process: int, folders: Sequence[Path], ledger: Ledger) -> None:
    while not stop.wait(SAMPLE_S):
        try:
            ledger.samples.append({"second": time.monotonic() - ledger.started, **sample(process, folders)})
        except OSError as error:  # a file that went while it was counted
            ledger.counts[f"sample: {type(error).__name__}"] += 1


def main() -> None:
    """Run, print what matters, keep the figures, draw where asked, and say whether all held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    parser.add_argument("--rebuild-every", type=float, default=240, metavar="SECONDS")
    parser.add_argument("--warm-up", type=float, default=WARM_UP_S, metavar="SECONDS")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="each from a loopback address of its own")
    parser.add_argument("--rate", type=float, default=REQUESTS_PER_SECOND, help="messages a second")
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        ledger, figures = soak(
            options.minutes,
            options.corpus,
            Path(folder),
            options.clients,
            options.rate,
            options.rebuild_every,
            options.warm_up,
            lambda line: print(line, flush=True),
        )
    keep("soak", figures)
    if options.plot:
        draw(options.plot, ledger)
    print(json.dumps({name: value for name, value in figures.items() if name != "samples"}, indent=1))
    raise SystemExit(bool(ledger.errors))


if __name__ == "__main__":
    main()
