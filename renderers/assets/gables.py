"""Sides of houses: few windows, much weather, and what people fix to walls that nobody looks at.  Renderers floor.

A gable is not a front: its plaster is older, rain runs down it, pipes and meters hang on it, a neighbour that was pulled
down has left its outline, somebody once painted a shop's name there, and others have sprayed theirs at its foot.
"""

from dataclasses import replace

import numpy as np

from renderers.assets.facades import hang
from renderers.assets.flat import Layer, Picture
from renderers.assets.lettering import ink, length_m
from renderers.assets.plans import Plan
from renderers.assets.walls import BUILDING, SHOPS, Style, Wall, side_material, window
from scenarios.chance import stream

OFF_M = 0.003  # what is painted on a wall, before its face
TAGS = ("ZEK", "OMER", "RIO", "KAOS", "TOY", "NOPE", "EGO", "LUX")
SPRAYED = ("print_black", "print_navy", "print_red", "print_white", "print_forest")
FADED = ("plaster_white", "plaster_ochre", "plaster_rose", "plaster_blue", "plaster_green", "plaster_grey")
PAINTED_SHARE = 0.22  # of firewalls: an old advertisement; like the shares below an estimate
SPRAYED_SHARE = 0.35
GHOST_SHARE = 0.22
FIREWALL_SHARE = 0.5  # of the sides of town houses; the others have windows as a back has


def is_firewall(drawn: Plan, side: int) -> bool:
    """Whether a free side is one that a neighbour was meant to hide."""
    if drawn.kind not in ("townhouse", "block"):
        return False
    return bool(stream(drawn.look_seed, "building", "firewall", side).uniform() < FIREWALL_SHARE)


def raise_firewall(wall: Wall, width: float, drawn: Plan, style: Style, side: int) -> None:
    """A bare side: one column of small windows, if any, and what has been painted and left on it."""
    rng = stream(drawn.look_seed, "building", "gable", side)
    material, low = side_material(style), 0.35
    top = drawn.eaves_m
    columns = [float(rng.uniform(0.22, 0.42)) * width] if rng.uniform() < 0.75 else []
    if columns and width > 9.0 and rng.uniform() < 0.4:
        columns.append(columns[0] + float(rng.uniform(0.28, 0.36)) * width)
    half = 0.55
    plain = style_with(style, material)
    for floor in range(drawn.floors):
        foot = low + floor * drawn.floor_m
        begin = 0.0
        for middle in columns:
            wall.rectangle(material, begin, foot, middle - half, foot + drawn.floor_m)
            cell = (middle - half, foot, middle + half, foot + drawn.floor_m)
            if floor:
                window(wall, plain, cell, 0.62, 1.15, 1.95, False, float(rng.uniform()))
            else:
                wall.rectangle(material, *cell)
            begin = middle + half
        wall.rectangle(material, begin, foot, width, foot + drawn.floor_m)
    free = (max(columns) + half if columns else 0.12 * width) + 0.4
    room = width - free - 0.7
    if room > 3.0:
        chance = float(rng.uniform())
        if chance < PAINTED_SHARE:
            _old_advertisement(wall, free, room, top, rng)
        elif chance < PAINTED_SHARE + GHOST_SHARE:
            _ghost(wall, free, room, top, material, rng)
    _mended(wall, width, top, style.wall, rng)
    if style.wall.startswith("brick"):
        _anchors(wall, width, drawn, rng)
    if rng.uniform() < 0.30 and room > 1.5:  # a flue that a later heating was given
        u = free + float(rng.uniform(0.2, 0.8)) * room
        wall.slab("metal_galvanised", u - 0.09, 2.6, u + 0.09, top + 1.1, 0.24)
        for v in np.arange(3.2, top, 2.4):
            wall.slab("metal_dark", u - 0.13, float(v), u + 0.13, float(v) + 0.05, 0.25)


