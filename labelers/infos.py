"""Pickled infos as detection code bases want them: bytes that depend on the content alone.  Labels floor."""

import io
import pickle
from typing import Any


def pickle_bytes(value: Any) -> bytes:
    """A pickle without references to what was pickled before, so that equal values have equal bytes.

    Arrays are those of `numpy.core`, the name that both numpy 1 and 2 find: trainers still run on the first.
    """
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, protocol=3)
    pickler.fast = True
    pickler.dump(value)
    return packed.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
