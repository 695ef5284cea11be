"""What a radar can find, tell apart and measure: the radar equation, thresholds, cells, noise.  Renderers floor.

Powers are ratios to the noise in one cell.  Formulas and sources are in docs/radar.md.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.radars import RadarFacts, radar_facts
from scenarios.schema import Radar
from sim.weather import WeatherState

Floats = NDArray[np.float64]

LIGHT_MPS = 299_792_458.0
SHEET_RCS_M2 = 10.0  # 10 dBsm: what the range of a rig is stated for
SHEET_FOUND = 0.9
LEAST_FALSE_ALARMS = 1e-3  # a scan: the threshold of a radar that is said to have none
MONOPULSE = (
    1.6  # slope of the angle's error signal over a beamwidth (Barton 2005, monopulse of a uniform aperture)
)

# ITU-R P.838-3, horizontal, at 77 GHz: one-way attenuation k R^alpha in dB/km.
RAIN_K, RAIN_ALPHA = 1.1320, 0.7177
# Water film on the radome: 6 dB both ways at 100 mm/h, thickness as the cube root of the rate (Blevis 1965).
RADOME_DB, RADOME_AT_MM_PER_H = 6.0, 100.0
# Fog: 4 dB/km for each g/m^3 of water; 12.8 g/m^2 of water in a path of one extinction length (strong advection fog).
FOG_DB_PER_KM_OF_EXTINCTION = 4.0 * 12.8
# Backscatter of rain in m^2/m^3: Mie's series over the Marshall-Palmer spectrum at 76.5 GHz, water at 10 degrees
# (Liebe et al. 1991), fitted within 16 % from 1 to 100 mm/h.  The rival 4.2e-5 R^1.1 measured at 70 GHz (Currie et al.
# 1975) is the same at 10 mm/h, and twice as much at 100.
RAIN_BACKSCATTER, RAIN_BACKSCATTER_POWER = 1.2e-4, 0.69


def needed_snr(false_alarm: float, found: float = SHEET_FOUND) -> float:
    """SNR at which a steady target is found with this probability in one look: Albersheim's equation (1981).

    Within 0.2 dB of Marcum's Q function for false alarms from 1e-7 to 1e-3 and for 0.1 to 0.9 found.
    """
    a, b = math.log(0.62 / false_alarm), math.log(found / (1.0 - found))
    snr_db = (6.2 + 4.54 / math.sqrt(1.44)) * math.log10(a + 0.12 * a * b + 1.7 * b)
    return float(10.0 ** (0.1 * snr_db))


@dataclass(frozen=True, slots=True)
class RadarModel:
    """One radar in one weather."""

    name: str
    facts: RadarFacts
    wave_m: float
    rain_mm_per_h: float = 0.0
    fog_db_per_km: float = 0.0

    @staticmethod
    def of(radar: Radar[float], weather: WeatherState | None = None) -> "RadarModel":
        facts, wave_m = radar_facts(radar), LIGHT_MPS / (radar.frequency * 1e9)
        if weather is None:
            return RadarModel(radar.model, facts, wave_m)
        fog = FOG_DB_PER_KM_OF_EXTINCTION * weather.fog_extinction_per_m
        return RadarModel(radar.model, facts, wave_m, weather.rain_mm_per_h, fog)

    @property
    def half_rad(self) -> float:
        return 0.5 * self.facts.field_rad

    @property
    def wave_number(self) -> float:
        return 2.0 * math.pi / self.wave_m

    @property
    def cells(self) -> float:
        """How many cells of range, azimuth and velocity a scan has."""
        f = self.facts
        # Cells widen as the aperture's projection shrinks, so they are even in the sine of the azimuth.
        across = 2.0 * math.sin(self.half_rad) / f.azimuth_cell_rad
        return (
            (f.far_m - f.near_m)
            / f.range_cell_m
            * across
            * (f.closing_mps + f.opening_mps)
            / f.velocity_cell_mps
        )

    @property
    def false_alarm(self) -> float:
        """Probability that noise alone exceeds the threshold in one cell."""
        return min(max(self.facts.false_alarms, LEAST_FALSE_ALARMS) / self.cells, 1e-2)

    @property
    def threshold(self) -> float:
        """Power over the mean of the noise, whose power is exponential (square-law detector)."""
        return -math.log(self.false_alarm)

    def azimuth_cell_rad(self, azimuth_rad: Floats) -> Floats:
        """Beamwidth where the beam is steered to: the aperture seems narrower from aside."""
        cell: Floats = self.facts.azimuth_cell_rad / np.cos(azimuth_rad)
        return cell

    def gain(self, azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
        """Of the antenna in power, both ways, relative to its axis; 0 outside its field."""
        f = self.facts
        loss_db = f.edge_loss * (azimuth_rad / self.half_rad) ** 2
        loss_db = (
            loss_db + 24.0 * (elevation_rad / f.beam_height_rad) ** 2
        )  # a Gauss beam, 3 dB at half its width
        return np.where(np.abs(azimuth_rad) <= self.half_rad, 10.0 ** (-0.1 * loss_db), 0.0)

    def air(self, range_m: Floats) -> Floats:
        """Share of the power that rain, fog and the wet radome leave, both ways."""
        rain = RAIN_K * self.rain_mm_per_h**RAIN_ALPHA
        film_db = RADOME_DB * (self.rain_mm_per_h / RADOME_AT_MM_PER_H) ** (1.0 / 3.0)
        left: Floats = 10.0 ** (-0.1 * (2e-3 * (rain + self.fog_db_per_km) * range_m + film_db))
        return left

    @property
    def turned_down_m(self) -> float:
        """Range nearer than which the receiver's high-pass filter makes up for the range law."""
        return float(
            self.facts.range_at_10_dbsm_m * (10.0 ** (0.1 * self.facts.least_rcs) / SHEET_RCS_M2) ** 0.25
        )

    def nearness(self, range_m: Floats) -> Floats:
        """Share of the power that passes the high-pass filter behind the mixer: low beats are near things."""
        share: Floats = np.minimum(range_m / self.turned_down_m, 1.0) ** 4
        return share

    @property
    def constant(self) -> float:
        """SNR of 1 m^2 at 1 m on the axis in dry air: the radar equation's only constant, from the sheet's range."""
        return needed_snr(self.false_alarm) * self.facts.range_at_10_dbsm_m**4 / SHEET_RCS_M2

    def snr(self, rcs_m2: Floats, range_m: Floats, azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
        """Mean power over noise: Pt G^2 wave^2 rcs / ((4 pi)^3 R^4) with all constants in one; 0 outside the gates."""
        reached = (range_m >= self.facts.near_m) & (range_m <= self.facts.far_m)
        power = self.constant * rcs_m2 / np.maximum(range_m, 1e-3) ** 4
        power = power * self.gain(azimuth_rad, elevation_rad) * self.air(range_m) * self.nearness(range_m)
        return np.where(reached, power, 0.0)

    def rcs_of(self, snr: Floats, range_m: Floats) -> Floats:
        """The cross section that a unit states: it knows its own range law, not the weather nor its pattern's loss."""
        rcs: Floats = snr * range_m**4 / (self.constant * self.nearness(range_m))
        return rcs

    def folded(self, rate_mps: Floats) -> Floats:
        """A rate as the radar tells it: faster ones come out at the other end of its span."""
        f = self.facts
        span = f.closing_mps + f.opening_mps
        told: Floats = np.mod(rate_mps + f.closing_mps, span) - f.closing_mps
        return told

    def deviations(self, snr: Floats, azimuth_rad: Floats) -> tuple[Floats, Floats, Floats]:
        """One sigma of range, azimuth and rate: a cell over the root of twice the SNR (Skolnik 2001, chapter 6)."""
        root = np.sqrt(2.0 * np.maximum(snr, 1e-6))
        f = self.facts
        azimuth = self.azimuth_cell_rad(azimuth_rad) / (MONOPULSE * root)
        return f.range_cell_m / root, azimuth, f.velocity_cell_mps / root


def rain_backscatter(rain_mm_per_h: float) -> float:
    """Cross section of a cubic metre of rain, in m^2."""
    return float(RAIN_BACKSCATTER * rain_mm_per_h**RAIN_BACKSCATTER_POWER)
