"""What loose bodies meet: the road as triangles, vehicles and things as boxes.  World floor."""

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import Bed, Body
from sim.rigid import Block, Ground
from sim.roads.network import LanePath

Floats = NDArray[np.float64]

BEHIND_M = 30.0  # of road behind the place where something is let go
BESIDE_M = 30.0  # to both sides of the lane: both carriageways of a motorway, and what is beside them
ALONG_STEP_M, ACROSS_STEP_M = 2.0, 1.0
STEP_EDGE_M = 2e-3  # a kerb is as steep as this makes it
CAR_CLEARANCE_M, TRUCK_CLEARANCE_M, LOW_CLEARANCE_M = 0.17, 0.45, 0.05
TALL_M = 2.2  # higher than this: a lorry's clearance
TYRE_HALF_M = 0.13
HEADBOARD_HALF_M = 0.03
DECK_M = 0.5  # depth of the bed's block: nothing slips under it


def ground_along(path: LanePath, s_m: float, reach_m: float, origin_m: Floats, grip: float) -> Ground:
    """The surface along a lane path, from behind `s_m` to `reach_m` ahead of it: crossfall, crown and kerbs."""
    stations = np.arange(s_m - BEHIND_M, s_m + reach_m + ALONG_STEP_M, ALONG_STEP_M)
    across = [np.arange(-BESIDE_M, BESIDE_M + 0.5, ACROSS_STEP_M)]
    if path.profile_t_m.size:  # where the cross-section bends
        profile = path.profile_t_m[int(np.argmin(np.abs(path.s_m - s_m)))]
        across += [profile, profile - STEP_EDGE_M, profile + STEP_EDGE_M]
    t = np.unique(np.round(np.concatenate(across), 4))
    t = t[np.abs(t) <= BESIDE_M]
    count, width = len(stations), len(t)
    points, _, _, _ = path.pose(np.repeat(stations, width), np.tile(t, count))
    row, column = np.meshgrid(np.arange(count - 1), np.arange(width - 1), indexing="ij")
    a = (row * width + column).ravel()
    b, c, d = a + width, a + width + 1, a + 1
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)
    return Ground(points - origin_m, triangles, grip)


def blocks_of(body: Body, size_m: tuple[float, float, float], upright: bool = True) -> list[Block]:
    """A vehicle or thing as boxes: body and wheels; of a carrier its deck, headboard and cab.  Who lies is one box."""
    length, width, height = size_m
    if not upright:
        return [Block((length / 2, width / 2, height / 2), (0.0, 0.0, height / 2))]
    if body.bed is not None:
        return [*_carrier(body.bed, size_m), *_wheels(body, size_m)]
    low = 0.0
    if body.track_m > 0.0:
        low = TRUCK_CLEARANCE_M if height > TALL_M else CAR_CLEARANCE_M
    elif body.wheel_radius_m > 0.0:
        low = LOW_CLEARANCE_M
    middle = (0.0, 0.0, (low + height) / 2)
    return [Block((length / 2, width / 2, (height - low) / 2), middle), *_wheels(body, size_m)]


def _carrier(bed: Bed, size_m: tuple[float, float, float]) -> list[Block]:
    """Deck, headboard and cab."""
    length, width, height = size_m
    front, mid = length / 2, (bed.front_m + bed.rear_m) / 2
    board = bed.headboard_top_m - bed.floor_m
    return [
        Block(
            ((bed.front_m - bed.rear_m) / 2, bed.half_width_m, DECK_M / 2),
            (mid, 0.0, bed.floor_m - DECK_M / 2),
            deck=True,
        ),
        Block(
            (HEADBOARD_HALF_M, bed.half_width_m, board / 2),
            (bed.front_m + HEADBOARD_HALF_M, 0.0, bed.floor_m + board / 2),
        ),
        Block(
            ((front - bed.cab_rear_m) / 2, width / 2, (height - TRUCK_CLEARANCE_M) / 2),
            ((front + bed.cab_rear_m) / 2, 0.0, (height + TRUCK_CLEARANCE_M) / 2),
        ),
    ]


def _wheels(body: Body, size_m: tuple[float, float, float]) -> list[Block]:
    if body.track_m <= 0.0:
        return []
    front, radius = size_m[0] / 2 - body.front_overhang_m, body.wheel_radius_m
    half = (radius, TYRE_HALF_M, radius)
    return [
        Block(half, (x, y, radius))
        for x in (front, front - body.wheelbase_m)
        for y in (-body.track_m / 2, body.track_m / 2)
    ]
