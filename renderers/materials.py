"""Materials for eyes and lasers: one row serves camera, 905 and 1550 nm lidar.  Renderers floor.

Colours are linear RGB albedo, laser numbers are diffuse reflectances.  The two do not follow from one
another: the chlorophyll of a leaf is dark green to the eye and bright at 905 nm, most textile dyes are
transparent there, water bands darken everything living (and snow) at 1550 nm, and carbon black is black
everywhere.  That is why each row carries all three instead of a grey value.

Retro-reflection is a gain over a perfect white diffuser: pi times the coefficient R_A in cd/lx/m2 of EN
12899-1 for sheeting and of EN ISO 20471 for clothing, pi times R_L of EN 1436 for road paint.
"""

from dataclasses import dataclass

from renderers.films import under_films

GLOW = (
    "head",
    "tail",
    "brake",
    "indicator_left",
    "indicator_right",
    "fog",
    "reverse",
    "window",
)  # columns of Scene.glow
TINTS = (
    "a",
    "b",
    "c",
)  # Scene.tint rows: paint or upper clothes, second colour or lower clothes, skin or trim


@dataclass(frozen=True, slots=True)
class Material:
    """Optical constants of a surface; colours are linear RGB albedo in [0, 1]."""

    name: str
    rgb: tuple[float, float, float]
    rho_905: float  # diffuse reflectance at 905 nm
    rho_1550: float
    roughness: float = 0.8  # GGX
    metallic: float = 0.0
    clearcoat: float = 0.0  # weight of a smooth dielectric layer (F0 = 0.04)
    transmission: float = 0.0  # share of light that passes (glass, leaves)
    retro: float = 0.0  # retro-reflection: gain over a white diffuser at 0 deg observation
    porosity: float = 0.0  # 0: water stays on top, 1: soaks in and darkens
    flat_water: float = 0.0  # 1: water films gather here (roads); 0: it runs off
    snow: float = 0.0  # how readily falling snow stays (1: horizontal ground), scaled by the normal's z
    film: float = 0.0  # share of a smooth sheet of liquid or ice over it, whatever the weather
    film_roughness: float = 0.02  # of that sheet, GGX
    tint: int = -1  # row of Scene.tint that multiplies rgb; -1: none
    glow: int = -1  # column of GLOW that lights it
    texture: str = ""  # tile of textures.TILES
    source: str = ""  # where the numbers come from


# Where numbers come from.  The source names the measurements that a value is typical of (USGS: Kokaly et
# al. 2017, Spectral Library Version 7; ECOSTRESS: Meerdink et al. 2019), rounded to the spread between
# specimens rather than digitised from one spectrum.  The 905 nm column keeps to what lidar papers report:
# asphalt .1-.2, vegetation .45-.6, black paint .02-.05, lane paint .5-.8, cloth .3-.8 because dyes are
# clear in the near infrared.
_USGS = "USGS spectral library v7"
_ECO = "ECOSTRESS library, man-made"
_SIGN = "EN 12899-1 class RA2 (white 250 cd/lx/m2), times pi"
_ROAD_PAINT = "EN 1436 class R4 (R_L 0.2 cd/lx/m2), times pi; ECOSTRESS white paint"
_PAINT = "automotive paint: diffuse base under clearcoat; carbon black absorbs at all wavelengths"
_LIT = "lens over a dark housing; its light is the glow column"
_DYE = "textile: most dyes stop absorbing beyond 750 nm, so cloth is bright at 905 nm whatever its colour"
_GLASS = "soda-lime glass 4 mm: 8 % mirror at normal incidence, iron absorbs in the near infrared"

WHITE = (1.0, 1.0, 1.0)


def _ground(
    name: str,
    rgb: tuple[float, float, float],
    rho_905: float,
    rho_1550: float,
    texture: str,
    source: str,
    porosity: float = 0.6,
    flat_water: float = 1.0,
    roughness: float = 0.9,
) -> Material:
    """A horizontal surface: water films and snow stay on it."""
    return Material(
        name,
        rgb,
        rho_905,
        rho_1550,
        roughness,
        porosity=porosity,
        flat_water=flat_water,
        snow=1.0,
        texture=texture,
        source=source,
    )


