"""Houses by split grammar: storeys, bays, recessed windows, doors, shop fronts and roofs.  Renderers floor.

A building stands with the middle of its front at the origin, its front looks along +x and its body lies behind it.
Storey heights, window sizes and sills follow common European practice (storeys 2.8 to 3.3 m, sills at 0.9 m).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from renderers.assets.facades import (
    air_conditioner,
    bill_in_window,
    board_over,
    dish,
    jutting_sign,
    office_wall,
)
from renderers.assets.facades import bay as jutting
from renderers.assets.forms import Floats
from renderers.assets.gables import dress_side, is_firewall, raise_firewall, style_with
from renderers.assets.lettering import length_m
from renderers.assets.plans import Plan, plan
from renderers.assets.roofs import flat_roof, gable_roof, hipped_roof
from renderers.assets.walls import (
    BUILDING,
    WALLS,
    Faces,
    Style,
    Wall,
    balcony,
    door,
    gate,
    shop,
    side_material,
    style_of,
    window,
)
from renderers.loft import box, translation
from renderers.mesh import Mesh
from scenarios.chance import stream

__all__ = ["WALLS", "Plan", "build", "build_on", "plan", "shed"]

FOUNDATION_M = 1.2  # walls go on below the ground, for streets on a slope


PLINTH_OUT_M = 0.03
SPLASH_M = (0.06, 0.24)  # how high rain throws soil against a wall: splash zones of DIN 18195 are 0.3 m


def _splash(wall: Wall, width: float, look_seed: int) -> None:
    """The dirty foot of a plinth, its upper edge as uneven as puddles and gravel before it."""
    count = max(2, round(width / 0.45))
    rng = stream(look_seed, "building", "splash")
    rough = rng.uniform(*SPLASH_M, count + 1)
    top = 0.5 * rough + 0.25 * (np.roll(rough, 1) + np.roll(rough, -1))
    off = -PLINTH_OUT_M - 0.002
    ends = zip(np.linspace(0.0, width, count + 1).tolist(), top.tolist(), strict=True)
    for (a, left), (b, right) in pairwise(ends):
        wall.quad("stone_splashed", [(a, -0.3, off), (b, -0.3, off), (b, right, off), (a, left, off)])


def raise_wall(
    wall: Wall, width: float, drawn: Plan, style: Style, front: bool, blank: bool, side: int = 0
) -> None:
    """Fill one wall with plinth, storeys and bays; `side` is 1 or 3 for a gable that is seen from near."""
    plinth = 0.35
    wall.slab("stone", 0.0, -FOUNDATION_M, width, plinth, PLINTH_OUT_M)
    _splash(wall, width, drawn.look_seed + front)
    if drawn.kind == "hall":
        _hall_wall(wall, width, drawn, style, front)
        return
    if drawn.kind == "office":
        office_wall(wall, width, drawn.floors, drawn.floor_m, drawn.look_seed, front)
        return
    if side and not blank:
        dress_side(wall, width, drawn, style, side)
        if is_firewall(drawn, side):
            raise_firewall(wall, width, drawn, style, side)
            return
    if not front:
        style = style_with(style, side_material(style))
    bays = max(1, round(width / style.bay_m))
    edges = np.linspace(0.0, width, bays + 1)
    hung = stream(drawn.look_seed, "building", "hung").uniform(size=(drawn.floors, bays))
    door_bay = bays // 2 if drawn.look_seed % 2 else 0
    jut = bay_of(drawn, bays, door_bay) if front and not blank else -1
    extras = stream(drawn.look_seed, "building", "extras", front).uniform(size=(drawn.floors, bays))
    for floor in range(drawn.floors):
        low = plinth + floor * drawn.floor_m
        for bay in range(bays):
            cell = (float(edges[bay]), low, float(edges[bay + 1]), low + drawn.floor_m)
            room = cell[2] - cell[0]
            if blank or room < 1.3:
                wall.rectangle(style.wall, *cell)
            elif floor == 0 and front and drawn.shop:
                _shop_bay(wall, style, drawn, cell, bay, bays, bay == door_bay)
            elif bay == jut and floor > 0 and room > 2.2:
                ends = (floor == 1, floor == drawn.floors - 1)
                jutting(wall, style, cell, float(hung[floor, bay]), ends)
            elif floor == 0 and front and bay == door_bay and drawn.kind == "barn":
                gate(wall, style, cell, room - 0.6, drawn.floor_m - 0.5)
            elif floor == 0 and front and bay == door_bay:
                door(wall, style, cell, min(1.15, room - 0.5), min(2.55, drawn.floor_m - 0.25))
            elif not front and (bay * 7 + floor * 3 + drawn.look_seed) % 3 == 0:
                wall.rectangle(style.wall, *cell)  # backs and sides keep some blank wall
            elif style.balconies and front and floor > 0 and bay % 2 == drawn.look_seed % 2:
                window(
                    wall, style, cell, min(1.9, room - 0.7), 0.06, 2.25, plain=False, hung=hung[floor, bay]
                )
                balcony(wall, cell, min(2.6, room - 0.2))
            else:
                wide, tall = style.window_m
                window(
                    wall,
                    style,
                    cell,
                    min(wide, room - 0.6),
                    0.9,
                    min(0.9 + tall, drawn.floor_m - 0.25),
                    not (front or side),
                    hung[floor, bay],
                )
                if floor > 0 and front and drawn.kind in ("block", "townhouse") and room > 2.0:
                    _hang_things(wall, cell, float(extras[floor, bay]))
        if floor > 0 and front and style.surround and not blank:
            wall.slab(style.trim, 0.0, low - 0.06, width, low + 0.06, 0.05)
    if front and drawn.roof != "flat":  # the gutter's downpipe
        wall.slab("metal_galvanised", 0.06, plinth, 0.15, drawn.eaves_m - 0.1, 0.10)


def bay_of(drawn: Plan, bays: int, door_bay: int) -> int:
    """The column of windows that juts out of the front; -1: none."""
    if drawn.kind not in ("townhouse", "house") or drawn.floors < 2 or bays < 2 or drawn.look_seed % 5 > 1:
        return -1
    return (door_bay + 1 + drawn.look_seed // 5 % (bays - 1)) % bays


def _shop_bay(
    wall: Wall,
    style: Style,
    drawn: Plan,
    cell: tuple[float, float, float, float],
    bay: int,
    bays: int,
    entrance: bool,
) -> None:
    """A bay of a shop, with what hangs before and behind its pane."""
    word = _name_over(style, bay, bays)
    shop(wall, style, cell, entrance)
    u0, _, u1, v1 = cell
    high = min(0.32, 0.32 * 0.84 * (u1 - u0) / length_m(word, 0.32)) if word else 0.0
    if high > 0.10:
        light = style.fascia in ("plaster_ochre", "plaster_green", "plaster_blue")
        board_over(
            wall, word, high, ((u0 + u1) / 2, v1 - 0.51), 0.125, "print_black" if light else "print_white"
        )
        if drawn.look_seed % 3:
            jutting_sign(wall, word, u1 - 0.12, v1 + 0.05, drawn.look_seed // 3)
    if not entrance and (drawn.look_seed + bay) % 4 == 0 and u1 - u0 > 1.7:
        bill_in_window(wall, u0 + 0.75, 0.95, drawn.look_seed // 5 + bay)


def _hang_things(wall: Wall, cell: tuple[float, float, float, float], chance: float) -> None:
    """An air conditioner below a window, or a dish beside it, on few of them."""
    middle = (cell[0] + cell[2]) / 2
    if chance < 0.07:
        air_conditioner(wall, middle, cell[1] + 0.10)
    elif chance > 0.96:
        dish(wall, cell[2] - 0.35, cell[1] + 1.3)


def _name_over(style: Style, bay: int, bays: int) -> str:
    """What is written over a bay of the ground floor: one shop or two, their names over the middle of each."""
    if bays < 5:
        return style.shop_names[0] if bay == bays // 2 else ""
    return {bays // 4: style.shop_names[0], (3 * bays) // 4: style.shop_names[1]}.get(bay, "")


def _hall_wall(wall: Wall, width: float, drawn: Plan, style: Style, front: bool) -> None:
    low, high = 0.35, drawn.eaves_m
    bays = max(2, round(width / 5.0))
    edges = np.linspace(0.0, width, bays + 1)
    for bay in range(bays):
        a, c = float(edges[bay]), float(edges[bay + 1])
        cell = (a, low, c, high - 1.9)
        if front and bay % 3 == drawn.look_seed % 3:
            hole = (a + 0.6, low, c - 0.6, min(low + 4.2, high - 2.3))
            wall.cell(style.wall, cell, hole)
            wall.reveal("metal_dark", *hole, 0.0, 0.2)
            wall.rectangle("plastic_light", *hole, 0.2)
            for v in np.arange(hole[1] + 0.5, hole[3], 0.55):
                wall.rectangle("metal_dark", hole[0], float(v), hole[2], float(v) + 0.03, 0.19)
        else:
            wall.rectangle(style.wall, *cell)
        wall.rectangle("metal_dark", a - 0.04, low, a + 0.04, high, -0.02)
        strip = (a, high - 1.9, c, high)
        hole = (a + 0.25, high - 1.6, c - 0.25, high - 0.7)
        wall.cell(style.wall, strip, hole)
        wall.reveal(style.frame, *hole, 0.0, 0.1)
        wall.rectangle("window", *hole, 0.1)


def build(drawn: Plan, closed: tuple[bool, bool] = (False, False), far: bool = False) -> Mesh:
    """The building of a plan; `closed` are the sides (left, right seen from the street) that touch a neighbour.

    What stands `far` behind other houses has all its walls as simple as a back.
    """
    style = style_of(drawn.kind, drawn.look_seed)
    rng = stream(drawn.look_seed, "building", "roof")
    w, d = drawn.width_m / 2, drawn.depth_m
    faces = Faces()
    # Feet of the walls, counter-clockwise seen from above: front, right, back, left (seen from the street).
    outline = np.array([(0.0, -w), (0.0, w), (-d, w), (-d, -w)])
    _walls(faces, outline, drawn, style, (False, closed[1], False, closed[0]), far)
    if drawn.roof == "gable":
        gable_roof(faces, drawn, style, rng)
    elif drawn.roof in ("hip", "mansard"):
        hipped_roof(faces, drawn, style, rng)
    else:
        flat_roof(faces, outline, drawn.eaves_m, style, rng, clutter=True)
    return faces.mesh()


def build_on(outline_m: Floats, height_m: float, look_seed: int) -> Mesh:
    """A flat-roofed building on any simple outline (M, 2), with the frame of the outline and its foot at z = 0."""
    flat = np.asarray(outline_m, float)[:, :2]
    x, y = flat.T
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) < 0:
        flat = flat[::-1]
    floors = max(1, round((height_m - 0.9) / 3.0))
    drawn = plan("townhouse", look_seed, width_m=float(np.ptp(x)))
    drawn = replace(
        drawn, floors=floors, floor_m=max(2.4, (height_m - 0.9) / floors), shop=False, roof="flat"
    )
    style = style_of(drawn.kind, look_seed)
    faces = Faces()
    _walls(faces, flat, drawn, style, (False,) * len(flat))
    flat_roof(faces, flat, drawn.eaves_m, style, stream(look_seed, "building", "roof"), clutter=False)
    return faces.mesh()


def _walls(
    faces: Faces, outline: Floats, drawn: Plan, style: Style, blank: Sequence[bool], far: bool = False
) -> None:
    after = np.roll(outline, -1, axis=0)
    for k, (foot, end) in enumerate(zip(outline, after, strict=True)):
        width = float(np.linalg.norm(end - foot))
        if width < 0.05:
            continue
        right = np.array((*(end - foot) / width, 0.0))
        out = np.array((right[1], -right[0], 0.0))
        wall = Wall(faces, np.array((*foot, 0.0)), right, out)
        side = k if k in (1, 3) and len(outline) == 4 and not far else 0
        raise_wall(wall, width, drawn, style, k == 0 and not far, blank[k], side)
        wall.finish()


def shed(look_seed: int) -> Mesh:
    """A garden shed or a garage with a lean-to roof."""
    rng = stream(look_seed, "building", "shed")
    w, d, h = float(rng.uniform(2.6, 3.4)), float(rng.uniform(3.0, 5.5)), float(rng.uniform(2.2, 2.6))
    body = box(
        (d, w, h), str(rng.choice(("wood", "plaster_white", "brick"))), BUILDING, centre_m=(-d / 2, 0, h / 2)
    )
    lid = box((d + 0.4, w + 0.4, 0.10), "roof_dark", BUILDING, centre_m=(-d / 2, 0, h + 0.05))
    gate = box((0.04, w - 0.5, h - 0.35), "door_wood", BUILDING, centre_m=(0.0, 0, (h - 0.35) / 2))
    return Mesh.join([body, lid, gate])


def any_of(kind: str, look_seed: int) -> Mesh:
    """A building of a kind, or three houses in a row (`terraced`), or one with shops below (`shop`)."""
    if kind == "terraced":
        row: list[Mesh] = []
        y = 0.0
        for k in range(3):
            drawn = replace(plan("townhouse", look_seed * 3 + k), shop=False)
            y += drawn.width_m / 2
            row.append(build(drawn, (k > 0, k < 2)).moved(translation(0.0, y, 0.0)))
            y += drawn.width_m / 2
        return Mesh.join(row).moved(translation(0.0, -y / 2, 0.0))
    if kind == "shop":
        return build(replace(plan("townhouse", look_seed), shop=True))
    return build(plan(kind, look_seed))
