"""Has the C library's allocator keep one heap for all threads."""

import ctypes

M_ARENA_MAX = -8  # malloc.h of the GNU C library


def share_one_heap() -> None:
    """Have all threads made from now on allocate from one heap; nothing happens where the C library is not GNU's.

    Left to itself it makes up to eight heaps a core, and each keeps the most that its threads ever needed at once.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(M_ARENA_MAX, 1)
