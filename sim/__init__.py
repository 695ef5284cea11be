"""World floor and application: what happens, and the command that makes it happen.

Names are imported when first asked for, so that a caller of one never waits for numba on behalf of another.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.trace import WorldInstant, WorldTrace

__all__ = ["WorldInstant", "WorldTrace"]

_HOMES = {
    "WorldInstant": "sim.trace",
    "WorldTrace": "sim.trace",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
