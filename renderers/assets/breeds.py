"""Breeds and their coats: Holsteins, bays, shepherds, tabbies and the colours of wild animals.  Renderers floor."""

from collections.abc import Callable

import numpy as np

from renderers.assets.animal_builds import BUILDS, Rows
from renderers.assets.coats import Coat, Mark, Rgb, Where, clouds

BLACK: Rgb = (0.012, 0.010, 0.009)
WHITE: Rgb = (0.58, 0.55, 0.50)
CREAM: Rgb = (0.46, 0.38, 0.28)
LIMBS = ("leg", "cannon", "foot")


def _sum(*parts: Where) -> Where:
    return lambda points: np.sum([part(points) for part in parts], axis=0)


def _rough(rng: np.random.Generator, length_m: float, by_m: float) -> Where:
    noise = clouds(rng, length_m)
    return lambda points: by_m * noise(points)


def _low(z_m: float) -> Where:
    return lambda points: z_m - points[:, 2]


def _high(z_m: float) -> Where:
    return lambda points: points[:, 2] - z_m


def _behind(x_m: float) -> Where:
    return lambda points: x_m - points[:, 0]


def _ahead(x_m: float) -> Where:
    return lambda points: points[:, 0] - x_m


def _under(rows: Rows, share: float, trunk: bool = False) -> Where:
    """Below a line along a part: share 0 is its middle, 1 its lower edge."""
    x = np.array([r[0] for r in rows])
    middle = np.array([(r[1] + r[2]) / 2 if trunk else r[1] for r in rows])
    half = np.array([(r[1] - r[2]) / 2 if trunk else r[2] for r in rows])
    line = middle - share * half
    return lambda points: np.interp(points[:, 0], x, line) - points[:, 2]


def _over(rows: Rows, share: float, trunk: bool = False) -> Where:
    under = _under(rows, -share, trunk)
    return lambda points: -under(points)


def _stripe(half_m: float) -> Where:
    """A stripe down the middle of the face."""
    return lambda points: half_m - np.abs(points[:, 1])


def _bands(length_m: float, share: float) -> Where:
    """Rings along the body."""
    return lambda points: (
        np.sin(2 * np.pi * points[:, 0] / length_m) - np.cos(np.pi * share) + 0.8 * (points[:, 2] - 0.2)
    )


# ---------------------------------------------------------------------------------------------------- species
def _deer(rng: np.random.Generator) -> Coat:
    b = BUILDS["animal.deer"]
    winter = rng.uniform() < 0.4
    base = (0.115, 0.083, 0.058) if winter else (0.170, 0.092, 0.046)
    pale = (0.50, 0.44, 0.36)
    return Coat(
        (base, pale, (0.215, 0.155, 0.100)),
        (
            Mark(2, _sum(_under(b.trunk, 0.62, True), _rough(rng, 0.2, 0.012)), ("trunk",)),
            Mark(1, lambda p: np.minimum(-0.545 - p[:, 0] + 0.14 * (p[:, 2] - 0.78), p[:, 2] - 0.76), ("trunk",)),
            Mark(1, _under(b.head, 0.45), ("head",)),
            Mark(2, _sum(_under(b.neck, 0.72), _rough(rng, 0.1, 0.01)), ("neck",)),
            Mark(1, _high(0.0), ("tail",)),
        ),
    )  # fmt: skip


def _moose(rng: np.random.Generator) -> Coat:
    base = tuple(float(v) for v in np.array((0.060, 0.040, 0.028)) * rng.uniform(0.7, 1.4))
    return Coat(
        ((base[0], base[1], base[2]), (0.21, 0.175, 0.14), BLACK),
        (Mark(1, _sum(_low(0.98), _rough(rng, 0.25, 0.05)), LIMBS), Mark(1, _ahead(1.33), ("head",))),
    )


