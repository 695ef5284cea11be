"""What stands at the kerb: signs for the traffic of each side, bins, meters, hydrants, bollards.  Renderers floor.

Only built roads get them: maps say themselves which signs stand where.  Sidewalks keep their walking line free, and
whoever walks in the scenario finds nothing on the way.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import shapely

from renderers.assets import SOURCES, signs
from renderers.mesh import Mesh
from renderers.shelf import kept_mesh
from renderers.surroundings_lots import some
from renderers.surroundings_site import MOST_MESHES, Site, Spot
from sim.roads.lanes import DRIVABLE, WALKABLE

CLEAR_OF_CROSSINGS_M = 7.0
POST_M, THING_M = 0.62, 0.42  # behind the kerb, of sign posts and of what is lower
TOWN_SIGNS = ("no_stopping", "no_parking", "no_parking", "parking", "speed_limit:30", "priority", "children",
    "zone", "street_name",
              "no_trucks", "pedestrians", "pointer_white", "one_way")  # fmt: skip
SUBURB_SIGNS = ("zone", "street_name", "children", "play_street", "dead_end", "no_parking", "speed_limit:30")
COUNTRY_SIGNS = ("speed_limit:70", "speed_limit:100", "curve_left", "curve_right", "animals", "cattle",
    "no_overtaking",
                 "slippery", "pointer", "double_bend", "priority", "limits_end", "roadworks", "bump")  # fmt: skip
HIGHWAY_SIGNS = (
    "speed_limit:120",
    "no_overtaking_trucks",
    "speed_limit:100",
    "queue",
    "merge",
    "fuel",
    "limits_end",
)
THINGS = (
    "street.litter_bin",
    "street.parking_meter",
    "street.post_box",
    "street.hydrant",
    "street.bollard",
    "street.news_box",
)


def kerb_spots(site: Site, step_m: float, phase_m: float, back_m: float) -> Iterator[Spot]:
    """Spots behind the kerbs of both sides, each looking at the traffic that comes; `s_m` is the road's station."""
    network, road_id = site.network, site.network.main
    if network.source_xml is not None or road_id not in network.roads:
        return
    for s in np.arange(phase_m, network.roads[road_id].length_m - 3.0, step_m):
        lanes = network.lanes_at(road_id, float(s))
        paved = [
            (low, high)
            for _, kind, low, high in lanes
            if kind in DRIVABLE or kind in ("parking", "shoulder", "curb")
        ]
        if not paved:
            continue
        here, on = (network.point(road_id, float(s) + d, 0.0) for d in (0.0, 1.0))
        heading = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
        for side, edge in ((-1.0, min(low for low, _ in paved)), (1.0, max(high for _, high in paved))):
            foot = network.point(road_id, float(s), edge + side * back_m)
            if shapely.contains_xy(site.view, foot[0], foot[1]):
                # Traffic keeps right: on the right of the road it comes along s, on the left against it.
                yaw = heading + np.pi if side < 0 else heading
                yield Spot(float(foot[0]), float(foot[1]), yaw, float(s))


def free(site: Site, spot: Spot, radius_m: float, crossings_m: list[float]) -> bool:
    """Whether nobody walks or drives there and no crossing begins there."""
    if any(abs(spot.s_m - c) < CLEAR_OF_CROSSINGS_M for c in crossings_m):
        return False
    return not site.walked.intersects(shapely.Point(spot.x_m, spot.y_m).buffer(radius_m))


@lru_cache(maxsize=128)
def road_sign(face: str, look_seed: int, lower_m: float) -> Mesh:
    kind, _, value = face.partition(":")
    return kept_mesh(
        "things", ("sign", face, look_seed, lower_m), SOURCES, MOST_MESHES,
        lambda: signs.sign(kind, value, lower_m, look_seed=look_seed),
    )  # fmt: skip


def lay_signs(
    site: Site,
    faces: tuple[str, ...],
    step_m: float,
    share: float,
    lower_m: float,
    back_m: float,
    scale: float = 1.0,
) -> None:
    """Signs along both kerbs, one in `share` of the places."""
    crossings = site.crossings_m
    for number, spot in enumerate(kerb_spots(site, step_m, 0.5 * step_m, back_m)):
        rng = site.random("kerb sign", number)
        if rng.uniform() >= share or not free(site, spot, 0.45, crossings):
            continue
        face = str(rng.choice(faces))
        along = Spot(spot.x_m, spot.y_m, spot.yaw_rad, spot.s_m)
        z = float(site.network.height(spot.x_m, spot.y_m)[0])
        site.put(road_sign(face, int(rng.integers(6)), lower_m), along, z, scale=scale)
        site.block(shapely.Point(spot.x_m, spot.y_m).buffer(0.4))


def lay_kerb_things(site: Site, share: float) -> None:
    """Bins, meters and their like along the kerbs of sidewalks; they look at the walkers."""
    if not any(strip.kind in WALKABLE for strip in site.network.strips()):
        return
    chances = np.array((0.22, 0.22, 0.10, 0.12, 0.28, 0.06))
    for number, spot in enumerate(kerb_spots(site, 8.0, 5.0, THING_M)):
        rng = site.random("kerb thing", number)
        if rng.uniform() >= share or site.full or not free(site, spot, 0.5, site.crossings_m):
            continue
        name = str(rng.choice(THINGS, p=chances))
        away = spot.yaw_rad + np.pi / 2
        count = 4 if name == "street.bollard" else 1
        for k in range(count):
            along = 1.5 * (k - (count - 1) / 2)
            c, s = np.cos(spot.yaw_rad), np.sin(spot.yaw_rad)
            here = Spot(spot.x_m + along * c, spot.y_m + along * s, away, spot.s_m)
            if free(site, here, 0.5, site.crossings_m):
                site.put(some(site, name, rng), here, float(site.network.height(here.x_m, here.y_m)[0]))
