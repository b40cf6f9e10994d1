"""A converter in a process of its own -> the HTML it makes, within bounds of time and memory.

A hostile file can make any converter run on or grow; there it takes down a child, not the program. The child is
`python -m ipt_rag.importing.bounded MODULE NAME SECONDS`: file on standard input, HTML on standard output, or with exit
status 3 the sentence that says why not. Standard error is not read: what libraries say there holds words of the file.
"""

import importlib
import signal
import subprocess
import sys

from ipt_rag.errors import ImportRefusedError

MAX_SECONDS = 180  # of the processor's time, which a busy machine does not stretch; a 300-page PDF takes some fifty
MAX_WAIT = 900  # seconds by the clock, where the other limit does not hold
MAX_MEMORY = 3_000_000_000  # bytes of address space
MAX_MADE = 20_000_000  # characters of HTML, as many as a page may have bytes
OUT_OF_TIME = getattr(signal, "SIGXCPU", 0)
REFUSED = 3  # exit status of a child that has a sentence to say


def converted(module: str, data: bytes, name: str) -> str:
    """Return what the function `to_html(data, name)` of a module makes of a file.

    Raises:
        ImportRefusedError: the function refused the file, or it took too long, too much memory, or broke.
    """
    command = [sys.executable, "-m", "ipt_rag.importing.bounded", module, name, str(MAX_SECONDS)]
    try:
        child = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MAX_WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ImportRefusedError(f"{name} takes more than {MAX_WAIT} seconds to read. Split it.") from None
    if child.returncode == -OUT_OF_TIME:
        raise ImportRefusedError(f"{name} takes more than {MAX_SECONDS} seconds to read. Split it.")
    if child.returncode == REFUSED:
        raise ImportRefusedError(child.stdout.decode("utf-8", "replace").strip())
    if child.returncode:
        raise ImportRefusedError(
            f"{name} cannot be read within {MAX_MEMORY // 1_000_000:,} MB, or is damaged. Save it again, or split it."
        )
    return child.stdout.decode("utf-8")


def _child(module: str, name: str, seconds: str) -> int:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
    except (ImportError, ValueError, OSError):
        pass  # a system without such limits: the time limit of the parent holds
    try:
        html = importlib.import_module(module).to_html(sys.stdin.buffer.read(), name)
    except ImportRefusedError as error:
        sys.stdout.buffer.write(str(error).encode("utf-8", "replace"))
        return REFUSED
    if len(html) > MAX_MADE:
        refusal = f"{name} holds {len(html):,} characters; a page may have {MAX_MADE:,}. Split it."
        sys.stdout.buffer.write(refusal.encode("utf-8", "replace"))
        return REFUSED
    sys.stdout.buffer.write(html.encode("utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(_child(*sys.argv[1:]))
