"""Roofs: gables with tiles, dormers and chimneys, and flat ones behind a parapet.  Renderers floor."""

from itertools import pairwise

import numpy as np

from renderers.assets.forms import Floats
from renderers.assets.plans import Plan
from renderers.assets.walls import BUILDING, Faces, Style, side_material
from renderers.loft import box, triangulate


def gable_roof(faces: Faces, drawn: Plan, style: Style, rng: np.random.Generator) -> None:
    """Ridge along the street, eaves that stand out, gable triangles, a chimney, perhaps dormers."""
    w, d, z = drawn.width_m / 2, drawn.depth_m, drawn.eaves_m
    rise = d / 2 * float(rng.uniform(0.62, 0.95))
    over, side = 0.45, (0.30 if drawn.kind != "townhouse" else 0.06)
    tile = str(rng.choice(("roof_tile", "roof_tile", "roof_dark")))
    slope = rise / (d / 2)
    ridge, thick = z + rise, 0.14
    for sign in (1.0, -1.0):
        eave_x = -d / 2 + sign * (d / 2 + over)
        eave_z = z - over * slope
        y = sign * (w + side)
        low, high = (eave_x, eave_z + thick), (-d / 2, ridge + thick)
        upper = np.array(
            [(low[0], -y, low[1]), (low[0], y, low[1]), (high[0], y, high[1]), (high[0], -y, high[1])]
        )
        faces.add(tile, upper)
        lower = upper - (0, 0, thick)
        faces.add("wood", lower[::-1])
        faces.add("window_frame", [lower[0], lower[1], upper[1], upper[0]])
        for p, q in ((1, 2), (3, 0)):
            faces.add("window_frame", [lower[p], lower[q], upper[q], upper[p]])
        if sign > 0:  # gutter
            faces.solids.append(
                box(
                    (0.12, 2 * (w + side), 0.11),
                    "metal_galvanised",
                    BUILDING,
                    centre_m=(eave_x + 0.05, 0, eave_z + 0.08),
                )
            )
    for sign in (1.0, -1.0):
        triangle = [(0.0, sign * w, z), (-d, sign * w, z), (-d / 2, sign * w, ridge)]
        a, b, c = triangle if sign > 0 else (triangle[1], triangle[0], triangle[2])
        faces.add(side_material(style), [a, b, c, c])
        if rise > 2.0 and drawn.kind != "barn":
            _attic_window(faces, sign, (-d / 2, sign * w, z + 0.30 * rise), style)
    x, y = -d / 2 - float(rng.uniform(0.3, 1.0)), float(rng.uniform(-0.6, 0.6)) * w
    if drawn.kind != "barn":
        faces.solids.append(box((0.55, 0.75, 1.7), "brick", BUILDING, centre_m=(x, y, ridge + 0.15)))
        faces.solids.append(box((0.68, 0.88, 0.10), "concrete", BUILDING, centre_m=(x, y, ridge + 1.02)))
    if drawn.kind in ("house", "townhouse") and rng.uniform() < 0.6:
        for y in np.linspace(-0.5, 0.5, 2 if drawn.width_m < 10 else 3) * w * 1.1:
            _dormer(faces, float(y), -d * 0.16, z, slope, d, tile, style)


def _attic_window(faces: Faces, sign: float, foot: tuple[float, float, float], style: Style) -> None:
    """A window in a gable's triangle, its frame standing out of the plaster."""
    x, y, z = foot
    for material, half, low, high, out in (
        (style.trim, 0.52, -0.08, 1.08, 0.020),
        (style.frame, 0.42, 0.0, 1.0, 0.030),
        ("window", 0.35, 0.07, 0.93, 0.034),
        (style.frame, 0.035, 0.07, 0.93, 0.038),
    ):
        at = y + sign * out
        ring = [(x + half, z + low), (x - half, z + low), (x - half, z + high), (x + half, z + high)]
        corners = [(px, at, pz) for px, pz in ring]
        faces.add(material, corners[:: 1 if sign > 0 else -1])