def _wall(
    name: str,
    rgb: tuple[float, float, float],
    rho_905: float,
    rho_1550: float,
    texture: str = "plaster",
    porosity: float = 0.5,
    tint: int = -1,
    source: str = _ECO,
) -> Material:
    """A porous upright surface: rain darkens it, snow lies only on its ledges."""
    return Material(
        name,
        rgb,
        rho_905,
        rho_1550,
        0.9,
        porosity=porosity,
        snow=0.8,
        tint=tint,
        texture=texture,
        source=source,
    )


def _paint(name: str, rho_905: float, rho_1550: float, metallic: float = 0.0) -> Material:
    """Car paint: the colour is the instance's tint a, the laser's number goes with the family of pigments."""
    return Material(
        name,
        WHITE,
        rho_905,
        rho_1550,
        0.35,
        metallic=metallic,
        clearcoat=1.0,
        snow=0.15,
        tint=0,
        source=_PAINT,
    )


def _lamp(name: str, rgb: tuple[float, float, float], glow: str, retro: float = 0.0) -> Material:
    return Material(
        name,
        rgb,
        0.25,
        0.2,
        0.15,
        clearcoat=1.0,
        retro=retro,
        glow=GLOW.index(glow) if glow else -1,
        source=_LIT,
    )


def _sign(name: str, rgb: tuple[float, float, float], gain: float, rho_905: float = 0.5) -> Material:
    return Material(name, rgb, rho_905, 0.4, 0.4, clearcoat=0.5, retro=gain, snow=0.2, source=_SIGN)


def _cloth(name: str, tint: int, rho_905: float, rho_1550: float) -> Material:
    return Material(
        name,
        WHITE,
        rho_905,
        rho_1550,
        0.9,
        porosity=0.6,
        snow=0.5,
        tint=tint,
        texture="fabric",
        source=_DYE,
    )


