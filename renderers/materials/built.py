"""Houses and street furniture.  Renderers floor."""

from dataclasses import replace

from renderers.materials.makers import GLASS, USGS, wall
from renderers.materials.record import GLOW, WHITE, Material


def weathered(fresh: Material) -> Material:
    """A wall as gables are: nobody has painted it since the front was."""
    red, green, blue = fresh.rgb
    return replace(
        fresh,
        name=f"{fresh.name}_weathered",
        rgb=(0.90 * red, 0.89 * green, 0.86 * blue),
        rho_905=0.92 * fresh.rho_905,
        rho_1550=0.92 * fresh.rho_1550,
        dirt=0.0,  # it is dirty already
        texture="brick_weathered" if fresh.texture == "brick" else "plaster_weathered",
        source=f"{fresh.source}, a tenth hidden by soot and algae",
    )


FRONTS: tuple[Material, ...] = (
    wall("brick", (0.27, 0.105, 0.065), 0.36, 0.40, "brick"),
    wall("brick_yellow", (0.40, 0.30, 0.17), 0.42, 0.44, "brick"),
    wall("brick_dark", (0.13, 0.080, 0.065), 0.26, 0.30, "brick"),
    wall("plaster", (0.62, 0.59, 0.52), 0.68, 0.6),
    wall("plaster_white", (0.78, 0.77, 0.74), 0.78, 0.68),
    wall("plaster_ochre", (0.60, 0.42, 0.20), 0.64, 0.58),
    wall("plaster_rose", (0.57, 0.33, 0.26), 0.62, 0.56),
    wall("plaster_grey", (0.33, 0.33, 0.34), 0.40, 0.38),
    wall("plaster_green", (0.36, 0.42, 0.30), 0.50, 0.45),
    wall("plaster_blue", (0.30, 0.37, 0.45), 0.48, 0.44),
)
BUILT: tuple[Material, ...] = (
    Material("default", (0.5, 0.5, 0.5), 0.5, 0.5, source="a neutral stand-in"),
    # Built things.
    wall("barrier_concrete", (0.33, 0.325, 0.31), 0.37, 0.37, "concrete"),
    *FRONTS,
    *(weathered(front) for front in FRONTS),
    wall("stone", (0.40, 0.37, 0.31), 0.45, 0.46, "ashlar"),
    wall("stone_splashed", (0.205, 0.175, 0.130), 0.33, 0.36, "ashlar"),  # half hidden by dried loam
    wall("roof_tile", (0.26, 0.095, 0.055), 0.35, 0.40, "roof_tile"),
    wall("roof_dark", (0.065, 0.062, 0.065), 0.10, 0.12, "roof_tile"),
    wall("tunnel_wall", (0.52, 0.52, 0.50), 0.5, 0.45, "panels"),
    Material("window_frame", (0.72, 0.72, 0.70), 0.7, 0.55, 0.4, source="white PVC"),
    Material(
        "door_wood",
        (0.13, 0.065, 0.035),
        0.42,
        0.35,
        0.5,
        clearcoat=0.3,
        texture="wood",
        dirt=0.5,
        source="varnished wood, " + USGS,
    ),
    Material(
        "window",
        (0.035, 0.042, 0.048),
        0.05,
        0.05,
        0.04,
        clearcoat=1.0,
        glow=GLOW.index("window"),
        texture="room",
        source=GLASS + "; dark room behind",
    ),
    Material(
        "shop_window",
        (0.05, 0.055, 0.058),
        0.06,
        0.06,
        0.03,
        clearcoat=1.0,
        glow=GLOW.index("window"),
        texture="room",
        source=GLASS,
    ),
    Material(
        "guardrail",
        (0.42, 0.43, 0.44),
        0.45,
        0.45,
        0.6,
        metallic=0.5,
        snow=0.4,
        texture="spangle",
        dirt=0.7,
        source="weathered galvanised steel: zinc carbonate over it scatters half of what it sends back (assumed)",
    ),
    Material(
        "metal_galvanised",
        (0.45, 0.46, 0.47),
        0.45,
        0.45,
        0.40,
        metallic=0.8,
        snow=0.3,
        texture="spangle",
        dirt=0.6,
        source="galvanised steel",
    ),
    Material(
        "metal_painted",
        WHITE,
        0.45,
        0.4,
        0.4,
        clearcoat=0.4,
        snow=0.2,
        tint=0,
        dirt=1.0,
        source="powder-coated steel",
    ),
    Material(
        "metal_dark", (0.055, 0.058, 0.060), 0.10, 0.12, 0.45, snow=0.2, dirt=0.6, source="dark powder coat"
    ),
    Material(
        "wood",
        (0.30, 0.19, 0.105),
        0.52,
        0.42,
        0.8,
        porosity=0.6,
        snow=0.8,
        texture="wood",
        dirt=0.6,
        source=USGS,
    ),
    Material(
        "plastic",
        (0.030, 0.030, 0.032),
        0.08,
        0.08,
        0.5,
        snow=0.2,
        dirt=0.7,
        source="carbon-filled polypropylene",
    ),
    Material(
        "scaffold_net",
        (0.16, 0.30, 0.20),
        0.35,
        0.3,
        0.9,
        transmission=0.55,
        porosity=0.3,
        source="polyethylene netting, half of it holes",
    ),
    Material(
        "mirror_glass",
        (0.30, 0.34, 0.37),
        0.06,
        0.06,
        0.02,
        metallic=1.0,
        glow=GLOW.index("window"),
        source="solar-control glazing: a metal film mirrors a third of the light (EN 410 data sheets: 25 to 40 %)",
    ),
    Material("plastic_light", (0.55, 0.55, 0.54), 0.6, 0.45, 0.5, snow=0.4, dirt=0.7, source="polyethylene"),
)
