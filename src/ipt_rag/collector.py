"""Keeps Python's garbage collector from going through what stays to the end: modules, models and tables."""

import atexit
import gc

# Objects that come to be before it looks for cycles among the newest. With Python's own 700 it looks eleven hundred
# times while the libraries of a build are imported, with this eighty times.
NEW_OBJECTS = 10_000


def collect_seldom() -> None:
    """Have garbage looked for more seldom, and not at all when the process ends and gives back all its memory.

    For programs: whoever uses the package as a library decides this for themselves.
    """
    gc.set_threshold(NEW_OBJECTS)
    atexit.register(gc.freeze)
