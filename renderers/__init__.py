"""Renderers floor: the world at an instant to frames.

Names are imported when first asked for, so that a caller of one never waits for numba on behalf of another.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from renderers.camera import render
    from renderers.frames import CameraFrame, Cause, LidarSweep
    from renderers.lidar import scan
    from renderers.scene import Scene
    from renderers.stage import Stage
    from renderers.tracer import trace

__all__ = ["CameraFrame", "Cause", "LidarSweep", "Scene", "Stage", "render", "scan", "trace"]

_HOMES = {
    "CameraFrame": "renderers.frames",
    "Cause": "renderers.frames",
    "LidarSweep": "renderers.frames",
    "Scene": "renderers.scene",
    "Stage": "renderers.stage",
    "render": "renderers.camera",
    "scan": "renderers.lidar",
    "trace": "renderers.tracer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
