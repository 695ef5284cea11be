"""The delivery van and the minibus: a short sloping nose, a cab, load or passengers behind it.  Renderers floor."""

from dataclasses import replace

from renderers.assets.bodywork import build_body
from renderers.assets.shell import FLAT_SIDE, Shape
from renderers.assets.style import Style
from renderers.mesh import Asset

VAN = Style(
    shape=Shape(
        length_m=5.93,
        half_width_m=1.01,
        top=(
            (0.18, 1.130), (0.40, 1.225), (0.70, 1.310), (0.90, 1.400), (1.02, 1.485), (1.45, 1.910), (1.80, 2.240),
            (2.02, 2.400), (2.30, 2.515), (2.70, 2.575), (3.20, 2.600), (4.60, 2.598), (5.83, 2.570),
        ),
        belt=((0.18, 1.00), (0.40, 1.13), (0.80, 1.24), (1.20, 1.31), (2.40, 1.34), (5.83, 1.34)),
        bottom=((0.18, 0.24), (0.70, 0.22), (1.40, 0.21), (4.70, 0.22), (5.40, 0.30), (5.83, 0.34)),
        plan=((0.18, 0.955), (0.50, 0.985), (1.00, 1.0), (5.2, 1.0), (5.83, 0.985)),
        nose_m=0.18,
        tail_m=0.10,
        nose_bow_m=0.15,
        tail_bow_m=0.03,
        nose_square=3.6,
        tail_square=6.0,
        nose_z_m=0.62,
        tail_z_m=1.30,
        tail_rake=0.03,
        tail_rake_z_m=1.0,
        lean=0.085,
        cabin_square=6.5,
        side=FLAT_SIDE,
        stations=(0.90, 1.02, 2.02, 2.30),
        spacing_m=0.20,
    ),
    cowl_m=0.96,
    header_m=2.04,
    window_top=0.84,
    window_front_m=1.26,
    window_rear=(2.26, -0.03),
    pillars=((1.42, 0.10, 0.022),),
    rear_screen=None,
    rear_glass=((0.07, 1.42), (0.74, 1.42), (0.70, 2.06), (0.07, 2.06)),
    head_lamp=((0.56, 0.90), (1.06, 0.94), (1.06, 1.20), (0.84, 1.185), (0.60, 1.03)),
    tail_lamp=((0.90, 0.80), (1.10, 0.80), (1.10, 1.36), (0.90, 1.36)),
    grille=((-0.4, 0.74), (0.50, 0.76), (0.54, 0.94), (0.48, 1.00), (-0.4, 1.01)),
    intake=((-0.4, 0.32), (0.70, 0.34), (0.80, 0.44), (0.72, 0.50), (-0.4, 0.50)),
    doors=((1.16, 0.02), (2.36, 0.0), (3.92, 0.0)),
    sliding=True,
    door_sill_m=0.40,
    bonnet_y_m=0.74,
    plate_front_z_m=0.58,
    plate_rear_z_m=0.62,
    mirror=(1.28, 1.52),
    seats=((2.02, 0.62),),
    spokes=(8,),
    cladding=True,
    window_ceiling_m=2.08,
    bulkhead_m=2.50,
    swages=((2.62, 3.98, 1.44, 2.20), (4.12, 5.60, 1.44, 2.20)),
    mirror_size_m=(0.13, 0.30),
    brake_high_m=2.42,
    wipers=True,
    hubcaps=0.6,
)  # fmt: skip

MINIBUS = Style(
    shape=Shape(
        length_m=5.06,
        half_width_m=0.952,
        top=(
            (0.18, 1.000), (0.38, 1.090), (0.66, 1.165), (0.86, 1.225), (0.98, 1.300), (1.34, 1.600), (1.64, 1.810),
            (1.86, 1.905), (2.15, 1.955), (2.60, 1.972), (3.40, 1.972), (4.30, 1.955), (4.98, 1.915),
        ),
        belt=((0.18, 0.89), (0.38, 1.01), (0.75, 1.09), (1.10, 1.125), (2.40, 1.15), (4.98, 1.16)),
        bottom=((0.18, 0.22), (0.70, 0.20), (1.30, 0.19), (4.10, 0.20), (4.60, 0.28), (4.98, 0.33)),
        plan=((0.18, 0.955), (0.48, 0.985), (0.95, 1.0), (4.4, 1.0), (4.98, 0.98)),
        nose_m=0.18,
        tail_m=0.08,
        nose_bow_m=0.14,
        tail_bow_m=0.04,
        nose_square=3.8,
        tail_square=6.0,
        nose_z_m=0.58,
        tail_z_m=1.00,
        tail_rake=0.07,
        tail_rake_z_m=1.05,
        lean=0.15,
        cabin_square=6.0,
        side=FLAT_SIDE,
        stations=(0.86, 0.98, 1.86, 2.15),
    ),
    cowl_m=0.92,
    header_m=1.88,
    window_top=0.82,
    window_front_m=1.22,
    window_rear=(4.84, -0.10),
    pillars=((1.42, 0.20, 0.025), (2.36, -0.02, 0.05), (3.62, 0.0, 0.05)),
    rear_screen=None,
    rear_glass=((-0.4, 1.20), (0.74, 1.20), (0.66, 1.72), (-0.4, 1.74)),
    head_lamp=((0.54, 0.78), (1.0, 0.82), (1.0, 1.02), (0.78, 1.00), (0.56, 0.92)),
    tail_lamp=((0.82, 0.84), (1.05, 0.84), (1.05, 1.28), (0.84, 1.28)),
    grille=((-0.4, 0.68), (0.48, 0.70), (0.52, 0.80), (0.46, 0.85), (-0.4, 0.86)),
    intake=((-0.4, 0.30), (0.62, 0.31), (0.74, 0.40), (0.66, 0.48), (-0.4, 0.48)),
    doors=((1.14, 0.02), (2.36, 0.0), (3.56, 0.0)),
    sliding=True,
    door_sill_m=0.36,
    bonnet_y_m=0.70,
    plate_front_z_m=0.54,
    plate_rear_z_m=0.86,
    mirror=(1.30, 1.30),
    seats=((1.92, 0.66), (2.98, 0.62), (3.98, 0.62)),
    spokes=(5, 8, 10),
    hubcaps=0.35,
    mirror_size_m=(0.13, 0.24),
)  # fmt: skip

STYLES: dict[str, Style] = {"van.delivery": VAN, "van.minibus": MINIBUS}
MARKET = {"white": 62.0, "grey": 10.0, "silver": 9.0, "black": 5.0, "blue": 6.0, "red": 4.0, "yellow": 4.0}


MINIBUS_MARKET = {
    "white": 30.0,
    "grey": 18.0,
    "black": 16.0,
    "silver": 16.0,
    "blue": 10.0,
    "red": 5.0,
    "brown": 3.0,
}


def build_minibus(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
) -> Asset:
    """A bus of nine seats; every third has dark panes behind the front doors."""
    style = replace(MINIBUS, side_glass="glass_dark") if look_seed % 3 == 1 else MINIBUS
    return build_body(style, model, look_seed, size_m, color, MINIBUS_MARKET, state=state)


def build_van(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
) -> Asset:
    """A delivery van that fills its box; half of them have windows in the rear doors."""
    plain = replace(VAN, rear_glass=((0.07, 9.0), (0.74, 9.0), (0.70, 9.5), (0.07, 9.5)))
    return build_body(VAN if look_seed % 2 else plain, model, look_seed, size_m, color, MARKET, state=state)
