"""Heads: a skull with a face, hair, beards, glasses and what is worn, in head heights.  Renderers floor."""

from collections.abc import Sequence

import numpy as np

from renderers.assets.forms import Floats, circle, ellipsoid, rings, tube, unit
from renderers.assets.headwear import hat_pieces
from renderers.assets.skins import inlaid, reach, trimmed
from renderers.assets.skulls import (
    FACE_COLUMNS,
    FACE_ROWS,
    MIDDLE,
    Head,
    Height,
    features,
    grid,
    shell,
    skull,
)
from renderers.mesh import Mesh
from scenarios.chance import stream


def _hairline(azimuth: Floats, receding: float = 0.0) -> Floats:
    """Lowest height of hair: over the forehead, at the temples, before and over the ears, at the nape."""
    a = np.abs(azimuth)
    line = np.interp(
        a,
        (0, 25, 40, 55, 66, 76, 84, 100, 116, 130, 180),
        (0.80, 0.81, 0.80, 0.70, 0.52, 0.46, 0.58, 0.60, 0.38, 0.22, 0.14),
    )
    return line + receding * np.interp(a, (0, 20, 45, 80, 180), (0.12, 0.22, 0.20, 0.02, 0.0))


def _hair(head: Head, thick: float, top: float, receding: float = 0.0) -> Height:
    rng = stream(head.look_seed, "person", "hair")
    phase, part = rng.uniform(0, 6.28), float(rng.choice((-22.0, 0.0, 22.0)))

    def over(z: Floats, azimuth: Floats) -> Floats:
        line = _hairline(azimuth, receding)
        inside = np.clip((z - line) / 0.07, -1.0, 1.0)
        body = thick + (top - thick) * np.clip((z - 0.62) / 0.3, 0, 1)
        body = body * (1.0 + 0.12 * np.sin(np.radians(azimuth) * 9 + phase) + 0.10 * np.sin(z * 40 + phase))
        fringe = 0.02 * np.exp(-(((azimuth - part) / 30) ** 2)) * (z > 0.78)
        return np.where(inside > 0, body * np.sqrt(np.clip(inside, 0, 1)) + fringe, 0.06 * inside)

    return over


def _face(head: Head, semantic: str) -> list[Mesh]:
    f = features(head)
    points, _ = grid(skull(head), FACE_ROWS, FACE_COLUMNS)
    mesh = _uncovered(rings(points, "skin", semantic), head)
    v = mesh.vertices_m.astype(float)
    full = 1.0 + 0.15 * f["lips"] + (0.12 if head.female else 0.0)
    lips = 1.0 - (np.abs(v[:, 1]) / 0.105) ** 2 - np.abs((v[:, 2] - 0.240) / (0.040 * full)) ** 2
    if head.beard == "stubble":
        mesh = inlaid(mesh, _bearded(v, 0.05), "stubble")
        v = mesh.vertices_m.astype(float)
        lips = 1.0 - (np.abs(v[:, 1]) / 0.105) ** 2 - np.abs((v[:, 2] - 0.240) / (0.040 * full)) ** 2
    mesh = inlaid(mesh, np.where(v[:, 0] > 0.2, lips, -1.0), "lips")
    pieces = [mesh]
    wide = 0.138 + 0.006 * f["eyes"]
    for s in (1.0, -1.0):
        ball = (0.318, s * wide, 0.515)
        pieces.append(ellipsoid(ball, (0.052, 0.066, 0.040), "eye_white", semantic, 5, 8))
        pieces.append(
            ellipsoid((0.352, s * (wide - 0.004), 0.514), (0.022, 0.026, 0.026), "iris", semantic, 3, 6)
        )
        lid = [(0.348, s * (wide - 0.070), 0.522), (0.366, s * (wide - 0.03), 0.548), (0.364, s * (wide + 0.025), 0.549),
               (0.330, s * (wide + 0.080), 0.524)]  # fmt: skip
        pieces.append(
            tube(lid, (0.012, 0.017, 0.017, 0.012), 5, "skin_shade" if head.old else "skin", semantic)
        )
        lash = [
            (0.362, s * (wide - 0.055), 0.530),
            (0.376, s * (wide - 0.01), 0.539),
            (0.362, s * (wide + 0.06), 0.530),
        ]
        pieces.append(tube(lash, (0.005, 0.007, 0.005), 4, "hair", semantic))
        pieces.append(_brow(head, s, wide, semantic))
        if head.hat not in ("hood", "hijab", "niqab", "burqa"):
            pieces.extend(_ear(s, semantic))
    nostril = 0.030
    for s in (1.0, -1.0):
        pieces.append(ellipsoid((0.425, s * nostril, 0.352), (0.018, 0.014, 0.010), "iris", semantic, 3, 5))
    return pieces


