"""A camera's sensor in EMVA 1288's numbers: what its raw file holds, and the picture made of it.  Renderers floor."""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.film import GLARE_SHARE, Exposure, blurred, corner_of, normal_table, spread_light
from renderers.frames import CameraModel
from renderers.kernels import imager as kernels
from renderers.kernels.imager import E_COLUMNS, expose_raw
from scenarios.schema import Imager
from sim.slices import in_slices

Floats = NDArray[np.float32]

# Photons of 400 to 700 nm per second and m2 in a lux of daylight (sensors run out of well long before it matters which).
PHOTONS_PER_LX = 1e16
LENS_PASSES = 0.9
WHITE_FILLS = 0.8  # of the well by the longest exposure, where there is light enough
LONGEST_S = 0.033  # at 30 pictures a second
CHANNELS = {"R": 0, "G": 1, "B": 2}


@dataclass(frozen=True, slots=True)
class Preset:
    """A class of sensors: figures typical of their data sheets, of no single one."""

    pixel_m: float
    quantum_efficiency: float
    full_well_e: float
    read_noise_e: float
    dark_current_e_per_s: float
    dsnu_e: float
    prnu: float
    bits: int
    exposures: int


PRESETS: dict[str, Preset] = {
    # 2 megapixels, split into three exposures for 120 dB, at 50 degrees inside.
    "automotive": Preset(3.0e-6, 0.65, 11_000.0, 3.0, 200.0, 1.5, 0.008, 12, 3),
    # A global shutter with large pixels for machines.
    "industrial": Preset(5.86e-6, 0.75, 32_000.0, 7.0, 5.0, 1.0, 0.006, 12, 1),
    # Very small pixels, stacked and back-lit.
    "phone": Preset(1.0e-6, 0.80, 6_000.0, 1.6, 10.0, 0.6, 0.010, 10, 1),
}


@dataclass(frozen=True, slots=True)
class Sensor:
    """A rig's imager with its preset filled in."""

    preset: Preset
    mosaic: NDArray[np.int64]  # (2, 2) channel of each pixel of a square
    black_dn: float
    ratio: float

    @staticmethod
    def of(words: Imager[float]) -> "Sensor":
        """What the words say, and the preset where they say nothing."""
        like = PRESETS[words.like]
        given: dict[str, Any] = {
            "pixel_m": words.pixel_m,
            "quantum_efficiency": words.quantum_efficiency,
            "full_well_e": words.full_well,
            "read_noise_e": words.read_noise,
            "dark_current_e_per_s": words.dark_current,
            "dsnu_e": words.dsnu,
            "prnu": words.prnu,
            "bits": words.bits,
            "exposures": words.exposures,
        }
        chosen = {name: getattr(like, name) if value is None else value for name, value in given.items()}
        preset = Preset(**chosen)
        black = words.black_level if words.black_level is not None else (1 << preset.bits) // 16
        mosaic = np.array([CHANNELS[c] for c in words.mosaic], np.int64).reshape(2, 2)
        return Sensor(preset, mosaic, float(black), float(words.exposure_ratio))

    @property
    def top_dn(self) -> int:
        return int((1 << self.preset.bits) - 1)

    @property
    def electrons_per_dn(self) -> float:
        """A full well reaches the last step."""
        return self.preset.full_well_e / (self.top_dn - self.black_dn)

    def white_electrons(self, white_cd_per_m2: float, f_number: float, exposure_s: float | None) -> float:
        """Electrons that a white card makes: what there is light for, and no more than the well likes."""
        lux = np.pi * LENS_PASSES * white_cd_per_m2 / (4.0 * f_number**2)
        per_s = self.preset.quantum_efficiency * PHOTONS_PER_LX * self.preset.pixel_m**2 * lux
        return float(min(per_s * (exposure_s or LONGEST_S), WHITE_FILLS * self.preset.full_well_e))

    def numbers(self, white_electrons: float, exposure_s: float) -> Floats:
        """(E_COLUMNS,) as kernels take them."""
        p = self.preset
        out = np.zeros(E_COLUMNS, np.float32)
        out[kernels.E_WHITE], out[kernels.E_WELL] = white_electrons, p.full_well_e
        out[kernels.E_READ], out[kernels.E_DARK] = p.read_noise_e, p.dark_current_e_per_s * exposure_s
        out[kernels.E_DSNU], out[kernels.E_PRNU] = p.dsnu_e, p.prnu
        out[kernels.E_PER_DN], out[kernels.E_BLACK_DN] = self.electrons_per_dn, self.black_dn
        out[kernels.E_TOP_DN], out[kernels.E_RATIO] = self.top_dn, self.ratio
        return out


