"""The delivery van: a short sloping nose, a cab with windows, a panelled load space behind.  Renderers floor."""

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
    doors=((1.16, 0.02), (2.36, 0.0)),
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
    swages=((2.62, 3.98, 1.44, 2.20), (4.12, 5.60, 1.44, 2.20), (2.50, 3.94, 0.44, 2.34)),
    mirror_size_m=(0.13, 0.30),
    brake_high_m=2.42,
    wipers=True,
    hubcaps=0.6,
)  # fmt: skip

MARKET = {"white": 62.0, "grey": 10.0, "silver": 9.0, "black": 5.0, "blue": 6.0, "red": 4.0, "yellow": 4.0}


def build_van(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A delivery van that fills its box; half of them have windows in the rear doors."""
    plain = replace(VAN, rear_glass=((0.07, 9.0), (0.74, 9.0), (0.70, 9.5), (0.07, 9.5)))
    return build_body(VAN if look_seed % 2 else plain, model, look_seed, size_m, color, MARKET)
