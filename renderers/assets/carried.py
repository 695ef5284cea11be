"""Bags, sticks, phones, umbrellas and what else people carry.  Renderers floor.

Everything is made in the frame of the person standing, origin on the ground; `people` hangs it on the part it goes with.
"""

import numpy as np

from renderers.assets.anthropometry import Frame
from renderers.assets.forms import Floats, quads, rings, tower, tube, unit
from renderers.loft import box
from renderers.mesh import Mesh

Point = tuple[float, float, float]


def _surface(trunk: Mesh, z: float, y: float, front: bool) -> float:
    """How far forward, or backward, a trunk reaches at a height and a distance from the middle."""
    v = trunk.vertices_m.astype(float)
    near = np.exp(-(((v[:, 2] - z) / 0.03) ** 2) - ((v[:, 1] - y) / 0.03) ** 2)
    side = v[:, 0] > 0 if front else v[:, 0] < 0.02
    weight = np.where(side, near, 0.0)
    return float((weight * v[:, 0]).sum() / max(float(weight.sum()), 1e-9))


def backpack(body: Frame, trunk: Mesh, bands: bool, semantic: str, material: str) -> list[Mesh]:
    """A rucksack with a pocket, and its straps over the shoulders."""
    h = body.height
    up, waist = body.shoulder - body.waist, body.waist
    deep = 0.050 * h
    back = _surface(trunk, waist + 0.55 * up, 0.0, False) - 0.80 * deep
    rows = [
        (-0.03, 0.3, 0.060),
        (0.00, 0.85, 0.076),
        (0.22, 1.10, 0.082),
        (0.55, 1.0, 0.080),
        (0.82, 0.88, 0.072),
        (0.98, 0.60, 0.056),
        (1.03, 0.2, 0.03),
    ]
    sack = tower(
        [(waist + s * up, back + 0.004 * h * k, 0, d * deep, w * h) for k, (s, d, w) in enumerate(rows)],
        14,
        material,
        semantic,
        square=3.4,
    )
    pocket = tower([(waist + s * up, back - 0.95 * deep, 0, d * deep, w * h) for s, d, w in ((0.04, 0.2, 0.045),
        (0.07, 0.42, 0.056), (0.30, 0.46, 0.058), (0.42, 0.2, 0.045))],
                   10, material, semantic, square=3.2)  # fmt: skip
    pieces = [sack, pocket]
    for sign in (1.0, -1.0):
        pieces.append(_strap(body, trunk, sign, back + 0.3 * deep, semantic))
    if bands:
        x = back - deep * 1.45
        pieces.append(quads([[(x, 0.05 * h, waist + 0.16 * up), (x, -0.05 * h, waist + 0.16 * up),
                              (x, -0.05 * h, waist + 0.26 * up), (x, 0.05 * h, waist + 0.26 * up)]], "retro_band",
                              semantic))  # fmt: skip
    return pieces


def _strap(body: Frame, trunk: Mesh, sign: float, back_m: float, semantic: str) -> Mesh:
    """A padded strap that lies on the trunk: from the top of a sack over the shoulder and under the arm to its foot."""
    h, up = body.height, body.shoulder - body.waist
    y, centre = sign * 0.064 * h, body.waist + 0.55 * up
    over = _segments(trunk, 1, y)[:, :, (0, 2)]
    path: list[Point] = [(back_m, y, body.waist + 0.88 * up)]
    for degrees in (128, 112, 100, 90, 80, 68, 54, 36, 14, -10):
        x, z = _outermost(over, (body.bent(centre), centre), np.radians(degrees), 0.007)
        path.append((x, y * (1.0 + 0.12 * (degrees < 60)), z))
    for degrees, share in ((50, 0.30), (68, 0.22), (90, 0.16), (112, 0.12), (130, 0.09)):
        z = body.waist + share * up
        x, aside = _outermost(_segments(trunk, 2, z)[:, :, :2], (0.0, 0.0), sign * np.radians(degrees), 0.004)
        path.append((x, aside, z))
    path.append((back_m, sign * 0.06 * h, body.waist + 0.07 * up))
    line = np.array(path)
    tangent = unit(np.gradient(line, axis=0))
    outward = unit(line - (body.bent(centre), 0.35 * y, centre))
    across = unit(np.cross(outward, tangent))
    wide = np.interp(np.arange(len(line)), (0, 2, 9, 11, 16), (0.018, 0.024, 0.022, 0.011, 0.010))
    side, thick = across * wide[:, None], np.cross(tangent, across) * 0.005
    loops = np.stack([line + side - thick, line + side + thick, line - side + thick, line - side - thick], 1)
    return rings(loops, "cloth_dark", semantic)


def _segments(mesh: Mesh, axis: int, at_m: float) -> Floats:
    """(S, 2, 3) where a plane across an axis cuts the triangles of a mesh."""
    corner = mesh.vertices_m[mesh.triangles].astype(float)
    over = corner[:, :, axis] - at_m
    cut = corner[(over.min(axis=1) < 0.0) & (over.max(axis=1) > 0.0)]
    found = []
    for triangle in cut:
        ends = []
        for k in range(3):
            p, q = triangle[k], triangle[(k + 1) % 3]
            if (p[axis] < at_m) != (q[axis] < at_m):
                ends.append(p + (q - p) * (at_m - p[axis]) / (q[axis] - p[axis]))
        found.append(ends)
    return np.array(found)