def _boar(rng: np.random.Generator) -> Coat:
    base = tuple(float(v) for v in np.array((0.062, 0.050, 0.040)) * rng.uniform(0.5, 1.05))
    return Coat(
        ((base[0], base[1], base[2]), (0.095, 0.078, 0.062), (0.022, 0.018, 0.016)),
        (
            Mark(2, _sum(_low(0.34), _rough(rng, 0.12, 0.03)), LIMBS),
            Mark(2, _ahead(0.69), ("head",)),
            Mark(1, _sum(_ahead(0.60), _rough(rng, 0.05, 0.03)), ("head",)),
        ),
        hair=2, ears=2,
    )  # fmt: skip


def _cow(rng: np.random.Generator) -> Coat:
    b = BUILDS["animal.cow"]
    kind = str(rng.choice(("holstein", "holstein", "red", "brown", "hereford", "black")))
    horned = frozenset(("horned",)) if rng.uniform() < 0.25 else frozenset()
    if kind in ("holstein", "red"):
        dark = BLACK if kind == "holstein" else (0.135, 0.045, 0.018)
        patches, bias = clouds(rng, 0.78), float(rng.uniform(-0.25, 0.35))
        feet = _sum(_high(0.62), _rough(rng, 0.25, 0.08))
        return Coat(
            (WHITE, dark, (0.27, 0.165, 0.135)),
            (
                Mark(1, lambda p: patches(p) + bias, ("trunk", "neck")),
                Mark(1, lambda p: np.minimum(feet(p), patches(p) + bias), ("leg",)),
                Mark(1, lambda p: np.maximum(patches(p) + 0.5, np.abs(p[:, 1]) - 0.055), ("head",)),
                Mark(2, _ahead(1.188), ("head",)),
            ),
            hair=0, ears=1, words=horned,
        )  # fmt: skip
    if kind == "hereford":
        face = _ahead(0.90)
        return Coat(
            ((0.120, 0.047, 0.024), WHITE, (0.27, 0.165, 0.135)),
            (
                Mark(1, face, ("head",)),
                Mark(1, _sum(_under(b.neck, 0.25), _rough(rng, 0.2, 0.04)), ("neck",)),
                Mark(1, _sum(_under(b.trunk, 0.80, True), _rough(rng, 0.3, 0.04)), ("trunk",)),
                Mark(1, _sum(_low(0.42), _rough(rng, 0.2, 0.05)), LIMBS),
                Mark(2, _ahead(1.185), ("head",)),
            ),
            hair=1, words=horned,
        )  # fmt: skip
    base = (0.155, 0.105, 0.066) if kind == "brown" else (0.022, 0.017, 0.014)
    return Coat(
        (base, (0.36, 0.31, 0.25), BLACK),
        (Mark(1, _ahead(1.165), ("head",)), Mark(2, _ahead(1.195), ("head",))) if kind == "brown" else (),
        hair=2, words=horned,
    )  # fmt: skip


def _horse(rng: np.random.Generator) -> Coat:
    name = str(rng.choice(("bay", "bay", "chestnut", "black", "grey", "palomino")))
    base, hair = {
        "bay": ((0.092, 0.045, 0.023), BLACK),
        "chestnut": ((0.135, 0.062, 0.030), (0.215, 0.120, 0.062)),
        "black": ((0.018, 0.015, 0.013), BLACK),
        "grey": ((0.40, 0.39, 0.38), (0.30, 0.29, 0.28)),
        "palomino": ((0.35, 0.23, 0.11), CREAM),
    }[name]
    marks: list[Mark] = []
    if name == "bay":
        marks.append(Mark(1, _sum(_low(0.56), _rough(rng, 0.2, 0.05)), LIMBS))
    if name == "grey":
        dapple = clouds(rng, 0.13)
        marks.append(Mark(1, lambda p: dapple(p) - 1.25, ("trunk", "leg", "neck")))
        marks.append(Mark(1, _ahead(1.13), ("head",)))
    if rng.uniform() < 0.7:
        half = float(rng.uniform(0.012, 0.036))
        marks.append(Mark(2, lambda p: np.minimum(half - np.abs(p[:, 1]), p[:, 2] - 1.38), ("head",)))
    for leg in ("front_left", "front_right", "hind_left", "hind_right"):
        if rng.uniform() < 0.4:
            tall = float(rng.uniform(0.16, 0.42))
            marks.append(Mark(2, _low(tall), (f"cannon_{leg}", f"foot_{leg}")))
    return Coat((base, hair, WHITE), tuple(marks), hair=1)


