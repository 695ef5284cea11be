"""Streets between houses: rows of town houses and blocks, or gardens with houses in them.  Renderers floor."""

from functools import lru_cache

import numpy as np
import shapely

from renderers import surroundings_kerb as kerb
from renderers import surroundings_lots as lots
from renderers import surroundings_map as maps
from renderers.assets import SOURCES, buildings, furniture, ivy
from renderers.mesh import Mesh
from renderers.shelf import kept_mesh
from renderers.street_faces import sign_faces
from renderers.surroundings_site import MOST_MESHES, MOST_THINGS, Site, Spot, lot_at, spot_on
from sim.roads.lanes import WALKABLE

GARDEN_M = 3.8  # front gardens of a row of houses
MAP_SETBACK_M = 6.0  # houses of real places keep this far from driving lanes: their true places are unknown
SIDEWALK_M = 3.5  # a sidewalk and its kerb
IVY_SHARE = 0.07  # of the fronts that have room for it: an estimate
MURAL_SHARE = 0.14  # of houses at the end of a row: their bare side carries a picture
LAMP_EVERY_M = 32.0  # about four times their height


def lay_town(site: Site) -> None:
    """Rows of houses close to the sidewalk, some with front gardens, gaps with trees, and furniture in front."""
    real = site.network.source_xml is not None
    base = _setback(site, 0.9)
    lay_lamps(site)
    kerb.lay_signs(site, "town", 19.0, 0.26, 2.2, kerb.POST_M)
    kerb.lay_bumps(site)
    kerb.lay_kerb_things(site, 0.34)
    for number, line in enumerate(site.lines(base)):
        _lay_rows(site, line, number, trees_only=0.25 if real else 0.0)
    _lay_second_row(site, base + 30.0)
    _lay_sidewalk_things(site)
    site.lay_backdrop(base + 75.0, 0.2, 0.7)


def _setback(site: Site, usual_m: float) -> float:
    """Distance of gardens and houses from the road's outline."""
    if site.network.source_xml is None:
        return usual_m
    walked = any(strip.kind in WALKABLE for strip in site.network.strips())
    return MAP_SETBACK_M - SIDEWALK_M if walked else MAP_SETBACK_M


def lay_lamps(site: Site) -> None:
    """Street lamps along a road that has none of its own."""
    if any(thing.kind in maps.LAMPS for thing in site.network.objects):
        return
    for spot in site.spots(0.4, LAMP_EVERY_M, 9.0):
        if site.claim(shapely.Point(spot.x_m, spot.y_m).buffer(0.25), 0.05):
            site.put_lamp(maps.lamp(7.5, site.seed % 97), spot)


def _lay_rows(site: Site, line: shapely.LineString, number: int, trees_only: float) -> None:
    s, row = 2.0, 0
    while s < line.length - 8.0 and not site.full:
        rng = site.random("row", number, row)
        row += 1
        if rng.uniform() < trees_only:
            s = _lay_green(site, line, s, float(rng.uniform(14, 26)), rng)
            continue
        special = lots.lay_special(site, line, s, site.random("special", number, row))
        if special is not None:
            s = special + 1.0
            continue
        kind = "block" if rng.uniform() < 0.22 else "townhouse"
        garden = GARDEN_M if rng.uniform() < (0.8 if kind == "block" else 0.22) else 0.0
        count = 1 if kind == "block" else int(rng.integers(2, 6))
        s = _lay_terrace(site, line, s, kind, count, garden, rng)
        s = _lay_green(site, line, s, float(rng.uniform(4.5, 9.0)), rng)


