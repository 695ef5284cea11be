"""Wheels: a tyre with shoulders, a rim with spokes, a brake disc behind it.  Renderers floor.

A wheel lies in its own frame: the hub is the origin, it turns about y and shows its face to +y (a left
wheel).
"""

import numpy as np

from renderers.loft import Floats, box, cylinder, loft, mirrored, revolve, rotation, translation, tube
from renderers.mesh import Mesh, Part

SEGMENTS = 24


def tyre(
    radius_m: float, width_m: float, rim_radius_m: float, semantic: str, segments: int = SEGMENTS
) -> Mesh:
    """A tyre: bead, bulging wall, shoulder, tread; closed inside, so that no rim has to hide its hollow."""
    half, wall = width_m / 2.0, radius_m - rim_radius_m
    face = [
        (rim_radius_m - 0.004, 0.80 * half),
        (rim_radius_m + 0.45 * wall, 1.00 * half),
        (radius_m - 0.12 * wall, 0.90 * half),
        (radius_m, 0.62 * half),
    ]
    profile = [(r, -y) for r, y in face] + [(r, y) for r, y in reversed(face)]
    profile.append(profile[0])
    return revolve(profile, "rubber", semantic, "y", segments, 50.0)


def _inner_wall(radius_m: float, width_m: float, semantic: str) -> Mesh:
    """What closes a wheel towards the middle of the vehicle: brake and hub, seen as one dark disc."""
    profile = [(0.0, -0.34 * width_m), (radius_m, -0.38 * width_m)]
    return revolve(profile, "underbody", semantic, "y", SEGMENTS)


def _disc(radius_m: float, y_m: float, material: str, semantic: str, segments: int) -> Mesh:
    """A flat disc that faces +y."""
    return revolve([(radius_m, y_m), (0.0, y_m)], material, semantic, "y", segments)


def _spoke(
    hub_m: float, rim_m: float, y_hub_m: float, y_rim_m: float, width_m: float, material: str, semantic: str
) -> Mesh:
    """One spoke along +z, wider at its foot, bowed to the outside."""
    rows = []
    for t, wide, thick in ((0.0, 1.35, 0.030), (0.5, 0.9, 0.024), (1.0, 1.1, 0.020)):
        z = hub_m + t * (rim_m - hub_m)
        y = y_hub_m + t * (y_rim_m - y_hub_m) + 0.008 * np.sin(np.pi * t)
        w = width_m * wide / 2.0
        rows.append([(-w, y - thick, z), (w, y - thick, z), (0.62 * w, y, z), (-0.62 * w, y, z)])
    return loft(rows, material, semantic, caps=False)


def alloy_wheel(
    radius_m: float,
    width_m: float,
    rim_radius_m: float,
    spokes: int,
    semantic: str,
    material: str = "rim",
    twin: bool = False,
) -> Mesh:
    """A car wheel: the spokes stand in front of a dark well with a brake disc in it."""
    half = width_m / 2.0
    face = 0.62 * half
    lip = revolve(
        [
            (rim_radius_m, 0.72 * half),
            (rim_radius_m - 0.004, 0.82 * half),
            (rim_radius_m - 0.018, 0.76 * half),
            (rim_radius_m - 0.018, 0.20 * half),
        ],
        material,
        semantic,
        "y",
        SEGMENTS,
    )
    pieces = [
        tyre(radius_m, width_m, rim_radius_m, semantic),
        lip,
        # The well: a dark wall that closes the wheel behind its spokes.
        _disc(rim_radius_m, -0.30 * half, "underbody", semantic, SEGMENTS),
        _disc(0.66 * rim_radius_m, 0.0, "brake_disc", semantic, 20),
        _inner_wall(rim_radius_m, width_m, semantic),
        revolve(
            [(0.24 * rim_radius_m, 0.0), (0.17 * rim_radius_m, face), (0.0, face + 0.004)],
            material,
            semantic,
            "y",
            12,
        ),
    ]
    one = _spoke(
        0.16 * rim_radius_m,
        rim_radius_m - 0.012,
        face - 0.004,
        0.74 * half,
        0.30 * rim_radius_m * (5.0 / spokes) ** 0.7,
        material,
        semantic,
    )
    gap = 0.055 if twin else 0.0
    for k in range(spokes):
        angles = (k - gap * spokes, k + gap * spokes) if twin else (float(k),)
        pieces += [one.moved(rotation("y", 2.0 * np.pi * a / spokes)) for a in angles]
    return Mesh.join(pieces)


def hubcap_wheel(radius_m: float, width_m: float, rim_radius_m: float, slots: int, semantic: str) -> Mesh:
    """A small car's steel wheel under a plastic cap with a ring of slots."""
    half = width_m / 2.0
    cap = revolve(
        [
            (rim_radius_m, 0.70 * half),
            (rim_radius_m - 0.006, 0.80 * half),
            (0.82 * rim_radius_m, 0.72 * half),
            (0.45 * rim_radius_m, 0.66 * half),
            (0.20 * rim_radius_m, 0.74 * half),
            (0.0, 0.75 * half),
        ],
        "rim",
        semantic,
        "y",
        SEGMENTS,
    )
    pieces = [tyre(radius_m, width_m, rim_radius_m, semantic), cap]
    pieces.append(_inner_wall(rim_radius_m, width_m, semantic))
    for k in range(slots):
        slot = box(
            (0.9 * rim_radius_m / slots, 0.02, 0.28 * rim_radius_m),
            "underbody",
            semantic,
            0.0,
            (0.0, 0.685 * half, 0.66 * rim_radius_m),
        )
        pieces.append(slot.moved(rotation("y", 2.0 * np.pi * k / slots)))
    return Mesh.join(pieces)