def _sheep(rng: np.random.Generator) -> Coat:
    dark = rng.uniform() < 0.4
    wool = tuple(float(v) for v in np.array((0.47, 0.42, 0.34)) * rng.uniform(0.85, 1.1))
    face = (0.030, 0.024, 0.020) if dark else (0.52, 0.46, 0.38)
    bare = _sum(_low(0.42), _rough(rng, 0.1, 0.02))
    return Coat(
        ((wool[0], wool[1], wool[2]), face, BLACK),
        (Mark(1, bare, LIMBS), Mark(1, _ahead(0.44), ("head",))), ears=1,
    )  # fmt: skip


def _dog(rng: np.random.Generator) -> Coat:
    b = BUILDS["animal.dog"]
    breed = str(rng.choice(("shepherd", "plain", "collie", "husky", "hound", "spotted", "plain")))
    edge = _rough(rng, 0.10, 0.018)
    tip = Mark(1, _low(0.34), ("tail",))
    if breed == "plain":
        choice = (
            (0.020, 0.017, 0.015),
            (0.40, 0.295, 0.185),
            (0.060, 0.036, 0.023),
            (0.21, 0.115, 0.058),
            (0.18, 0.17, 0.16),
        )
        base = choice[int(rng.integers(len(choice)))]
        return Coat((base, base, BLACK))
    if breed == "shepherd":
        return Coat(
            ((0.24, 0.155, 0.085), BLACK, (0.36, 0.25, 0.14)),
            (
                Mark(1, _sum(_over(b.trunk, 0.05, True), edge), ("trunk",)),
                Mark(1, _sum(_over(b.neck, 0.2), edge), ("neck",)),
                Mark(1, _ahead(0.40), ("head",)),
                Mark(1, _sum(_high(0.36), edge), ("tail",)),
            ),
            ears=1,
        )  # fmt: skip
    if breed in ("collie", "husky"):
        base = BLACK if breed == "collie" else (0.115, 0.112, 0.110)
        share = 0.75 if breed == "collie" else 0.25
        return Coat(
            (base, WHITE, (0.30, 0.17, 0.08)),
            (
                Mark(1, _sum(_under(b.trunk, share, True), edge), ("trunk",)),
                Mark(1, _sum(_under(b.neck, 0.1 if breed == "collie" else 0.3), edge), ("neck",)),
                Mark(1, _sum(_low(0.26 if breed == "collie" else 0.44), edge), LIMBS),
                Mark(1, _stripe(0.013), ("head",)) if breed == "collie" else Mark(1, _under(b.head, -0.1), ("head",)),
                Mark(1, _ahead(0.415), ("head",)), tip,
            ),
        )  # fmt: skip
    if breed == "hound":
        return Coat(
            (WHITE, BLACK, (0.30, 0.135, 0.048)),
            (
                Mark(2, _sum(_over(b.trunk, -0.25, True), edge), ("trunk",)),
                Mark(1, _sum(_over(b.trunk, 0.25, True), edge), ("trunk",)),
                Mark(2, lambda p: np.minimum(0.43 - p[:, 0], np.abs(p[:, 1]) - 0.010), ("head",)),
                Mark(2, _over(b.neck, 0.2), ("neck",)), Mark(1, _high(0.40), ("tail",)),
            ),
            ears=2,
        )  # fmt: skip
    patches = clouds(rng, 0.30)
    dark = (0.105, 0.042, 0.020) if rng.uniform() < 0.5 else BLACK
    return Coat(
        (WHITE, dark, BLACK),
        (
            Mark(1, lambda p: patches(p) - 0.25, ("trunk", "tail", "leg")),
            Mark(1, lambda p: np.minimum(0.42 - p[:, 0], np.abs(p[:, 1]) - 0.012), ("head",)),
        ),
        ears=1,
    )  # fmt: skip


