"""Roads, soil, and what covers them.  Renderers floor."""

from dataclasses import replace

from renderers.materials.makers import ECO, ROAD_PAINT, USGS, ground
from renderers.materials.record import Material

# What tyres leave on asphalt, thinly where they roll, in black bands where they slid: share of light that is lost.
TREAD = (0.075, 0.145, 0.32)


def trodden(asphalt: Material, level: int) -> Material:
    """Asphalt under rubber and oil of a thickness from 1 to 3."""
    kept = 1.0 - TREAD[level - 1]
    red, green, blue = asphalt.rgb
    return replace(
        asphalt,
        name=f"{asphalt.name}_trod_{level}",
        rgb=(kept * red, kept * green, kept * blue),
        rho_905=kept * asphalt.rho_905,
        rho_1550=kept * asphalt.rho_1550,
        roughness=asphalt.roughness - (0.0, 0.01, 0.04)[level - 1],
        source=f"{asphalt.source}; carbon black of tyres absorbs at all wavelengths",
    )


ASPHALTS: tuple[Material, ...] = (
    ground("asphalt", (0.094, 0.094, 0.093), 0.15, 0.18, "asphalt", ECO),
    ground("asphalt_old", (0.135, 0.132, 0.126), 0.19, 0.22, "asphalt_worn", ECO),
    ground("asphalt_new", (0.052, 0.052, 0.053), 0.10, 0.12, "asphalt_new", ECO + ": bitumen on every stone"),
    ground(
        "asphalt_cracked", (0.142, 0.138, 0.130), 0.20, 0.23, "asphalt_cracked", ECO + ": stones worn bare"
    ),
)
TRODDEN: tuple[Material, ...] = tuple(trodden(asphalt, level) for asphalt in ASPHALTS for level in (1, 2, 3))
GROUND: tuple[Material, ...] = (
    *ASPHALTS,
    *TRODDEN,
    ground("asphalt_patch", (0.042, 0.042, 0.044), 0.08, 0.10, "asphalt_new", ECO),
    ground("tar", (0.018, 0.018, 0.019), 0.03, 0.04, "", ECO, porosity=0.0, roughness=0.5),
    ground("concrete", (0.30, 0.29, 0.27), 0.36, 0.36, "concrete", ECO),
    ground("paving", (0.28, 0.265, 0.24), 0.34, 0.35, "paving", ECO),
    ground("cobble", (0.20, 0.19, 0.18), 0.26, 0.28, "cobble", ECO),
    ground("kerb", (0.36, 0.355, 0.34), 0.38, 0.38, "concrete", ECO),
    ground("grass", (0.074, 0.088, 0.034), 0.50, 0.28, "grass", USGS, porosity=0.2, flat_water=0.0),
    ground("gravel", (0.27, 0.25, 0.22), 0.33, 0.36, "gravel", USGS, flat_water=0.2),
    ground("soil", (0.14, 0.095, 0.060), 0.27, 0.36, "soil", USGS, porosity=0.8, flat_water=0.4),
    ground(
        "manhole", (0.09, 0.082, 0.075), 0.18, 0.2, "gravel", "cast iron, worn and rusted", 0.1, roughness=0.5
    ),
    Material(
        "paint_white",
        (0.66, 0.66, 0.64),
        0.68,
        0.5,
        0.7,
        0,
        0,
        0,
        0.63,
        0.1,
        1.0,
        1.0,
        texture="concrete",
        source=ROAD_PAINT,
    ),
    Material(
        "paint_yellow",
        (0.62, 0.40, 0.05),
        0.64,
        0.48,
        0.7,
        0,
        0,
        0,
        0.45,
        0.1,
        1.0,
        1.0,
        texture="concrete",
        source=ROAD_PAINT,
    ),
    Material("water", (0.02, 0.025, 0.028), 0.02, 0.01, 0.03, source="clear water over dark ground"),
    # What lies about on roads.
    ground(
        "pothole", (0.115, 0.100, 0.082), 0.24, 0.30, "gravel", "base course, stones and dust, " + USGS, 0.8
    ),
    ground("asphalt_broken", (0.066, 0.064, 0.060), 0.13, 0.16, "gravel", "fresh break in asphalt, " + ECO),
    ground("snow_pile", (0.70, 0.715, 0.74), 0.80, 0.12, "snow", "ploughed snow; Warren 1982", 0.2, 0.0),
    ground("snow_dirty", (0.34, 0.325, 0.30), 0.50, 0.12, "snow", "snow with road dirt", 0.3, 0.0),
    Material(
        "leaf_brown",
        (0.135, 0.066, 0.024),
        0.50,
        0.42,
        0.75,
        transmission=0.1,
        porosity=0.3,
        snow=0.8,
        source=USGS + ": dry leaf",
    ),
    Material(
        "leaf_yellow",
        (0.36, 0.22, 0.030),
        0.56,
        0.42,
        0.7,
        transmission=0.2,
        porosity=0.2,
        snow=0.8,
        source=USGS + ": senescent",
    ),
)