def dress_side(wall: Wall, width: float, drawn: Plan, style: Style, side: int) -> None:
    """What any free side has: pipes, a conductor, grilles, a meter, a painted foot, and sprayed names in towns."""
    rng = stream(drawn.look_seed, "building", "dressed", side)
    top = drawn.eaves_m
    town = drawn.kind in ("townhouse", "block")
    if style.wall.startswith("plaster") and rng.uniform() < 0.55:
        foot = str(rng.choice(("plaster_grey", "stone", "plaster_grey_weathered", "concrete")))
        wall.rectangle(foot, 0.0, 0.35, width, 0.35 + float(rng.uniform(0.25, 0.55)), -OFF_M)
    for u in (0.10, width - 0.10):
        if rng.uniform() < 0.6:
            _downpipe(wall, u, top, rng)
    if rng.uniform() < 0.5:
        u = float(rng.uniform(0.55, 0.9))
        wall.slab("metal_galvanised", u - 0.008, 0.3, u + 0.008, top, 0.025)
    for _ in range(int(rng.integers(1, 4))):  # grilles of kitchens and baths
        u, floor = float(rng.uniform(0.1, 0.9)) * width, int(rng.integers(drawn.floors))
        v = 0.35 + floor * drawn.floor_m + drawn.floor_m - 0.32
        wall.slab("plastic_light", u - 0.10, v - 0.10, u + 0.10, v + 0.10, 0.02)
        for k in range(3):
            wall.rectangle("metal_dark", u - 0.08, v - 0.07 + 0.05 * k, u + 0.08, v - 0.05 + 0.05 * k, -0.022)
    if rng.uniform() < 0.6:
        u = float(rng.uniform(0.08, 0.25)) * width
        wall.slab("plastic_light", u, 0.85, u + 0.42, 1.55, 0.14)
        wall.slab("metal_dark", u + 0.19, 0.35, u + 0.23, 0.85, 0.05)
    if town and rng.uniform() < SPRAYED_SHARE:
        for _ in range(int(rng.integers(1, 3))):
            _sprayed(wall, width, rng)


def style_with(style: Style, material: str) -> Style:
    """The taste of a house on its side: the wall's own material, no shutters."""
    return replace(style, wall=material, shutters=False, surround=False)


def _downpipe(wall: Wall, u: float, top: float, rng: np.random.Generator) -> None:
    material = "metal_galvanised" if rng.uniform() < 0.7 else "metal_dark"
    wall.slab(material, u - 0.05, 0.35, u + 0.05, top - 0.05, 0.12)
    for v in np.arange(1.2, top - 0.3, 2.0):
        wall.slab(material, u - 0.075, float(v), u + 0.075, float(v) + 0.04, 0.13)


def _mended(wall: Wall, width: float, top: float, fresh: str, rng: np.random.Generator) -> None:
    """Where the wall was opened and closed: the front's own plaster, in pieces that overlap."""
    for _ in range(int(rng.integers(1, 4))):
        u, v = float(rng.uniform(0.08, 0.8)) * width, float(rng.uniform(0.15, 0.85)) * top
        wide, high = (float(x) for x in rng.uniform((0.25, 0.25), (1.3, 1.1)))
        for shift, share in ((0.0, 1.0), (0.35, 0.7)):
            a, b = u + shift * wide, v - shift * high
            c, d = min(a + share * wide, width - 0.3), min(b + share * high, top - 0.1)
            wall.rectangle(fresh, a, max(b, 0.5), c, d, -OFF_M / (1.0 + shift))


def _anchors(wall: Wall, width: float, drawn: Plan, rng: np.random.Generator) -> None:
    """The iron ends of tie rods along each floor of old brick."""
    if rng.uniform() < 0.35:
        return
    step = float(rng.uniform(2.2, 3.2))
    for floor in range(1, drawn.floors + 1):
        v = 0.35 + floor * drawn.floor_m - 0.15
        for u in np.arange(0.6 * step, width - 0.4, step):
            wall.slab("metal_dark", float(u) - 0.03, v - 0.3, float(u) + 0.03, v + 0.3, 0.035)