def _uncovered(mesh: Mesh, head: Head) -> Mesh:
    """The face without what lies deep under hair or hat."""
    if head.hair == "bald" and head.hat in ("", "hood"):
        return mesh
    v = mesh.vertices_m.astype(float)
    azimuth = np.degrees(np.arctan2(v[:, 1], v[:, 0] - MIDDLE[0]))
    deep = v[:, 2] > _hairline(azimuth, 0.9 if head.hair == "receding" else 0.0) + 0.09
    if head.hair == "bald":
        deep &= v[:, 2] > 0.9
    return trimmed(mesh, np.where(deep, -1.0, 1.0))


def _brow(head: Head, s: float, wide: float, semantic: str) -> Mesh:
    field = skull(head)
    bow = np.array(
        (
            (0.0, wide - 0.085, 0.588),
            (0.0, wide - 0.03, 0.607),
            (0.0, wide + 0.04, 0.609),
            (0.0, wide + 0.100, 0.588),
        )
    )
    bow[:, 1] *= s
    ways = unit(np.array((0.42, 0.0, 0.0)) + bow - MIDDLE)
    path = MIDDLE + reach(field, np.broadcast_to(MIDDLE, ways.shape), ways, 0.9)[:, None] * ways
    size = 0.75 if head.female or head.child else 1.05
    return tube(path, np.array((0.012, 0.016, 0.014, 0.006)) * size, 5, head.hair_material, semantic)


def _ear(s: float, semantic: str) -> list[Mesh]:
    """A shell that stands off the head, its rim rolled, a hollow inside."""
    outline = np.array(((0.02, 0.36), (-0.02, 0.33), (-0.05, 0.37), (-0.085, 0.45), (-0.095, 0.52),
        (-0.06, 0.575), (-0.01, 0.57),
                        (0.025, 0.53), (0.03, 0.46)))  # fmt: skip
    middle = outline.mean(axis=0)
    loops = []
    for grow, out in ((0.80, 0.285), (1.02, 0.335), (0.97, 0.362), (0.74, 0.358), (0.45, 0.335)):
        ring = middle + grow * (outline - middle)
        far = out + 0.25 * np.clip(-ring[:, 0], 0, 1)
        loops.append(np.stack([ring[:, 0] - 0.03, s * far, ring[:, 1] - 0.03], axis=1))
    grid = np.array(loops)
    if s < 0:
        grid = grid[:, ::-1]
    # Seen from its outer side the outline runs clockwise on the left, which `rings` wants the other way round.
    return [rings(grid[:, ::-1], "skin", semantic)]


def _bearded(v: Floats, edge: float) -> Floats:
    """Positive where a beard grows: cheeks below the ear to the lip, chin and throat, not the lips."""
    a = np.degrees(np.abs(np.arctan2(v[:, 1], v[:, 0] - MIDDLE[0])))
    line = np.interp(a, (0, 14, 26, 45, 66, 78), (0.325, 0.325, 0.27, 0.29, 0.45, 0.50))
    cheek = (line - v[:, 2]) / edge
    side = (80.0 - a) / 12.0
    mouth = (np.abs(v[:, 1]) / 0.10) ** 2 + np.abs((v[:, 2] - 0.240) / 0.040) ** 2 - 1.0
    found: Floats = np.minimum(np.minimum(cheek, side), mouth)
    return found