def read_out(
    image: Floats,
    model: CameraModel,
    sensor: Sensor,
    exposure: Exposure,
    white_electrons: float,
    exposure_s: float,
    seed: int,
    frame: int,
    threads: int,
) -> NDArray[np.uint32]:
    """(H, W) DN of the raw file of a radiance image; merged exposures count in steps of the longest."""
    raw = np.empty(image.shape[:2], np.uint32)
    glare, soft = spread_light(image, threads), blurred(image, threads)
    numbers = sensor.numbers(white_electrons, exposure_s)

    def work(start: int, stop: int) -> None:
        expose_raw(
            start,
            stop,
            soft,
            glare,
            np.float32(1.0 - GLARE_SHARE),
            np.float32(exposure.level),
            corner_of(model),
            sensor.mosaic,
            numbers,
            sensor.preset.exposures,
            seed & 0x7FFFFFFF,
            frame,
            normal_table(),
            raw,
        )

    in_slices(work, len(image), threads, 64)
    return raw


def demosaiced(raw: NDArray[np.uint32], sensor: Sensor, exposure: Exposure, white_electrons: float) -> Floats:
    """(H, W, 3) exposure, 1 = white card, of a raw file: black off, white balanced, colours filled in."""
    balance = exposure.gain / exposure.level
    scale = sensor.electrons_per_dn / white_electrons
    light = (raw.astype(np.float32) - np.float32(sensor.black_dn)) * np.float32(scale)
    # Where one colour is full the others must not run on, or lamps turn magenta.
    most = sensor.preset.full_well_e * sensor.ratio ** (sensor.preset.exposures - 1) / white_electrons
    for i in range(2):
        for j in range(2):
            light[i::2, j::2] *= np.float32(balance[sensor.mosaic[i, j]])
    return malvar(np.minimum(light, np.float32(most * balance.min())), sensor.mosaic)


def malvar(mosaic: Floats, channel: NDArray[np.int64]) -> Floats:
    """(H, W, 3) colours of a mosaic: the linear filters of Malvar, He and Cutler 2004."""
    green = np.array(
        [[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]], np.float32
    )
    beside = np.array(
        [[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]],
        np.float32,
    )
    across = np.array(
        [[0, 0, -1.5, 0, 0], [0, 2, 0, 2, 0], [-1.5, 0, 6, 0, -1.5], [0, 2, 0, 2, 0], [0, 0, -1.5, 0, 0]],
        np.float32,
    )
    seen = {
        name: np.asarray(
            cv2.filter2D(mosaic, -1, kernel / 8.0, borderType=cv2.BORDER_REFLECT_101), np.float32
        )
        for name, kernel in (
            ("green", green),
            ("row", beside),
            ("column", beside.T.copy()),
            ("across", across),
        )
    }
    out = np.empty((*mosaic.shape, 3), np.float32)
    for i in range(2):
        for j in range(2):
            own = int(channel[i, j])
            at = np.s_[i::2, j::2]
            out[at][..., own] = mosaic[at]
            if own == 1:
                in_row = int(channel[i, 1 - j])  # the colour that stands left and right of this green
                out[at][..., in_row] = seen["row"][at]
                out[at][..., 2 - in_row] = seen["column"][at]
            else:
                out[at][..., 1] = seen["green"][at]
                out[at][..., 2 - own] = seen["across"][at]
    return np.maximum(out, np.float32(0.0))
