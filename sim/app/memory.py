"""How the process keeps memory: what one frame has freed, the next one takes.  Roof."""

import ctypes
import os
import sys

# Names and numbers of glibc's malloc.h.
TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
LARGEST = 2**31 - 1
GROWN_BYTES = 64 << 20


def keep_freed_memory() -> bool:
    """Let the C library keep freed memory instead of giving it back; whether it will.

    A frame needs some 300 MB of arrays for moments.  By default each is mapped anew and filled with zeros page by page,
    which took a sixth of a frame's time (docs/performance.md).  The process keeps its greatest size instead.  Nothing is
    changed where the user has set malloc's own variables, or where another C library is at work.
    """
    tuned = any(name.startswith("MALLOC_") for name in os.environ) or "GLIBC_TUNABLES" in os.environ
    if tuned or not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return all(
        mallopt(*option) for option in ((MMAP_MAX, 0), (TRIM_THRESHOLD, LARGEST), (TOP_PAD, GROWN_BYTES))
    )
