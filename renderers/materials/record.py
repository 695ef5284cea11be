"""What is known of a surface, for eyes and lasers.  Renderers floor."""

from dataclasses import dataclass

GLOW = (
    "head",
    "tail",
    "brake",
    "indicator_left",
    "indicator_right",
    "fog",
    "reverse",
    "window",
    "signal",
    "poster",
    "poster_dim",
    "beacon_left",
    "beacon_right",
)  # columns of Scene.glow
TINTS = (
    "a",
    "b",
    "c",
)  # Scene.tint rows: paint or upper clothes, second colour or lower clothes, skin or trim; then those of `soiled`


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
    dirt: float = (
        0.0  # how readily dust and what wheels throw up stick; 1: as on paint, 0: wiped off or no matter
    )
    film: float = 0.0  # share of a smooth sheet of liquid or ice over it, whatever the weather
    film_roughness: float = 0.02  # of that sheet, GGX
    tint: int = -1  # row of Scene.tint that multiplies rgb; -1: none
    glow: int = -1  # column of GLOW that lights it
    texture: str = ""  # tile of textures.TILES
    source: str = ""  # where the numbers come from


WHITE = (1.0, 1.0, 1.0)