_PLAIN: tuple[Material, ...] = (
    Material("default", (0.5, 0.5, 0.5), 0.5, 0.5, source="a neutral stand-in"),
    # Ground.
    _ground("asphalt", (0.094, 0.094, 0.093), 0.15, 0.18, "asphalt", _ECO),
    _ground("asphalt_old", (0.135, 0.132, 0.126), 0.19, 0.22, "asphalt_worn", _ECO),
    _ground("asphalt_patch", (0.042, 0.042, 0.044), 0.08, 0.10, "asphalt", _ECO),
    _ground("tar", (0.018, 0.018, 0.019), 0.03, 0.04, "", _ECO, porosity=0.0, roughness=0.5),
    _ground("concrete", (0.30, 0.29, 0.27), 0.36, 0.36, "concrete", _ECO),
    _ground("paving", (0.28, 0.265, 0.24), 0.34, 0.35, "paving", _ECO),
    _ground("cobble", (0.20, 0.19, 0.18), 0.26, 0.28, "cobble", _ECO),
    _ground("kerb", (0.36, 0.355, 0.34), 0.38, 0.38, "concrete", _ECO),
    _ground("grass", (0.052, 0.095, 0.026), 0.50, 0.28, "grass", _USGS, porosity=0.2, flat_water=0.0),
    _ground("gravel", (0.27, 0.25, 0.22), 0.33, 0.36, "gravel", _USGS, flat_water=0.2),
    _ground("soil", (0.14, 0.095, 0.060), 0.27, 0.36, "soil", _USGS, porosity=0.8, flat_water=0.4),
    _ground(
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
        source=_ROAD_PAINT,
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
        source=_ROAD_PAINT,
    ),
    Material("water", (0.02, 0.025, 0.028), 0.02, 0.01, 0.03, source="clear water over dark ground"),
    # Built things.
    _wall("barrier_concrete", (0.33, 0.325, 0.31), 0.37, 0.37, "concrete"),
    _wall("brick", (0.27, 0.105, 0.065), 0.36, 0.40, "brick"),
    _wall("brick_yellow", (0.40, 0.30, 0.17), 0.42, 0.44, "brick"),
    _wall("brick_dark", (0.13, 0.080, 0.065), 0.26, 0.30, "brick"),
    _wall("plaster", (0.62, 0.59, 0.52), 0.68, 0.6),
    _wall("plaster_white", (0.78, 0.77, 0.74), 0.78, 0.68),
    _wall("plaster_ochre", (0.60, 0.42, 0.20), 0.64, 0.58),
    _wall("plaster_rose", (0.57, 0.33, 0.26), 0.62, 0.56),
    _wall("plaster_grey", (0.33, 0.33, 0.34), 0.40, 0.38),
    _wall("plaster_green", (0.36, 0.42, 0.30), 0.50, 0.45),
    _wall("plaster_blue", (0.30, 0.37, 0.45), 0.48, 0.44),
    _wall("stone", (0.40, 0.37, 0.31), 0.45, 0.46, "concrete"),
    _wall("roof_tile", (0.26, 0.095, 0.055), 0.35, 0.40, "roof_tile"),
    _wall("roof_dark", (0.065, 0.062, 0.065), 0.10, 0.12, "roof_tile"),
    _wall("tunnel_wall", (0.52, 0.52, 0.50), 0.5, 0.45, "concrete"),
    Material("window_frame", (0.72, 0.72, 0.70), 0.7, 0.55, 0.4, source="white PVC"),
    Material(
        "door_wood", (0.13, 0.065, 0.035), 0.42, 0.35, 0.5, clearcoat=0.3, source="varnished wood, " + _USGS
    ),
    Material(
        "window",
        (0.035, 0.042, 0.048),
        0.05,
        0.05,
        0.04,
        clearcoat=1.0,
        glow=GLOW.index("window"),
        source=_GLASS + "; dark room behind",
    ),
    Material(
        "shop_window",
        (0.05, 0.055, 0.058),
        0.06,
        0.06,
        0.03,
        clearcoat=1.0,
        glow=GLOW.index("window"),
        source=_GLASS,
    ),
    Material(
        "guardrail",
        (0.42, 0.43, 0.44),
        0.45,
        0.45,
        0.42,
        metallic=0.8,
        snow=0.4,
        source="weathered galvanised steel",
    ),
    Material(
        "metal_galvanised",
        (0.45, 0.46, 0.47),
        0.45,
        0.45,
        0.40,
        metallic=0.8,
        snow=0.3,
        source="galvanised steel",
    ),
    Material(
        "metal_painted", WHITE, 0.45, 0.4, 0.4, clearcoat=0.4, snow=0.2, tint=0, source="powder-coated steel"
    ),
    Material("metal_dark", (0.055, 0.058, 0.060), 0.10, 0.12, 0.45, snow=0.2, source="dark powder coat"),
    Material(
        "wood", (0.30, 0.19, 0.105), 0.52, 0.42, 0.8, porosity=0.6, snow=0.8, texture="bark", source=_USGS
    ),
    Material(
        "plastic", (0.030, 0.030, 0.032), 0.08, 0.08, 0.5, snow=0.2, source="carbon-filled polypropylene"
    ),
    Material("plastic_light", (0.55, 0.55, 0.54), 0.6, 0.45, 0.5, snow=0.4, source="polyethylene"),
    # Signs and signals.
    _sign("sign_white", (0.70, 0.70, 0.70), 785.0, 0.7),
    _sign("sign_yellow", (0.62, 0.42, 0.02), 534.0, 0.65),
    _sign("sign_red", (0.42, 0.025, 0.025), 141.0, 0.6),
    _sign("sign_blue", (0.015, 0.055, 0.28), 63.0, 0.4),
    _sign("sign_green", (0.01, 0.17, 0.07), 141.0, 0.45),
    _sign("sign_black", (0.015, 0.015, 0.015), 0.0, 0.05),
    Material(
        "sign_back", (0.36, 0.365, 0.37), 0.4, 0.4, 0.5, metallic=0.6, snow=0.2, source="plain aluminium"
    ),
    Material(
        "signal_housing", (0.018, 0.020, 0.018), 0.05, 0.06, 0.5, snow=0.4, source="black polycarbonate"
    ),
    Material("signal_red", (0.55, 0.02, 0.015), 0.4, 0.3, 0.3, source="lit; radiance from the lamp table"),
    Material("signal_amber", (0.60, 0.26, 0.01), 0.4, 0.3, 0.3, source="lit; radiance from the lamp table"),
    Material("signal_green", (0.01, 0.50, 0.27), 0.4, 0.3, 0.3, source="lit; radiance from the lamp table"),
    Material("signal_off", (0.030, 0.028, 0.026), 0.1, 0.1, 0.3, clearcoat=0.5, source="dark lens"),
    Material(
        "lamp_street",
        (0.75, 0.75, 0.72),
        0.6,
        0.5,
        0.3,
        source="prismatic cover; lit at night by the lamp table",
    ),
    # Vehicles.
    _paint("car_paint", 0.35, 0.32),
    _paint("car_paint_white", 0.78, 0.62),
    _paint("car_paint_silver", 0.48, 0.46, 0.6),
    _paint("car_paint_grey", 0.16, 0.16, 0.5),
    _paint("car_paint_black", 0.03, 0.035),
    _paint("car_paint_blue", 0.24, 0.22, 0.35),
    _paint("car_paint_red", 0.52, 0.42),
    _paint("car_paint_warm", 0.62, 0.5),
    Material(
        "car_paint_b",
        WHITE,
        0.5,
        0.42,
        0.35,
        clearcoat=0.8,
        snow=0.15,
        tint=1,
        source=_PAINT + "; second colour",
    ),
    Material(
        "glass", (0.008, 0.010, 0.010), 0.05, 0.05, 0.02, clearcoat=1.0, transmission=0.72, source=_GLASS
    ),
    Material(
        "glass_dark",
        (0.006, 0.006, 0.007),
        0.04,
        0.04,
        0.02,
        clearcoat=1.0,
        transmission=0.22,
        source=_GLASS + "; privacy tint",
    ),
    Material("car_trim", (0.018, 0.018, 0.019), 0.05, 0.05, 0.55, source="black plastic and rubber seals"),
    Material("panel_gap", (0.004, 0.004, 0.004), 0.02, 0.02, 0.9, source="shadowed joint between panels"),
    Material("underbody", (0.022, 0.021, 0.020), 0.06, 0.07, 0.9, porosity=0.2, source="dirty coated steel"),
    Material("interior", (0.035, 0.034, 0.034), 0.30, 0.28, 0.85, source=_DYE),
    Material("seat", (0.055, 0.054, 0.056), 0.38, 0.34, 0.9, texture="fabric", source=_DYE),
    Material("rubber", (0.022, 0.022, 0.022), 0.035, 0.04, 0.85, porosity=0.1, source="carbon-black rubber"),
    Material(
        "rim", (0.46, 0.47, 0.48), 0.5, 0.5, 0.3, metallic=0.8, clearcoat=0.4, source="lacquered aluminium"
    ),
    Material(
        "rim_dark",
        (0.045, 0.045, 0.047),
        0.08,
        0.09,
        0.35,
        metallic=0.3,
        clearcoat=0.5,
        source="black lacquer",
    ),
    Material("brake_disc", (0.28, 0.27, 0.26), 0.35, 0.35, 0.35, metallic=0.9, source="turned cast iron"),
    Material("chrome", (0.60, 0.61, 0.62), 0.6, 0.6, 0.06, metallic=1.0, source="chromium plate"),
    Material(
        "mirror",
        (0.80, 0.81, 0.81),
        0.05,
        0.05,
        0.01,
        metallic=1.0,
        source="first-surface mirror: no diffuse return",
    ),
    _lamp("lamp_head", (0.52, 0.53, 0.55), "head"),
    _lamp("lamp_tail", (0.34, 0.012, 0.012), "tail", retro=60.0),
    _lamp("lamp_brake", (0.38, 0.014, 0.012), "brake"),
    _lamp("lamp_indicator_left", (0.56, 0.20, 0.02), "indicator_left"),
    _lamp("lamp_indicator_right", (0.56, 0.20, 0.02), "indicator_right"),
    _lamp("lamp_reverse", (0.55, 0.55, 0.55), "reverse"),
    _lamp("lamp_fog", (0.50, 0.50, 0.50), "fog"),
    _lamp("reflector_red", (0.38, 0.015, 0.012), "", retro=400.0),
    _lamp("reflector_amber", (0.55, 0.20, 0.02), "", retro=300.0),
    Material(
        "plate",
        (0.68, 0.68, 0.66),
        0.65,
        0.5,
        0.4,
        retro=157.0,
        source="ISO 7591 white 50 cd/lx/m2, times pi",
    ),
    Material(
        "plate_yellow",
        (0.62, 0.45, 0.03),
        0.62,
        0.48,
        0.4,
        retro=110.0,
        source="ISO 7591 yellow 35 cd/lx/m2, times pi",
    ),
    Material("plate_ink", (0.012, 0.012, 0.014), 0.05, 0.05, 0.5, source="black ink"),
    Material(
        "cargo_box",
        (0.66, 0.66, 0.65),
        0.7,
        0.55,
        0.45,
        clearcoat=0.3,
        snow=0.9,
        source="white glass-fibre panel",
    ),
    Material(
        "cargo_box_tinted", WHITE, 0.6, 0.48, 0.45, clearcoat=0.3, snow=0.9, tint=1, source="painted panel"
    ),
    Material("tarpaulin", WHITE, 0.55, 0.42, 0.6, snow=0.9, tint=1, source="PVC-coated polyester"),
    Material("cargo_wood", (0.34, 0.22, 0.12), 0.55, 0.44, 0.85, porosity=0.6, snow=1.0, source=_USGS),
    # Living things.
    Material(
        "bark", (0.105, 0.080, 0.060), 0.34, 0.38, 0.95, porosity=0.6, snow=0.5, texture="bark", source=_USGS
    ),
    Material(
        "bark_birch", (0.46, 0.44, 0.40), 0.5, 0.46, 0.9, porosity=0.4, snow=0.5, texture="bark", source=_USGS
    ),
    Material(
        "leaf",
        (0.040, 0.092, 0.020),
        0.50,
        0.30,
        0.55,
        transmission=0.25,
        porosity=0.1,
        snow=0.6,
        texture="foliage",
        source=_USGS + ": deciduous",
    ),
    Material(
        "leaf_light",
        (0.075, 0.135, 0.028),
        0.53,
        0.32,
        0.55,
        transmission=0.3,
        porosity=0.1,
        snow=0.6,
        texture="foliage",
        source=_USGS + ": deciduous",
    ),
    Material(
        "leaf_autumn",
        (0.26, 0.115, 0.022),
        0.55,
        0.40,
        0.6,
        transmission=0.25,
        porosity=0.2,
        snow=0.6,
        texture="foliage",
        source=_USGS + ": senescent",
    ),
    Material(
        "leaf_conifer",
        (0.020, 0.048, 0.018),
        0.46,
        0.22,
        0.65,
        transmission=0.08,
        porosity=0.1,
        snow=0.9,
        texture="needles",
        source=_USGS + ": needles",
    ),
    Material(
        "hedge",
        (0.030, 0.070, 0.018),
        0.48,
        0.28,
        0.7,
        transmission=0.15,
        porosity=0.1,
        snow=0.8,
        texture="foliage",
        source=_USGS,
    ),
    Material(
        "reed",
        (0.30, 0.25, 0.12),
        0.52,
        0.42,
        0.8,
        transmission=0.1,
        porosity=0.3,
        snow=0.5,
        source=_USGS + ": dry grass",
    ),
    Material(
        "skin",
        WHITE,
        0.58,
        0.14,
        0.5,
        tint=2,
        source="Cooksey et al. 2017, NIST skin reflectance: all skins are bright at 905",
    ),
    Material(
        "hair",
        (0.030, 0.020, 0.014),
        0.30,
        0.32,
        0.5,
        snow=0.5,
        texture="fur",
        source="melanin absorbs ever less beyond 700 nm",
    ),
    Material("hair_light", (0.28, 0.18, 0.085), 0.5, 0.42, 0.5, snow=0.5, texture="fur", source="as hair"),
    Material("hair_grey", (0.34, 0.33, 0.32), 0.5, 0.4, 0.5, snow=0.5, texture="fur", source="as hair"),
    _cloth("cloth_a", 0, 0.52, 0.42),
    _cloth("cloth_b", 1, 0.45, 0.38),
    Material("shoe", (0.030, 0.026, 0.024), 0.22, 0.22, 0.6, porosity=0.2, source="leather and rubber"),
    Material(
        "hi_vis",
        (0.62, 0.80, 0.02),
        0.72,
        0.5,
        0.8,
        porosity=0.3,
        source="EN ISO 20471 fluorescent yellow background",
    ),
    Material(
        "retro_band",
        (0.50, 0.51, 0.52),
        0.55,
        0.45,
        0.4,
        retro=1037.0,
        source="EN ISO 20471: 330 cd/lx/m2, times pi",
    ),
    Material(
        "helmet", WHITE, 0.55, 0.45, 0.2, clearcoat=1.0, snow=0.3, tint=1, source=_PAINT + "; second colour"
    ),
    Material("visor", (0.012, 0.012, 0.014), 0.06, 0.06, 0.05, clearcoat=1.0, source="tinted polycarbonate"),
    Material(
        "fur_deer",
        (0.175, 0.095, 0.045),
        0.46,
        0.40,
        0.95,
        snow=0.5,
        texture="fur",
        source="mammal fur, " + _USGS,
    ),
    Material(
        "fur_deer_light",
        (0.44, 0.36, 0.27),
        0.58,
        0.46,
        0.95,
        snow=0.4,
        texture="fur",
        source="mammal fur, " + _USGS,
    ),
    Material(
        "fur_dog", WHITE, 0.45, 0.4, 0.95, snow=0.5, tint=0, texture="fur", source="mammal fur, " + _USGS
    ),
    Material("antler", (0.20, 0.145, 0.09), 0.4, 0.36, 0.7, source="bone and bark stain"),
    Material("eye_nose", (0.012, 0.010, 0.009), 0.06, 0.06, 0.15, clearcoat=1.0, source="wet dark horn"),
    # What lies about on roads.
    _ground(
        "pothole", (0.115, 0.100, 0.082), 0.24, 0.30, "gravel", "base course, stones and dust, " + _USGS, 0.8
    ),
    _ground("asphalt_broken", (0.066, 0.064, 0.060), 0.13, 0.16, "gravel", "fresh break in asphalt, " + _ECO),
    _ground("snow_pile", (0.70, 0.715, 0.74), 0.80, 0.12, "soil", "ploughed snow; Warren 1982", 0.2, 0.0),
    _ground("snow_dirty", (0.34, 0.325, 0.30), 0.50, 0.12, "soil", "snow with road dirt", 0.3, 0.0),
    Material(
        "leaf_brown",
        (0.135, 0.066, 0.024),
        0.50,
        0.42,
        0.75,
        transmission=0.1,
        porosity=0.3,
        snow=0.8,
        source=_USGS + ": dry leaf",
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
        source=_USGS + ": senescent",
    ),
    # Roadworks.
    Material("cone_orange", (0.70, 0.115, 0.010), 0.62, 0.42, 0.6, snow=0.4, source="fluorescent PVC"),
    Material(
        "barrier_red",
        (0.46, 0.025, 0.022),
        0.6,
        0.45,
        0.4,
        retro=45.0,
        snow=0.3,
        source="EN 12899-1 class RA1 red 14.5, times pi",
    ),
    Material(
        "barrier_white",
        (0.68, 0.68, 0.67),
        0.68,
        0.5,
        0.4,
        retro=220.0,
        snow=0.3,
        source="EN 12899-1 class RA1 white 70, times pi",
    ),
    # Loads and litter.
    Material(
        "cardboard",
        (0.37, 0.225, 0.115),
        0.62,
        0.50,
        0.85,
        porosity=0.7,
        snow=0.8,
        texture="fabric",
        source="kraft board: lignin absorbs blue, " + _ECO,
    ),
    Material(
        "packing_tape", (0.19, 0.095, 0.032), 0.55, 0.45, 0.25, clearcoat=0.8, source="brown PP tape on board"
    ),
    Material(
        "pallet_wood",
        (0.42, 0.29, 0.165),
        0.60,
        0.46,
        0.85,
        porosity=0.7,
        snow=0.9,
        texture="bark",
        source=_USGS + ": sawn softwood",
    ),
    Material(
        "pallet_wood_grey",
        (0.24, 0.205, 0.165),
        0.48,
        0.40,
        0.9,
        porosity=0.7,
        snow=0.9,
        texture="bark",
        source=_USGS + ": weathered softwood",
    ),
    Material(
        "rubber_worn",
        (0.030, 0.029, 0.028),
        0.05,
        0.055,
        0.9,
        porosity=0.1,
        snow=0.5,
        texture="gravel",
        source="carbon-black rubber, dusty",
    ),
    Material(
        "mattress",
        (0.66, 0.63, 0.57),
        0.72,
        0.52,
        0.95,
        porosity=0.8,
        snow=0.9,
        texture="fabric",
        source=_DYE,
    ),
    Material(
        "mattress_border",
        (0.36, 0.40, 0.48),
        0.62,
        0.48,
        0.95,
        porosity=0.8,
        snow=0.5,
        texture="fabric",
        source=_DYE,
    ),
    Material("mattress_piping", (0.10, 0.13, 0.22), 0.5, 0.4, 0.9, porosity=0.6, source=_DYE),
    Material(
        "aluminium",
        (0.62, 0.63, 0.64),
        0.6,
        0.6,
        0.32,
        metallic=0.9,
        snow=0.3,
        source="extruded aluminium, oxidised",
    ),
    Material(
        "bag_black",
        (0.016, 0.016, 0.018),
        0.06,
        0.06,
        0.28,
        clearcoat=0.9,
        snow=0.3,
        source="carbon-filled PE film",
    ),
    Material(
        "bag_blue", (0.035, 0.10, 0.34), 0.42, 0.38, 0.28, clearcoat=0.9, snow=0.3, source="dyed PE film"
    ),
    Material(
        "bag_white",
        (0.66, 0.66, 0.65),
        0.6,
        0.5,
        0.3,
        clearcoat=0.9,
        snow=0.3,
        source="titanium-white PE film",
    ),
    Material(
        "ball_white",
        (0.74, 0.74, 0.72),
        0.72,
        0.5,
        0.4,
        clearcoat=0.3,
        snow=0.2,
        source="polyurethane leather",
    ),
    Material(
        "ball_black", (0.020, 0.020, 0.022), 0.08, 0.08, 0.4, clearcoat=0.3, source="polyurethane leather"
    ),
    Material("warning_orange", (0.78, 0.085, 0.020), 0.62, 0.45, 0.6, source="UN R27 fluorescent red"),
)
MATERIALS: tuple[Material, ...] = (*_PLAIN, *under_films(_PLAIN))
MATERIAL_ID: dict[str, int] = {m.name: row for row, m in enumerate(MATERIALS)}
