"""Under dirt: what road film, salt and dust make of each material that they stick to.  Renderers floor.

A soiled material is a row of its own, called `car_paint+film_2`: soil, then how thick it lies.  Colours mix by the share
of the surface that is hidden, for lasers too, so that a muddy black car is brighter at 905 nm than a clean one.  A row
whose colour is the actor's tint cannot mix by itself; it names a further row of `Scene.tint` that `tint_rows` makes.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.materials.record import TINTS, WHITE, Material

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Soil:
    """What lies on things."""

    rgb: Color
    rho_905: float
    rho_1550: float
    source: str


# Road film is soot, rubber and loam, as lorries carry it behind; salt is what brine leaves when it dries.
SOILS: dict[str, Soil] = {
    "film": Soil((0.155, 0.130, 0.102), 0.25, 0.29, "dried loam with a fifth of soot and rubber: USGS library v7"),
    "salt": Soil((0.40, 0.385, 0.36), 0.45, 0.33, "halite and road film, damp at 1550 nm: USGS library v7"),
    "dust": Soil((0.31, 0.255, 0.19), 0.38, 0.42, "fine dry loam: USGS library v7"),
}  # fmt: skip
HIDDEN = (0.12, 0.28, 0.49, 0.75)  # share of a surface that dirt of a thickness hides, where all of it sticks
LEVELS = len(HIDDEN)
MIXED_TINTS = (0, 1)  # paint and second colour; skin stays clean
TEXTURED_FROM = 0.3  # share from which soil is what one sees the grain of


def soiled_name(base: str, soil: str, level: int) -> str:
    """The row of a material under soil of level 1 to `LEVELS`."""
    return f"{base}+{soil}_{level}"


def _tint_row(tint: int, soil: str, level: int) -> int:
    return len(TINTS) + (list(SOILS).index(soil) * LEVELS + level - 1) * len(MIXED_TINTS) + tint


TINT_ROWS = len(TINTS) + len(SOILS) * LEVELS * len(MIXED_TINTS)


def tint_rows(tints: NDArray[np.float32]) -> NDArray[np.float32]:
    """(A, TINT_ROWS, 3) colours of `Scene.tint` from (A, 3, 3) those of actors: as they are, then under each soil."""
    out = np.empty((len(tints), TINT_ROWS, 3), np.float32)
    out[:, : len(TINTS)] = tints
    for soil, what in SOILS.items():
        for level, share in enumerate(HIDDEN, 1):
            for tint in MIXED_TINTS:
                clean = tints[:, tint]
                out[:, _tint_row(tint, soil, level)] = (
                    clean + (np.array(what.rgb, np.float32) - clean) * share
                )
    return out


def _under(m: Material, soil: str, level: int) -> Material:
    what = SOILS[soil]
    share = HIDDEN[level - 1] * m.dirt
    red, green, blue = (c + (s - c) * share for c, s in zip(m.rgb, what.rgb, strict=True))
    mixed = m.tint in MIXED_TINTS and m.rgb == WHITE
    thick = share >= TEXTURED_FROM and m.transmission == 0.0
    return replace(
        m,
        name=soiled_name(m.name, soil, level),
        rgb=m.rgb if m.tint >= 0 else (red, green, blue),
        tint=_tint_row(m.tint, soil, level) if mixed else m.tint,
        rho_905=m.rho_905 + (what.rho_905 - m.rho_905) * share,
        rho_1550=m.rho_1550 + (what.rho_1550 - m.rho_1550) * share,
        roughness=m.roughness + (0.95 - m.roughness) * share,
        metallic=m.metallic * (1.0 - share),
        # A pane is known by its gloss: dirt takes from its light, not from its being one.
        clearcoat=m.clearcoat * (1.0 - share) if m.transmission == 0.0 else max(0.55, m.clearcoat * (1.0 - share)),
        transmission=m.transmission * (1.0 - share),
        retro=m.retro * (1.0 - share) ** 2,  # light passes the dirt on its way in and on its way out
        porosity=m.porosity + (0.5 - m.porosity) * share,
        texture="soil" if thick else m.texture,
        source=f"{m.source}; {share:.0%} hidden by {what.source}",
    )  # fmt: skip


def soiled(plain: tuple[Material, ...]) -> tuple[Material, ...]:
    """A row for every material that dirt sticks to, under every soil at every thickness."""
    return tuple(
        _under(m, soil, level)
        for m in plain
        if m.dirt > 0.0
        for soil in SOILS
        for level in range(1, LEVELS + 1)
    )
