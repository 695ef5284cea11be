"""Open country, forest and the land beside motorways.  Renderers floor."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely

from renderers import surroundings_kerb as kerb
from renderers import surroundings_lots as lots
from renderers import surroundings_spans as spans
from renderers.assets import SOURCES, buildings, furniture, landmarks, signs
from renderers.loft import box
from renderers.materials.soiled import soiled_name
from renderers.mesh import Mesh
from renderers.shelf import kept_mesh
from renderers.street_faces import sign_faces
from renderers.surroundings_site import MOST_MESHES, Site, Spot, lot_at, spot_on

# Rows of a forest: (distance from the road, spacing along it, detail of its trees).  Those in front hide the others,
# so those can be coarse; the last is a curtain that closes the sky line.
FOREST_ROWS: tuple[tuple[float, float, float], ...] = (
    (4.5, 6.5, 0.8), (8.5, 5.5, 0.6), (13.0, 5.0, 0.5), (18.0, 5.0, 0.4), (24.0, 5.0, 0.4), (31.0, 5.5, 0.4),
)  # fmt: skip
WALL_SETBACK_M, WALL_PANEL_M, WALL_STRETCH_M, WALL_SHARE = 4.4, 4.0, 150.0, 0.22  # of noise walls
POLES_EVERY_M = 42.0


def lay_forest(site: Site) -> None:
    """Conifers and birches in ranks that thin out towards the road, with undergrowth at the edge."""
    for row, (setback, step, detail) in enumerate(FOREST_ROWS):
        for number, spot in enumerate(site.spots(setback, step, 0.4 * step * (row % 2))):
            rng = site.random("forest", row, number)
            place = spot.beside(float(rng.normal(scale=0.28)) * 5.0, float(rng.uniform(-0.45, 0.45)) * step)
            if row == 0 and rng.uniform() < 0.35:
                continue
            site.grow(site.tree(rng, 0.68), place, rng, detail, 0.9)
    for setback in (40.0, 48.0):
        site.lay_backdrop(setback, 1.0 if site.season == "winter" else 0.75)
    for number, spot in enumerate(site.spots(2.6, 4.5)):
        rng = site.random("undergrowth", number)
        if rng.uniform() < 0.55:
            site.grow(site.shrub(rng), spot.beside(float(rng.uniform(-0.6, 4.0))), rng, 0.6, 0.8)


def lay_country(site: Site) -> None:
    """Fields with a row of trees here and there, hedgerows, poles with wires, farms and far woods."""
    _lay_pole_line(site)
    for number, spot in enumerate(site.spots(3.4, 12.0, 5.0)):
        rng = site.random("avenue", number)
        # Avenues come in stretches: neighbours share the draw of their stretch.
        if site.random("stretch", int(spot.s_m // 90)).uniform() < 0.38 and rng.uniform() < 0.85:
            site.grow(site.tree(rng, 0.05), spot.beside(float(rng.uniform(0, 0.6))), rng, 0.85, 0.9)
    for number, spot in enumerate(site.spots(2.2, 5.0)):
        rng = site.random("verge", number)
        if rng.uniform() < 0.5:
            kind = site.shrub(rng) if rng.uniform() < 0.3 else "reeds"
            site.grow(
                kind, spot.beside(float(rng.uniform(-0.8, 2.5)), float(rng.uniform(-2, 2))), rng, 0.8, 0.5
            )
    for number, spot in enumerate(site.spots(34.0, 95.0, 30.0)):
        rng = site.random("farm", number)
        if rng.uniform() < 0.45:
            _lay_farm(site, spot.beside(float(rng.uniform(0, 25))), rng)
    for number, spot in enumerate(site.spots(55.0, 11.0)):
        rng = site.random("wood", number)
        wooded = site.random("woods", int(spot.s_m // 75)).uniform() < 0.5
        if wooded or rng.uniform() < 0.12:
            far = float(rng.uniform(-14, 34))
            site.grow(site.tree(rng, 0.4), spot.beside(far, float(rng.uniform(-5, 5))), rng, 0.35, 1.5)
    _lay_field_fences(site)
    _lay_crops(site)
    kerb.lay_signs(site, "country", 55.0, 0.3, 1.5, 1.6)
    for number, spot in enumerate(site.spots(12.0, 90.0, 55.0)):
        rng = site.random("board", number)
        if rng.uniform() < 0.2:
            lots.lay_board(site, spot, rng)
    for number, spot in enumerate(site.spots(95.0, 210.0, 60.0)):
        rng = site.random("church", number)
        if rng.uniform() < 0.25 and site.claim(lot_at(spot, *landmarks.CHURCH_LOT_M), 40.0):
            site.put(lots.some(site, "house.church", rng), spot, turn_rad=float(rng.uniform(-1, 1)))
    site.lay_backdrop(150.0, 0.35, 0.45)
    site.lay_backdrop(290.0, 0.5, 0.8, 200.0)


def _lay_pole_line(site: Site) -> None:
    """Wooden poles along one side, with two wires between them."""
    pole = furniture.utility_pole()
    for number, line in enumerate(site.lines(5.2)):
        if number or site.random("poles").uniform() > 0.75:
            break
        heads: list[tuple[float, Spot, float]] = []
        for s in np.arange(10.0, line.length / 2, POLES_EVERY_M):
            spot = spot_on(line, float(s))
            here = shapely.Point(spot.x_m, spot.y_m)
            if not shapely.contains(site.view, here) or not site.claim(here.buffer(0.3), 0.3):
                continue
            z = site.height(spot.x_m, spot.y_m)
            site.put(pole, spot, z)
            heads.append((float(s), spot, z))
        for (s0, a, za), (s1, b, zb) in pairwise(heads):
            if s1 - s0 < 1.5 * POLES_EVERY_M:
                for across in (-0.8, 0.8):
                    p, q = a.beside(-0.1, across), b.beside(-0.1, across)
                    run = np.array([(0.0, 0.0, 0.0), (q.x_m - p.x_m, q.y_m - p.y_m, zb - za)])
                    site.put(furniture.wire(run), Spot(p.x_m, p.y_m, 0.0, 0.0), za + 8.1)


def _lay_farm(site: Site, spot: Spot, rng: np.random.Generator) -> None:
    for kind, back, right in (("house", 0.0, 0.0), ("barn", 6.0, 24.0)):
        plan = buildings.plan(kind, int(rng.integers(1 << 31)))
        turned = Spot(*_xy(spot.beside(back, right)), spot.yaw_rad + float(rng.uniform(-0.5, 0.5)), spot.s_m)
        if site.claim(lot_at(turned, plan.width_m + 1, plan.depth_m + 1, 1.0), 15.0):
            site.put(_house(plan), turned)
    for _ in range(5):
        place = spot.beside(float(rng.uniform(-8, 16)), float(rng.uniform(-22, 40)))
        site.grow(site.tree(rng, 0.2), place, rng, 0.5, 1.5)


def _xy(spot: Spot) -> tuple[float, float]:
    return spot.x_m, spot.y_m


@lru_cache(maxsize=64)
def _house(plan: buildings.Plan) -> Mesh:
    return kept_mesh("houses", plan, SOURCES, MOST_MESHES, lambda: buildings.build(plan))


@lru_cache(maxsize=1)
def _rails() -> Mesh:
    return furniture.fence(9.6, furniture.FenceStyle("rails", 1.15, "wood"))


def _lay_crops(site: Site) -> None:
    """Fields of maize and wheat in summer, in stretches: their first rows, which hide the rest."""
    if site.season != "summer":
        return
    for kind, step, setbacks in (("maize", 2.0, (9.0, 10.5)), ("wheat", 1.0, (8.0, 9.2))):
        for row, setback in enumerate(setbacks):
            for number, spot in enumerate(site.spots(setback, step)):
                drawn = site.random("field", int(spot.s_m // 110)).uniform()
                if (drawn < 0.22) if kind == "maize" else (0.22 <= drawn < 0.38):
                    site.sow(kind, spot, number * 7 + row, step - 0.02)


def _lay_field_fences(site: Site) -> None:
    """Rails around pastures, in stretches."""
    for spot in site.spots(7.5, 9.6):
        if site.random("pasture", int(spot.s_m // 130)).uniform() < 0.3 and site.claim(
            lot_at(spot, 9.0, 0.2), 2.0
        ):
            site.put(_rails(), spot.beside(0.0, -4.8), turn_rad=np.pi / 2)


def _lay_noise_walls(site: Site) -> None:
    """Walls of panels between posts, in stretches, as they stand where a motorway passes houses."""
    for number, spot in enumerate(site.spots(WALL_SETBACK_M, WALL_PANEL_M)):
        if site.random("noise wall", int(spot.s_m // WALL_STRETCH_M)).uniform() < WALL_SHARE and site.claim(
            lot_at(spot, WALL_PANEL_M - 0.1, 0.4), 0.5
        ):
            site.put(_noise_panel(site.seed % 3, number % 12 == 0), spot)


@lru_cache(maxsize=6)
def _noise_panel(look: int, door: bool) -> Mesh:
    """A panel 3.6 m high and its post: a splashed plinth of concrete, cassettes of wood or metal, a cap (ZTV-Lsw 06)."""
    half, cassette = WALL_PANEL_M / 2, ("wood", "plaster_green", "plaster_grey")[look]
    pieces = [
        box((0.16, WALL_PANEL_M, 0.9), soiled_name("barrier_concrete", "film", 2), "wall", centre_m=(0.0, 0.0, 0.05)),
        box((0.20, 0.20, 4.3), "metal_galvanised", "wall", centre_m=(0.0, -half, 1.5)),
        box((0.18, WALL_PANEL_M, 0.07), "metal_galvanised", "wall", centre_m=(0.0, 0.0, 3.62)),
    ]  # fmt: skip
    for k in range(6):
        low = 0.5 + k * 0.52
        # Cassettes lie one over the other, every second one a little back.
        deep = 0.10 if k % 2 else 0.12
        stained = soiled_name(cassette, "film", 1) if k < 2 else cassette
        pieces.append(box((deep, WALL_PANEL_M, 0.52), stained, "wall", centre_m=(0.0, 0.0, low + 0.26)))
    if door:
        pieces.append(box((0.14, 0.95, 2.0), "metal_dark", "wall", centre_m=(0.0, 0.6, 1.3)))
    return Mesh.join(pieces)


def lay_highway(site: Site) -> None:
    """Planted slopes beyond the guard rail, boards, what spans the road, and halls or woods further off."""
    spans.lay_over_motorway(site)
    _lay_noise_walls(site)
    for number, spot in enumerate(site.spots(7.0, 6.0)):
        rng = site.random("slope", number)
        dense = site.random("planting", int(spot.s_m // 110)).uniform()
        if dense < 0.65:
            kind = site.shrub(rng) if rng.uniform() < 0.6 else site.tree(rng, 0.25)
            site.grow(
                kind,
                spot.beside(float(rng.uniform(-1.5, 9.0)), float(rng.uniform(-2.5, 2.5))),
                rng,
                0.7,
                1.0,
            )
    for number, spot in enumerate(site.spots(26.0, 8.0)):
        rng = site.random("belt", number)
        if site.random("belts", int(spot.s_m // 140)).uniform() < 0.7:
            place = spot.beside(float(rng.uniform(-6, 12)), float(rng.uniform(-3.5, 3.5)))
            site.grow(site.tree(rng, 0.45), place, rng, 0.5, 1.5)
    for number, spot in enumerate(site.spots(58.0, 130.0, 40.0)):
        rng = site.random("hall", number)
        plan = buildings.plan("hall", int(rng.integers(1 << 31)))
        if (
            rng.uniform() < 0.5
            and not site.full
            and site.claim(lot_at(spot, plan.width_m, plan.depth_m), 30.0)
        ):
            site.put(_house(plan), spot)
    kerb.lay_signs(site, "highway", 95.0, 0.4, 1.8, 2.6)
    for number, spot in enumerate(site.spots(34.0, 150.0, 90.0)):
        rng = site.random("bulletin", number)
        if rng.uniform() < 0.22:
            lots.lay_board(site, spot, rng, "board.bulletin", 15.0)
    site.lay_backdrop(90.0, 0.4, 0.5)
    site.lay_backdrop(240.0, 0.5, 0.8, 200.0)
    kind = "guide_us" if site.network.signs == "us" else "direction"
    board = signs.sign(kind, lower_edge_m=1.8, posts=2)
    for number, spot in enumerate(site.spots(3.2, 260.0, 70.0)):
        # Traffic keeps right: the near lanes run along the line, with the road on its left, so boards look back.
        if number < 4 and site.claim(lot_at(spot, 1.0, 4.4), 0.5):
            site.put_faced(board, sign_faces(board, kind), spot.beside(2.2), turn_rad=np.pi / 2)
