"""Symbols of signs, signals and posters as outlines: people, animals, vehicles, arrows.  Renderers floor.

Each stands on up = 0 about right = 0 and is about one unit high (people) or wide (the rest); signs scale them.
They are drawn after the convention's annexes in our own lines, so that neither fonts nor pictures are needed.
"""

from collections.abc import Callable

import numpy as np
import shapely
import shapely.ops
from shapely.geometry.base import BaseGeometry

from renderers.assets.flat import (
    Points,
    area,
    block,
    disc,
    merged,
    mirrored,
    moved,
    pen,
    ring,
    scaled,
    softened,
    turned,
)

Shape = BaseGeometry


def bent(*points: tuple[float, float], steps: int = 8) -> list[tuple[float, float]]:
    """A smooth line through points (Catmull and Rom 1974)."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    found: list[tuple[float, float]] = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        curve = 0.5 * (
            2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        )
        found.extend((float(u), float(v)) for u, v in curve)
    return [*found, points[-1]]


# ------------------------------------------------------------------------------------------------------- people
def walker() -> Shape:
    """Somebody in mid-stride to the right."""
    body = area([(-0.09, 0.80), (0.05, 0.81), (0.09, 0.66), (0.07, 0.44), (-0.09, 0.44), (-0.10, 0.62)])
    limbs = merged(
        pen([[(0.01, 0.48), (0.12, 0.27), (0.15, 0.04), (0.22, 0.04)]], 0.095),
        pen([[(-0.02, 0.48), (-0.07, 0.26), (-0.24, 0.07), (-0.20, 0.03)]], 0.095),
        pen([[(0.03, 0.75), (0.15, 0.60), (0.27, 0.55)]], 0.07),
        pen([[(-0.05, 0.75), (-0.15, 0.60), (-0.16, 0.46)]], 0.07),
    )
    return merged(body, limbs, disc(0.085, (0.02, 0.92)))


def runner() -> Shape:
    """A child that runs to the right."""
    body = pen([[(0.05, 0.74), (-0.06, 0.46)]], 0.17)
    limbs = merged(
        pen([[(-0.04, 0.46), (0.14, 0.34), (0.10, 0.10), (0.19, 0.09)]], 0.105),
        pen([[(-0.07, 0.44), (-0.16, 0.27), (-0.38, 0.24), (-0.40, 0.17)]], 0.10),
        pen([[(0.06, 0.74), (0.20, 0.58), (0.33, 0.66)]], 0.075),
        pen([[(0.03, 0.74), (-0.14, 0.66), (-0.22, 0.52)]], 0.075),
    )
    return merged(body, limbs, disc(0.105, (0.13, 0.91)))


def children() -> Shape:
    """Two children who run, the taller one behind, as on A13 of the convention."""
    skirt = area([(-0.05, 0.60), (0.06, 0.60), (0.14, 0.36), (-0.18, 0.36)])
    return merged(
        moved(scaled(runner(), 1.0), -0.32, 0.0), moved(scaled(merged(runner(), skirt), 0.82), 0.36, 0.0)
    )


def standing() -> Shape:
    """Somebody who stands and waits, as in a red man."""
    return merged(
        disc(0.095, (0.0, 0.905)),
        softened(block(0.25, 0.36, (0.0, 0.62)), 0.03),
        block(0.095, 0.46, (-0.068, 0.23)),
        block(0.095, 0.46, (0.068, 0.23)),
        pen([[(-0.155, 0.765), (-0.175, 0.42)], [(0.155, 0.765), (0.175, 0.42)]], 0.065),
    )


def digger() -> Shape:
    """A worker with a shovel before a heap."""
    body = merged(
        disc(0.10, (-0.02, 0.92)),
        pen([[(-0.08, 0.78), (-0.22, 0.50)]], 0.17),
        pen([[(-0.20, 0.48), (-0.06, 0.30), (-0.10, 0.03)]], 0.10),
        pen([[(-0.24, 0.48), (-0.30, 0.26), (-0.42, 0.03)]], 0.10),
        pen([[(-0.05, 0.74), (0.08, 0.54)], [(-0.12, 0.70), (-0.08, 0.50), (0.06, 0.44)]], 0.07),
        pen([[(-0.16, 0.62), (0.30, 0.28)]], 0.035, "flat"),
        area([(0.26, 0.35), (0.42, 0.22), (0.38, 0.16), (0.22, 0.28)]),
    )
    heap = area(bent((0.16, 0.0), (0.30, 0.17), (0.42, 0.26), (0.56, 0.15), (0.68, 0.0)))
    return merged(body, heap)


def led_child() -> Shape:
    """A grown-up who leads a child by the hand."""
    tall = merged(
        disc(0.09, (-0.12, 0.91)),
        area([(-0.20, 0.79), (-0.04, 0.79), (0.02, 0.34), (-0.28, 0.34)]),
        pen([[(-0.16, 0.36), (-0.20, 0.02)], [(-0.07, 0.36), (-0.05, 0.02)]], 0.075),
        pen([[(-0.06, 0.75), (0.08, 0.42)], [(-0.19, 0.75), (-0.28, 0.44)]], 0.06),
    )
    small = merged(
        disc(0.075, (0.24, 0.62)),
        pen([[(0.24, 0.50), (0.24, 0.32)]], 0.13),
        pen([[(0.21, 0.30), (0.17, 0.02)], [(0.27, 0.30), (0.31, 0.02)]], 0.065),
        pen([[(0.21, 0.50), (0.08, 0.42)], [(0.28, 0.49), (0.36, 0.34)]], 0.045),
    )
    return merged(tall, small)


# ------------------------------------------------------------------------------------------------------ animals
def deer() -> Shape:
    """A stag that leaps to the right."""
    body = area(
        bent(
            (-0.40, 0.46), (-0.30, 0.55), (-0.10, 0.55), (0.08, 0.60), (0.20, 0.74), (0.27, 0.84), (0.36, 0.82),
            (0.46, 0.74), (0.43, 0.70), (0.34, 0.72), (0.30, 0.62), (0.26, 0.46), (0.14, 0.38), (-0.08, 0.40),
            (-0.22, 0.36), (-0.36, 0.34), (-0.43, 0.40), (-0.46, 0.47), steps=4,
        )
    )  # fmt: skip
    legs = merged(
        pen([[(-0.33, 0.40), (-0.46, 0.26), (-0.42, 0.20), (-0.60, 0.06)]], 0.05),
        pen([[(-0.28, 0.40), (-0.34, 0.22), (-0.30, 0.17), (-0.46, 0.02)]], 0.055),
        pen([[(0.20, 0.44), (0.36, 0.32), (0.50, 0.38)]], 0.05),
        pen([[(0.16, 0.42), (0.26, 0.24), (0.40, 0.24)]], 0.05),
    )
    antlers = pen(
        [
            [(0.29, 0.84), (0.18, 0.93), (0.16, 1.05)], [(0.19, 0.92), (0.08, 0.96)],
            [(0.31, 0.84), (0.32, 0.97), (0.26, 1.07)], [(0.32, 0.96), (0.40, 1.03)],
        ],
        0.032,
    )  # fmt: skip
    return merged(body, legs, antlers)


def cow() -> Shape:
    """Cattle, standing, head to the left."""
    body = area(
        bent(
            (-0.30, 0.60), (0.05, 0.57), (0.42, 0.60), (0.48, 0.52), (0.46, 0.32), (0.30, 0.24), (0.10, 0.22),
            (-0.16, 0.24), (-0.28, 0.30), (-0.36, 0.40), (-0.44, 0.42), (-0.56, 0.36), (-0.60, 0.42), (-0.52, 0.56),
            (-0.44, 0.64), steps=4,
        )
    )  # fmt: skip
    legs = pen(
        [
            [(-0.22, 0.30), (-0.22, 0.0)], [(-0.12, 0.28), (-0.10, 0.0)], [(0.32, 0.30), (0.34, 0.0)],
            [(0.42, 0.36), (0.44, 0.0)],
        ],
        0.065,
        "flat",
    )  # fmt: skip
    horns = pen([[(-0.46, 0.62), (-0.50, 0.72)], [(-0.42, 0.63), (-0.40, 0.73)]], 0.03)
    return merged(body, legs, horns, pen([bent((0.47, 0.58), (0.53, 0.44), (0.52, 0.26))], 0.03))


# ----------------------------------------------------------------------------------------------------- vehicles
def car_front() -> Shape:
    """A car from before or behind, 1 wide."""
    cabin = area([(-0.36, 0.44), (-0.26, 0.72), (0.26, 0.72), (0.36, 0.44)])
    pane = area([(-0.27, 0.46), (-0.20, 0.65), (0.20, 0.65), (0.27, 0.46)])
    lamps = merged(disc(0.07, (-0.33, 0.31), 3), disc(0.07, (0.33, 0.31), 3))
    body = softened(block(1.0, 0.36, (0.0, 0.30)), 0.05)
    wheels = merged(block(0.17, 0.16, (-0.36, 0.08)), block(0.17, 0.16, (0.36, 0.08)))
    return merged(cabin.difference(pane), body.difference(lamps), wheels)


def car_side() -> Shape:
    """A car that drives to the left, 1 long."""
    shell = area(
        [
            (-0.50, 0.10), (-0.50, 0.20), (-0.44, 0.24), (-0.26, 0.26), (-0.12, 0.40), (0.18, 0.40), (0.32, 0.26),
            (0.47, 0.24), (0.50, 0.10),
        ]
    )  # fmt: skip
    panes = merged(
        area([(-0.19, 0.265), (-0.09, 0.365), (0.01, 0.365), (0.01, 0.265)]),
        area([(0.05, 0.265), (0.05, 0.365), (0.15, 0.365), (0.25, 0.265)]),
    )
    wells = merged(disc(0.115, (-0.29, 0.10), 3), disc(0.115, (0.29, 0.10), 3))
    wheels = merged(disc(0.085, (-0.29, 0.09), 3), disc(0.085, (0.29, 0.09), 3))
    return merged(softened(shell, 0.012).difference(panes).difference(wells), wheels)


def truck_side() -> Shape:
    """A lorry that drives to the left, 1 long."""
    shell = merged(
        block(0.66, 0.40, (0.17, 0.34)),
        area([(-0.50, 0.12), (-0.50, 0.30), (-0.45, 0.46), (-0.20, 0.46), (-0.20, 0.12)]),
        block(0.98, 0.08, (0.0, 0.14)),
    )
    pane = area([(-0.455, 0.30), (-0.42, 0.42), (-0.28, 0.42), (-0.28, 0.30)])
    gap = block(0.025, 0.40, (-0.18, 0.36))
    at = ((-0.34, 0.085), (0.20, 0.085), (0.38, 0.085))
    wells = merged(*(disc(0.108, p, 3) for p in at))
    return merged(shell.difference(merged(pane, gap, wells)), *(disc(0.085, p, 3) for p in at))


def bus_side() -> Shape:
    """A bus that drives to the left, 1 long."""
    panes = merged(*(block(0.135, 0.14, (-0.36 + 0.165 * k, 0.36), 0.015) for k in range(5)))
    at = ((-0.30, 0.085), (0.27, 0.085))
    wells = merged(*(disc(0.105, p, 3) for p in at))
    shell = block(1.0, 0.40, (0.0, 0.29), 0.05).difference(merged(panes, wells))
    return merged(shell, *(disc(0.08, p, 3) for p in at))


def bicycle() -> Shape:
    """A bicycle that rides to the left, 1 long."""
    wheels = merged(ring(0.185, 0.045, (-0.29, 0.21)), ring(0.185, 0.045, (0.29, 0.21)))
    frame = pen(
        [
            [(-0.29, 0.21), (-0.17, 0.54), (-0.22, 0.60), (-0.30, 0.59)],
            [(-0.19, 0.47), (0.12, 0.47), (0.29, 0.21), (0.03, 0.21), (-0.19, 0.47)],
            [(0.03, 0.21), (0.15, 0.56)],
        ],
        0.042,
    )
    return merged(wheels, frame, pen([[(0.07, 0.565), (0.22, 0.565)]], 0.05), disc(0.045, (0.03, 0.21), 2))


def motorcycle() -> Shape:
    """A motorcycle with its rider, to the left, 1 long."""
    wheels = merged(ring(0.15, 0.07, (-0.33, 0.19)), ring(0.15, 0.07, (0.33, 0.19)))
    bike = merged(
        area(
            [
                (-0.20, 0.46),
                (0.08, 0.42),
                (0.36, 0.42),
                (0.30, 0.34),
                (0.16, 0.20),
                (-0.10, 0.20),
                (-0.16, 0.36),
            ]
        ),
        pen([[(-0.33, 0.19), (-0.20, 0.52), (-0.24, 0.56)]], 0.05),
        pen([[(0.10, 0.24), (0.33, 0.19)]], 0.06),
    )
    rider = merged(
        disc(0.085, (-0.05, 0.86)),
        pen([[(-0.01, 0.74), (0.12, 0.48)]], 0.15),
        pen([[(-0.01, 0.74), (-0.10, 0.62), (-0.22, 0.57)]], 0.06),
        pen([[(0.10, 0.46), (-0.06, 0.42), (-0.02, 0.22)]], 0.085),
    )
    return merged(wheels, bike, rider)


def tram() -> Shape:
    """A tram from before under its wire."""
    shell = softened(block(0.56, 0.62, (0.0, 0.43)), 0.05)
    panes = merged(block(0.44, 0.18, (0.0, 0.56)), disc(0.04, (-0.18, 0.24), 2), disc(0.04, (0.18, 0.24), 2))
    roof = pen([[(-0.10, 0.78), (0.0, 0.90), (0.10, 0.78)], [(-0.24, 0.92), (0.24, 0.92)]], 0.035)
    return merged(shell.difference(panes), roof, block(0.66, 0.05, (0.0, 0.05)))


def train() -> Shape:
    """A steam engine to the left, as on signs of level crossings without gates, 1 long."""
    body = merged(
        block(0.50, 0.20, (-0.12, 0.34)), block(0.26, 0.36, (0.26, 0.40)), block(0.34, 0.05, (0.26, 0.605)),
        area([(-0.32, 0.44), (-0.36, 0.62), (-0.20, 0.62), (-0.24, 0.44)]), block(0.10, 0.08, (-0.06, 0.47)),
        area([(-0.38, 0.22), (-0.52, 0.06), (-0.38, 0.06)]), block(0.80, 0.07, (0.0, 0.22)),
    )  # fmt: skip
    smoke = merged(disc(0.06, (-0.24, 0.71), 3), disc(0.075, (-0.12, 0.77), 3), disc(0.09, (0.04, 0.80), 3))
    wheels = merged(
        *(ring(r * 0.8, r * 0.45, (u, r), 3) for u, r in ((-0.26, 0.10), (-0.04, 0.10), (0.24, 0.13)))
    )
    return merged(body.difference(block(0.14, 0.12, (0.26, 0.47))), smoke, wheels)


# ----------------------------------------------------------------------------------------------- arrows and ways
def arrow(path: Points, width: float, head: float) -> Shape:
    """A line that ends in a filled head, `head` times as wide as the line."""
    line = shapely.LineString(path)
    foot = line.length - width * head * 0.85
    p = np.asarray(line.interpolate(foot).coords[0])
    tip = np.asarray(path[-1], float)
    side = np.array((p[1] - tip[1], tip[0] - p[0])) / np.linalg.norm(tip - p) * width * head / 2
    shaft = shapely.ops.substring(line, 0.0, foot + 0.01)
    point = area([(float(u), float(v)) for u, v in (tip, p + side, p - side)])
    return merged(pen([[(float(u), float(v)) for u, v in shaft.coords]], width, "flat", "mitre"), point)


def bend() -> Shape:
    """A bend to the right."""
    return arrow(bent((-0.14, 0.0), (-0.15, 0.30), (-0.05, 0.55), (0.14, 0.72), (0.24, 0.80)), 0.15, 2.4)


def double_bend() -> Shape:
    """Two bends, the first to the right."""
    return arrow(
        bent((-0.12, 0.0), (-0.12, 0.18), (0.10, 0.38), (0.10, 0.50), (-0.08, 0.66), (-0.10, 0.92)), 0.14, 2.3
    )


def roundabout(start_deg: float = 100.0) -> Shape:
    """Three arrows round a ring, counter-clockwise as traffic on the right turns; about (0, 0.5)."""
    found = []
    for k in range(3):
        angle = np.radians(start_deg + 120.0 * k + np.linspace(0, 88, 9))
        path = [(0.36 * float(np.cos(a)), 0.5 + 0.36 * float(np.sin(a))) for a in angle]
        found.append(arrow(path, 0.12, 2.2))
    return merged(*found)


def skid() -> Shape:
    """A car from behind with the crossing tracks of its skid."""
    tracks = [
        pen([bent((s * 0.30, 0.0), (s * 0.16, 0.10), (s * 0.22 * -1, 0.22), (s * 0.20, 0.36))], 0.055, "flat")
        for s in (-1.0, 1.0)
    ]
    return merged(turned(moved(scaled(car_front(), 0.66), 0.0, 0.38), 12.0, (0.0, 0.5)), *tracks)


def narrowing() -> Shape:
    """A road that becomes narrower on both sides."""
    left = [(-0.22, 0.0), (-0.22, 0.36), (-0.10, 0.54), (-0.10, 0.92)]
    return merged(pen([left], 0.09, "flat", "mitre"), mirrored(pen([left], 0.09, "flat", "mitre")))


def hump() -> Shape:
    return area(bent((-0.42, 0.0), (-0.26, 0.04), (0.0, 0.26), (0.26, 0.04), (0.42, 0.0)))


def oncoming() -> Shape:
    """Traffic in both directions."""
    return merged(
        arrow([(0.16, 0.0), (0.16, 0.9)], 0.12, 2.6), arrow([(-0.16, 0.9), (-0.16, 0.0)], 0.12, 2.6)
    )


def crossroads() -> Shape:
    """A road with right of way and a lesser one that crosses it."""
    main = arrow([(0.0, 0.0), (0.0, 0.95)], 0.17, 2.0)
    return merged(main, pen([[(-0.34, 0.42), (0.34, 0.42)]], 0.075, "flat"))


def merging() -> Shape:
    """A lane that joins from the right."""
    main = arrow([(-0.05, 0.0), (-0.05, 0.95)], 0.15, 2.2)
    return merged(main, pen([[(0.24, 0.05), (0.24, 0.18), (-0.02, 0.50)]], 0.11, "flat"))


def turning() -> Shape:
    """A turn to the right at a corner."""
    return arrow([(-0.18, 0.0), (-0.18, 0.62), (0.30, 0.62)], 0.15, 2.3)


def u_turn() -> Shape:
    return arrow(bent((0.18, 0.05), (0.18, 0.62), (0.0, 0.82), (-0.18, 0.62), (-0.18, 0.10)), 0.13, 2.4)


def mark() -> Shape:
    """An exclamation mark."""
    return merged(
        area([(-0.085, 0.96), (0.085, 0.96), (0.045, 0.32), (-0.045, 0.32)]), disc(0.085, (0.0, 0.12))
    )


def queue() -> Shape:
    """Three cars one behind another."""
    return merged(*(moved(scaled(car_front(), 0.36), 0.20 - 0.20 * k, 0.29 * k) for k in range(3)))


def fuel() -> Shape:
    """A petrol pump."""
    post = softened(block(0.42, 0.86, (-0.06, 0.45)), 0.03).difference(block(0.28, 0.22, (-0.06, 0.70)))
    return merged(
        post,
        block(0.54, 0.06, (-0.06, 0.03)),
        pen([[(0.15, 0.42), (0.24, 0.42), (0.25, 0.18), (0.34, 0.18), (0.34, 0.66), (0.24, 0.78)]], 0.05),
    )


PICTOGRAMS: dict[str, Callable[[], Shape]] = {
    draw.__name__: draw
    for draw in (
        walker, runner, children, standing, digger, led_child, deer, cow,
        car_front, car_side, truck_side, bus_side, bicycle, motorcycle, tram, train,
        bend, double_bend, roundabout, skid, narrowing, hump, oncoming, crossroads,
        merging, turning, u_turn, mark, queue, fuel,
    )
}  # fmt: skip
