"""Which points see the sun and the lamps, asked of scouts first.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.kernels.lamp_lists import LISTED, SHADOWED, list_lamps
from renderers.kernels.shadow_rays import (
    BLOCKED,
    MIXED,
    aim_at_lamps,
    aim_at_sun,
    doubt,
    judge,
    note,
    settle,
    soften,
    tell,
    unasked,
)
from renderers.lamps import beam_bounds, height_bounds
from renderers.passes import TILES_PER_SLICE, Bundle, Room, room_for
from renderers.scene import CASTS_SHADOW
from renderers.tracer import Hits, PreparedScene
from sim.kernels.jit import in_slices

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Rays = NDArray[np.int32]

# Lanes of a tile that are asked first: one in each row and column, so that nothing long and thin slips between them.
# Every other tile begins with the first half of them, those beside it with the second.
SCOUTS = np.array([8 * y + x for y, x in enumerate((1, 5, 3, 7, 0, 4, 2, 6))])
HALVES = np.stack([SCOUTS[[0, 1, 4, 5]], SCOUTS[[2, 3, 6, 7]]])
NO_LAMPS, NO_SHADOWS = np.full((0, LISTED), -1, np.int16), np.ones((SHADOWED, 1), np.float32)
RAYS = 8192  # in one piece, whose arrays stay in the cache


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

    asked = np.zeros((count // 64, 2), np.int64)
    asked[:, 0] = np.arange(count // 64)

    def aim(rays: Rays, room: Room) -> None:
        aim_at_sun(rays, asked, axes, jitter, hits.triangle, surface, offset, *room)

    across = None if size is None else size[2]
    same = np.zeros((count // 64, 1), np.int16)
    mixed = _asked(prepared, asked, same, bundle, aim, seen.reshape(1, -1), across, False, threads)[:, 0]
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
    prepared: PreparedScene, light: Light, bundle: Bundle, across: int | None, threads: int
) -> tuple[NDArray[np.int16], Floats]:
    """The lamps listed for each packet (tiles, LISTED) and what each point sees of the first ones (SHADOWED, N).

    `across` is how many tiles a row of the picture has; other rays ask for no shadows.
    """
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

    in_slices(choose, count // 64, threads, TILES_PER_SLICE)
    if not (chosen[:, 0] >= 0).any():  # as on most days: nobody need look for lamps again
        return NO_LAMPS, NO_SHADOWS
    seen = np.ones((SHADOWED, count), np.float32)
    if across is not None:
        tile, rank = np.nonzero(np.arange(SHADOWED) < shadowed[:, None])
        # By lamp within each slice of tiles, whose points stay in the cache: neighbours' scouts travel together.
        lamp = chosen[tile, rank].astype(np.int64)
        part, place = np.divmod(tile, TILES_PER_SLICE)
        order = np.argsort((part * len(light.lamps) + lamp) * TILES_PER_SLICE + place)
        asked = np.stack([tile, rank], axis=-1)[order]

        def aim(rays: Rays, room: Room) -> None:
            aim_at_lamps(rays, asked, hits.triangle, surface, offset, light.lamps, chosen, *room)

        _asked(prepared, asked, chosen[:, :SHADOWED], bundle, aim, seen, across, True, threads)
    return chosen, seen


def _asked(
    prepared: PreparedScene,
    asked: Integers,
    lights: NDArray[np.int16],
    bundle: Bundle,
    aim: Callable[[Rays, Room], None],
    seen: Floats,
    across: int | None,
    sharp: bool,
    threads: int,
) -> Integers:
    """Ask shadow questions (Q, 2), of tile and rank, and return those whose lanes disagree.

    In a picture of `across` tiles a row half of a tile's scouts go first; the other half where they do not say what
    those of the tiles around say of the same of `lights` (tiles, ranks); all lanes where they disagree, or, where
    shadows are `sharp`, every other lane and those whose neighbours disagree.  Writes to `seen` (ranks, N), which is 1
    before.
    """
    answers = np.zeros(64 * len(asked), np.uint8)

    def ask(rays: Rays) -> None:
        for first in range(0, len(rays), RAYS):
            part = rays[first : first + RAYS]
            room = room_for(len(part))
            aim(part, room)
            note(part, _blocked(prepared, room).placement, room[2], answers)

    def scouts(questions: Rays, lanes: Integers) -> None:
        rays = (questions[:, None] * 64 + lanes).astype(np.int32).reshape(-1)
        in_slices(lambda start, stop: ask(rays[start:stop]), len(rays), threads, RAYS)
        in_slices(
            lambda start, stop: judge(start, stop, questions, asked, answers, state),
            len(questions),
            threads,
            RAYS,
        )

    whole = np.arange(len(asked), dtype=np.int32)
    if across is not None:
        state = np.zeros(lights.shape, np.uint8)
        odd = (asked[:, 0] // across + asked[:, 0] % across) % 2
        scouts(whole, HALVES[odd])
        doubtful = np.empty(len(asked), np.bool_)
        in_slices(
            lambda start, stop: doubt(start, stop, asked, state, lights, across, doubtful),
            len(asked),
            threads,
            RAYS,
        )
        scouts(whole[doubtful], HALVES[1 - odd[doubtful]])
        found = state[asked[:, 0], asked[:, 1]]
        dark = asked[found == BLOCKED]
        seen.reshape(len(seen), -1, 64)[dark[:, 1], dark[:, 0]] = 0.0
        whole = whole[found == MIXED]
    range_m, placement = bundle.hits.range_m, bundle.hits.placement

    def finish(start: int, stop: int) -> None:
        for first in range(start, stop, TILES_PER_SLICE):
            questions = whole[first : min(first + TILES_PER_SLICE, stop)]
            rays = np.empty(64 * len(questions), np.int32)
            ask(rays[: unasked(questions, answers, sharp, rays)])
            if sharp:
                ask(rays[: settle(questions, asked, range_m, placement, answers, rays)])
            tell(questions, asked, answers, seen)

    in_slices(finish, len(whole), threads, TILES_PER_SLICE)
    return asked[whole]


def _blocked(prepared: PreparedScene, room: Room) -> Hits:
    direction, begin, limit = room
    hits = Hits.empty(len(direction))
    prepared.trace_into(hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW, narrow=True)
    return hits
