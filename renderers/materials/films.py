"""Ground under something: what a film, a stain or years of traffic make of each material of the road.  Renderers floor.

A material under a film is a row of its own, called `asphalt+ice`.  Albedo under water follows Lekner and Dorf 1988 as in
`kernels.surface`; the film itself is the row's `film`, which cameras mirror the sky in and lidars lose their beams on.
"""

from collections.abc import Callable
from dataclasses import replace

from renderers.materials.ground import TRODDEN
from renderers.materials.record import Material

Color = tuple[float, float, float]
BASES = (
    "asphalt", "asphalt_new", "asphalt_old", "asphalt_cracked", "asphalt_patch", "tar", "concrete", "paving", "cobble",
    "kerb", "gravel", "manhole", "panel_gap", "paint_white", "paint_yellow", *(m.name for m in TRODDEN),
)  # fmt: skip
SILT: Color = (0.040, 0.034, 0.026)
LITTER: Color = (0.105, 0.058, 0.024)
WORN_ASPHALT: Color = (0.105, 0.104, 0.102)


def _mix(a: Color, b: Color, share: float) -> Color:
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )


def soaked(albedo: float) -> float:
    """Albedo of a rough surface full of water (Lekner and Dorf 1988, n = 1.33)."""
    return (1.0 - 0.066) * (1.0 - (1.0 - albedo) / (1.0 - 0.472 * albedo))


def _wet(rgb: Color) -> Color:
    return (soaked(rgb[0]), soaked(rgb[1]), soaked(rgb[2]))


def _scaled(rgb: Color, by: Color) -> Color:
    return (rgb[0] * by[0], rgb[1] * by[1], rgb[2] * by[2])


def _damp(m: Material) -> Material:
    return replace(m, rgb=_mix(m.rgb, _wet(m.rgb), 0.75), rho_905=soaked(m.rho_905) * 1.2, roughness=0.75)


def _shallow(m: Material) -> Material:
    return replace(
        _damp(m), rgb=_wet(m.rgb), film=0.75, film_roughness=0.06, retro=0.2 * m.retro, porosity=0.0
    )


def _puddle(m: Material) -> Material:
    rgb = _mix(_wet(m.rgb), SILT, 0.45)
    return replace(
        m, rgb=_scaled(rgb, (0.6, 0.6, 0.6)), rho_905=0.6 * soaked(m.rho_905), rho_1550=0.02, retro=0.0, porosity=0.0,
        film=1.0, film_roughness=0.02, snow=0.0,
    )  # fmt: skip


def _ice(film: float, rough: float) -> Callable[[Material], Material]:
    def iced(m: Material) -> Material:
        # Clear ice shows the road below, a little darker, with the milk of enclosed air.
        rgb = _mix(_mix(m.rgb, _wet(m.rgb), 0.6 * film), (0.25, 0.26, 0.28), 0.045 * film)
        return replace(
            m, rgb=rgb, rho_905=m.rho_905 * (1.0 - 0.3 * film), rho_1550=m.rho_1550 * (1.0 - 0.7 * film),
            retro=m.retro * (1.0 - 0.8 * film), porosity=m.porosity * (1.0 - film), film=film, film_roughness=rough,
        )  # fmt: skip

    return iced


def _oil(dark: Color, film: float, rough: float) -> Callable[[Material], Material]:
    def oiled(m: Material) -> Material:
        return replace(
            m, rgb=_scaled(m.rgb, dark), rho_905=m.rho_905 * dark[0], rho_1550=m.rho_1550 * dark[0],
            retro=m.retro * (1.0 - film), porosity=0.0, film=film, film_roughness=rough,
        )  # fmt: skip

    return oiled


def _litter(m: Material) -> Material:
    return replace(
        m,
        rgb=_mix(m.rgb, LITTER, 0.8),
        rho_905=0.45,
        rho_1550=0.38,
        roughness=0.95,
        texture="foliage",
        retro=0.0,
    )


def _faded(m: Material) -> Material:
    if not m.name.startswith("paint"):
        return m
    return replace(
        m,
        rgb=_mix(m.rgb, WORN_ASPHALT, 0.62),
        rho_905=0.32,
        rho_1550=0.28,
        retro=0.15 * m.retro,
        porosity=0.5,
    )


# What lies on a base, by the word behind the plus.  Ice absorbs at 1550 nm (Warren 1982); the colours of oil are
# those of a film a few hundred nanometres thick at its rim, reasoned, and of engine oil on stone inside.
FILMS: dict[str, Callable[[Material], Material]] = {
    "damp": _damp,
    "shallow": _shallow,
    "puddle": _puddle,
    "ice": _ice(0.42, 0.20),
    "ice_thin": _ice(0.24, 0.24),
    "ice_rim": _ice(0.10, 0.28),
    "oil": _oil((0.24, 0.23, 0.22), 0.20, 0.26),
    "oil_thin": _oil((0.36, 0.36, 0.38), 0.17, 0.27),
    "sheen_gold": _oil((0.74, 0.56, 0.34), 0.15, 0.28),
    "sheen_rose": _oil((0.72, 0.42, 0.66), 0.13, 0.28),
    "sheen_blue": _oil((0.46, 0.66, 0.98), 0.11, 0.28),
    "stain": _oil((0.74, 0.74, 0.74), 0.06, 0.30),
    "litter": _litter,
    "faded": _faded,
}


def under_films(plain: tuple[Material, ...]) -> tuple[Material, ...]:
    """A row for every base under every film."""
    by_name = {m.name: m for m in plain}
    return tuple(
        replace(made(by_name[base]), name=f"{base}+{film}", source=f"{by_name[base].source}; under {film}")
        for film, made in FILMS.items()
        for base in BASES
    )
