"""What lorries, trailers, trams and machines are made of beside what cars are.  Renderers floor."""

from renderers.materials.makers import PAINT, lamp
from renderers.materials.record import WHITE, Material

CONTOUR = (
    "UN R104 class C"  # coefficient R_A in cd/lx/m2 at 0.33 deg observation and 5 deg entrance, times pi
)

HEAVY: tuple[Material, ...] = (
    Material(
        "contour_white",
        (0.66, 0.66, 0.65),
        0.62,
        0.48,
        0.4,
        retro=1414.0,
        dirt=0.8,
        source=CONTOUR + ": white 450",
    ),
    Material(
        "contour_yellow",
        (0.62, 0.42, 0.03),
        0.60,
        0.46,
        0.4,
        retro=942.0,
        dirt=0.8,
        source=CONTOUR + ": yellow 300",
    ),
    Material(
        "contour_red",
        (0.40, 0.022, 0.020),
        0.55,
        0.42,
        0.4,
        retro=377.0,
        dirt=0.8,
        source=CONTOUR + ": red 120",
    ),
    # The plate of ADR 5.3.2: orange, retro-reflecting; its numbers are black.
    Material(
        "adr_orange",
        (0.70, 0.17, 0.012),
        0.62,
        0.45,
        0.4,
        retro=204.0,
        dirt=0.8,
        source="EN 12899-1 class RA1 orange 25 and better, taken as 65, times pi",
    ),
    lamp("lamp_marker_amber", (0.56, 0.22, 0.02), "tail", retro=180.0),
    lamp("lamp_marker_white", (0.55, 0.55, 0.55), "tail"),
    lamp("lamp_marker_red", (0.36, 0.012, 0.012), "tail", retro=180.0),
    Material(
        "curtain", WHITE, 0.55, 0.42, 0.55, snow=0.9, tint=1, dirt=1.0, source="PVC-coated polyester, printed"
    ),
    Material(
        "stainless",
        (0.50, 0.50, 0.49),
        0.55,
        0.52,
        0.24,
        metallic=1.0,
        snow=0.4,
        dirt=0.9,
        source="bright-annealed stainless steel",
    ),
    Material(
        "machine_paint",
        WHITE,
        0.55,
        0.45,
        0.45,
        clearcoat=0.4,
        snow=0.5,
        tint=0,
        dirt=1.0,
        source=PAINT + "; one coat, dusty",
    ),
    Material(
        "drum_paint",
        WHITE,
        0.58,
        0.46,
        0.5,
        clearcoat=0.3,
        snow=0.3,
        tint=1,
        dirt=1.0,
        source=PAINT + "; dusty with cement",
    ),
)