def _cat(rng: np.random.Generator) -> Coat:
    b = BUILDS["animal.cat"]
    kind = str(rng.choice(("tabby", "ginger", "black", "tuxedo", "calico", "grey")))
    edge = _rough(rng, 0.05, 0.007)
    if kind in ("black", "grey"):
        base = BLACK if kind == "black" else (0.135, 0.14, 0.15)
        return Coat((base, base, BLACK))
    if kind == "tuxedo":
        return Coat(
            (BLACK, WHITE, BLACK),
            (
                Mark(1, _sum(_under(b.trunk, 0.7, True), edge), ("trunk",)), Mark(1, _under(b.neck, 0.35), ("neck",)),
                Mark(1, _low(0.065), LIMBS), Mark(1, lambda p: np.minimum(p[:, 0] - 0.262, 0.27 - p[:, 2]), ("head",)),
            ),
        )  # fmt: skip
    if kind == "calico":
        one, two = clouds(rng, 0.16), clouds(rng, 0.16)
        return Coat(
            (WHITE, (0.33, 0.14, 0.045), BLACK),
            (
                Mark(1, lambda p: one(p) - 0.1, ("trunk", "head", "tail")),
                Mark(2, lambda p: two(p) - 0.45, ("trunk", "head", "tail")),
            ),
            ears=2,
        )  # fmt: skip
    base, dark = (
        ((0.165, 0.135, 0.100), (0.065, 0.052, 0.040))
        if kind == "tabby"
        else ((0.40, 0.225, 0.105), (0.27, 0.125, 0.048))
    )
    bands = _sum(_bands(0.036, 0.36), lambda p: 0.55 * clouds_of(p))
    clouds_of = clouds(rng, 0.08)
    return Coat(
        (base, dark, CREAM),
        (
            Mark(1, bands, ("trunk", "tail")),
            Mark(1, lambda p: np.minimum(np.sin(420.0 * p[:, 1] + 1.6) - 0.35, p[:, 2] - 0.288), ("head",)),
            Mark(2, lambda p: np.minimum(p[:, 0] - 0.272, 0.262 - p[:, 2]), ("head",)),
            Mark(2, _sum(_under(b.trunk, 0.80, True), edge), ("trunk",)),
        ),
    )  # fmt: skip


def _fox(rng: np.random.Generator) -> Coat:
    b = BUILDS["animal.fox"]
    edge = _rough(rng, 0.06, 0.010)
    return Coat(
        ((0.265, 0.115, 0.042), (0.60, 0.55, 0.48), BLACK),
        (
            Mark(1, _sum(_under(b.trunk, 0.72, True), edge), ("trunk",)),
            Mark(1, _under(b.neck, 0.25), ("neck",)),
            Mark(1, lambda p: np.interp(p[:, 0], (0.30, 0.36, 0.47), (0.37, 0.395, 0.373)) - p[:, 2], ("head",)),
            Mark(2, _sum(_low(0.165), edge), LIMBS),
            Mark(1, _behind(-0.475), ("tail",)),
        ),
        ears=2,
    )  # fmt: skip


COATS: dict[str, Callable[[np.random.Generator], Coat]] = {
    "animal.deer": _deer, "animal.moose": _moose, "animal.boar": _boar, "animal.fox": _fox, "animal.dog": _dog,
    "animal.cat": _cat, "animal.cow": _cow, "animal.horse": _horse, "animal.sheep": _sheep,
}  # fmt: skip
