"""One heap for all threads, as the C library itself counts them."""

import itertools
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from page.in_browser import real_program, served
from ports import free_port

THREADS = 8
HEAP = 64 * 2**20
COUNTED = f"""
import ctypes, sys, threading
from ipt_rag.allocator import share_one_heap

if sys.argv[1] == "shared":
    share_one_heap()
together = threading.Barrier({THREADS})

def work():
    together.wait()
    kept = [bytes(10_000) for _ in range(100)]
    together.wait()

threads = [threading.Thread(target=work) for _ in range({THREADS})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library = ctypes.CDLL(None)
library.malloc_info(0, ctypes.c_void_p.in_dll(library, "stdout"))
library.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library has several heaps")
def test_threads_share_one_heap() -> None:
    """Eight threads at work have one heap; without the call they have several."""
    heaps = {}
    for how in ("shared", "apart"):
        done = subprocess.run([sys.executable, "-c", COUNTED, how], capture_output=True, text=True, check=True)
        heaps[how] = done.stdout.count("<heap nr=")
    assert heaps["shared"] == 1
    assert heaps["apart"] > 1


@pytest.mark.model
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="memory maps are read as Linux shows them")
def test_the_program_has_one_heap(tmp_path: Path, corpus_index: Path) -> None:
    """No thread of the running page has a heap of its own."""
    port = free_port()
    with served(tmp_path, real_program(corpus_index, port), port) as page:
        assert heaps_besides_the_first(page.process) == 0


def heaps_besides_the_first(process: int) -> int:
    """Return how many further heaps the C library has mapped: each 64 MB at a multiple of it, the unused end closed."""
    maps = Path(f"/proc/{process}/maps").read_text("ascii")
    places = [
        (int(a, 16), int(b, 16), rights) for a, b, rights in re.findall(r"^(\w+)-(\w+) (\S+)", maps, re.MULTILINE)
    ]
    return sum(
        (used, rest) == ("rw-p", "---p") and middle == again and start % HEAP == 0 and end - start == HEAP
        for (start, middle, used), (again, end, rest) in itertools.pairwise(places)
    )