def _old_advertisement(wall: Wall, u: float, room: float, top: float, rng: np.random.Generator) -> None:
    """A shop's name on a field of paint that the sun has bleached."""
    wide, high = 0.92 * room, min(0.42 * top, 0.7 * room)
    v = float(rng.uniform(0.40, 0.52)) * top
    high = min(high, top - v - 0.4)
    field, letters, line = (str(x) for x in rng.permutation(FADED)[:3])
    wall.rectangle(f"{field}_weathered", u, v, u + wide, v + high, -OFF_M)
    for low in (v + 0.06 * high, v + 0.90 * high):
        wall.rectangle(f"{line}_weathered", u + 0.1, low, u + wide - 0.1, low + 0.04 * high, -2 * OFF_M)
    for row, word in enumerate(rng.permutation(SHOPS)[:2]):
        tall = min(0.30 * high, 0.30 * high * 0.86 * wide / length_m(str(word), 0.30 * high))
        middle = (u + wide / 2, v + (0.68, 0.30)[row] * high)
        drawn = Picture((Layer(ink(str(word), tall, (0.0, 0.0)), f"{letters}_weathered"),))
        hang(wall, drawn.mesh(0.0, BUILDING), *middle, 2 * OFF_M)


def _ghost(wall: Wall, u: float, room: float, top: float, around: str, rng: np.random.Generator) -> None:
    """The outline of a lower house that once leant here: its bared wall and the tar along its roof."""
    wide, eaves = 0.95 * room, float(rng.uniform(0.35, 0.55)) * top
    rise = min(float(rng.uniform(0.45, 0.8)) * wide / 2, top - eaves - 0.4)
    walls = ("plaster_weathered", "brick_weathered", "plaster_rose_weathered", "plaster_grey_weathered")
    old = str(rng.choice([name for name in walls if name != around]))
    wall.rectangle(old, u, 0.36, u + wide, eaves, -OFF_M)
    ridge = u + wide / 2
    wall.quad(
        old,
        [
            (u, eaves, -OFF_M),
            (u + wide, eaves, -OFF_M),
            (ridge, eaves + rise, -OFF_M),
            (ridge, eaves + rise, -OFF_M),
        ],
    )
    width_m, off = 0.18, -2 * OFF_M
    for a, b in (((u, eaves), (ridge, eaves + rise)), ((ridge, eaves + rise), (u + wide, eaves))):
        wall.quad("tar", [(*a, off), (*b, off), (b[0], b[1] + width_m, off), (a[0], a[1] + width_m, off)])
    for floor in np.arange(2.9, eaves - 0.3, 2.8):  # where its floors lay
        wall.rectangle("stone", u, float(floor), u + wide, float(floor) + 0.14, off)


def _sprayed(wall: Wall, width: float, rng: np.random.Generator) -> None:
    """A name at the height that an arm reaches."""
    word, color = str(rng.choice(TAGS)), str(rng.choice(SPRAYED))
    tall = float(rng.uniform(0.45, 1.1))
    wide = length_m(word, tall, 0.13)
    if wide > width - 1.6:
        return
    at = (
        float(rng.uniform(0.8 + wide / 2, width - 0.8 - wide / 2)),
        0.75 + tall / 2 + float(rng.uniform(0.0, 0.5)),
    )
    pen = float(rng.uniform(0.09, 0.15))
    mesh = Picture((Layer(ink(word, tall, (0.0, 0.0), pen), color),)).mesh(0.0, BUILDING)
    lean = float(rng.uniform(-0.12, 0.22))  # letters slope with the arm
    sheared = np.eye(4)
    sheared[2, 1] = 0.35 * lean
    hang(wall, mesh.moved(sheared), *at, 2 * OFF_M)