def _outermost(
    segments: Floats, centre: tuple[float, float], angle_rad: float, off_m: float
) -> tuple[float, float]:
    """The furthest point of an outline seen from within, in the plane of the outline, and a little further still."""
    along = np.array((np.cos(angle_rad), np.sin(angle_rad)))
    local = segments - np.array(centre)
    far, beside = local @ along, local @ np.array((-along[1], along[0]))
    crossed = (beside.min(axis=1) <= 0.0) & (beside.max(axis=1) > 0.0) & (far.max(axis=1) > 0.0)
    share = beside[crossed, 0] / (beside[crossed, 0] - beside[crossed, 1])
    reached = far[crossed, 0] + share * (far[crossed, 1] - far[crossed, 0])
    x, y = np.array(centre) + along * (float(reached.max(initial=0.0)) + off_m)
    return float(x), float(y)


def _crest(trunk: Mesh, y: float) -> float:
    v = trunk.vertices_m.astype(float)
    near = np.abs(v[:, 1] - y) < 0.03
    return float(v[near, 2].max())


def handbag(body: Frame, trunk: Mesh, side: float, semantic: str, material: str) -> list[Mesh]:
    """A bag at the hip on a strap across the body."""
    h = body.height
    wide = float(
        np.abs(trunk.vertices_m[np.abs(trunk.vertices_m[:, 2] - body.hip - 0.04 * h) < 0.03, 1]).max()
    )
    y, z = side * (wide + 0.022 * h), body.hip + 0.03 * h
    bag = box((0.135 * h, 0.042 * h, 0.095 * h), material, semantic, 0.012, (-0.005 * h, y, z))
    flap = box((0.140 * h, 0.046 * h, 0.042 * h), material, semantic, 0.010, (-0.005 * h, y, z + 0.036 * h))
    path: list[Point] = [(0.02 * h, y, z + 0.05 * h)]
    for share in (0.25, 0.5, 0.75, 0.92):
        at = z + 0.06 * h + share * (body.shoulder - z - 0.055 * h)
        across = y * (1 - 1.50 * share)
        path.append((_surface(trunk, at, across, True) + 0.008 * h, across, at))
    far = -0.50 * y
    path.append((0.01 * h, far, _crest(trunk, far) + 0.004))
    for share in (0.85, 0.5, 0.15):
        at = z + 0.06 * h + share * (body.shoulder - z - 0.06 * h)
        across = y * (1 - 1.45 * share)
        path.append((_surface(trunk, at, across, False) - 0.008 * h, across, at))
    path.append((-0.03 * h, y, z + 0.05 * h))
    return [bag, flap, tube(path, [0.006 * h] * len(path), 5, material, semantic)]


def shopping_bag(hand: Point, semantic: str, material: str, long_m: float = 0.36) -> Mesh:
    """A carrier bag hanging from the hand."""
    x, y, z = hand
    rows = [(z - long_m - 0.09, x, y, 0.10, 0.05), (z - long_m - 0.08, x, y, 0.135, 0.07),
        (z - 0.55 * long_m - 0.08, x, y, 0.145, 0.075),
            (z - 0.15 * long_m - 0.08, x, y, 0.135, 0.050), (z - 0.08, x, y, 0.13, 0.028),
            (z - 0.085, x, y, 0.11, 0.012)]  # fmt: skip
    pieces = [tower(rows, 14, material, semantic, square=3.0)]
    for side in (0.02, -0.02):
        loop = [
            (x + 0.07, y + side, z - 0.085),
            (x + 0.045, y + side, z - 0.01),
            (x, y, z + 0.012),
            (x - 0.045, y + side, z - 0.01),
            (x - 0.07, y + side, z - 0.085),
        ]
        pieces.append(tube(loop, [0.006] * 5, 4, material, semantic))
    return Mesh.join(pieces)


def phone(at: Point, upright: bool, semantic: str) -> Mesh:
    """A telephone: upright at the ear, or lying back in the hand with its screen towards the face."""
    size = (0.009, 0.072, 0.15)
    if upright:
        return box((0.072, 0.009, 0.15), "visor", semantic, 0.003, at)
    return box(size, "visor", semantic, 0.003, at)


def stick(top: Point, semantic: str) -> Mesh:
    """A walking stick with a crook; it stops short of the ground, which a walker's hips bob above."""
    x, y, z = top
    shaft = [(x + 0.02, y, 0.050), (x + 0.012, y, 0.4 * z), (x, y, z - 0.02), (x, y, z)]
    pieces = [tube(shaft, (0.011, 0.0105, 0.0105, 0.011), 7, "leather", semantic)]
    crook = [(x - 0.05, y, z), (x - 0.02, y, z + 0.012), (x + 0.03, y, z + 0.012), (x + 0.06, y, z - 0.004)]
    pieces.append(tube(crook, (0.010, 0.013, 0.013, 0.010), 7, "leather", semantic))
    pieces.append(tube([(x + 0.0205, y, 0.049), (x + 0.02, y, 0.075)], (0.016, 0.016), 8, "rubber", semantic))
    return Mesh.join(pieces)


