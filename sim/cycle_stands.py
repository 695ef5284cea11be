"""Bicycles that stand across a parking place, side by side.  World floor."""

import math

import numpy as np

from scenarios.bodies import BODIES
from sim.placement import Placed, kerb_offset
from sim.roads.network import RoadNetwork
from sim.ways import Ways

PARKED_BICYCLE, BICYCLES = "bicycle.parked", "background.bicycle."  # and what their names begin with
# Estimate: one place in twenty-five has bicycles instead of a car; some of the stands there are empty.
BICYCLE_PLACES, STANDS, TAKEN_STANDS = 0.04, 4, 0.65
STAND_M = (
    1.1  # between stands, an estimate: handlebars are 0.6 m wide, and somebody stands between to lock up
)
BICYCLE_STRIP_M = 1.95  # of a parking strip in which they stand across


def bicycles(
    network: RoadNetwork,
    ways: Ways,
    at: tuple[str, int, float],
    side: str,
    number: int,
    rng: np.random.Generator,
) -> list[tuple[int, Placed, float, int]]:
    """Bicycles at the stands of a place, most with their front wheels to the kerb.

    `at` is (road, lane, station); each comes with the number of its stand, a draw for its paint and one for its look.
    """
    road_id, lane, station = at
    body = BODIES[PARKED_BICYCLE]
    path, start = ways.along(road_id, lane, station)
    found: list[tuple[int, Placed, float, int]] = []
    for stand in range(STANDS):
        u_taken, u_gap, u_turn, u_way, u_paint = rng.uniform(size=5)
        look = int(rng.integers(1 << 31))
        if u_taken >= TAKEN_STANDS:
            continue
        across = kerb_offset(network, road_id, lane, station, "parking", 0.05 + 0.1 * u_gap, body.size_m[0])
        kerbwards = math.copysign(math.pi / 2, across)
        bicycle = Placed(
            name=f"{BICYCLES}{side}.{number}.{stand}",
            body=body,
            size_m=body.size_m,
            path=path,
            road=road_id,
            lane=lane,
            road_s_m=station,
            s_m=start + (stand - (STANDS - 1) / 2) * STAND_M,
            t_m=across,
            facing_rad=(kerbwards if u_way < 0.8 else -kerbwards) + math.radians(8.0 * (u_turn - 0.5)),
            parked=True,
        )
        found.append((stand, bicycle, float(u_paint), look))
    return found