def _beard(head: Head, semantic: str) -> Mesh:
    def over(z: Floats, azimuth: Floats) -> Floats:
        a = np.radians(azimuth)
        v = np.stack([MIDDLE[0] + 0.4 * np.cos(a), 0.4 * np.sin(a), z], -1).reshape(-1, 3)
        inside = np.clip(_bearded(v, 0.05).reshape(z.shape), -1, 1)
        thick = 0.030 + 0.035 * np.clip((0.22 - z) / 0.2, 0, 1)
        if head.beard == "moustache":
            inside = np.minimum(inside, np.clip((z - 0.255) / 0.02, -1, 1))
            inside = np.minimum(inside, (18.0 - np.abs(azimuth)) / 6.0)
            thick = np.full_like(z, 0.045)
        return np.where(inside > 0, thick * np.sqrt(np.clip(inside, 0, 1)) + 0.02, 0.05 * inside)

    field = skull(head)
    points, ways = grid(field, FACE_ROWS[:13], FACE_COLUMNS[3:-3])
    azimuth = np.degrees(np.arctan2(ways[..., 1], ways[..., 0]))
    high = over(points[..., 2], azimuth)
    lifted = points + np.clip(high, -0.05, None)[..., None] * ways
    mesh = rings(lifted, head.hair_material, semantic, (True, False))
    value = np.concatenate([np.concatenate([high, high[:, :1]], axis=1).ravel(), [high[0].mean()]])
    seam = np.abs(np.degrees(np.arctan2(mesh.vertices_m[:, 1], mesh.vertices_m[:, 0] - MIDDLE[0]))) > 95
    value = np.where(seam, -1.0, value)
    return trimmed(mesh, value)


def _glasses(kind: str, semantic: str) -> list[Mesh]:
    pieces = []
    lens = "visor" if kind == "dark" else "spectacle"
    for s in (1.0, -1.0):
        rim = circle(9)
        at = np.stack(
            [
                0.435 - 0.03 * np.abs(rim[:, 0] * 0.1 + 0.145) / 0.2,
                s * (0.145 + 0.095 * rim[:, 0]),
                0.505 + 0.072 * rim[:, 1],
            ],
            1,
        )
        if kind == "dark":
            disc = np.stack([at * (1, 1, 1) - (0.006, 0, 0), np.array((0.006, 0.0, 0.0)) + at])
            pieces.append(rings(disc if s > 0 else disc[:, ::-1], lens, semantic))
        loop = np.concatenate([at, at[:2]])
        pieces.append(tube(loop, [0.009] * len(loop), 4, "car_trim", semantic))
        pieces.append(
            tube(
                [(0.40, s * 0.25, 0.525), (0.20, s * 0.315, 0.53), (-0.03, s * 0.335, 0.52)],
                [0.009] * 3,
                4,
                "car_trim",
                semantic,
            )
        )
    pieces.append(
        tube(
            [(0.432, 0.05, 0.525), (0.445, 0.0, 0.53), (0.432, -0.05, 0.525)],
            [0.009] * 3,
            4,
            "car_trim",
            semantic,
        )
    )
    return pieces