def _lay_terrace(
    site: Site,
    line: shapely.LineString,
    s: float,
    kind: str,
    count: int,
    garden: float,
    rng: np.random.Generator,
) -> float:
    """Houses wall to wall from station s on; returns where they end."""
    drawn = [buildings.plan(kind, int(rng.integers(1 << 31))) for _ in range(count)]
    stood: list[tuple[buildings.Plan, Spot]] = []
    for plan in drawn:
        if s + plan.width_m > line.length:
            break
        spot = spot_on(line, s + plan.width_m / 2).beside(garden)
        ends = [spot_on(line, s + 0.3), spot_on(line, s + plan.width_m - 0.3)]
        bent = abs(np.angle(np.exp(1j * (ends[0].yaw_rad - ends[1].yaw_rad))))
        s += plan.width_m
        # A straight house on a bent line would stick out: it moves back by the sagitta.
        spot = spot.beside(plan.width_m * bent / 4)
        if bent < 0.5 and site.claim(lot_at(spot, plan.width_m - 0.4, plan.depth_m), 0.4):
            stood.append((plan, spot))
    for k, (plan, spot) in enumerate(stood):
        before = k > 0 and _adjoin(stood[k - 1], stood[k])
        after = k + 1 < len(stood) and _adjoin(stood[k], stood[k + 1])
        if site.full:
            break
        mural = plan.floors >= 3 and not (before and after) and rng.uniform() < MURAL_SHARE
        foot = _foot(site, spot, plan)
        # A mural takes the free side; where both are free, the other one stays as it is.
        site.put(_house(plan, (after or (mural and before), before or (mural and not before))), spot, foot)
        if mural:
            lots.lay_mural(site, spot, plan, foot, -1 if before else 1)
        _lay_ivy(site, spot, plan, foot)
        if garden > 0:
            _lay_front_garden(site, spot, plan.width_m, garden, rng)
    return s


def _lay_ivy(site: Site, spot: Spot, plan: buildings.Plan, foot_m: float) -> None:
    """Let some fronts be overgrown."""
    rng = site.random("ivy", plan.look_seed)
    if rng.uniform() < IVY_SHARE and ivy.grows_on(plan):
        key = ("ivy", plan, site.season)
        climbing = kept_mesh(
            "things", key, SOURCES, MOST_THINGS, lambda: ivy.ivy(plan, plan.look_seed, site.season)
        )
        site.put(climbing, spot, foot_m)


def _adjoin(one: tuple[buildings.Plan, Spot], two: tuple[buildings.Plan, Spot]) -> bool:
    """Whether the second house is as tall and as deep as the first, so that their shared wall is hidden."""
    gap = np.hypot(one[1].x_m - two[1].x_m, one[1].y_m - two[1].y_m) - (one[0].width_m + two[0].width_m) / 2
    return bool(abs(gap) < 0.5)


@lru_cache(maxsize=256)
def _house(plan: buildings.Plan, closed: tuple[bool, bool], far: bool = False) -> Mesh:
    return kept_mesh(
        "houses", (plan, closed, far), SOURCES, MOST_MESHES, lambda: buildings.build(plan, closed, far)
    )


def _foot(site: Site, spot: Spot, plan: buildings.Plan) -> float:
    """Height of the lowest front corner: the walls go on below the ground."""
    corners = [spot.beside(0.0, side * plan.width_m / 2) for side in (-1, 0, 1)]
    return float(site.land.height(np.array([(c.x_m, c.y_m) for c in corners])).min())


def _lay_front_garden(site: Site, spot: Spot, width: float, depth: float, rng: np.random.Generator) -> None:
    front = spot.beside(-depth + 0.5, -width / 2 + 0.3)
    if rng.uniform() < 0.5 and site.season != "winter":
        site.put_hedge(width - 0.6, float(rng.uniform(0.9, 1.3)), int(rng.integers(8)), 0.5, front, 0.5)
    else:
        edge = furniture.fence(width - 0.6, furniture.fence_style(int(rng.integers(1 << 31))))
        site.put(edge, front, turn_rad=np.pi / 2)
    if rng.uniform() < 0.55:
        site.grow(
            site.tree(rng), spot.beside(-depth / 2 + 0.3, float(rng.uniform(-0.35, 0.35)) * width), rng, 0.9
        )
    for _ in range(2):
        site.grow(site.shrub(rng), spot.beside(-depth / 2, float(rng.uniform(-0.42, 0.42)) * width), rng, 0.6)