def hipped_roof(faces: Faces, drawn: Plan, style: Style, rng: np.random.Generator) -> None:
    """Slopes on all four sides: a hip up to a ridge, or a mansard whose steep foot holds windows."""
    w, d, z = drawn.width_m / 2, drawn.depth_m, drawn.eaves_m
    tile = str(rng.choice(("roof_tile", "roof_dark", "roof_dark")))
    rows: list[tuple[float, float]] = [(-0.40 if drawn.roof == "hip" else -0.18, z)]  # (inset, height)
    if drawn.roof == "mansard":
        rows += [(0.75, z + 2.5)]
    inset, high = rows[-1]
    run = min(w, d / 2) - inset
    rows.append((inset + run, high + run * (0.7 if drawn.roof == "hip" else 0.32)))

    def ring(row: tuple[float, float]) -> list[tuple[float, float, float]]:
        i, h = row
        a, b = max(w - i, 0.0), min(-i, -d / 2 + max(d / 2 - i, 0.0))
        back = -d + i if d / 2 > i else -d / 2
        return [(b, -a, h), (b, a, h), (back, a, h), (back, -a, h)]

    for low, top in pairwise(rows):
        one, two = ring(low), ring(top)
        for k in range(4):
            n = (k + 1) % 4
            same = np.allclose(two[n], two[k])
            slope = [one[k], one[n], two[k], two[k]] if same else [one[k], one[n], two[n], two[k]]
            faces.add(tile, slope)
    edge = ring(rows[0])
    faces.add("window_frame", edge[::-1])
    if drawn.roof == "mansard":
        steep = 2.5 / 0.93
        for y in np.linspace(-0.62, 0.62, max(2, round(drawn.width_m / 3.2))) * w:
            _dormer(faces, float(y), -0.06, z - 0.2, steep, d, tile, style)
    x, y = -d / 2 - float(rng.uniform(0.3, 1.0)), float(rng.uniform(-0.5, 0.5)) * w * 0.6
    top_z = rows[-1][1]
    faces.solids.append(box((0.55, 0.75, 2.0), "brick", BUILDING, centre_m=(x, y, top_z - 0.2)))
    faces.solids.append(box((0.68, 0.88, 0.10), "concrete", BUILDING, centre_m=(x, y, top_z + 0.82)))


def _dormer(
    faces: Faces, y: float, x: float, eaves: float, slope: float, depth: float, tile: str, style: Style
) -> None:
    foot = eaves - x * slope + 0.1
    tall, half = 1.25, 0.75
    back = min((tall + 0.1) / slope, depth / 2 + x)
    faces.add(
        style.trim,
        np.array(
            [(x, y - half, foot), (x, y + half, foot), (x, y + half, foot + tall), (x, y - half, foot + tall)]
        ),
    )
    faces.add(
        "window",
        np.array(
            [
                (x + 0.02, y - 0.5, foot + 0.22),
                (x + 0.02, y + 0.5, foot + 0.22),
                (x + 0.02, y + 0.5, foot + 1.1),
                (x + 0.02, y - 0.5, foot + 1.1),
            ]
        ),
    )
    faces.add(
        "window_frame",
        np.array(
            [
                (x + 0.03, y - 0.04, foot + 0.22),
                (x + 0.03, y + 0.04, foot + 0.22),
                (x + 0.03, y + 0.04, foot + 1.1),
                (x + 0.03, y - 0.04, foot + 1.1),
            ]
        ),
    )
    for sign in (1.0, -1.0):
        cheek = [
            (x, y + sign * half, foot),
            (x - back, y + sign * half, foot + tall),
            (x, y + sign * half, foot + tall),
        ]
        a, b, c = cheek if sign > 0 else (cheek[0], cheek[2], cheek[1])
        faces.add(tile, [a, b, c, c])
    lid = [
        (x + 0.15, y - half - 0.1, foot + tall),
        (x + 0.15, y + half + 0.1, foot + tall),
        (x - back, y + half + 0.1, foot + tall + 0.12),
        (x - back, y - half - 0.1, foot + tall + 0.12),
    ]
    faces.add(tile, lid)
    faces.add("window_frame", np.array([lid[0], lid[3], lid[2], lid[1]]) - (0, 0, 0.06))


def flat_roof(
    faces: Faces, outline: Floats, z: float, style: Style, rng: np.random.Generator, clutter: bool
) -> None:
    """Gravel behind a parapet; stair heads and vents on large roofs."""
    parapet, thick = 0.55, 0.22
    after = np.roll(outline, -1, axis=0)
    middle = outline.mean(0)
    inner = (
        outline + (middle - outline) / np.linalg.norm(middle - outline, axis=1, keepdims=True) * thick * 1.4
    )
    inner_after = np.roll(inner, -1, axis=0)

    def ring(
        a: Floats, za: float, b: Floats, zb: float, c: Floats, zc: float, d: Floats, zd: float
    ) -> list[Floats]:
        rows = zip(a, b, c, d, strict=True)
        return [np.array([(*p, za), (*q, zb), (*r, zc), (*s, zd)]) for p, q, r, s in rows]

    top = z + parapet
    faces.add(style.wall, ring(outline, z, after, z, after, top, outline, top))
    faces.add("metal_galvanised", ring(outline, top, after, top, inner_after, top, inner, top))
    faces.add(style.wall, ring(inner, top, inner_after, top, inner_after, z, inner, z))
    for a, b, c in triangulate(inner):
        faces.add("gravel", [(*inner[k], z + 0.05) for k in (a, b, c, c)])
    if clutter:
        span = outline.max(0) - outline.min(0)
        for _ in range(2):
            x, y = middle + (rng.uniform(size=2) - 0.5) * span * 0.45
            size = rng.uniform((1.5, 1.5, 1.0), (3.5, 3.5, 2.4))
            faces.solids.append(
                box(
                    tuple(size),
                    "plaster_grey",
                    BUILDING,
                    centre_m=(float(x), float(y), z + float(size[2]) / 2),
                )
            )
