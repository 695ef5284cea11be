"""Trees, bushes and hedges with real branches and leaf cards that light and beams pass between.  Renderers floor.

A leaf card stands for a spray of leaves.  Crowns keep open gaps on purpose: a lidar return from inside a crown, and
sky seen through it, are what tell a tree from a green ball.
"""

from collections.abc import Callable

import numpy as np

from renderers.assets.forms import Floats, mesh_of, tube, unit
from renderers.loft import box
from renderers.mesh import Mesh
from scenarios.chance import stream

VEGETATION = "vegetation"
FINE = 1.2  # detail from which a spruce has twigs of its own instead of fans
GOLDEN_RAD = np.pi * (3.0 - np.sqrt(5.0))  # successive leaves of a stem turn by this (phyllotaxis)


def plant(kind: str, look_seed: int, detail: float = 1.0) -> Mesh:
    """A plant of a kind in `KINDS`, grown from its seed, its foot at the origin; `detail` scales the number of cards."""
    if kind not in KINDS:
        raise KeyError(f"no plant {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind](stream(look_seed, "plant", kind), detail)


# ---------------------------------------------------------------------------------------------------------- cards
def leaf_cards(
    rng: np.random.Generator,
    centres: Floats,
    outward: Floats,
    length_m: Floats,
    width: float,
    material: str,
    tilt: float,
) -> Mesh:
    """Kite-shaped sprays about their centres, facing roughly outwards and hanging a little.

    Normals lean towards the crown's own outward direction, so that the crown shades as one round body.
    """
    count = len(centres)
    facing = unit(outward + tilt * rng.normal(size=(count, 3)))
    along = unit(np.cross(facing, rng.normal(size=(count, 3))) - np.array((0.0, 0.0, 0.35)))
    along = unit(along - facing * np.sum(along * facing, axis=1, keepdims=True))
    across = np.cross(facing, along)
    half = length_m[:, None] / 2
    bulge = half * width
    corners = np.stack(
        [
            centres - along * half,
            centres - along * half * 0.1 + across * bulge,
            centres + along * half,
            centres - along * half * 0.1 - across * bulge,
        ],
        axis=1,
    )
    # The side corners dip behind the card's plane: a spray is not a sheet of paper.
    corners[:, 1::2] -= (facing * half * 0.22)[:, None]
    normals = np.repeat(unit(facing * 0.45 + unit(outward)), 4, axis=0)
    base = np.arange(count)[:, None] * 4
    triangles = np.concatenate([base + np.array((0, 2, 1)), base + np.array((0, 3, 2))], axis=1).reshape(
        -1, 3
    )
    # Texture runs along the spray in metres, from anywhere in the tile.
    shape = np.array(((0.0, 0.0), (0.45, 0.5 * width), (1.0, 0.0), (0.45, -0.5 * width)))
    uv = (shape[None] * length_m[:, None, None] + rng.uniform(0, 1, size=(count, 1, 2))).reshape(-1, 2)
    return mesh_of(corners.reshape(-1, 3), triangles, normals, uv, material, VEGETATION)


def _ball(rng: np.random.Generator, count: int) -> Floats:
    """Points evenly through the unit ball, more towards its surface as leaves are."""
    way = unit(rng.normal(size=(count, 3)))
    shell: Floats = way * rng.uniform(0.25, 1.0, size=(count, 1)) ** 0.5
    return shell


def _branch(
    start: Floats,
    end: Floats,
    thick_m: float,
    thin_m: float,
    sides: int,
    material: str,
    sag: float,
    steps: int,
) -> Mesh:
    """A limb that leaves its parent outwards and then bends up (sag < 0) or hangs (sag > 0)."""
    t = np.linspace(0, 1, steps)[:, None]
    length = float(np.linalg.norm(end - start))
    path = start + (end - start) * t
    path[:, 2] -= sag * length * (4 * t * (1 - t))[:, 0]
    radius = thick_m + (thin_m - thick_m) * t[:, 0]
    return tube(path, radius, sides, material, VEGETATION, caps=(False, False))


# ---------------------------------------------------------------------------------------------------------- trees
def _skeleton(
    rng: np.random.Generator,
    height: float,
    spread: float,
    bole: float,
    bark: str,
    clusters: int,
    round_top: float,
) -> tuple[list[Mesh], Floats, Floats, float]:
    """Trunk, limbs and boughs of a deciduous tree: (meshes, cluster centres, crown centre, cluster radius)."""
    trunk = 0.0115 * height * rng.uniform(0.95, 1.3) + 0.03
    middle = np.array((0.0, 0.0, bole + 0.52 * (height - bole)))
    radii = np.array((spread, spread, (height - bole) * 0.5))
    # Cluster centres: a spiral over the crown's ellipsoid at varying depth, pressed into lobes.
    k = np.arange(clusters) + 0.5
    polar = np.arccos(1 - 1.75 * k / clusters)  # not the very bottom
    turn = GOLDEN_RAD * k + rng.uniform(0, 2 * np.pi)
    depth = rng.uniform(0.45, 0.92, clusters) * (1.0 - 0.22 * rng.uniform(0, 1, clusters))
    way = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=1)
    way[:, 2] = np.sign(way[:, 2]) * np.abs(way[:, 2]) ** round_top
    centres = middle + way * depth[:, None] * radii + rng.normal(scale=0.05 * spread, size=(clusters, 3))
    bend = rng.normal(scale=0.018 * height, size=(5, 2)).cumsum(0) * 0.6
    levels = np.array((0.0, 0.06, 0.4, 1.0, 1.75)) * bole
    levels[4] = min(levels[4], height * 0.72)
    bend[:2] = 0.0
    path = np.column_stack([bend, levels])
    pieces = [
        tube(path, trunk * np.array((1.55, 1.08, 0.92, 0.75, 0.34)), 7, bark, VEGETATION, caps=(False, False))
    ]
    # Limbs go to the middle of groups of clusters; boughs from limbs to the clusters.
    groups = max(4, clusters // 6)
    seeds = np.linspace(0, clusters - 1, groups).astype(int)
    nearest = np.argmin(np.linalg.norm(centres[:, None] - centres[seeds][None], axis=2), axis=1)
    for group in range(groups):
        members = centres[nearest == group]
        goal = members.mean(0)
        foot_z = float(np.clip(bole * 0.85 + 0.30 * (goal[2] - bole), bole * 0.75, levels[4]))
        foot = np.array(
            [np.interp(foot_z, levels, path[:, 0]), np.interp(foot_z, levels, path[:, 1]), foot_z]
        )
        limb = foot + (goal - foot) * 0.72
        pieces.append(_branch(foot, limb, trunk * 0.50, trunk * 0.24, 5, bark, -0.08, 4))
        for member in members:
            pieces.append(_branch(limb, member, trunk * 0.22, trunk * 0.07, 3, bark, -0.06, 3))
    return pieces, centres, middle, 0.43 * spread * (32 / clusters) ** (1 / 3)


def _leafy(
    rng: np.random.Generator,
    detail: float,
    leaf: str,
    bark: str,
    tall: tuple[float, float],
    slim: float,
    left: float = 1.0,
) -> Mesh:
    """A deciduous tree in leaf; `left` is the share of its leaves that autumn has not taken yet."""
    height = rng.uniform(*tall)
    spread = height * slim * rng.uniform(0.9, 1.12)
    clusters = int(8 + 24 * min(detail, 1.0))
    pieces, centres, middle, reach = _skeleton(
        rng, height, spread, rng.uniform(0.24, 0.32) * height, bark, clusters, rng.uniform(0.7, 1.0)
    )
    full = max(9, int(40 * detail))
    each = max(7, round(full * left))
    spots = np.repeat(centres, each, axis=0) + _ball(rng, clusters * each) * reach * (1.0, 1.0, 0.8)
    outward = unit(
        0.6 * (spots - middle) + 0.9 * (spots - np.repeat(centres, each, axis=0)) + (0.0, 0.0, 0.25 * reach)
    )
    size = (
        0.33 * np.sqrt(1280.0 / (clusters * full)) * (height / 9.0) ** 0.7 * rng.uniform(0.7, 1.3, len(spots))
    )
    pieces.append(leaf_cards(rng, spots, outward, size, 0.72, leaf, 0.55))
    return Mesh.join(pieces)


def _bare(rng: np.random.Generator, detail: float, bark: str = "bark") -> Mesh:
    """A deciduous tree in winter: twigs where the leaf cards would be."""
    height = rng.uniform(7.5, 12.5)
    spread = height * 0.33 * rng.uniform(0.9, 1.15)
    clusters = int(6 + 20 * min(detail, 1.0))
    pieces, centres, middle, reach = _skeleton(
        rng, height, spread, rng.uniform(0.24, 0.32) * height, bark, clusters, 0.85
    )
    each = max(3, int(8 * detail))
    thick = 1.0 / np.sqrt(max(detail, 0.2))  # fewer twigs are drawn wider
    root = np.repeat(centres, each, axis=0)
    away = unit(root - middle)
    tip = root + (0.75 * _ball(rng, len(root)) + 0.65 * away + (0, 0, 0.2)) * reach
    pieces.append(_twigs(root, tip, 0.016 * thick, bark, 3 if detail > 0.5 else 1))
    forks = 4 if detail > 0.3 else 2
    base, end, out = (np.repeat(a, forks, axis=0) for a in (root, tip, away))
    start = base + (end - base) * rng.uniform(0.3, 0.9, size=(len(base), 1))
    goal = start + (0.55 * unit(rng.normal(size=start.shape)) + 0.5 * out) * reach * 0.5
    pieces.append(_twigs(start, goal, 0.009 * thick, bark, 1))
    return Mesh.join(pieces)


def _twigs(starts: Floats, ends: Floats, width_m: float, material: str, sides: int) -> Mesh:
    """Twigs that taper to a point: three faces each, or one where they are thinner than a pixel anyway."""
    along = unit(ends - starts)
    side = unit(np.cross(along, (0.37, 0.61, 0.70)))
    other = np.cross(along, side)
    corners, normals = [], []
    for k in range(sides):
        low, high = (2 * np.pi * (k + turn) / max(sides, 2) for turn in (0, 1))
        a = starts + width_m * (np.cos(low) * side + np.sin(low) * other)
        b = starts + width_m * (np.cos(high) * side + np.sin(high) * other)
        corners.append(np.stack([a, b, ends], axis=1))
        facing = unit(np.cross(b - a, ends - a))
        normals.append(np.repeat(facing[:, None], 3, axis=1))
    points, normal = np.concatenate(corners).reshape(-1, 3), np.concatenate(normals).reshape(-1, 3)
    triangles = np.arange(len(points)).reshape(-1, 3)
    return mesh_of(points, triangles, normal, np.zeros((len(points), 2)), material, VEGETATION)


def _conifer(rng: np.random.Generator, detail: float) -> Mesh:
    """A spruce: whorls of boughs that hang, each a bent fan of needles with twigs drooping from it."""
    height = rng.uniform(8.0, 16.0)
    base = height * rng.uniform(0.05, 0.13)
    spread = height * rng.uniform(0.17, 0.22)
    trunk = 0.012 * height + 0.03
    green = base + 0.12 * height
    pieces = [  # among the boughs the stem is hidden by needles
        tube([(0, 0, 0), (0, 0, green)], (trunk * 1.2, trunk), 6, "bark", VEGETATION, caps=(False, False)),
        tube(
            [(0, 0, green), (0, 0, height * 0.985)],
            (trunk, 0.02),
            5,
            "leaf_conifer",
            VEGETATION,
            caps=(False, False),
        ),
    ]
    boughs = int((70 + height * 5.5) * (0.45 + 0.55 * min(detail, 1.0)))
    number = np.arange(boughs)
    share = (number + rng.uniform(0, 1.5, boughs)) / (boughs + 1)  # 0 lowest .. 1 top
    share = 1.0 - np.maximum(1.0 - share, 0.0) ** 0.72  # closer set towards the foot, where they are long
    long = spread * (1.0 - share) ** 0.82 * rng.uniform(0.72, 1.12, boughs) + 0.10
    turn = GOLDEN_RAD * number + rng.normal(scale=0.2, size=boughs)
    # Low boughs hang, those of the top point up.
    droop = (0.55 - 0.95 * share) * long * rng.uniform(0.8, 1.25, boughs)
    foot = np.column_stack([np.zeros((boughs, 2)), base + (height * 0.97 - base) * share])
    out = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(boughs)])
    fans = (
        _fans(foot, out, long, droop, detail)
        if detail < FINE
        else _sprays(rng, foot, out, long, droop, detail)
    )
    corners = fans.reshape(-1, 3)
    corners[:, 2] = np.maximum(corners[:, 2], 0.03)  # the lowest boughs lie on the ground
    facing = np.repeat(out, len(fans) // boughs, axis=0)
    # Flat twigs look up, where snow stays on them; hanging ones look outwards.
    face = unit(np.cross(fans[:, 1] - fans[:, 0], fans[:, 2] - fans[:, 0]))
    face *= np.where(face[:, 2:] < 0.0, -1.0, 1.0)
    normals = unit(0.55 * facing + 0.8 * face + (0.0, 0.0, 0.1) + 0.12 * rng.normal(size=facing.shape))
    along = np.linalg.norm(fans[:, 1] - fans[:, 0], axis=1)
    uv = np.stack([np.zeros((len(fans), 2)), np.column_stack([0 * along, along]),
                   np.column_stack([0.5 * along, 0.5 * along])], axis=1)  # fmt: skip
    uv += rng.uniform(0, 1, size=(len(fans), 1, 2))
    pieces.append(
        mesh_of(
            corners,
            np.arange(len(corners)).reshape(-1, 3),
            np.repeat(normals, 3, axis=0),
            uv.reshape(-1, 2),
            "leaf_conifer",
            VEGETATION,
        )
    )
    return Mesh.join(pieces)


def _fans(foot: Floats, out: Floats, long: Floats, droop: Floats, detail: float) -> Floats:
    """(B * F, 3, 3) triangles of boughs as bent fans, for trees that are not near."""
    side = np.stack([-out[:, 1], out[:, 0], np.zeros(len(out))], axis=1)
    up = np.array((0.0, 0.0, 1.0))
    reach, sink = long[:, None], droop[:, None]
    elbow = foot + 0.55 * out * reach - 0.45 * sink * up
    tip = foot + out * reach - 0.80 * sink * up
    wide = 0.22 * reach + 0.05
    left, right = elbow + side * wide - 0.25 * wide * up, elbow - side * wide - 0.25 * wide * up
    hang = elbow - (0.55 * wide + 0.12) * up
    faces = [(foot + out * reach * 0.15, hang, tip)]
    if detail <= 0.6:
        faces += [(foot, right, tip), (foot, tip, left)]
    else:  # sprays beside the axis break the outline
        steps = 4 if detail > 0.75 else 2
        for k in range(steps):
            near, far = 0.12 + 0.70 * k / steps, 0.12 + 0.70 * (k + 1.25) / steps
            root, ahead = (foot + (elbow - foot) * t * 1.55 for t in (near, far))
            span = wide * (1.75 - 1.1 * k / steps)
            for sign in (1.0, -1.0):
                faces.append(
                    (root, ahead + side * sign * span + 0.10 * out * reach - 0.40 * span * up, ahead)
                )
        faces.append((elbow - side * 0.25 * wide, elbow + side * 0.25 * wide, tip))
    return np.stack([np.stack(face, axis=1) for face in faces], axis=1).reshape(-1, 3, 3)


def _sprays(
    rng: np.random.Generator, foot: Floats, out: Floats, long: Floats, droop: Floats, detail: float
) -> Floats:
    """(B * F, 3, 3) triangles of boughs as twigs in pairs that hang from a bent axis, each forked, for near trees."""
    boughs, pairs = len(foot), max(4, int(4.4 * detail))
    side = np.stack([-out[:, 1], out[:, 0], np.zeros(boughs)], axis=1)
    up = np.array((0.0, 0.0, 1.0))

    def axis(t: Floats) -> Floats:
        """Points (B, N, 3) at shares of the boughs' lengths."""
        fall = droop[:, None] * (0.55 * t + 0.25 * t**2)
        point: Floats = foot[:, None] + out[:, None] * (long[:, None] * t)[..., None]
        point[..., 2] -= fall
        return point

    t = (np.arange(pairs) + rng.uniform(0.05, 0.75, size=(boughs, pairs))) / pairs
    t = 0.10 + 0.86 * t
    pitch = long[:, None] * 0.86 / pairs
    root, ahead = axis(t), axis(t + 0.55 / pairs)
    span = (0.50 * long[:, None] + 0.05) * (1.02 - t) ** 0.75 + 0.05
    faces = []
    for sign in (1.0, -1.0):
        reach = span * rng.uniform(0.75, 1.2, size=span.shape)
        sink = reach * rng.uniform(0.12, 0.5, size=span.shape)
        lean = reach * rng.uniform(0.35, 0.75, size=span.shape)
        tip = root + sign * side[:, None] * reach[..., None] + out[:, None] * lean[..., None]
        tip -= sink[..., None] * up
        middle = 0.45 * root + 0.55 * tip + (0.06 * reach)[..., None] * up
        wide = (0.50 * pitch)[..., None] * out[:, None]
        faces.append((root - 0.3 * wide, tip, middle + 0.6 * wide))
        # A fork beside the twig that hangs.
        low = middle - (0.30 * reach * rng.uniform(0.4, 1.3, size=span.shape))[..., None] * up
        faces.append((root + 0.3 * wide, low + 0.45 * (tip - root) + 0.8 * wide, middle + 0.1 * wide))
    faces.append((root, axis(t + 1.9 / pairs), ahead - 0.10 * span[..., None] * up))
    return np.stack([np.stack(face, axis=2) for face in faces], axis=2).reshape(-1, 3, 3)


def _bush(rng: np.random.Generator, detail: float, leaf: str = "leaf") -> Mesh:
    size = np.array((rng.uniform(0.5, 0.95), rng.uniform(0.5, 0.95), rng.uniform(0.45, 0.8)))
    middle = np.array((0.0, 0.0, size[2] * 0.95))
    count = max(60, int(330 * detail))
    ball = _ball(rng, count)
    spots = (
        (0, 0, 0.14)
        + middle
        + ball * size * (1.0 + 0.15 * np.sin(5 * ball[:, :1]) * np.cos(4 * ball[:, 1:2]))
    )
    cards = leaf_cards(
        rng,
        spots,
        ball + np.array((0, 0, 0.3)),
        0.20 / np.sqrt(detail) * rng.uniform(0.7, 1.3, count),
        0.75,
        leaf,
        0.5,
    )
    stems = [
        tube(
            [(0, 0, 0), middle + tip * size * 0.7], (0.022, 0.008), 3, "bark", VEGETATION, caps=(False, False)
        )
        for tip in _ball(rng, 5)
    ]
    return Mesh.join([*stems, cards])


def _reeds(rng: np.random.Generator, detail: float) -> Mesh:
    """A tuft of tall dry grass."""
    count = max(12, int(46 * detail))
    foot = rng.normal(scale=0.14, size=(count, 2))
    tip = foot * 2.2 + rng.normal(scale=0.10, size=(count, 2))
    feet = np.column_stack([foot, np.zeros(count)])
    return _twigs(feet, np.column_stack([tip, rng.uniform(0.35, 0.85, count)]), 0.012, "reed", 1)


def hedge(
    length_m: float, height_m: float, look_seed: int, detail: float = 1.0, depth_m: float = 0.7
) -> Mesh:
    """A clipped hedge along +x from the origin: a dark core under a coat of leaf cards."""
    rng = stream(look_seed, "plant", "hedge")
    core = box(
        (length_m - 0.12, depth_m - 0.22, height_m - 0.10),
        "hedge",
        VEGETATION,
        centre_m=(length_m / 2, 0.0, (height_m - 0.10) / 2),
    )
    sides = np.array(
        (length_m * height_m, length_m * height_m, length_m * depth_m, depth_m * height_m, depth_m * height_m)
    )
    count = int(sides.sum() * 42 * detail)
    side = rng.choice(5, count, p=sides / sides.sum())
    u, v = rng.uniform(0, 1, count), rng.uniform(0.02, 1, count)
    spots, outward = np.empty((count, 3)), np.zeros((count, 3))
    for k, (way, place) in enumerate(
        (
            ((0, -1, 0), (u * length_m, np.full(count, -depth_m / 2 + 0.06), v * height_m)),
            ((0, 1, 0), (u * length_m, np.full(count, depth_m / 2 - 0.06), v * height_m)),
            ((0, 0, 1), (u * length_m, (v - 0.5) * depth_m, np.full(count, height_m - 0.04))),
            ((-1, 0, 0), (np.full(count, 0.04), (u - 0.5) * depth_m, v * height_m)),
            ((1, 0, 0), (np.full(count, length_m - 0.04), (u - 0.5) * depth_m, v * height_m)),
        )
    ):
        mine = side == k
        spots[mine] = np.stack(place, axis=1)[mine]
        outward[mine] = way
    cards = leaf_cards(
        rng, spots, outward, 0.21 / np.sqrt(detail) * rng.uniform(0.7, 1.2, count), 0.8, "hedge", 0.45
    )
    return Mesh.join([core, cards])


def outline(kind: str, look_seed: int) -> Mesh:
    """A tree seen from hundreds of metres: its ragged outline as one upright sheet that looks along +x."""
    rng = stream(look_seed, "plant", "outline", kind)
    if kind == "conifer":
        height, half = float(rng.uniform(13, 20)), float(rng.uniform(2.4, 3.4))
        levels = np.linspace(0.0, 1.0, 13)
        right = [
            (half * (1 - s) ** 0.9 * rng.uniform(0.75, 1.15) * (1.0 if k % 2 else 0.58), s * height)
            for k, s in enumerate(levels)
        ]
        left = [
            (-half * (1 - s) ** 0.9 * rng.uniform(0.75, 1.15) * (1.0 if k % 2 else 0.58), s * height)
            for k, s in enumerate(levels)
        ]
        rim = np.array([*right, *left[::-1]])
        material = "leaf_conifer"
    else:
        height, half = float(rng.uniform(9, 14)), float(rng.uniform(4.0, 5.5))
        turn = np.linspace(0.0, 2 * np.pi, 48 if kind.startswith("bare") else 24, endpoint=False)
        reach = rng.uniform(0.86, 1.08, len(turn))
        reach[::2] *= 0.30 if kind.startswith("bare") else 0.84  # twigs stand out like the rays of a star
        rim = np.stack([half * reach * np.cos(turn), height * (0.48 + 0.50 * reach * np.sin(turn))], axis=1)
        material = {"bare": "bark", "bare_birch": "bark", "autumn": "leaf_autumn"}.get(kind, "leaf")
    rim[:, 1] = np.maximum(rim[:, 1], -0.5)
    middle = np.array((0.0, height * 0.42))
    inner = middle + (rim - middle) * 0.55
    after, inner_after = np.roll(rim, -1, axis=0), np.roll(inner, -1, axis=0)
    flat = np.concatenate(
        [
            np.stack([inner, rim, after], axis=1),
            np.stack([inner, after, inner_after], axis=1),
            np.stack([np.broadcast_to(middle, inner.shape), inner, inner_after], axis=1),
        ]
    ).reshape(-1, 2)
    corners = np.column_stack([np.zeros(len(flat)), flat])
    # Every face looks its own way a little, as clumps of leaves do.
    round_off = np.column_stack([np.ones(len(flat)), 0.9 * flat[:, 0] / half, 0.35 + flat[:, 1] / height])
    normals = unit(round_off + np.repeat(0.55 * rng.normal(size=(len(flat) // 3, 3)), 3, axis=0))
    triangles = np.arange(len(flat)).reshape(-1, 3)
    return mesh_of(corners, triangles, normals, flat, material, VEGETATION)


KINDS: dict[str, Callable[[np.random.Generator, float], Mesh]] = {
    "broadleaf": lambda rng, detail: _leafy(rng, detail, "leaf", "bark", (7.0, 12.5), 0.31),
    "linden": lambda rng, detail: _leafy(rng, detail, "leaf_light", "bark", (6.0, 9.0), 0.27),
    "birch": lambda rng, detail: _leafy(rng, detail, "leaf_light", "bark_birch", (8.0, 12.0), 0.21),
    "autumn": lambda rng, detail: _leafy(rng, detail, "leaf_autumn", "bark", (7.0, 12.0), 0.30, 0.6),
    "bare": _bare,
    "bare_birch": lambda rng, detail: _bare(rng, detail, "bark_birch"),
    "conifer": _conifer,
    "bush": _bush,
    "bush_autumn": lambda rng, detail: _bush(rng, detail * 0.6, "leaf_autumn"),
    "reeds": _reeds,
}
