"""Lots between houses: small squares, building sites, churches, petrol stations, boards.  Renderers floor."""

from functools import lru_cache

import numpy as np
import shapely

from renderers.assets import SOURCES, buildings, furniture, hoardings, lamp_posts, landmarks, scenery, works
from renderers.assets.posters import poster
from renderers.loft import box
from renderers.mesh import Mesh
from renderers.shelf import kept_mesh
from renderers.surroundings_site import MOST_MESHES, MOST_THINGS, Site, Spot, lot_at, spot_on

INDIVIDUALS = 4  # of each kind of thing
# Places whose things differ; the next ones have theirs again.  Drawing posters and kiosks anew for every clip took a
# third of the time of building its place, and 52 kiosks are many.
TOWNS = 13
MURAL_M = (5.6, 8.0)  # as painted; walls get it smaller
# What stands on squares: (name, width along the street, depth, how often).
ON_SQUARES = (
    ("street.cafe", 2.6, 2.6, 0.30), ("board.column", 1.6, 1.6, 0.12), ("street.bench", 1.9, 0.9, 0.16),
    ("street.kiosk", 3.7, 3.0, 0.08), ("street.phone_box", 1.1, 1.1, 0.07), ("board.city_light", 1.5, 0.5, 0.09),
    ("street.bottle_bank", 1.5, 1.5, 0.08), ("street.container", 1.5, 1.1, 0.10),
)  # fmt: skip
CHURCH_SHARE, STATION_SHARE, SITE_SHARE, OFFICE_SHARE = 0.035, 0.035, 0.06, 0.10


@lru_cache(maxsize=256)
def thing(name: str, look_seed: int) -> Mesh:
    """A piece of scenery, from the shelf."""
    return kept_mesh("things", (name, look_seed), SOURCES, MOST_THINGS, lambda: scenery(name, look_seed))


def some(site: Site, name: str, rng: np.random.Generator) -> Mesh:
    """One of the individuals that a place has of a thing."""
    return thing(name, _individual(site, int(rng.integers(INDIVIDUALS))))


def _individual(site: Site, which: int) -> int:
    return site.seed % TOWNS * INDIVIDUALS + which % INDIVIDUALS


def lay_special(site: Site, line: shapely.LineString, s: float, rng: np.random.Generator) -> float | None:
    """Something other than houses from station s on; where it ends, or None for houses as usual."""
    roll = float(rng.uniform())
    kinds = (
        (CHURCH_SHARE, landmarks.CHURCH_LOT_M, _lay_church), (STATION_SHARE, landmarks.STATION_LOT_M, _lay_station),
        (SITE_SHARE, (15.0, 16.0), _lay_site), (OFFICE_SHARE, (32.0, 24.0), _lay_office),
    )  # fmt: skip
    for share, (wide, deep), lay in kinds:
        if roll >= share:
            roll -= share
            continue
        ends = spot_on(line, s + 1.0), spot_on(line, s + wide - 1.0)
        straight = abs(np.angle(np.exp(1j * (ends[0].yaw_rad - ends[1].yaw_rad)))) < 0.15
        if s + wide > line.length or not straight:
            return None
        spot = spot_on(line, s + wide / 2)
        if site.claim(lot_at(spot, wide - 0.4, deep), 0.3):
            lay(site, spot, wide, rng)
            return s + wide
        return None
    return None


def _lay_church(site: Site, spot: Spot, wide: float, rng: np.random.Generator) -> None:
    site.put(some(site, "house.church", rng), spot.beside(2.0))
    lay_paving(site, spot, wide - 1.0, 1.9)


def _lay_station(site: Site, spot: Spot, wide: float, rng: np.random.Generator) -> None:
    site.put_lamp((some(site, "house.petrol_station", rng), landmarks.STATION_LIGHT), spot)
    lay_paving(site, spot, wide - 0.5, 25.0, "asphalt_old")


def _lay_office(site: Site, spot: Spot, wide: float, rng: np.random.Generator) -> None:
    plan = buildings.plan("office", _individual(site, int(rng.integers(INDIVIDUALS))), width_m=26.0)
    mesh = kept_mesh("houses", plan, SOURCES, MOST_MESHES, lambda: buildings.build(plan))
    site.put(mesh, spot.beside(2.5))
    lay_paving(site, spot, wide - 1.0, 2.5)
    for side in (-0.42, 0.42):
        site.put(furniture.planter(int(rng.integers(4)), site.season), spot.beside(1.2, side * wide))