def _lay_green(
    site: Site, line: shapely.LineString, s: float, length: float, rng: np.random.Generator
) -> float:
    """A gap in the row: a small square, or trees behind a fence or a hedge."""
    if s + length > line.length:
        return line.length
    chance = rng.uniform()
    if chance < 0.45 and lots.lay_square(site, line, s, length, rng):
        return s + length
    spot = spot_on(line, s + length / 2)
    start = spot.beside(0.4, -length / 2 + 0.2)
    if site.claim(lot_at(spot.beside(0.1), length - 0.4, 0.7), 0.1):
        hedge = rng.uniform() < 0.5 and site.season != "winter"
        height = float(rng.uniform(1.1, 1.7))
        if hedge:
            site.put_hedge(length - 0.4, height, int(rng.integers(8)), 0.45, start)
        else:
            edge = furniture.fence(length - 0.4, furniture.fence_style(int(rng.integers(1 << 31))))
            site.put(edge, start, turn_rad=np.pi / 2)
    for _ in range(max(1, int(length / 6))):
        place = spot.beside(float(rng.uniform(3.0, 9.0)), float(rng.uniform(-0.4, 0.4)) * length)
        site.grow(site.tree(rng), place, rng, 0.9, 1.2)
    if chance > 0.75 and length > 5.5:
        lots.lay_board(site, spot.beside(1.9), rng)
    return s + length


def _lay_second_row(site: Site, setback: float) -> None:
    """Taller houses behind, which close the sky line over gaps."""
    for number, spot in enumerate(site.spots(setback, 41.0, 7.0)):
        rng = site.random("second", number)
        plan = buildings.plan(
            str(rng.choice(("block", "townhouse", "office"), p=(0.5, 0.34, 0.16))), int(rng.integers(1 << 31))
        )
        if not site.full and site.claim(lot_at(spot, plan.width_m, plan.depth_m), 12.0):
            site.put(_house(plan, (False, False), far=True), spot, _foot(site, spot, plan))


def _lay_sidewalk_things(site: Site) -> None:
    """Bins, benches, cabinets and planters between the walking line and the houses."""
    shelters = 0
    for number, spot in enumerate(site.spots(0.42, 9.0, 4.0)):
        rng = site.random("furniture", number)
        what = str(
            rng.choice(
                ("none", "bin", "wheelie", "bench", "cabinet", "planter", "meter", "shelter"),
                p=(0.45, 0.12, 0.14, 0.08, 0.08, 0.07, 0.02, 0.04),
            )
        )
        if what == "none" or site.full:
            continue
        if what == "shelter":
            back = spot.beside(0.05)
            if shelters < 2 and site.claim(lot_at(back, 4.4, 1.7, 0.2), 0.0):
                shelters += 1
                shelter = lots.some(site, "street.bus_shelter", rng)
                site.put_faced(shelter, sign_faces(shelter, "bus_stop"), back)
            continue
        wide = {"bench": 1.9, "cabinet": 1.0, "planter": 1.0}.get(what, 0.6)
        if site.claim(lot_at(spot, wide, 0.3, 0.2), 0.05):
            site.put(_thing(what, int(rng.integers(4)), site.season), spot)


@lru_cache(maxsize=64)
def _thing(what: str, look_seed: int, season: str) -> Mesh:
    if what == "wheelie":
        return furniture.wheelie_bin(look_seed)
    if what == "planter":
        return furniture.planter(look_seed, season)
    if what == "meter":
        return lots.thing("street.parking_meter", look_seed)
    made = {
        "bin": furniture.litter_bin,
        "bench": furniture.bench,
        "cabinet": furniture.cabinet,
    }
    return made[what]()


