"""Labels floor: truth to labels to files.

Names are imported when first asked for, so that a caller of one never waits for numba on behalf of another.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelers.native_reader import read_samples
    from labelers.records import Box2D, Cuboid, FrameLabels, Sample
    from labelers.writers import FORMATS

__all__ = ["FORMATS", "Box2D", "Cuboid", "FrameLabels", "Sample", "read_samples"]

_HOMES = {
    "Box2D": "labelers.records",
    "Cuboid": "labelers.records",
    "FORMATS": "labelers.writers",
    "FrameLabels": "labelers.records",
    "Sample": "labelers.records",
    "read_samples": "labelers.native_reader",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