def lead(long_m: float, semantic: str) -> Mesh:
    """A lead along x that sags a little, from where it is hooked to a hand."""
    share = np.linspace(0.0, 1.0, 7)
    path = [(float(s) * long_m, 0.0, -0.10 * long_m * float(4.0 * s * (1.0 - s))) for s in share]
    return tube(path, [0.007] * len(path), 5, "leather", semantic)


def lead_loop(semantic: str) -> Mesh:
    """The loop of a lead about a closed hand, in the frame of the forearm."""
    turn = np.linspace(0.0, 2.0 * np.pi, 9)
    path = [(0.046 * float(np.cos(a)), 0.030 * float(np.sin(a)), 0.012 * float(np.sin(a))) for a in turn]
    return tube(path, [0.008] * len(path), 5, "leather", semantic)


def umbrella(grip: Point, top_m: float, radius_m: float, middle: tuple[float, float], semantic: str) -> Mesh:
    """An open umbrella whose shaft runs through the hand; its canopy is round about `middle`."""
    gx, gy, gz = grip
    mx, my = middle
    count, rows = 16, 5
    angle = np.arange(count) * (2 * np.pi / count)
    deep = 0.26 * radius_m
    loops = []
    for k in range(rows):
        share = 1.0 - k / rows
        scallop = 1.0 - 0.045 * share**2 * (np.arange(count) % 2)  # cloth is drawn in between the ribs
        r = radius_m * share * scallop
        z = top_m - 0.035 - deep * share**2.0 + 0.012 * share * (np.arange(count) % 2)
        loops.append(np.stack([mx + r * np.cos(angle), my + r * np.sin(angle), z], 1))
    outer = np.array(loops)
    inner = outer[::-1] - (0.0, 0.0, 0.006)
    pieces = [rings(np.concatenate([inner, outer]), "umbrella", semantic, (True, True))]
    path = [(gx, gy, gz - 0.10), (gx, gy, gz), (mx, my, top_m - 0.05), (mx, my, top_m)]
    pieces.append(tube(path, (0.014, 0.008, 0.007, 0.004), 6, "car_trim", semantic))
    for k in range(0, count, 2):
        turn, long = float(angle[k]), 0.55 * radius_m
        rib = [
            (mx + 0.02 * np.cos(turn), my + 0.02 * np.sin(turn), top_m - 0.10),
            (mx + long * np.cos(turn), my + long * np.sin(turn), top_m - 0.045 - deep * 0.32),
        ]
        pieces.append(tube(rib, (0.003, 0.003), 4, "metal_dark", semantic))
    return Mesh.join(pieces)


def suitcase(x: float, y: float, handle: Point, semantic: str, material: str) -> Mesh:
    """A cabin trolley that is pulled: tilted on its wheels, its rod towards the hand."""
    high, wide, deep = 0.56, 0.36, 0.22
    body = box((deep, wide, high), material, semantic, 0.03, (0.0, 0.0, high / 2 + 0.04))
    ribs = [
        box((deep + 0.008, 0.012, high - 0.08), material, semantic, 0.0, (0.0, v, high / 2 + 0.04))
        for v in (-0.11, -0.04, 0.04, 0.11)
    ]
    wheels = [
        tube(
            [(-deep / 2 + 0.03, v - 0.012, 0.03), (-deep / 2 + 0.03, v + 0.012, 0.03)],
            (0.03, 0.03),
            10,
            "rubber",
            semantic,
        )
        for v in (-0.13, 0.13)
    ]
    whole = Mesh.join([body, *ribs, *wheels])
    hx, hy, hz = handle
    lean = float(np.arctan2(hx - x, hz))
    c, s = np.cos(lean), np.sin(lean)
    matrix = np.eye(4)
    matrix[:3, :3] = ((c, 0, s), (0, 1, 0), (-s, 0, c))
    matrix[:3, 3] = (x, y, 0.0)
    tilted = whole.moved(matrix)
    tilted = tilted.moved(_lift(-float(tilted.vertices_m[:, 2].min())))
    top = matrix[:3, :3] @ np.array((-deep / 2 + 0.02, 0, high + 0.03)) + matrix[:3, 3]
    rods = [
        tube([(top[0], y + v, top[2]), (hx, hy + v, hz)], (0.007, 0.007), 5, "metal_galvanised", semantic)
        for v in (-0.06, 0.06)
    ]
    grip = tube([(hx, hy - 0.065, hz), (hx, hy + 0.065, hz)], (0.011, 0.011), 6, "car_trim", semantic)
    return Mesh.join([tilted, *rods, grip])


def _lift(z: float) -> Floats:
    matrix = np.eye(4)
    matrix[2, 3] = z
    return matrix
