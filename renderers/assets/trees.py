"""Deciduous trees in leaf, in autumn and bare, grown by species.  Renderers floor.

Branches follow the parametric model of Weber and Penn 1995, "Creation and rendering of realistic trees": how long a limb
is depends on where it leaves the stem and on the outline of the crown, how steeply it rises on its height, and every
next order of branches is a smaller copy.  Heights and crown widths are those of grown street and field trees.
"""

from dataclasses import dataclass, replace

import numpy as np

from renderers import triples
from renderers.assets.foliage import GOLDEN_RAD, VEGETATION, ball, leaf_cards, leaf_sprays, twigs
from renderers.assets.forms import Floats, tube, tubes, unit
from renderers.mesh import Mesh

NEAR = 0.5  # detail from which a spray shows its leaves and hangs on a twig of its own; further off it is one card
# Sprays of a crown at detail 1, where they are as long as two hands. Detail falls with distance and their number with
# its square, so that they keep their size in the picture, down to where it falls with detail itself.
SPRAYS, MOST_SPRAYS, FEWEST_A_DETAIL = 5200, 9000, 4000
# Area of leaves over longest limb times height. Near, it makes 4 (oak) to 5 (linden) of the ground below a crown
# (assumed), and lets a fifth of the light through (Monsi and Saeki 1953: exp(-0.5 x 0.7 x 4.5), leaves at all angles
# and in clumps). Far, half as much hides as much: it lies about the crown's rim.
LEAF_AREA = 5.0, 2.6
SPRAY_AREA = 0.57, 0.39  # of sprays near and of cards far by the square of their length


@dataclass(frozen=True, slots=True)
class Species:
    """How a kind of tree grows."""

    tall: tuple[float, float]
    outline: str  # of the crown, a key of OUTLINES
    spread: float  # longest limb, of the height
    bole: tuple[float, float]  # where the crown begins, of the height
    lean_low: float  # angle of the lowest limbs from the vertical, in degrees
    lean_high: float  # and of the highest
    lift: float  # how limbs bend up (> 0) or down along their way, of their length
    fork: float  # share of the height at which the stem has become one of its limbs
    hang: float  # how far twigs droop, of their length
    stem: float  # radius of the stem at breast height, of the height
    leaves: tuple[tuple[str, float], ...]  # materials and their shares; none: bare
    bark: str = "bark"
    left: float = 1.0  # share of its leaves that the season has left it
    leaf_size: float = 1.0
    limbs: int = 24


# Length of limbs by their place r in the crown, 1 at its foot and 0 at its top (Weber and Penn, section 4.3).
OUTLINES = {
    "sphere": lambda r: 0.2 + 0.8 * np.sin(np.pi * r),
    "half_sphere": lambda r: 0.2 + 0.8 * np.sin(0.5 * np.pi * r),
    "flame": lambda r: np.where(r <= 0.7, r / 0.7, (1.0 - r) / 0.3) * 0.8 + 0.2,
    "cylinder": lambda r: 0.5 + 0.5 * np.minimum(1.0, 4.0 * r),
}
GREEN = (("leaf", 0.75), ("leaf_light", 0.25))
FRESH = (("leaf_light", 0.7), ("leaf", 0.3))
GOLD = (("leaf_autumn", 0.42), ("leaf_yellow", 0.33), ("leaf_brown", 0.10), ("leaf_light", 0.15))
YELLOW = (("leaf_yellow", 0.65), ("leaf_light", 0.2), ("leaf_autumn", 0.15))

OAK = Species((9.0, 14.0), "sphere", 0.40, (0.17, 0.24), 78, 22, 0.22, 0.62, 0.10, 0.026, GREEN, limbs=26)
LINDEN = Species((9.0, 14.5), "flame", 0.31, (0.20, 0.27), 72, 20, 0.14, 0.88, 0.22, 0.017, FRESH, limbs=30)
MAPLE = Species((8.0, 12.0), "sphere", 0.33, (0.22, 0.28), 62, 20, 0.18, 0.72, 0.05, 0.018, GREEN, limbs=26)
BIRCH = Species((9.5, 15.0), "flame", 0.245, (0.17, 0.27), 58, 18, -0.05, 0.95, 0.75, 0.0095, FRESH, "bark_birch",
                leaf_size=0.78)  # fmt: skip
