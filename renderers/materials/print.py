"""Posters: ink on paper, seen by day and lit from behind at night.  Renderers floor.

Cyan, magenta and yellow inks are clear beyond 750 nm and only key black, which is carbon, absorbs there: to a 905 nm
laser a printed face is a sheet of white paper with its dark hair on it.
"""

from dataclasses import replace

from renderers.materials.record import GLOW, Material

SOURCE = "coated paper under process inks (ISO 2846-1); chromatic inks clear, key black absorbing in the near infrared"
BRIGHT, DIM = (
    0.38,
    0.09,
)  # strongest channel of colours that shine fully, or a third as much, when lit from behind
COLORS: dict[str, tuple[tuple[float, float, float], float]] = {
    # name: (linear RGB, reflectance at 905 nm)
    "white": ((0.74, 0.73, 0.70), 0.78),
    "cream": ((0.66, 0.55, 0.38), 0.76),
    "grey": ((0.30, 0.31, 0.33), 0.42),
    "dark": ((0.075, 0.080, 0.090), 0.17),
    "black": ((0.020, 0.020, 0.022), 0.07),
    "sky": ((0.33, 0.52, 0.70), 0.74),
    "pale": ((0.52, 0.62, 0.71), 0.76),
    "azure": ((0.16, 0.31, 0.56), 0.72),
    "dusk": ((0.30, 0.15, 0.26), 0.71),
    "blue": ((0.045, 0.145, 0.42), 0.70),
    "navy": ((0.018, 0.035, 0.105), 0.45),
    "red": ((0.45, 0.030, 0.028), 0.74),
    "wine": ((0.16, 0.014, 0.022), 0.55),
    "orange": ((0.62, 0.21, 0.020), 0.75),
    "yellow": ((0.70, 0.50, 0.030), 0.76),
    "green": ((0.075, 0.30, 0.080), 0.71),
    "forest": ((0.022, 0.090, 0.038), 0.50),
    "teal": ((0.030, 0.26, 0.27), 0.70),
    "pink": ((0.66, 0.25, 0.32), 0.76),
    "violet": ((0.16, 0.060, 0.25), 0.66),
    "brown": ((0.115, 0.055, 0.028), 0.50),
    "umber": ((0.040, 0.021, 0.013), 0.28),
    "blond": ((0.46, 0.30, 0.115), 0.74),
    "skin_a": ((0.62, 0.37, 0.26), 0.75),
    "skin_a_shade": ((0.38, 0.185, 0.115), 0.70),
    "skin_b": ((0.40, 0.215, 0.125), 0.72),
    "skin_b_shade": ((0.21, 0.098, 0.055), 0.62),
    "skin_c": ((0.165, 0.078, 0.045), 0.58),
    "skin_c_shade": ((0.075, 0.035, 0.021), 0.42),
    "lips": ((0.42, 0.095, 0.085), 0.73),
}


def _ink(name: str, rgb: tuple[float, float, float], rho_905: float) -> Material:
    return Material(
        f"print_{name}", rgb, rho_905, 0.85 * rho_905, 0.45, clearcoat=0.15, porosity=0.2, source=SOURCE
    )


def _lit(ink: Material) -> Material:
    most = max(ink.rgb)
    column = "poster" if most > BRIGHT else "poster_dim" if most > DIM else ""
    return replace(
        ink, name=ink.name.replace("print_", "backlit_"), clearcoat=1.0, roughness=0.1,
        glow=GLOW.index(column) if column else -1, source=SOURCE + "; behind a pane, lamps at night",
    )  # fmt: skip


PRINT: tuple[Material, ...] = tuple(
    row for name, (rgb, rho) in COLORS.items() for row in (_ink(name, rgb, rho), _lit(_ink(name, rgb, rho)))
)