def _curtain(head: Head, low: float, thick: float, semantic: str, spread: float = 112.0) -> Mesh:
    """Hair that hangs behind the ears: a closed sheet round the back of the head and neck, narrowing at its tips."""
    levels = np.linspace(low, 0.72, 7)
    turns = np.radians(np.linspace(spread, 360 - spread, 13))
    wave = stream(head.look_seed, "person", "locks").uniform(0, 6.28)
    outer, inner = [], []
    for z in levels:
        down = np.clip((0.45 - z) / 0.8, 0, 1)
        deep, wide = 0.36 - 0.05 * down + thick, 0.335 - 0.02 * down + thick
        ripple = 1 + 0.04 * np.sin(8 * turns + wave) * (0.3 + down)
        centre = -0.10 - 0.02 * down
        outer.append(
            np.stack(
                [centre + deep * ripple * np.cos(turns), wide * ripple * np.sin(turns), np.full(13, z)], 1
            )
        )
        inner.append(
            np.stack(
                [
                    centre + (deep - 0.09) * np.cos(turns),
                    (wide - 0.09) * np.sin(turns),
                    np.full(13, z + 0.01),
                ],
                1,
            )
        )
    grid = np.concatenate([np.array(outer), np.array(inner)[:, ::-1]], axis=1)
    return rings(grid, head.hair_material, semantic)


def _hair_pieces(head: Head, semantic: str) -> list[Mesh]:
    style = head.hair
    if style == "bald":
        return []
    covered = bool(head.hat)
    sizes = {"crop": (0.012, 0.020), "short": (0.030, 0.055), "receding": (0.030, 0.026), "afro": (0.15, 0.17),
        "long": (0.045, 0.055),
             "bob": (0.055, 0.060), "bun": (0.026, 0.034), "ponytail": (0.028, 0.038)}  # fmt: skip
    thick, top = sizes[style]
    if covered:
        thick, top = min(thick, 0.035), 0.012
    pieces = [
        shell(
            head, _hair(head, thick, top, 0.9 if style == "receding" else 0.0), head.hair_material, semantic
        )
    ]
    if style == "long" and head.hat in ("", "cap", "beanie", "brim", "helmet"):
        pieces.append(_curtain(head, -0.52, 0.045, semantic))
    if style == "bob":
        pieces.append(_curtain(head, 0.02, 0.060, semantic, 92.0))
    if style == "bun" and not covered:
        pieces.append(ellipsoid((-0.50, 0, 0.78), (0.15, 0.16, 0.14), head.hair_material, semantic, 7, 10))
    if style == "ponytail" and head.hat in ("", "cap", "helmet"):
        tail = [
            (-0.44, 0, 0.70),
            (-0.56, 0, 0.70),
            (-0.60, 0, 0.52),
            (-0.56, 0, 0.22),
            (-0.52, 0, -0.10),
            (-0.50, 0, -0.28),
        ]
        pieces.append(tube(tail, (0.05, 0.065, 0.085, 0.085, 0.06, 0.012), 8, head.hair_material, semantic))
    return pieces


def head_mesh(head: Head, semantic: str) -> Mesh:
    """The head over the middle of its neck, one head high; scale it to metres."""
    pieces = []
    if head.hat not in ("full_helmet",):
        pieces += _face(head, semantic)
        if head.hat not in ("hijab", "niqab", "burqa", "turban"):
            pieces += _hair_pieces(head, semantic)
        if head.beard in ("beard", "moustache"):
            pieces.append(_beard(head, semantic))
        if head.glasses and head.hat not in ("niqab", "burqa"):
            pieces += _glasses(head.glasses, semantic)
    if head.hat:
        pieces += hat_pieces(head, semantic)
    return Mesh.join(pieces)


def neck(chin_m: float, radius_m: float, lean_m: float, semantic: str, material: str = "skin") -> Mesh:
    """The neck from inside the collar to under the chin; the origin is its base."""
    path: Sequence[tuple[float, float, float]] = (
        (-0.5 * lean_m, 0, -0.9 * chin_m - 0.02), (-0.2 * lean_m, 0, 0.0), (0.3 * lean_m, 0, 0.7 * chin_m),
        (0.8 * lean_m, 0, chin_m + 0.02), (1.0 * lean_m, 0, chin_m + 0.06),
    )  # fmt: skip
    return tube(path, np.array((1.15, 1.04, 0.97, 1.0, 0.9)) * radius_m, 12, material, semantic)