POPLAR = Species(
    (13.0, 17.5), "cylinder", 0.15, (0.07, 0.11), 24, 10, 0.30, 0.92, -0.25, 0.014, GREEN, limbs=36
)
SPECIES: dict[str, Species] = {
    "broadleaf": OAK,
    "linden": LINDEN,
    "maple": MAPLE,
    "birch": BIRCH,
    "poplar": POPLAR,
    "autumn": replace(MAPLE, leaves=GOLD, left=0.75),
    "autumn_oak": replace(OAK, leaves=(("leaf_brown", 0.45), ("leaf_autumn", 0.35), ("leaf", 0.2)), left=0.8),
    "autumn_birch": replace(BIRCH, leaves=YELLOW, left=0.6),
    "bare": replace(OAK, leaves=()),
    "bare_linden": replace(LINDEN, leaves=()),
    "bare_birch": replace(BIRCH, leaves=()),
    "bare_poplar": replace(POPLAR, leaves=()),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """Wood of a tree: N limbs of 4 points each, and M twigs that spring from them."""

    height: float
    stem: Floats  # (K, 3)
    stem_radius: Floats  # (K,)
    limbs: Floats  # (N, 4, 3)
    limb_radius: Floats  # (N,) at the foot
    roots: Floats  # (M, 3) of twigs
    tips: Floats  # (M, 3)
    middle: Floats  # (3,) of the crown
    spread: float


def tree(rng: np.random.Generator, detail: float, species: Species) -> Mesh:
    """A tree of a species: about 17,000 triangles at detail 1, and 4000 where it is bare."""
    frame = _frame(rng, species, detail)
    wood = _wood(rng, frame, species, detail)
    if not species.leaves:
        return Mesh.join([*wood, *_bare_twigs(rng, frame, species, detail)])
    return Mesh.join([*wood, *_leaves(rng, frame, species, detail)])


def _frame(rng: np.random.Generator, species: Species, detail: float) -> Frame:
    height = float(rng.uniform(*species.tall))
    spread = height * species.spread * float(rng.uniform(0.88, 1.12))
    bole = height * float(rng.uniform(*species.bole))
    fork = height * species.fork
    # The stem: a little crooked, more so above its first limbs.
    levels = np.array((0.0, 0.035 * height, 0.5 * bole, bole, 0.5 * (bole + fork), fork, 0.96 * height))
    crook = (
        rng.normal(scale=0.012 * height, size=(7, 2)).cumsum(axis=0)
        * np.array((0, 0.05, 0.4, 0.7, 1.0, 1.3, 1.6))[:, None]
    )
    stem = np.column_stack([crook, levels])
    thick = species.stem * height * float(rng.uniform(0.9, 1.15))
    radius = thick * np.array((1.65, 1.12, 0.98, 0.85, 0.58, 0.30, 0.05))
    count = max(7, int(species.limbs * min(1.0, 0.35 + 0.65 * detail)))
    # Limbs: more of them low, where they are long.
    share = (np.arange(count) + rng.uniform(0.1, 0.9, count)) / count  # 0 lowest, 1 highest
    high = bole + (0.97 * height - bole) * share**0.92
    foot_z = np.minimum(high, fork + 0.35 * (high - fork))  # above the fork limbs are its continuation
    foot = np.column_stack([np.interp(foot_z, levels, stem[:, k]) for k in range(3)])
    long = spread * OUTLINES[species.outline](1.0 - share) * rng.uniform(0.80, 1.14, count)
    lean = np.radians(
        species.lean_low + (species.lean_high - species.lean_low) * share + rng.normal(scale=6.0, size=count)
    )
    turn = GOLDEN_RAD * np.arange(count) + rng.normal(scale=0.25, size=count)
    out = np.column_stack([np.cos(turn), np.sin(turn), np.zeros(count)])
    up = np.array((0.0, 0.0, 1.0))
    reach = np.sin(lean)[:, None] * out + np.cos(lean)[:, None] * up
    # Where the stem forks low the limbs above must still fill the crown up to its top.
    long = np.maximum(long, 0.75 * (high - foot_z) / np.maximum(np.cos(lean), 0.3))
    t = np.array((0.0, 0.33, 0.68, 1.0))
    limbs = foot[:, None] + reach[:, None] * (long[:, None] * t)[..., None]
    limbs += up * (species.lift * long[:, None] * (t**2 - 0.35 * t))[..., None]
    limbs[:, 1:3] += rng.normal(scale=0.035, size=(count, 2, 3)) * long[:, None, None]
    limbs[..., 2] = np.minimum(limbs[..., 2], 0.985 * height)
    limb_radius = np.minimum(
        0.62 * np.interp(foot_z, levels, radius),
        0.012 * long + 0.028 * spread * (1 - 0.6 * share) * 0.4 + 0.008,
    )
    each = max(3, int(7 * min(1.0, 0.3 + 0.7 * detail)))
    roots, tips = _twig_lines(rng, limbs, long, reach, each, species.hang)
    middle = np.array((stem[5, 0], stem[5, 1], bole + 0.45 * (height - bole)))
    return Frame(height, stem, radius, limbs, limb_radius, roots, tips, middle, spread)


def _along(limbs: Floats, share: Floats) -> Floats:
    """Points (N, E, 3) at shares (N, E) of limbs of four points."""
    at = np.clip(share, 0.0, 1.0) * 3.0
    k = np.minimum(at.astype(int), 2)
    f = (at - k)[..., None]
    rows = np.arange(len(limbs))[:, None]
    found: Floats = (1.0 - f) * limbs[rows, k] + f * limbs[rows, k + 1]
    return found


def _twig_lines(
    rng: np.random.Generator, limbs: Floats, long: Floats, reach: Floats, each: int, hang: float
) -> tuple[Floats, Floats]:
    """Twigs in turn to the left and right of each limb, shorter towards its end, the last going on ahead."""
    count = len(limbs)
    share = 0.22 + 0.78 * (np.arange(each) + rng.uniform(0.2, 0.9, size=(count, each))) / each
    roots = _along(limbs, share)
    along = unit(limbs[:, -1] - limbs[:, 1])
    side = unit(triples.cross(along, (0.0, 0.0, 1.0)) + 1e-6)
    sign = np.where(np.arange(each) % 2, 1.0, -1.0) * rng.uniform(0.5, 1.0, size=(count, each))
    sign[:, -1] *= 0.2
    way = unit(
        0.75 * along[:, None] + 0.85 * side[:, None] * sign[..., None]
        + np.array((0.0, 0.0, 0.22)) + 0.38 * rng.normal(size=(count, each, 3))
    )  # fmt: skip
    reach_m = (0.46 * long[:, None] * (1.15 - 0.62 * share) + 0.25) * rng.uniform(
        0.7, 1.2, size=(count, each)
    )
    tips = roots + way * reach_m[..., None]
    tips[..., 2] -= hang * reach_m
    tips[..., 2] = np.maximum(tips[..., 2], 0.12 * limbs[..., 2].max())
    return roots.reshape(-1, 3), tips.reshape(-1, 3)


def _wood(rng: np.random.Generator, frame: Frame, species: Species, detail: float) -> list[Mesh]:
    sides = 9 if detail > 1.2 else 7 if detail > 0.5 else 5
    pieces = [tube(frame.stem, frame.stem_radius, sides, species.bark, VEGETATION, caps=(False, False))]
    if detail > 0.2:
        radii = frame.limb_radius[:, None] * np.array((1.0, 0.72, 0.42, 0.16))
        around = 5 if detail > 1.2 else 4 if detail > 0.5 else 3
        pieces.append(tubes(frame.limbs, radii, around, species.bark, VEGETATION))
    else:
        pieces.append(
            twigs(
                frame.limbs[:, 0], frame.limbs[:, -1], 0.5 * float(frame.limb_radius.mean()), species.bark, 2
            )
        )
    if species.leaves and detail > 0.3:
        pieces.append(twigs(frame.roots, frame.tips, 0.0016 * frame.height, species.bark, 1))
    return pieces


def _leaves(rng: np.random.Generator, frame: Frame, species: Species, detail: float) -> list[Mesh]:
    """Sprays of leaves along the twigs, in the species' mixture of colours."""
    full = max(120, int(np.clip(SPRAYS * detail**2, FEWEST_A_DETAIL * detail, MOST_SPRAYS)))
    count = int(full * species.left)
    made = []
    start, end, long = frame.roots, frame.tips, triples.length(frame.tips - frame.roots)
    if detail > NEAR:
        start, end, long = _forked(rng, frame, start, end, long, 3, species.hang)
        made.append(twigs(start, end, 0.0007 * frame.height, species.bark, 1))
    twig = rng.integers(len(start), size=count)
    share = rng.uniform(0.15, 1.08, size=(count, 1))
    axis = start[twig] + (end - start)[twig] * share
    # Fewer twigs at low detail carry thicker tufts.
    loose = 0.15 * frame.spread * (170.0 / len(start)) ** 0.33
    spots = axis + ball(rng, count) * (0.6 * loose + 0.34 * long[twig, None]) * (1.0, 1.0, 0.8)
    # Each tuft is lit as a ball of its own on the great ball of the crown.
    outward = unit(
        0.55 * (spots - frame.middle) / frame.spread + 0.9 * unit(spots - start[twig]) + (0.0, 0.0, 0.25)
    )
    far = int(detail <= NEAR)
    area = LEAF_AREA[far] * frame.spread * frame.height
    size = species.leaf_size * np.sqrt(area / (SPRAY_AREA[far] * full)) * rng.uniform(0.65, 1.35, count)
    pick = rng.choice(len(species.leaves), size=count, p=[share for _, share in species.leaves])
    # Colours come in tufts, not leaf by leaf.
    tuft = rng.choice(len(species.leaves), size=len(start), p=[share for _, share in species.leaves])
    pick = np.where(rng.uniform(size=count) < 0.7, tuft[twig], pick)
    for row, (material, _) in enumerate(species.leaves):
        mine = pick == row
        if mine.any():
            where = (spots[mine], outward[mine], size[mine])
            made.append(
                leaf_sprays(rng, *where, material, 0.55)
                if detail > NEAR
                else leaf_cards(rng, *where, 0.78, material, 0.55)
            )
    return made


def _bare_twigs(rng: np.random.Generator, frame: Frame, species: Species, detail: float) -> list[Mesh]:
    """Two more orders of twigs where leaves would be, ever finer; few of them are drawn wider."""
    wide = 1.0 / np.sqrt(max(detail, 0.2))
    thick = 0.0013 * frame.height * wide
    made = [twigs(frame.roots, frame.tips, 1.25 * thick, species.bark, 3 if detail > 0.7 else 1)]
    start, end, long = frame.roots, frame.tips, triples.length(frame.tips - frame.roots)
    for order, forks in enumerate((max(2, int(3.6 * min(detail, 1.3))), 2 if detail > 0.3 else 1)):
        foot, tip, size = _forked(rng, frame, start, end, long, forks, species.hang)
        made.append(twigs(foot, tip, thick * (0.75, 0.5)[order], species.bark, 1))
        start, end, long = foot, tip, size
    return made


def _forked(
    rng: np.random.Generator, frame: Frame, start: Floats, end: Floats, long: Floats, forks: int, hang: float
) -> tuple[Floats, Floats, Floats]:
    """Feet (N forks, 3), tips and lengths of the next order of twigs, which leave theirs outwards and up, or hang."""
    base, goal, size = (np.repeat(a, forks, axis=0) for a in (start, end, long))
    foot = base + (goal - base) * rng.uniform(0.25, 1.0, size=(len(base), 1))
    way = unit(
        0.75 * unit(goal - base)
        + 0.55 * unit(foot - frame.middle)
        + 0.62 * rng.normal(size=foot.shape)
        + np.array((0.0, 0.0, 0.25 - 0.6 * hang))
    )
    size = size * rng.uniform(0.45, 0.85, len(size))
    return foot, foot + way * size[:, None], size
