"""Spruces, whose boughs hang, and pines, whose crowns are clouds on bare red stems.  Renderers floor."""

import numpy as np

from renderers import triples
from renderers.assets.foliage import GOLDEN_RAD, VEGETATION, ball, branch, leaf_cards
from renderers.assets.forms import Floats, mesh_of, tube, unit
from renderers.mesh import Mesh

FINE = 0.75  # detail from which a spruce has twigs of its own instead of fans


def spruce(rng: np.random.Generator, detail: float) -> Mesh:
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
    face = unit(triples.cross(fans[:, 1] - fans[:, 0], fans[:, 2] - fans[:, 0]))
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
    boughs, pairs = len(foot), max(3, int(4.4 * detail))
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


def pine(rng: np.random.Generator, detail: float) -> Mesh:
    """A Scots pine: a bare stem, grey below and red above, dead stubs, and limbs that end in flat clouds of needles."""
    height = float(rng.uniform(10.0, 16.5))
    bare = height * float(rng.uniform(0.38, 0.55))
    bend = (
        rng.normal(scale=0.012 * height, size=(6, 2)).cumsum(axis=0)
        * np.array((0, 0.2, 0.6, 1, 1.2, 1.4))[:, None]
    )
    levels = np.array((0.0, 0.04, 0.28, 0.5, 0.75, 0.97)) * height
    stem = np.column_stack([bend, levels])
    radius = (0.011 * height + 0.03) * np.array((1.5, 1.05, 0.92, 0.75, 0.45, 0.08))
    sides = 8 if detail > 0.8 else 5
    pieces = [
        tube(stem[:3], radius[:3], sides, "bark", VEGETATION, caps=(False, False)),
        tube(stem[2:], radius[2:], sides, "bark_pine", VEGETATION, caps=(False, False)),
    ]
    count = max(9, int(26 * min(1.0, 0.35 + 0.65 * detail)))
    share = (np.arange(count) + rng.uniform(0, 0.9, count)) / count
    z = bare + (0.95 * height - bare) * share
    turn = GOLDEN_RAD * np.arange(count) + rng.normal(scale=0.3, size=count)
    long = height * 0.20 * np.sin(np.pi * (0.30 + 0.66 * share)) ** 0.8 * rng.uniform(0.7, 1.2, count)
    foot = np.column_stack([np.interp(z, levels, stem[:, 0]), np.interp(z, levels, stem[:, 1]), z])
    out = np.column_stack([np.cos(turn), np.sin(turn), 0.15 + 0.75 * share])
    tip = foot + out * long[:, None]
    for a, b, r in zip(foot, tip, 0.25 * np.interp(z, levels, radius) + 0.015, strict=True):
        pieces.append(branch(a, b, float(r), 0.012, 4 if detail > 0.5 else 3, "bark_pine", -0.06, 3))
    each = max(4, int(30 * detail))
    clouds = np.concatenate([tip, foot + (tip - foot) * 0.62], axis=0)
    reach = np.concatenate([0.34 * long + 0.35, 0.26 * long + 0.25])
    spots = np.repeat(clouds, each, axis=0)
    inside = ball(rng, len(spots)) * np.repeat(reach, each)[:, None] * (1.0, 1.0, 0.45)
    outward = unit(inside * (1.0, 1.0, 2.0) + (0.0, 0.0, 0.35))
    size = 0.36 * np.sqrt(36.0 / each) * rng.uniform(0.7, 1.35, len(spots))
    pieces.append(leaf_cards(rng, spots + inside, outward, size, 0.55, "leaf_pine", 0.7))
    return Mesh.join(pieces)
