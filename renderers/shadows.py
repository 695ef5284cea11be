"""Which points see the sun and the lamps, asked of scouts first.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.kernels.lamps import (
    LISTED,
    SHADOWED,
    aim_at_lamps,
    aim_at_sun,
    answer,
    ask_on,
    list_lamps,
    soften,
)
from renderers.lamps import beam_bounds, height_bounds
from renderers.passes import TILES_PER_SLICE, Bundle, Room, room_for
from renderers.scene import CASTS_SHADOW
from renderers.tracer import Hits, PreparedScene
from sim.kernels.jit import in_slices

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# Lanes of a tile that are asked first: one in each row and column, so that nothing long and thin slips between them.
SCOUTS = np.array([8 * y + x for y, x in enumerate((1, 5, 3, 7, 0, 4, 2, 6))])
ALL_LANES = np.arange(64)
NO_LAMPS, NO_SHADOWS = np.full((0, LISTED), -1, np.int16), np.ones((SHADOWED, 1), np.float32)
QUESTIONS = 1024  # that scouts answer in one piece


def sun_on(
    prepared: PreparedScene,
    light: Light,
    bundle: Bundle,
    jitter: Floats,
    size: tuple[int, int, int] | None,
    threads: int,
    soft: bool = True,
) -> Floats:
    """(N,) 0..1 share of the sun's disc that is seen; `jitter` (64, 2) spreads a packet over the disc.

    In a picture (`size`: width, height, tiles across) a tile is asked in full only where its scouts disagree, and its
    penumbrae are smoothed if they are `soft`.
    """
    count = len(bundle.direction)
    seen = np.ones(count, np.float32)
    sun = light.day.sun_direction.astype(np.float64)
    if float(light.day.numbers[4]) <= 0.0 or sun[2] <= 0.0:
        return seen
    side = np.cross(sun, [0.0, 0.0, 1.0] if abs(sun[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    axes = np.stack([sun, side, np.cross(side, sun)]).astype(np.float32)
    hits, surface, offset = bundle.hits, bundle.surface, bundle.offset_m

    def aim(asked: Integers, lanes: Integers, room: Room) -> None:
        aim_at_sun(0, len(asked), asked, lanes, axes, jitter, hits.triangle, surface, offset, *room)

    # With the whole tile the sun's disc is spread over its lanes; the scouts look at its middle.
    asked = np.zeros((count // 64, 2), np.int64)
    asked[:, 0] = np.arange(count // 64)
    mixed = _asked_first(
        prepared, asked, SCOUTS if size is not None else None, aim, seen.reshape(1, -1), threads
    )[:, 0]
    if soft and size is not None and len(mixed):
        width, height, across = size
        smooth = np.empty((len(mixed), 64), np.float32)
        in_slices(
            lambda start, stop: soften(
                start, stop, mixed, across, width, height, bundle.direction, hits.range_m, hits.triangle,
                surface, seen, smooth.reshape(-1),
            ),
            len(mixed),
            threads,
            TILES_PER_SLICE,
        )  # fmt: skip
        seen.reshape(-1, 64)[mixed] = smooth
    if light.plumes is not None:
        light.plumes.dim(hits.triangle, offset, seen, threads)
    return seen


def lamps_on(
    prepared: PreparedScene, light: Light, bundle: Bundle, shadows: bool, threads: int
) -> tuple[NDArray[np.int16], Floats]:
    """The lamps listed for each packet (tiles, LISTED) and what each point sees of the first ones (SHADOWED, N)."""
    count = len(bundle.direction)
    if len(light.lamps) == 0:
        return NO_LAMPS, NO_SHADOWS
    chosen = np.empty((count // 64, LISTED), np.int16)
    shadowed = np.empty(count // 64, np.uint8)
    tables, heights = beam_bounds(), height_bounds()
    hits, surface, offset = bundle.hits, bundle.surface, bundle.offset_m

    def choose(start: int, stop: int) -> None:
        least = np.float32(light.least_lx)
        list_lamps(
            start,
            stop,
            hits.range_m,
            hits.triangle,
            surface,
            offset,
            light.lamps,
            tables,
            heights,
            least,
            chosen,
            shadowed,
        )

    def aim(asked: Integers, lanes: Integers, room: Room) -> None:
        aim_at_lamps(
            0, len(asked), asked, lanes, hits.triangle, surface, offset, light.lamps, chosen, *room
        )  # fmt: skip

    in_slices(choose, count // 64, threads, TILES_PER_SLICE)
    if not (chosen[:, 0] >= 0).any():  # as on most days: nobody need look for lamps again
        return NO_LAMPS, NO_SHADOWS
    seen = np.ones((SHADOWED, count), np.float32)
    if shadows:
        tile, rank = np.nonzero(np.arange(SHADOWED) < shadowed[:, None])
        # By lamp within each slice of tiles, whose points stay in the cache: neighbours' scouts travel together.
        lamp = chosen[tile, rank].astype(np.int64)
        part, place = np.divmod(tile, TILES_PER_SLICE)
        order = np.argsort((part * len(light.lamps) + lamp) * TILES_PER_SLICE + place)
        _asked_first(prepared, np.stack([tile, rank], axis=-1)[order], SCOUTS, aim, seen, threads)
    return chosen, seen


def _asked_first(
    prepared: PreparedScene,
    asked: Integers,
    scouts: Integers | None,
    aim: Callable[[Integers, Integers, Room], None],
    seen: Floats,
    threads: int,
) -> Integers:
    """Ask shadow questions (Q, 2), of tile and rank: first some scouts, then all lanes where these disagree.

    Writes to `seen` (ranks, N), which is 1 before, and returns the questions that were asked in full.
    """
    whole = asked
    if scouts is not None:
        mixed = np.empty(len(asked), np.bool_)

        def scout(start: int, stop: int) -> None:
            rows, room = asked[start:stop], room_for((stop - start) * len(scouts))
            aim(rows, scouts, room)
            found = _blocked(prepared, room).placement
            ask_on(0, len(rows), len(scouts), rows, found, room[2], mixed[start:stop], seen)

        in_slices(_grained(scout, QUESTIONS), len(asked), threads, QUESTIONS)
        whole = asked[mixed]

    def ask(start: int, stop: int) -> None:
        rows, room = whole[start:stop], room_for((stop - start) * 64)
        aim(rows, ALL_LANES, room)
        answer(0, len(rows), rows, _blocked(prepared, room).placement, seen)

    in_slices(_grained(ask, TILES_PER_SLICE), len(whole), threads, TILES_PER_SLICE)
    return whole


def _blocked(prepared: PreparedScene, room: Room) -> Hits:
    direction, begin, limit = room
    hits = Hits.empty(len(direction))
    prepared.trace_into(hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW, narrow=True)
    return hits


def _grained(work: Callable[[int, int], None], grain: int) -> Callable[[int, int], None]:
    """The same work in pieces of `grain`, whose arrays stay in the cache."""

    def pieces(start: int, stop: int) -> None:
        for first in range(start, stop, grain):
            work(first, min(first + grain, stop))

    return pieces
