"""What stands at the kerb: signs for the traffic of each side, bins, meters, hydrants, bollards.  Renderers floor.

Only built roads get them: maps say themselves which signs stand where.  Sidewalks keep their walking line free, and
whoever walks in the scenario finds nothing on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import shapely

from renderers.assets import SOURCES, pavement, signs
from renderers.mesh import Mesh
from renderers.shelf import kept_mesh
from renderers.street_faces import sign_faces
from renderers.surroundings_lots import some
from renderers.surroundings_site import MOST_THINGS, Site, Spot
from sim.roads.lanes import DRIVABLE, WALKABLE

CLEAR_OF_CROSSINGS_M = 7.0
POST_M, THING_M = 0.62, 0.42  # behind the kerb, of sign posts and of what is lower
# What is met beside built roads, by the kind of place: numbers and warnings come from the road itself.
SIGNS: dict[str, dict[str, tuple[str, ...]]] = {
    "vienna": {
        "town": ("no_stopping", "no_parking", "no_parking", "parking", "priority", "children", "street_name",
                 "no_trucks", "pedestrians", "pointer_white"),
        "suburb": ("street_name", "children", "dead_end", "no_parking", "no_parking"),
        "country": ("animals", "cattle", "no_overtaking", "slippery", "pointer", "priority", "roadworks", "bump"),
        "highway": ("no_overtaking_trucks", "queue", "merge", "fuel"),
    },
    "us": {
        "town": ("no_parking_us", "no_parking_us", "no_parking_us", "street_name_us", "signal_ahead_us",
                 "bicycle_us", "pedestrians_us", "no_u_turn_us"),
        "suburb": ("street_name_us", "school_us", "no_parking_us", "bicycle_us", "stop_ahead_us"),
        "country": ("deer_us", "cattle_us", "slippery_us", "two_way_us", "bicycle_us"),
        "highway": ("merge_us", "interstate_us", "guide_us"),
    },
}  # fmt: skip
TWO_WAY_ONLY = ("two_way_us", "no_overtaking", "priority")
LIMIT_EVERY_M = {"town": 140.0, "suburb": 140.0, "country": 330.0, "highway": 480.0}
ZONE_MPS = 30.5 / 3.6  # up to this limit a street lies in a zone
PLAY_MPS = 20.5 / 3.6  # and up to this one children play on it
BEND_RADIUS_M, SHARP_RADIUS_M = 280.0, 110.0  # bends that are warned of, and that chevrons show
AHEAD_OF_BEND_M = (
    120.0  # 150 to 250 m outside towns by the rules (VwV-StVO 40), where the road is long enough
)
CHEVRON_EVERY_M = 12.0
BUMP_EVERY_M = 50.0  # RASt 06 wants calming at least every 50 m
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
        for right in (True, False):
            spot = spot_at(site, float(s), back_m, right)
            if spot is not None:
                yield spot


def spot_at(site: Site, s_m: float, back_m: float, right: bool) -> Spot | None:
    """The spot behind the kerb of one side at a station of a built road, if it is in view."""
    network, road_id = site.network, site.network.main
    paved = [
        (low, high)
        for _, kind, low, high in network.lanes_at(road_id, s_m)
        if kind in DRIVABLE or kind in ("parking", "shoulder", "curb")
    ]
    if not paved:
        return None
    here, on = (network.point(road_id, s_m + d, 0.0) for d in (0.0, 1.0))
    heading = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
    edge = min(low for low, _ in paved) - back_m if right else max(high for _, high in paved) + back_m
    foot = network.point(road_id, s_m, edge)
    if not shapely.contains_xy(site.view, foot[0], foot[1]):
        return None
    # Traffic keeps right: on the right of the road it comes along s, on the left against it.
    return Spot(float(foot[0]), float(foot[1]), heading + np.pi if right else heading, s_m)


def free(site: Site, spot: Spot, radius_m: float, crossings_m: list[float]) -> bool:
    """Whether nobody walks or drives there and no crossing begins there."""
    if any(abs(spot.s_m - c) < CLEAR_OF_CROSSINGS_M for c in crossings_m):
        return False
    return not site.walked.intersects(shapely.Point(spot.x_m, spot.y_m).buffer(radius_m))


@lru_cache(maxsize=128)
def road_sign(face: str, look_seed: int, lower_m: float) -> Mesh:
    kind, _, value = face.partition(":")
    return kept_mesh(
        "things", ("sign", face, look_seed, lower_m), SOURCES, MOST_THINGS,
        lambda: signs.sign(kind, value, lower_m, look_seed=look_seed),
    )  # fmt: skip


def limit_face(site: Site) -> str:
    """The sign of the limit that the network has for its traffic."""
    limit = site.network.roads[site.network.main].speeds[0][1]
    if site.network.signs == "us":
        return f"speed_limit_us:{round(limit * 2.236936 / 5.0) * 5:.0f}"
    if limit <= PLAY_MPS:
        return "play_street"
    return f"zone:{limit * 3.6:.0f}" if limit <= ZONE_MPS else f"speed_limit:{limit * 3.6:.0f}"


def lay_signs(site: Site, place: str, step_m: float, share: float, lower_m: float, back_m: float) -> None:
    """Signs along both kerbs: limits and bends where the rules want them, others in `share` of the places."""
    network, scale = site.network, 1.25 if place == "highway" else 1.0
    if network.source_xml is not None or network.main not in network.roads:
        return
    stand = _Stand(site, lower_m, back_m, scale)
    _lay_limits(stand, place)
    _lay_bends(stand)
    one_way = not any(lane > 0 for lane, kind, *_ in network.lanes_at(network.main, 1.0) if kind in DRIVABLE)
    faces = [f for f in SIGNS[network.signs][place] if not (one_way and f in TWO_WAY_ONLY)]
    for number, spot in enumerate(kerb_spots(site, step_m, 0.5 * step_m, back_m)):
        rng = site.random("kerb sign", number)
        if rng.uniform() < share:
            stand.up(str(rng.choice(faces)), spot, int(rng.integers(6)))


@dataclass(slots=True)
class _Stand:
    """Puts signs up where nobody walks and no other sign stands near."""

    site: Site
    lower_m: float
    back_m: float
    scale: float
    stood: list[tuple[float, float]] = field(default_factory=list)

    def up(
        self, face: str, spot: Spot, look_seed: int, lower_m: float | None = None, room_m: float = 9.0
    ) -> bool:
        """Whether there was room for it."""
        near = any(np.hypot(spot.x_m - x, spot.y_m - y) < room_m for x, y in self.stood)
        if near or not free(self.site, spot, 0.45, self.site.crossings_m):
            return False
        self.stood.append((spot.x_m, spot.y_m))
        z = float(self.site.network.height(spot.x_m, spot.y_m)[0])
        made = road_sign(face, look_seed, self.lower_m if lower_m is None else lower_m)
        kind, _, value = face.partition(":")
        self.site.put_faced(made, sign_faces(made, kind, value), spot, z, scale=self.scale)
        self.site.block(shapely.Point(spot.x_m, spot.y_m).buffer(0.4))
        return True


def _lay_limits(stand: _Stand, place: str) -> None:
    """The limit at the right of each direction, again and again; in towns of 50 km/h only the other limits are said."""
    site = stand.site
    face = limit_face(site)
    if place in ("town", "suburb") and face == "speed_limit:50":
        return
    length, step = site.network.roads[site.network.main].length_m, 7.0
    for right in (True, False):
        for first in np.arange(12.0, length, LIMIT_EVERY_M[place]):
            for station in np.arange(first, min(first + 8 * step, length - 4.0), step):
                spot = spot_at(site, float(station if right else length - station), stand.back_m, right)
                if spot is not None and stand.up(face, spot, int(first) % 6, room_m=20.0):
                    break


def _lay_bends(stand: _Stand) -> None:
    """A warning before each bend for either direction, and chevrons along the outside of sharp ones."""
    site = stand.site
    road = site.network.roads[site.network.main]
    american = site.network.signs == "us"
    s = np.arange(0.0, road.length_m, 4.0)
    heading = np.unwrap(road.surface.frame(s).heading_rad)
    bend = np.gradient(heading, s) if len(s) > 2 else np.zeros(len(s))
    tight = np.abs(bend) > 1.0 / BEND_RADIUS_M
    edges = np.flatnonzero(np.diff(np.concatenate([[False], tight, [False]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        turns_left = float(bend[first:last].mean()) > 0.0
        for along in (True, False):
            at = s[first] - AHEAD_OF_BEND_M if along else s[last - 1] + AHEAD_OF_BEND_M
            at = float(np.clip(at, 4.0, road.length_m - 4.0))
            left = turns_left == along  # who comes the other way sees it turn the other way
            face = f"curve_{'left' if left else 'right'}{'_us' if american else ''}"
            spot = spot_at(site, at, stand.back_m, right=along)
            if spot is not None and abs(at - s[first]) > 15.0:
                stand.up(face, spot, int(first) % 6)
        if np.abs(bend[first:last]).max() < 1.0 / SHARP_RADIUS_M:
            continue
        for station in np.arange(s[first], s[last - 1], CHEVRON_EVERY_M):
            # Along the outside stands what the near lane's traffic sees, and for that a bend always leads to the left.
            spot = spot_at(site, float(station), stand.back_m, right=turns_left)
            if spot is not None:
                stand.up(f"chevron_left{'_us' if american else ''}", spot, int(station) % 6, 0.9, room_m=5.0)


def lay_bumps(site: Site) -> None:
    """Rubber humps across streets where children play."""
    network, road_id = site.network, site.network.main
    if network.source_xml is not None or road_id not in network.roads:
        return
    road = network.roads[road_id]
    if road.speeds[0][1] > PLAY_MPS:
        return
    ego = shapely.Point(shapely.get_coordinates(site.way)[0])
    for s in np.arange(0.5 * BUMP_EVERY_M, road.length_m, BUMP_EVERY_M):
        lanes = [
            (low, high) for _, kind, low, high in network.lanes_at(road_id, float(s)) if kind in DRIVABLE
        ]
        if not lanes or any(abs(s - c) < CLEAR_OF_CROSSINGS_M for c in site.crossings_m):
            continue
        low, high = min(a for a, _ in lanes) + 0.25, max(b for _, b in lanes) - 0.25
        here, on = (
            network.point(road_id, float(s), (low + high) / 2),
            network.point(road_id, float(s) + 0.5, (low + high) / 2),
        )
        if ego.distance(shapely.Point(here[:2])) > CLEAR_OF_CROSSINGS_M:
            yaw = float(np.arctan2(on[1] - here[1], on[0] - here[0]))
            hump = pavement.speed_bump(high - low)
            site.put(hump, Spot(float(here[0]), float(here[1]), yaw, float(s)), float(here[2]))


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
