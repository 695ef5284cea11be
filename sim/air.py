"""What rain, snow, fog and haze do to a ray of light: extinction and backscatter from physical rates.  World floor."""

import math

WMO_CONTRAST_LOG = math.log(
    20.0
)  # 2.996: meteorological optical range is where contrast falls to 5 % (WMO No. 8)

HAZE_MOR_M = 40_000.0  # clear continental air; OSI calls visibility from 40 km on "no fog"

# Lidar ratio of water cloud at 905 nm: 16.4 to 18.5 sr over five published fog spectra by Mie theory, 18.8 sr
# measured (O'Connor et al. 2004).  The rival 0.046 / MOR of Rasshofer et al. 2011 would be 65 sr.
FOG_BACKSCATTER_TIMES_MOR_PER_SR = 0.17

# Marshall and Palmer 1948: N(D) = N0 exp(-slope D), drops of diameter D in mm, N0 per m^3 and mm.
RAIN_INTERCEPT_PER_M3_MM = 8000.0

# Fresh flakes: density 178 kg/m^3 at 1 mm falling off as 1/D (Brandes et al. 2007), so that every size has the
# same projected area per mass, 1.5 / (178 kg/m^3 * 1 mm) = 8.4 m^2/kg, and extinction is twice that (Q = 2).
SNOW_EXTINCTION_M2_PER_KG = 2.0 * 1.5 / (178.0 * 1e-3)
SNOW_FALL_MPS = 1.0  # unrimed aggregates, nearly the same for all sizes (Locatelli and Hobbs 1974)

# Freshly raised mineral dust: coarse, so grey from the visible to the near infrared.  Lidar ratios: 53 sr at 532 nm
# (Floutsi et al. 2023), 69 sr at 1064 nm (Haarig et al. 2022); between them at 905 nm.
DUST_LIDAR_RATIO_SR = 62.0


def rain_extinction_per_m(rain_mm_per_h: float) -> float:
    """Geometric optics (Q = 2) over the Marshall-Palmer spectrum: 0.365 R^0.63 per km.

    0.312 R^0.67 (Weber et al. 2015) agrees within 15 % from 5 to 100 mm/h.
    """
    return 0.365e-3 * float(rain_mm_per_h) ** 0.63 if rain_mm_per_h > 0 else 0.0


def rain_slope_per_mm(rain_mm_per_h: float) -> float:
    """Slope of the Marshall-Palmer spectrum, 4.1 R^-0.21 per mm; inf without rain."""
    return 4.1 * float(rain_mm_per_h) ** -0.21 if rain_mm_per_h > 0 else math.inf


def snow_extinction_per_m(snow_mm_per_h: float) -> float:
    """Extinction by falling snow at a water-equivalent rate: ice per volume times area per mass.

    Moderate snowfall (1 mm/h) then has an optical range of 640 m, inside the observed 0.5 to 1 km; visibility goes
    with 1/rate as Rasmussen et al. 1999 found.
    """
    ice_kg_per_m3 = max(snow_mm_per_h, 0.0) / 3600.0 / SNOW_FALL_MPS
    return SNOW_EXTINCTION_M2_PER_KG * ice_kg_per_m3


def fog_extinction_per_m(mor_m: float) -> float:
    """Grey from the visible to 1550 nm: droplets are much larger than the wavelength; 0 for mor_m = inf."""
    return WMO_CONTRAST_LOG / mor_m


def optical_range_m(extinction_per_m: float) -> float:
    """Meteorological optical range of an extinction; inf in a vacuum."""
    return WMO_CONTRAST_LOG / extinction_per_m if extinction_per_m > 0 else math.inf


def fog_backscatter_per_m_sr(fog_extinction: float) -> float:
    """Lidar backscatter of fog, proportional to its extinction by the lidar ratio of water droplets."""
    return FOG_BACKSCATTER_TIMES_MOR_PER_SR * fog_extinction / WMO_CONTRAST_LOG


def dust_backscatter_per_m_sr(dust_extinction: float) -> float:
    """Lidar backscatter of dust: a third of what fog of the same sight sends back."""
    return dust_extinction / DUST_LIDAR_RATIO_SR


def haze_extinction_per_m(fog_extinction: float) -> float:
    """Haze of clear air, as far as the stated fog does not contain it: visibility is observed with all its causes."""
    return max(0.0, WMO_CONTRAST_LOG / HAZE_MOR_M - fog_extinction)
