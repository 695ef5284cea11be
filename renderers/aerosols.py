"""How small particles in the air scatter: their colour, where light goes, what a lidar gets back.  Renderers floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.atmosphere import henyey_greenstein
from renderers.frames import Cause
from sim.daylight import DUST_ALBEDO
from sim.plumes import Matter

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Aerosol:
    """Optical numbers of one kind of particles."""

    albedo: tuple[float, float, float]  # of one scattering, in red, green and blue
    lobes: tuple[tuple[float, float], ...]  # shares and asymmetries of Henyey-Greenstein lobes
    infrared: float  # extinction at 905 nm beside that in visible light
    cause: Cause  # of a lidar's point on it
    wisps: float  # by how much it varies within a ball

    def phase(self, cosine: Array | float) -> Array:
        """1/sr that is scattered by the cosine of the turn; over the sphere it integrates to 1."""
        return np.asarray(sum(share * henyey_greenstein(cosine, g) for share, g in self.lobes))

    @property
    def asymmetry(self) -> float:
        """Mean cosine of the turn."""
        return sum(share * g for share, g in self.lobes)

    @property
    def lidar_ratio_sr(self) -> float:
        """Extinction over backscatter; in the near infrared the albedo is that of red."""
        return 1.0 / (self.albedo[0] * float(self.phase(-1.0)))


WHITE = (1.0, 1.0, 1.0)
# Droplets: a lidar ratio of 18 sr (O'Connor et al. 2004).
DROPLETS = ((0.93, 0.8), (0.07, -0.6))
# Smoke is finer than the wavelength: its extinction falls with an Angstrom exponent of 1.5 (Dubovik et al. 2002),
# soot of oil with 1.  Lobes give lidar ratios of 70 sr for smoke of wood (Floutsi et al. 2023: 68 to 73), 130 for soot.
SMOKE = ((0.986, 0.65), (0.014, -0.4))
SOOT = ((0.97, 0.60), (0.03, -0.4))
AEROSOLS: dict[Matter, Aerosol] = {
    Matter.MIST: Aerosol(WHITE, DROPLETS, 1.0, Cause.SPRAY, 0.5),
    # 62 sr at 905 nm, between 53 at 532 (Floutsi et al. 2023) and 69 at 1064 nm (Haarig et al. 2022).
    Matter.DUST: Aerosol(DUST_ALBEDO, ((0.978, 0.75), (0.022, -0.5)), 1.0, Cause.DUST, 0.8),
    # Smouldering wood: 0.97 (Reid et al. 2005); flaming: 0.8 to 0.9; crude oil at its source: 0.35 (Ferek et al. 1992).
    Matter.WHITE_SMOKE: Aerosol((0.97, 0.965, 0.96), SMOKE, 0.47, Cause.SMOKE, 0.9),
    Matter.GREY_SMOKE: Aerosol((0.84, 0.82, 0.80), SMOKE, 0.50, Cause.SMOKE, 0.9),
    Matter.BLACK_SMOKE: Aerosol((0.37, 0.35, 0.34), SOOT, 0.61, Cause.SMOKE, 0.9),
    Matter.EXHAUST: Aerosol(WHITE, DROPLETS, 1.0, Cause.EXHAUST, 0.6),
    # Torn sheets and large drops: gaps lie between them.
    Matter.SPLASH: Aerosol(WHITE, DROPLETS, 1.0, Cause.SPRAY, 1.0),
}
SCATTERING: Array = np.array([AEROSOLS[m].albedo for m in Matter])  # (matters, 3)
ASYMMETRY: Array = np.array([AEROSOLS[m].asymmetry for m in Matter])
INFRARED: Array = np.array([AEROSOLS[m].infrared for m in Matter])
WISPS: Array = np.array([AEROSOLS[m].wisps for m in Matter])
CAUSE: NDArray[np.uint8] = np.array([AEROSOLS[m].cause for m in Matter], np.uint8)
# Mist returns by the chance that was measured, all else by its backscatter.
BACKSCATTER_PER_EXTINCTION_SR: Array = np.array(
    [0.0 if m == Matter.MIST else INFRARED[m] / AEROSOLS[m].lidar_ratio_sr for m in Matter]
)


def phase_of(matter: NDArray[np.uint8], cosine: Array) -> Array:
    """(K,) 1/sr of balls of different matter."""
    out = np.zeros(len(cosine))
    for kind in np.unique(matter):
        those = matter == kind
        out[those] = AEROSOLS[Matter(int(kind))].phase(cosine[those])
    return out
