"""The garbage collector under programs: seldom, still, and not at the end."""

import subprocess
import sys

from ipt_rag.collector import NEW_OBJECTS

# What is registered first is called last: here after `collect_seldom` did at the end what it has to.
AT_THE_END = """
import atexit, gc
atexit.register(lambda: print(gc.get_threshold()[0], gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 100))
"""
CYCLES = """
import weakref
from ipt_rag.collector import collect_seldom

class Cycle:
    def __init__(self):
        self.itself = self

collect_seldom()
kept = [weakref.ref(Cycle()) for _ in range(100_000)]
print(sum(cycle() is not None for cycle in kept))
"""
COMMAND = """
from ipt_rag.cli import main
main(["list"])
"""


def output_of(script: str) -> list[str]:
    """Return what a program of its own prints, by line."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_cycles_are_still_collected() -> None:
    """Of many more objects in cycles than the limit, no more than that are left at any time."""
    assert int(output_of(CYCLES)[-1]) <= NEW_OBJECTS


def test_a_command_ends_without_collecting() -> None:
    """When a command ends the collector is left with nothing to go through, and it began with our limit."""
    assert output_of(AT_THE_END + COMMAND)[-1] == f"{NEW_OBJECTS} True True"