def _lay_site(site: Site, spot: Spot, wide: float, rng: np.random.Generator) -> None:
    """A hoarding with bills, and behind it a house in its scaffold, a cabin and a skip."""
    look = _individual(site, int(rng.integers(INDIVIDUALS)))
    boards = kept_mesh(
        "things", ("hoarding", wide, look), SOURCES, MOST_THINGS, lambda: hoardings.hoarding(wide - 1.0, look)
    )
    site.put(boards, spot.beside(0.15, -wide / 2 + 0.5), turn_rad=np.pi / 2)
    plan = buildings.plan("townhouse", int(rng.integers(1 << 20)), width_m=wide - 5.0)
    house = spot.beside(5.0, 1.2)
    site.put(kept_mesh("houses", plan, SOURCES, MOST_MESHES, lambda: buildings.build(plan)), house)
    frame = works.scaffold(plan.width_m, plan.eaves_m, int(rng.integers(INDIVIDUALS)))
    site.put(frame, house)
    site.put(some(site, "works.cabin", rng), spot.beside(2.0, -wide / 2 + 1.6))
    site.put(some(site, "works.skip", rng), spot.beside(2.2, wide / 2 - 3.0))


def lay_paving(site: Site, spot: Spot, wide: float, deep: float, material: str = "paving") -> None:
    """A flat surface flush with the sidewalk, on its own ground."""
    slab = box((deep, wide, 0.5), material, "sidewalk", centre_m=(-deep / 2, 0.0, -0.22))
    here = spot.beside(0.03)
    corners = [here.beside(back, side * wide / 2) for back in (0.0, deep) for side in (-1, 1)]
    site.put(slab, here, max(site.height(c.x_m, c.y_m) for c in corners))


def lay_square(
    site: Site, line: shapely.LineString, s: float, length: float, rng: np.random.Generator
) -> bool:
    """A small paved place between two rows of houses, with whatever stands on such; whether there was room."""
    spot = spot_on(line, s + length / 2)
    deep = float(rng.uniform(5.0, 8.0))
    if s + length > line.length or not site.claim(lot_at(spot, length - 0.4, deep), 0.2):
        return False
    lay_paving(site, spot, length - 0.4, deep)
    names, chances = [row[0] for row in ON_SQUARES], np.array([row[3] for row in ON_SQUARES])
    sizes = {row[0]: row[1:3] for row in ON_SQUARES}
    taken: list[shapely.Polygon] = []
    for _ in range(7):
        name = str(rng.choice(names, p=chances / chances.sum()))
        wide, back = sizes[name]
        if wide > length - 1.0:
            continue
        place = spot.beside(
            float(rng.uniform(back / 2 + 0.2, deep - back / 2)),
            float(rng.uniform(-0.5, 0.5)) * (length - wide - 0.8),
        )
        lot = lot_at(place, wide, back / 2, back / 2)
        if not any(lot.intersects(other) for other in taken) and not site.walked.intersects(lot):
            taken.append(lot)
            site.put(some(site, name, rng), place)
    corner = spot.beside(0.5, length / 2 - 0.8)
    if not any(shapely.Point(corner.x_m, corner.y_m).buffer(0.4).intersects(other) for other in taken):
        site.put_lamp(lamp_posts.lantern(4.2, 0), corner)
    site.grow(site.tree(rng), spot.beside(deep + 1.5), rng, 0.9, 0.8)
    return True


def lay_mural(site: Site, spot: Spot, plan: buildings.Plan, foot_m: float, side: int) -> None:
    """A picture on the bare wall at the end of a row; somebody several metres tall."""
    wide, high = MURAL_M
    look = _individual(site, plan.look_seed)
    picture = kept_mesh(
        "things", ("mural", look), SOURCES, MOST_THINGS,
        lambda: poster(wide, high, look, "figure", seen_from_m=35.0).mesh(0.0, "building"),
    )  # fmt: skip
    by = min(0.62 * plan.depth_m / wide, 0.62 * plan.eaves_m / high, 1.0)
    wall = spot.beside(plan.depth_m / 2, side * (plan.width_m / 2 + 0.02))
    site.put(picture, wall, foot_m + 0.22 * plan.eaves_m, turn_rad=side * np.pi / 2, scale=by)


def lay_board(
    site: Site, spot: Spot, rng: np.random.Generator, name: str = "board.billboard", wide: float = 4.0
) -> bool:
    """A board that traffic from its right sees best."""
    turned = Spot(spot.x_m, spot.y_m, spot.yaw_rad + float(rng.uniform(-0.9, 0.9)), spot.s_m)
    if site.full or not site.claim(lot_at(turned, wide, 0.8, 0.8), 0.4):
        return False
    site.put(some(site, name, rng), turned)
    return True
