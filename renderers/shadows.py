"""Which points see the sun and the lamps, asked of scouts first.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.kernels.lamp_lists import LISTED, SHADOWED
from renderers.kernels.lamp_shares import choose_lamps
from renderers.kernels.lamp_spots import pick_spots, room_for_spots
from renderers.kernels.penumbrae import soften
from renderers.kernels.shadow_rays import (
    aim_at_lamps,
    aim_at_sun,
    choose_scouts,
    conclude,
    count_questions,
    dim_faint,
    doubt,
    judge,
    list_questions,
    note,
    settle,
    tell,
    tell_one,
    unasked,
)
from renderers.kernels.sky import SUN_G
from renderers.lamps import beam_tables, height_bounds
from renderers.passes import TILES_PER_SLICE, Bundle, Room, room_for
from renderers.scene import CASTS_SHADOW
from renderers.tracer import Hits, PreparedScene
from sim.slices import in_slices

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Rays = NDArray[np.int32]

# Lanes of a tile that are asked first: one in each row and column, so that nothing long and thin slips between them.
# Every other tile begins with the first half of them, those beside it with the second.
SCOUTS = np.array([8 * y + x for y, x in enumerate((1, 5, 3, 7, 0, 4, 2, 6))])
HALVES = np.stack([SCOUTS[[0, 1, 4, 5]], SCOUTS[[2, 3, 6, 7]]])
MIDDLE = 27  # the lane that speaks for a tile
RAYS = 8192  # in one piece, whose arrays stay in the cache
QUESTIONS_PER_SLICE = 256
SCOUTED = RAYS // HALVES.shape[1]  # questions whose scouts go together
FINISHED = 256  # questions that are asked in full together


def sun_on(
    prepared: PreparedScene,
    light: Light,
    bundle: Bundle,
    jitter: Floats,
    size: tuple[int, int, int] | None,
    threads: int,
    soft: bool = True,
) -> Floats:
    """(N,) 0..1 share of the sun's disc that is seen; (0,) if there is no sun.

    `jitter` (64, 2) spreads a packet over the disc.
    In a picture (`size`: width, height, tiles across) a tile is asked in full only where its scouts disagree, and its
    penumbrae are smoothed if they are `soft`.
    """
    count = len(bundle.direction)
    sun = light.day.sun_direction.astype(np.float64)
    if float(light.day.numbers[SUN_G]) <= 0.0 or sun[2] <= 0.0:
        return np.empty(0, np.float32)
    seen = np.empty(count, np.float32)
    axes = _disc_axes(*sun.tolist())
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


@lru_cache(maxsize=8)
def _disc_axes(x: float, y: float, z: float) -> Floats:
    """(3, 3) the direction of the sun and two axes of its disc."""
    sun = np.array([x, y, z])
    side = np.cross(sun, [0.0, 0.0, 1.0] if abs(z) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    return np.stack([sun, side, np.cross(side, sun)]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class LampLight:
    """The lamps that light each packet of 64 rays, and what points see of them."""

    chosen: NDArray[
        np.int16
    ]  # (tiles, LISTED) rows of Light.lamps, -1 ends it; no rows where none lights anything
    asked: NDArray[
        np.uint8
    ]  # (tiles,) of how many of them `seen` tells; points see the others as `dim` has it
    seen: Floats  # (SHADOWED, N) how much points see of the first lamps of their tile
    dim: Floats  # (tiles, LISTED) and how much all of a tile's points see of each


NO_LAMPS = LampLight(
    np.full((0, LISTED), -1, np.int16),
    np.zeros(0, np.uint8),
    np.ones((SHADOWED, 0), np.float32),
    np.ones((0, LISTED), np.float32),
)


def lamps_on(
    prepared: PreparedScene, light: Light, bundle: Bundle, around: Floats, across: int | None, threads: int
) -> LampLight:
    """What lamps give to points; `around` (N, 4) is what these see of the sky and get from near things.

    `across` is how many tiles a row of the picture has; other rays ask for no shadows, and know only as many lamps as
    could cast sharp ones, since most lamps of a street are hidden by something.
    """
    count = len(bundle.direction)
    tiles = count // 64
    if len(light.lamps) == 0:
        return NO_LAMPS
    chosen = np.empty((tiles, LISTED), np.int16)
    sharp = np.empty(tiles, np.uint8)
    blocks = -(-tiles // TILES_PER_SLICE)
    asks = np.zeros((blocks, 3), np.int64)  # of the strong lamps of each block of tiles, of the others; lamps
    hits, surface, offset = bundle.hits, bundle.surface, bundle.offset_m
    picked = len(bundle.spots) > 0
    spots = bundle.spots if picked else room_for_spots(tiles)
    most = LISTED if across is not None else SHADOWED

    def choose(start: int, stop: int) -> None:
        if not picked:
            pick_spots(start, stop, bundle.direction, hits.range_m, hits.triangle, surface, offset, spots)
        choose_lamps(
            start, stop, spots, surface, around, light.day.sh, light.lamps, beam_tables(), height_bounds(),
            np.float32(light.extinction_per_m), np.float32(light.least_lx), most, chosen, sharp,
        )  # fmt: skip
        count_questions(start, stop, TILES_PER_SLICE, chosen, sharp, across or 1, asks)

    in_slices(choose, tiles, threads, TILES_PER_SLICE)
    if not asks[:, 2].any():  # as on most days: nobody need look for lamps again
        return NO_LAMPS
    dim = np.ones((tiles, LISTED), np.float32)
    if across is None:
        return LampLight(chosen, np.zeros(tiles, np.uint8), NO_LAMPS.seen, dim)
    seen = np.empty((SHADOWED, count), np.float32)

    def questions(strong: int) -> Integers:
        """By lamp within each block of tiles, whose points stay in the cache: neighbours' scouts travel together."""
        end = np.cumsum(asks[:, 1 - strong])
        listed, first = np.empty((end[-1], 2), np.int64), end - asks[:, 1 - strong]
        in_slices(
            lambda a, b: list_questions(
                a, b, TILES_PER_SLICE, chosen, sharp, strong, len(light.lamps), across, first, listed
            ),
            blocks,
            threads,
            1,
        )
        return listed

    def aim(rays: Rays, room: Room) -> None:
        aim_at_lamps(rays, asked, hits.triangle, surface, offset, light.lamps, chosen, *room)

    asked = questions(0)
    answers = np.zeros((tiles, LISTED), np.uint8)

    def ask_one(start: int, stop: int) -> None:
        for first in range(start, stop, RAYS):
            last = min(first + RAYS, stop)
            rays = np.arange(64 * first + MIDDLE, 64 * last + MIDDLE, 64, dtype=np.int32)
            room = room_for(len(rays))
            aim(rays, room)
            tell_one(asked[first:last], _blocked(prepared, room).placement, room[2], answers)

    in_slices(ask_one, len(asked), threads, QUESTIONS_PER_SLICE)
    in_slices(
        lambda start, stop: dim_faint(start, stop, chosen, sharp, answers, len(light.lamps), across, dim),
        tiles,
        threads,
        TILES_PER_SLICE,
    )
    asked = questions(1)
    _asked(prepared, asked, chosen[:, :SHADOWED], bundle, aim, seen, across, True, threads)
    return LampLight(chosen, sharp, seen, dim)


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
    shadows are `sharp`, every other lane and those whose neighbours disagree.  Writes to `seen` (ranks, N).
    """
    answers = np.zeros(64 * len(asked), np.uint8)

    def ask(rays: Rays) -> None:
        for first in range(0, len(rays), RAYS):
            part = rays[first : first + RAYS]
            room = room_for(len(part))
            aim(part, room)
            note(part, _blocked(prepared, room).placement, room[2], answers)

    def scouts(questions: Rays, across: int, other: int) -> None:
        def send(start: int, stop: int) -> None:
            for first in range(start, stop, SCOUTED):
                some = questions[first : min(first + SCOUTED, stop)]
                rays = np.empty(HALVES.shape[1] * len(some), np.int32)
                choose_scouts(some, asked, across, HALVES, other, rays)
                ask(rays)
                judge(some, asked, answers, state)

        in_slices(send, len(questions), threads, QUESTIONS_PER_SLICE)

    whole = np.arange(len(asked), dtype=np.int32)
    if across is not None:
        state = np.zeros(lights.shape, np.uint8)
        scouts(whole, across, 0)
        flags = np.empty(len(asked), np.bool_)
        in_slices(
            lambda start, stop: doubt(start, stop, asked, state, lights, across, flags),
            len(asked),
            threads,
            QUESTIONS_PER_SLICE,
        )
        scouts(np.flatnonzero(flags).astype(np.int32), across, 1)
        in_slices(
            lambda start, stop: conclude(start, stop, asked, state, lights, across, seen, flags),
            len(asked),
            threads,
            QUESTIONS_PER_SLICE,
        )
        whole = np.flatnonzero(flags).astype(np.int32)
    range_m, placement = bundle.hits.range_m, bundle.hits.placement

    def finish(start: int, stop: int) -> None:
        for first in range(start, stop, FINISHED):
            questions = whole[first : min(first + FINISHED, stop)]
            rays = np.empty(64 * len(questions), np.int32)
            ask(rays[: unasked(questions, answers, sharp, rays)])
            if sharp:
                ask(rays[: settle(questions, asked, range_m, placement, answers, rays)])
            tell(questions, asked, answers, seen)

    in_slices(finish, len(whole), threads, TILES_PER_SLICE // 2)
    return asked[whole]


def _blocked(prepared: PreparedScene, room: Room) -> Hits:
    direction, begin, limit = room
    hits = Hits.empty(len(direction))
    prepared.trace_into(hits, direction, begin, 0.0, limit, any_hit=True, mask=CASTS_SHADOW)
    return hits
