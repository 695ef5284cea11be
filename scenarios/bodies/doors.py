"""Doors, boots and bonnets that can stand open, and how much room they take.  Language floor.

Who stands with something open has the box that encloses it, as datasets label it; its middle is then not the body's.
"""

from collections.abc import Sequence

from scenarios.bodies.door_reach import REACH_M, Reach
from scenarios.bodies.record import Body

OPEN = "open:"  # how the state of such an actor begins
Size = tuple[float, float, float]
DOORS = ("front_left", "front_right", "rear_left", "rear_right", "boot", "bonnet")


def doors_of(model: str) -> tuple[str, ...]:
    """What can be opened on a model, in the order of DOORS."""
    known = REACH_M.get(model, {})
    return tuple(name for name in DOORS if name.replace("right", "left") in known)


def open_state(doors: Sequence[str]) -> str:
    """The state of an actor whose doors stand open; nothing where none does."""
    return OPEN + ",".join(name for name in DOORS if name in doors) if doors else ""


def opened_by(state: str) -> tuple[str, ...]:
    """The doors that a state says are open."""
    return tuple(state.removeprefix(OPEN).split(",")) if state.startswith(OPEN) else ()


def open_size(body: Body, size_m: Size, state: str) -> Size:
    """The box of a body of `size_m` with its doors open."""
    low, high = _extent(body, state)
    own = (
        (1.0, 1.0, 1.0)
        if size_m == body.size_m
        else tuple(a / b for a, b in zip(size_m, body.size_m, strict=True))
    )
    x, y, z = ((b - a) * s for a, b, s in zip(low, high, own, strict=True))
    return x, y, z


def shut_size(body: Body, size_m: Size, state: str) -> Size:
    """The box of the body with its doors shut: the inverse of `open_size`."""
    if not opened_by(state):
        return size_m
    ratio = [a / b for a, b in zip(size_m, open_size(body, body.size_m, state), strict=True)]
    return body.size_m[0] * ratio[0], body.size_m[1] * ratio[1], body.size_m[2] * ratio[2]


def opening_shift(body: Body, size_m: Size, state: str) -> tuple[float, float]:
    """How far ahead and to the left of the body's middle the middle of its box lies."""
    if not opened_by(state):
        return 0.0, 0.0
    low, high = _extent(body, state)
    own = shut_size(body, size_m, state)
    return (
        0.5 * (low[0] + high[0]) * own[0] / body.size_m[0],
        0.5 * (low[1] + high[1]) * own[1] / body.size_m[1],
    )


def _extent(body: Body, state: str) -> tuple[list[float], list[float]]:
    """Lowest and highest corner of the model with its doors open, about the shut body's own middle on the ground."""
    length, width, height = body.size_m
    low, high = [-length / 2, -width / 2, 0.0], [length / 2, width / 2, height]
    for name in opened_by(state):
        x0, x1, y0, y1, z0, z1 = door_reach(body, name)
        low = [min(a, b) for a, b in zip(low, (x0, y0, z0), strict=True)]
        high = [max(a, b) for a, b in zip(high, (x1, y1, z1), strict=True)]
    return low, high


def door_reach(body: Body, name: str) -> Reach:
    """Lowest and highest x, y and z of an open door, in the frame of the shut body."""
    x0, x1, y0, y1, z0, z1 = REACH_M[body.model][name.replace("right", "left")]
    return (x0, x1, -y1, -y0, z0, z1) if name.endswith("right") else (x0, x1, y0, y1, z0, z1)
