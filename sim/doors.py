"""How far doors stand open at each tick, and the room that a vehicle then takes.  World floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import BODIES, DOORS, door_reach, opened_by, opening_shift, shut_size
from scenarios.schema import Actor as ActorWords
from scenarios.schema import OpenDoor
from scenarios.walk import parts
from sim.trace import Actor

Floats = NDArray[np.float64]
SHUT_SHARE = 0.02  # what stands open by less does not reach out of the body


@dataclass(frozen=True, slots=True)
class Swing:
    """One door from a tick on: to a share of its last notch."""

    tick: int
    door: str
    to: float
    over_s: float


def doors_that_open(actor: ActorWords[float, str]) -> tuple[str, ...]:
    """All that is open at the start or opened by a step: it is a part of its own throughout the clip."""
    named = {*(actor.doors or ()), *(part.door for _, part in parts(actor) if isinstance(part, OpenDoor))}
    return tuple(name for name in DOORS if name in named)


def shares(
    at_start: Sequence[str], swings: Sequence[Swing], ticks: int, step_s: float
) -> NDArray[np.float32]:
    """(T, D) how far each of DOORS is open.  A swing starts and ends gently, from wherever the door then is."""
    share = np.zeros((ticks, len(DOORS)), np.float32)
    for name in at_start:
        share[:, DOORS.index(name)] = 1.0
    time_s = np.arange(ticks) * step_s
    for swing in swings:
        column = DOORS.index(swing.door)
        along = np.clip((time_s[swing.tick :] - time_s[swing.tick]) / swing.over_s, 0.0, 1.0)
        eased = along * along * (3.0 - 2.0 * along)
        begin = float(share[swing.tick, column])
        share[swing.tick :, column] = begin + (swing.to - begin) * eased
    return share


def footprint(actor: Actor, open_share: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """(T, 2) half length and width of the rectangle about a vehicle, and its middle in the actor's frame.

    Whatever is ajar counts with all that it reaches when it is open.
    """
    ticks = len(open_share)
    body = BODIES[actor.model]
    size = shut_size(body, actor.size_m, actor.state)
    shift = np.array(opening_shift(body, actor.size_m, actor.state))
    scale = np.array(size[:2]) / np.array(body.size_m[:2])
    half = 0.5 * np.array(size[:2])
    low, high = np.tile(-half - shift, (ticks, 1)), np.tile(half - shift, (ticks, 1))
    for name in opened_by(actor.state):
        ajar = open_share[:, DOORS.index(name)] > SHUT_SHARE
        x0, x1, y0, y1, _, _ = door_reach(body, name)
        low[ajar] = np.minimum(low[ajar], np.array((x0, y0)) * scale - shift)
        high[ajar] = np.maximum(high[ajar], np.array((x1, y1)) * scale - shift)
    return 0.5 * (high - low), 0.5 * (high + low)
