"""Wheelchairs with people in them, and prams.  Renderers floor; they move with walkers, and their wheels roll."""

from dataclasses import replace

import numpy as np

from renderers.assets.fittings import choose_paint
from renderers.assets.forms import Floats, ellipsoid, tower
from renderers.assets.people import figure
from renderers.assets.wardrobe import NAMED
from renderers.assets.wheels import tyre, wire_wheel
from renderers.loft import box, cylinder, loft, scaling, translation, tube
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.chance import stream

Point = tuple[float, float, float]
MARKET = {"black": 60.0, "grey": 15.0, "blue": 10.0, "red": 8.0, "green": 7.0}
KIND = "personal_mobility"
COVERS = (
    (0.020, 0.024, 0.045),
    (0.05, 0.05, 0.055),
    (0.16, 0.03, 0.04),
    (0.05, 0.10, 0.08),
    (0.28, 0.24, 0.18),
)


def _rods(paths: list[tuple[tuple[Point, ...], float]], material: str) -> Mesh:
    return Mesh.join([tube(path, radius, material, KIND, 7) for path, radius in paths])


def build_wheelchair(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A wheelchair driven by hand, with somebody in it: hands on the rims, feet on the rests."""
    nominal = BODIES[model].size_m
    scale = np.array(size_m) / np.array(nominal)
    _, tint = choose_paint(model, look_seed, color, MARKET)
    r, axle = 0.30, (-0.20, 0.285, 0.30)
    seat_z, back_x, front_x = 0.49, -0.26, 0.20
    pieces = [
        box((0.42, 0.40, 0.05), "car_trim", KIND, 0.015, (-0.03, 0.0, seat_z)),
        box((0.03, 0.40, 0.42), "car_trim", KIND, 0.012, (back_x - 0.03, 0.0, seat_z + 0.22)),
    ]
    for s in (1.0, -1.0):
        y = s * 0.215
        back: tuple[Point, ...] = (
            (back_x, y, 0.32),
            (back_x - 0.03, y, seat_z + 0.30),
            (back_x - 0.05, y, 0.90),
            (back_x - 0.14, y, 0.93),
        )
        side: tuple[Point, ...] = (
            (back_x, y, seat_z - 0.02),
            (front_x, y, seat_z - 0.02),
            (front_x + 0.10, y, 0.32),
            (front_x + 0.17, s * 0.14, 0.15),
        )
        arm: tuple[Point, ...] = (
            (back_x - 0.02, y, seat_z + 0.22),
            (0.06, y, seat_z + 0.22),
            (0.10, y, seat_z),
        )
        caster: tuple[Point, ...] = (
            (front_x - 0.02, y, seat_z - 0.02),
            (front_x - 0.02, y, 0.22),
            (front_x - 0.04, y, 0.09),
        )
        pieces.append(_rods([(back, 0.013), (side, 0.013), (arm, 0.011), (caster, 0.013)], "metal_painted"))
        pieces.append(_rods([((back[2], back[3]), 0.018)], "rubber"))
        pieces.append(box((0.30, 0.045, 0.025), "car_trim", KIND, 0.008, (-0.10, y, seat_z + 0.235)))
        pieces.append(tyre(0.09, 0.03, 0.05, KIND).moved(translation(front_x - 0.04, y, 0.09)))
        pieces.append(
            cylinder(0.05, 0.02, "plastic", KIND, "y", 12).moved(translation(front_x - 0.04, y - 0.01, 0.09))
        )
        pieces.append(box((0.16, 0.13, 0.015), "plastic", KIND, 0.004, (front_x + 0.20, s * 0.085, 0.14)))
    rim = tube(
        [(0.255 * np.cos(a), 0.0, 0.255 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 21)],
        0.009,
        "metal_galvanised",
        KIND,
        5,
    )
    whole = Mesh.join([wire_wheel(r, 0.03, 20, KIND), rim.moved(translation(0.0, 0.04, 0.0))])
    other = Mesh.join([wire_wheel(r, 0.03, 20, KIND), rim.moved(translation(0.0, -0.04, 0.0))])
    hips = np.array((back_x + 0.13, 0.0, seat_z + 0.105))
    hands = tuple(tuple(float(v) for v in np.array((-0.10, s * 0.335, r + 0.27)) - hips) for s in (1.0, -1.0))
    feet = tuple(
        tuple(float(v) for v in np.array((front_x + 0.17, s * 0.085, 0.225)) - hips) for s in (1.0, -1.0)
    )
    posture = {"pelvis": (0.0, -0.08, 0.0), "torso": (0.0, 0.10, 0.0), "head": (0.0, 0.02, 0.0)}
    old = stream(look_seed, "look", "wheelchair").random() < 0.6
    low, high = 1.5, 1.85
    who = "pedestrian.elderly" if old else "pedestrian.adult"
    made = {
        h: figure(
            h,
            look_seed,
            posture,
            None,
            clothing,
            "",
            "person",
            (hands[0], hands[1]),
            (feet[0], feet[1]),
            model=who,
        )
        for h in (low, high)
    }
    tops = [float(made[h].mesh.vertices_m[:, 2].max()) + float(hips[2]) for h in (low, high)]
    stature = float(
        np.clip(low + (nominal[2] - 0.005 - tops[0]) * (high - low) / (tops[1] - tops[0]), 1.45, 1.95)
    )
    sitter = figure(
        stature,
        look_seed,
        posture,
        None,
        clothing,
        "",
        "person",
        (hands[0], hands[1]),
        (feet[0], feet[1]),
        model=who,
    )
    body = Mesh.join([*pieces, sitter.mesh.moved(translation(*(float(v) for v in hips)))])
    # The box is filled exactly: elbows and toes differ by a few centimetres from look to look.
    low_m, high_m = body.vertices_m.min(axis=0), body.vertices_m.max(axis=0)
    rear, toes = min(float(low_m[0]), axle[0] - r), float(high_m[0])
    stretch = np.array((nominal[0] / (toes - rear), 1.0, 1.0))
    stretch[1] = nominal[1] / 2 / max(float(np.abs(body.vertices_m[:, 1]).max()), axle[1] + 0.055)
    stretch[2] = nominal[2] / float(high_m[2])
    full = stretch * scale
    shift = -0.5 * (toes + rear) * float(full[0])
    size = translation(shift, 0.0, 0.0) @ scaling(*(float(v) for v in full))
    round_ = float(min(full[0], full[2]))
    wheels = tuple(
        Part(f"wheel_{side}", mesh.moved(scaling(round_, float(full[1]), round_)), "wheel", -1,
             (float(axle[0] * full[0] + shift), float(s * axle[1] * full[1]), r * round_), r * round_)
        for side, s, mesh in (("left", 1.0, whole), ("right", -1.0, other))
    )  # fmt: skip
    marks = tuple(replace(k, at_m=_moved(np.array(k.at_m) + hips, full, shift)) for k in sitter.keypoints)
    tints = (tint if color else sitter.tints[0], sitter.tints[1], sitter.tints[2])
    return Asset(model, size_m, (Part("body", body.moved(size)), *wheels), tints=tints, keypoints=marks)


def _moved(point: Floats, scale: Floats, shift: float) -> Point:
    x, y, z = point * scale
    return float(x) + shift, float(y), float(z)


def build_pram(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A pram: a carrycot with its hood up on a frame with four wheels, the handle towards the rear."""
    nominal = BODIES[model].size_m
    rng = stream(look_seed, "look", "pram")
    cover = NAMED[color] if color is not None else COVERS[int(rng.integers(len(COVERS)))]
    half, wide = nominal[0] / 2, nominal[1] / 2
    r_rear, r_front = 0.135, 0.105
    rear_x, front_x = -half + 0.33, half - r_front
    bed = [
        (0.52, 0.06, 0, 0.24, 0.13),
        (0.55, 0.06, 0, 0.34, 0.175),
        (0.66, 0.06, 0, 0.385, 0.195),
        (0.76, 0.06, 0, 0.40, 0.205),
        (0.765, 0.06, 0, 0.37, 0.18),
    ]
    pieces = [tower(bed, 20, "cloth_a", KIND, square=3.2)]
    pieces.append(box((0.50, 0.34, 0.05), "cloth_dark", KIND, 0.02, (0.16, 0.0, 0.775)))
    sections = []
    for turn in np.radians((3.0, 30.0, 60.0, 90.0, 118.0)):  # the hood's bows, from the rear to the front
        a = np.linspace(0.0, np.pi, 11)
        reach = 0.31
        across, rise = 0.205 * np.cos(a), np.sin(a) ** 0.7
        sections.append(
            np.stack([-0.11 - reach * np.cos(turn) * rise, across, 0.755 + reach * np.sin(turn) * rise], 1)
        )
    outer = np.array(sections)
    middle = np.array((-0.11, 0.0, 0.755))
    closed = [np.concatenate([s, middle + 0.96 * (s[::-1] - middle)]) for s in outer]
    pieces.append(loft(closed, "cloth_a", KIND, crease_deg=60.0))
    for s in (1.0, -1.0):
        y = s * (wide - 0.05)
        legs: list[tuple[tuple[Point, ...], float]] = [
            (((front_x, y, r_front), (-0.10, y, 0.50), (-half + 0.05, y, 1.01)), 0.013),
            (((rear_x, y, r_rear), (0.05, y, 0.50), (0.12, y, 0.53)), 0.013),
        ]
        pieces.append(_rods(legs, "metal_galvanised"))
    pieces.append(_rods([(((-half + 0.05, wide - 0.05, 1.01), (-half + 0.016, wide - 0.09, 1.03),
        (-half + 0.016, -wide + 0.09, 1.03),
                           (-half + 0.05, -wide + 0.05, 1.01)), 0.016)], "rubber"))  # fmt: skip
    pieces.append(box((0.42, 2 * wide - 0.16, 0.14), "cloth_dark", KIND, 0.03, (0.0, 0.0, 0.27)))
    for x in (front_x, rear_x):
        pieces.append(
            _rods(
                [
                    (
                        (
                            (x, wide - 0.05, r_front if x > 0 else r_rear),
                            (x, -wide + 0.05, r_front if x > 0 else r_rear),
                        ),
                        0.009,
                    )
                ],
                "metal_dark",
            )
        )
    pieces.append(_baby())
    scale = np.array(size_m) / np.array(nominal)
    body = Mesh.join(pieces)
    body = body.moved(scaling(1.0, 1.0, nominal[2] / float(body.vertices_m[:, 2].max())))
    size = scaling(*(float(v) for v in scale))
    round_ = float(min(scale[0], scale[2]))
    parts = [Part("body", body.moved(size))]
    for x, r in ((front_x, r_front), (rear_x, r_rear)):
        wheel = Mesh.join(
            [
                tyre(r, 0.036, r - 0.028, KIND),
                cylinder(r - 0.028, 0.012, "rim_dark", KIND, "y", 14).moved(translation(0.0, -0.006, 0.0)),
            ]
        )
        for name, s in (("left", 1.0), ("right", -1.0)):
            at = (x * float(scale[0]), s * (wide - 0.02) * float(scale[1]), r * round_)
            parts.append(
                Part(
                    f"wheel_{name}_{'front' if x > 0 else 'rear'}",
                    wheel.moved(scaling(round_, round_, round_)),
                    "wheel",
                    -1,
                    at,
                    r * round_,
                )
            )
    skin = (0.52, 0.31, 0.21)
    return Asset(model, size_m, tuple(parts), tints=(cover, (0.6, 0.6, 0.6), skin))


def _baby() -> Mesh:
    """A sleeping head on a pillow, in the shade of the hood."""
    head = ellipsoid((-0.12, 0.0, 0.80), (0.075, 0.062, 0.06), "skin", "person", 7, 10)
    pillow = box((0.22, 0.26, 0.04), "cloth_light", KIND, 0.015, (-0.14, 0.0, 0.755))
    return Mesh.join([head, pillow])
