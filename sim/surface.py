"""The state of the road surface: water balance, puddles, snow, ice, and the grip they leave.  World floor."""

import math
from dataclasses import dataclass

import numpy as np

# Gallaway et al. 1979 (FHWA-RD-79-31), metric: depth over the bottom of the texture in mm is
# 0.01485 T^0.11 L^0.43 I^0.59 / S^0.42 for texture T mm, flow path L m, rain I mm/h and slope S.
TEXTURE_MM = 0.8  # mean texture depth of worn asphalt concrete
FLOW_PATH_M = 5.0  # crown to gutter of an ordinary two-lane road, on average
CAMBER = 0.025
GALLAWAY_MM = 0.01485 * TEXTURE_MM**0.11 * FLOW_PATH_M**0.43 / CAMBER**0.42
GALLAWAY_EXPONENT = 0.59

DARKENING_FILM_MM = 0.08  # a film that fills the pores of the surface: it looks 63 % wet
EVAPORATION_MM_PER_H = 0.3  # open water under a mild sky
POND_RAIN_MM_PER_H = 10.0  # rain at which 63 % of the hollows have filled
POND_COVER = 0.08  # share of an ordinary road that can pond: ruts, patches, gutter
POND_DEPTH_M = 0.006
POND_FILL_S = 300.0

FRESH_SNOW_RATIO = 10.0  # 100 kg/m^3: fresh snow is ten times as deep as its water
SNOWING_SINCE_S = 1800.0  # snow lies from half an hour before the scenario begins
SNOW_STAYS_BELOW_DEGC = 0.5
SNOW_GRIP_DEPTH_M = 0.003  # snow that hides the asphalt from the tyre

# Bosch Automotive Handbook, coefficient of static friction of car tyres, mean of new and worn (1.6 mm) treads, over
# speed and water depth.  Rivals: Burckhardt's peaks 1.17 dry, 0.80 wet, 0.19 snow, 0.05 ice.
GRIP_SPEED_KMH = (50.0, 90.0, 130.0)
GRIP_FILM_MM = (0.0, 0.2, 1.0, 2.0)
GRIP = (
    (0.925, 0.575, 0.475, 0.375),
    (0.875, 0.400, 0.200, 0.050),
    (0.825, 0.375, 0.150, 0.000),
)
SNOW_GRIP = 0.30  # packed snow 0.25 to 0.35
ICE_GRIP = 0.10  # Bosch: black ice at most 0.1
LEAST_GRIP = 0.05  # a floating tyre still drags water


@dataclass(frozen=True, slots=True)
class SurfaceState:
    """What lies on the road at one instant."""

    film_mm: float  # water over the bottom of the texture, away from puddles
    puddle_cover: float
    puddle_depth_m: float
    snow_depth_m: float
    ice_cover: float

    @property
    def wetness(self) -> float:
        """0 dry .. 1 closed film."""
        return 1.0 - math.exp(-self.film_mm / DARKENING_FILM_MM)


def standing_film_mm(rain_mm_per_h: float) -> float:
    """Water depth at which the road drains as much as it is rained on (Gallaway)."""
    return GALLAWAY_MM * float(rain_mm_per_h) ** GALLAWAY_EXPONENT if rain_mm_per_h > 0 else 0.0


def ponds(rain_mm_per_h: float) -> tuple[float, float]:
    """Share of the road under puddles and their depth in m, after steady rain."""
    filled = 1.0 - math.exp(-max(rain_mm_per_h, 0.0) / POND_RAIN_MM_PER_H)
    return POND_COVER * filled, POND_DEPTH_M * math.sqrt(filled)


def filled_share(seconds: float) -> float:
    """Share of what hollows still lack that runs into them in a time."""
    return -math.expm1(-seconds / POND_FILL_S)


def film_after(film_mm: float, rain_mm_per_h: float, seconds: float) -> float:
    """The film some seconds later: rain minus drainage (Gallaway solved for the rate) minus evaporation.

    The film relaxes to its standing depth within a minute or two; stepped finely enough to follow that.
    """
    steps = max(1, math.ceil(seconds / 1.0))
    step_h = seconds / steps / 3600.0
    for _ in range(steps):
        drained = (film_mm / GALLAWAY_MM) ** (1.0 / GALLAWAY_EXPONENT)
        dried = EVAPORATION_MM_PER_H if rain_mm_per_h <= 0.0 else 0.0
        film_mm = max(0.0, film_mm + (rain_mm_per_h - drained - dried) * step_h)
    return film_mm


def peak_friction(
    film_m: float,
    puddle_cover: float,
    puddle_depth_m: float,
    snow_depth_m: float,
    ice_cover: float,
    speed_mps: float,
) -> float:
    """Peak tyre-road coefficient at a speed: Bosch's table over water depth, then snow, then ice.

    A tyre rolls through puddles a share of the time, so their grip counts by their cover.
    """
    water = water_grip(film_m * 1e3, speed_mps)
    pond = water_grip(puddle_depth_m * 1e3, speed_mps)
    bare = (1.0 - puddle_cover) * water + puddle_cover * pond
    snowed = min(snow_depth_m / SNOW_GRIP_DEPTH_M, 1.0)
    grip = (1.0 - snowed) * bare + snowed * min(bare, SNOW_GRIP)
    return max(LEAST_GRIP, (1.0 - ice_cover) * grip + ice_cover * min(grip, ICE_GRIP))


def water_grip(film_mm: float, speed_mps: float) -> float:
    """Grip under so much water, by Bosch's table."""
    rows = [float(np.interp(film_mm, GRIP_FILM_MM, row)) for row in GRIP]
    return float(np.interp(speed_mps * 3.6, GRIP_SPEED_KMH, rows))
