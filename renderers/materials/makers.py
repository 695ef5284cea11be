"""Families of materials, and where their numbers come from.  Renderers floor."""

from renderers.materials.record import GLOW, WHITE, Material

# Where numbers come from.  The source names the measurements that a value is typical of (USGS: Kokaly et
# al. 2017, Spectral Library Version 7; ECOSTRESS: Meerdink et al. 2019), rounded to the spread between
# specimens rather than digitised from one spectrum.  The 905 nm column keeps to what lidar papers report:
# asphalt .1-.2, vegetation .45-.6, black paint .02-.05, lane paint .5-.8, cloth .3-.8 because dyes are
# clear in the near infrared.
USGS = "USGS spectral library v7"
ECO = "ECOSTRESS library, man-made"
SIGN = "EN 12899-1 class RA2 (white 250 cd/lx/m2), times pi"
ROAD_PAINT = "EN 1436 class R4 (R_L 0.2 cd/lx/m2), times pi; ECOSTRESS white paint"
PAINT = "automotive paint: diffuse base under clearcoat; carbon black absorbs at all wavelengths"
LIT = "lens over a dark housing; its light is the glow column"
DYE = "textile: most dyes stop absorbing beyond 750 nm, so cloth is bright at 905 nm whatever its colour"
GLASS = "soda-lime glass 4 mm: 8 % mirror at normal incidence, iron absorbs in the near infrared"


def ground(
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


def wall(
    name: str,
    rgb: tuple[float, float, float],
    rho_905: float,
    rho_1550: float,
    texture: str = "plaster",
    porosity: float = 0.5,
    tint: int = -1,
    source: str = ECO,
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
        dirt=0.9,
        tint=tint,
        texture=texture,
        source=source,
    )


def paint(name: str, rho_905: float, rho_1550: float, metallic: float = 0.0) -> Material:
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
        dirt=1.0,
        tint=0,
        texture="flakes" if metallic > 0.0 else "",  # metallic paints are full of them
        source=PAINT,
    )


def lamp(name: str, rgb: tuple[float, float, float], glow: str, retro: float = 0.0) -> Material:
    return Material(
        name,
        rgb,
        0.25,
        0.2,
        0.15,
        clearcoat=1.0,
        retro=retro,
        dirt=0.4,  # a dirty lamp goes on being of its colour
        glow=GLOW.index(glow) if glow else -1,
        source=LIT,
    )


def sign(name: str, rgb: tuple[float, float, float], gain: float, rho_905: float = 0.5) -> Material:
    return Material(name, rgb, rho_905, 0.4, 0.4, clearcoat=0.5, retro=gain, snow=0.2, dirt=0.6, source=SIGN)


def sheeting(name: str, rgb: tuple[float, float, float], gain: float, rho_905: float) -> Material:
    """Retro-reflective film on a vehicle's panel."""
    source = "UN R104 class C and DIN 14502-3 film: coefficients as EN 12899-1 class RA2, times pi"
    return Material(
        name, rgb, rho_905, 0.4, 0.3, clearcoat=0.7, retro=gain, snow=0.15, dirt=0.8, source=source
    )


def cloth(name: str, tint: int, rho_905: float, rho_1550: float) -> Material:
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
        source=DYE,
    )


# Melanin absorbs ever less towards the infrared: black fur is a grey of .3 to a laser at 905 nm, white fur of .6.
FUR_TONES = (("dark", 0.30, 0.30), ("mid", 0.46, 0.40), ("light", 0.60, 0.46))


def fur(tone: str, rho_905: float, rho_1550: float, row: int) -> Material:
    """Fur of a tone in the colour of a row of the tints."""
    return Material(
        f"fur_{tone}_{'abc'[row]}",
        WHITE,
        rho_905,
        rho_1550,
        0.95,
        porosity=0.3,
        snow=0.5,
        tint=row,
        texture="fur",
        source="mammal fur, " + USGS,
    )


def dyed(
    name: str, rgb: tuple[float, float, float], rho_905: float = 0.46, rho_1550: float = 0.38
) -> Material:
    """Cloth of a colour of its own."""
    return Material(name, rgb, rho_905, rho_1550, 0.9, porosity=0.6, snow=0.5, texture="fabric", source=DYE)