def car_wheel(
    rng: np.random.Generator, radius_m: float, width_m: float, spokes: tuple[int, ...], hubcaps: float
) -> Mesh:
    """A wheel as the buyer chose it: caps on steel, or alloy with few, many or twin spokes, bright or black."""
    cap, dark, twin, many = rng.random(4)
    count = int(rng.choice(spokes))
    if cap < hubcaps:
        return hubcap_wheel(radius_m, width_m, 0.66 * radius_m, int(7 + 5 * many), "car")
    material = "rim_dark" if dark < 0.25 else "rim"
    share = 0.69 if many < 0.6 else 0.73
    return alloy_wheel(
        radius_m, width_m, share * radius_m, count, "car", material, twin=bool(twin < 0.35 and count < 9)
    )


def steel_wheel(
    radius_m: float, width_m: float, rim_radius_m: float, semantic: str, sunk: bool, twins: bool = False
) -> Mesh:
    """A lorry's wheel: a dished disc with hand holes and a hub with its nuts; rear ones are sunk and come in twos."""
    half = width_m / 2.0
    dish = -0.35 * half if sunk else 0.55 * half
    disc = revolve(
        [
            (rim_radius_m - 0.002, 0.80 * half),
            (rim_radius_m - 0.02, 0.74 * half),
            (rim_radius_m - 0.035, 0.2 * half),
            (0.78 * rim_radius_m, 0.2 * half + 0.3 * dish),
            (0.52 * rim_radius_m, dish),
            (0.40 * rim_radius_m, dish),
            (0.36 * rim_radius_m, dish + 0.05),
            (0.0, dish + 0.06),
        ],
        "metal_galvanised",
        semantic,
        "y",
        SEGMENTS,
    )
    pieces = [tyre(radius_m, width_m, rim_radius_m, semantic), disc]
    pieces.append(_inner_wall(rim_radius_m, width_m, semantic))
    radius_hole = 0.64 * rim_radius_m
    y_hole = dish + (0.2 * half + 0.3 * dish - dish) * 0.46 + 0.004
    for k in range(8):
        hole = cylinder(0.085 * rim_radius_m, 0.012, "underbody", semantic, "y", 8).moved(
            translation(0, y_hole, radius_hole)
        )
        pieces.append(hole.moved(rotation("y", 2 * np.pi * (k + 0.5) / 8)))
    for k in range(10):
        nut = box(
            (0.035, 0.03, 0.035), "metal_galvanised", semantic, 0.0, (0.0, dish + 0.015, 0.46 * rim_radius_m)
        )
        pieces.append(nut.moved(rotation("y", 2 * np.pi * k / 10)))
    if twins:
        pieces.append(
            tyre(radius_m, width_m, rim_radius_m, semantic).moved(translation(0, -1.12 * width_m, 0))
        )
        pieces.append(_inner_wall(rim_radius_m, width_m, semantic).moved(translation(0, -1.12 * width_m, 0)))
    return Mesh.join(pieces)


def wire_wheel(radius_m: float, width_m: float, spokes: int, semantic: str) -> Mesh:
    """A bicycle wheel: thin tyre, bright rim, hub and crossed wire spokes."""
    around = np.linspace(0.0, 2.0 * np.pi, 32, endpoint=False)
    half = width_m / 2.0

    def ring(radius: float, thick: float, material: str, sides: int) -> Mesh:
        turn = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
        profile = np.stack([radius + thick * np.cos(turn), thick * np.sin(turn)], axis=1)
        closed = np.concatenate([profile, profile[:1]])
        return revolve(closed, material, semantic, "y", len(around), 70.0)

    pieces = [ring(radius_m - half, half, "rubber", 8), ring(radius_m - 2.4 * half, 0.45 * half, "chrome", 5)]
    pieces.append(cylinder(0.022, 0.07, "metal_dark", semantic, "y", 8).moved(translation(0, -0.035, 0)))
    for k in range(spokes):
        foot = 2.0 * np.pi * k / spokes
        head = foot + (0.5 if k % 2 else -0.5)
        side = 0.03 if (k // 2) % 2 else -0.03
        ends: Floats = np.array(
            [
                (0.02 * np.sin(head), side, 0.02 * np.cos(head)),
                ((radius_m - 2.6 * half) * np.sin(foot), 0.0, (radius_m - 2.6 * half) * np.cos(foot)),
            ]
        )
        pieces.append(tube(ends, 0.0018, "metal_galvanised", semantic, 3, caps=False))
    return Mesh.join(pieces)


def wheel_parts(
    left: Mesh, axle_x_m: float, track_m: float, radius_m: float, name: str, joint: str
) -> tuple[Part, Part]:
    """The left and the right wheel of an axle."""
    return (
        Part(f"wheel_{name}_left", left, joint, -1, (axle_x_m, track_m / 2.0, radius_m), radius_m),
        Part(
            f"wheel_{name}_right", mirrored(left), joint, -1, (axle_x_m, -track_m / 2.0, radius_m), radius_m
        ),
    )