# -------------------------------------------------------------------------------------------------------- suburb
def lay_suburb(site: Site) -> None:
    """Houses in their gardens, with fences or hedges along the street, sheds, trees and bins at the gate."""
    edge = _setback(site, 0.5)
    lay_lamps(site)
    kerb.lay_signs(site, "suburb", 27.0, 0.26, 2.2, kerb.POST_M)
    kerb.lay_bumps(site)
    kerb.lay_kerb_things(site, 0.10)
    for number, line in enumerate(site.lines(edge)):
        s, lot = 3.0, 0
        while s < line.length - 12.0 and not site.full:
            rng = site.random("lot", number, lot)
            lot += 1
            width = float(rng.uniform(15.0, 22.0))
            if s + width > line.length:
                break
            _lay_lot(site, spot_on(line, s + width / 2), width, rng)
            s += width
    for number, spot in enumerate(site.spots(edge + 38.0, 9.0)):
        rng = site.random("back", number)
        site.grow(
            site.tree(rng, 0.35),
            spot.beside(float(rng.uniform(-6, 10)), float(rng.uniform(-4, 4))),
            rng,
            0.4,
            2.0,
        )


def _lay_lot(site: Site, gate: Spot, width: float, rng: np.random.Generator) -> None:
    plan = buildings.plan("house", int(rng.integers(1 << 31)))
    setback = float(rng.uniform(4.5, 7.5))
    aside = float(rng.uniform(-0.5, 0.5)) * max(0.0, width - plan.width_m - 4.0)
    house = gate.beside(setback, aside)
    if not site.claim(lot_at(house, plan.width_m + 0.6, plan.depth_m + 0.5, 0.8), 3.0):
        return
    foot = _foot(site, house, plan)
    site.put(_house(plan, (False, False)), house, foot)
    _lay_ivy(site, house, plan, foot)
    # Fence or hedge on both sides of the path to the door.
    style, hedge = furniture.fence_style(int(rng.integers(1 << 31))), rng.uniform() < 0.45
    tall, look = float(rng.uniform(1.0, 1.6)), int(rng.integers(8))
    door = float(np.clip(aside, -width / 2 + 3, width / 2 - 3))
    for low, high in ((-width / 2, door - 1.6), (door + 1.6, width / 2)):
        length = high - low
        middle = gate.beside(0.0, (low + high) / 2)
        if length > 1.0 and site.claim(lot_at(middle, length - 0.1, 0.5), 0.05):
            if hedge:
                site.put_hedge(length, tall, look, 0.55, gate.beside(0.35, low))
            else:
                site.put(furniture.fence(length, style), gate.beside(0.35, low), turn_rad=np.pi / 2)
    if rng.uniform() < 0.5:
        side = -1 if aside > 0 else 1
        shed = gate.beside(setback + float(rng.uniform(0, 4)), side * (width / 2 - 2.4))
        if site.claim(lot_at(shed, 3.4, 5.6), 2.0):
            site.put(buildings.shed(int(rng.integers(1 << 31))), shed)
    for _ in range(int(rng.integers(1, 4))):
        place = gate.beside(float(rng.uniform(1.8, setback + 14.0)), float(rng.uniform(-0.45, 0.45)) * width)
        site.grow(site.tree(rng, 0.25), place, rng, 0.6, 1.2)
    for _ in range(int(rng.integers(2, 5))):
        place = gate.beside(float(rng.uniform(1.2, setback)), float(rng.uniform(-0.45, 0.45)) * width)
        site.grow(site.shrub(rng), place, rng, 0.7, 0.7)
    if rng.uniform() < 0.5:
        spot = gate.beside(-0.05, door + 1.3)
        if site.claim(lot_at(spot, 0.6, 0.25, 0.25), 0.05):
            site.put(_thing("wheelie", int(rng.integers(4)), site.season), spot)
