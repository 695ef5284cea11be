"""The film counts photons like a sensor and turns them into bytes in order."""

# mypy: allow-untyped-calls

from dataclasses import replace

import cv2
import numpy as np
import pytest

from renderers.film import (
    CHROMA,
    GLARE_LOBES,
    GLARE_SHARE,
    LENS_BLUR_PX,
    LOCAL_CELLS,
    MOST_GAIN,
    NOISE_LEFT,
    READ_ELECTRONS,
    WELL_ELECTRONS,
    Exposure,
    balance_error,
    blurred,
    develop,
    meter,
    normal_table,
    spread_light,
    tone_table,
    with_light,
)
from renderers.frames import CameraModel
from renderers.imager import WHITE_FILLS, Sensor
from renderers.kernels.film import TONE_TOP, TONES, expose
from renderers.sky import LUMINANCE
from scenarios.schema import Imager

MODEL = CameraModel(256, 256, np.array([[2e4, 0, 127.5], [0, 2e4, 127.5], [0, 0, 1.0]]), np.zeros(5))
LINEAR = (255 * np.linspace(0, 1, TONES) ** 2 * TONE_TOP).astype(np.float32)  # bytes straight from exposure


def _flat_field(level: float, electrons: float, read: float) -> np.ndarray:
    image = np.full((512, 512, 3), level, np.float32)
    glare = np.zeros((8, 8, 4), np.float32)
    glare[..., 3] = 1
    out = np.empty(image.shape, np.uint8)
    gain = np.ones(3, np.float32)
    one, zero = np.float32(1), np.float32(0)
    table = normal_table()
    expose(
        0,
        512,
        image,
        glare,
        one,
        gain,
        one,
        zero,
        np.float32(electrons),
        np.float32(read),
        5,
        1,
        table,
        LINEAR,
        out,
    )
    return out


def test_the_photon_transfer_curve_is_a_line_whose_slope_is_the_gain() -> None:
    electrons, read = 900.0, 10.0
    means, variances = [], []
    for level in (0.06, 0.09, 0.12, 0.18, 0.24, 0.3, 0.45, 0.6, 0.75):
        byte = _flat_field(level, electrons, read).astype(np.float64)
        means.append(byte.mean() / 255 * electrons)
        variances.append((byte.var() - 1 / 12) * (electrons / 255) ** 2)  # less the steps of 8 bits
    slope, intercept = np.polyfit(means, variances, 1, w=1.0 / np.array(variances))
    assert slope == pytest.approx(1.0, abs=0.01)  # electrons per electron: Poisson
    assert intercept == pytest.approx(read**2, rel=0.03)


def test_noise_belongs_to_its_frame_and_leaves_on_request() -> None:
    image = np.full((256, 256, 3), 50.0, np.float32)
    exposure = Exposure(np.full(3, 0.18 / 50), 0.18 / 50, 2000.0, 3.0)
    frames = [develop(image, MODEL, exposure, 9, n, True, threads) for n, threads in ((4, 1), (4, 2), (5, 1))]
    assert (frames[0] == frames[1]).all() and (frames[0] != frames[2]).any()
    still = develop(image, MODEL, exposure, 9, 4, False, 1)
    assert np.ptp(still[100:150, 100:150]) <= 1


def test_brighter_is_never_darker_and_grey_is_grey() -> None:
    table = tone_table()
    assert (np.diff(table) >= 0).all() and table[0] == 0 and table[-1] > 254
    grey = table[int(np.sqrt(0.18 / TONE_TOP) * (TONES - 1))]
    assert 100 < grey < 135


def test_the_meter_ignores_a_lamp_and_follows_the_scene() -> None:
    scene = np.random.default_rng(1).lognormal(6, 1, (240, 320, 1)).astype(np.float32) * np.ones(
        3, np.float32
    )
    lamp = scene.copy()
    lamp[100:110, 100:110] = 1e7
    white = np.ones(3)
    assert meter(lamp, white).gain == pytest.approx(meter(scene, white).gain, rel=0.02)
    assert meter(scene * 10, white).gain * 10 == pytest.approx(meter(scene, white).gain, rel=0.3)


def test_white_balance_takes_most_of_a_cast_away() -> None:
    warm = np.array([1.5, 0.95, 0.5])
    scene = np.full((80, 80, 3), 100.0) * warm
    balanced = warm * meter(scene.astype(np.float32), warm).gain
    assert 1.0 < balanced[0] / balanced[2] < 1.6


def test_white_balance_errs_by_a_degree_or_two_and_always_the_same_way() -> None:
    errors = np.array([balance_error(seed, "front") for seed in range(400)])
    angle = np.degrees(np.arccos((errors @ np.ones(3)) / np.linalg.norm(errors, axis=1) / np.sqrt(3.0)))
    assert 1.1 < np.median(angle) < 1.6
    assert np.array_equal(balance_error(3, "front"), errors[3])
    assert not np.array_equal(balance_error(3, "rear"), errors[3])
    grey, white = np.full((64, 64, 3), 300.0, np.float32), np.ones(3)
    right, off = meter(grey, white), meter(grey, white, error=errors[3])
    assert off.gain / off.gain[1] == pytest.approx(right.gain / right.gain[1] * errors[3])
    assert off.gain.dot([0.2126, 0.7152, 0.0722]) == pytest.approx(right.gain[1])  # no brighter for it
    fixed = meter(grey, white, None, "daylight", None, errors[3])
    assert fixed.gain == pytest.approx(fixed.gain[0])  # what is not automatic does not err


def test_reduced_noise_is_a_fixed_share_of_what_the_electrons_make() -> None:
    grey = np.full((256, 256, 3), 300.0, np.float32)
    exposure = meter(grey, np.ones(3))
    values = develop(grey, MODEL, exposure, 1, 1, True, 1, "srgb").astype(float)
    linear = ((values / 255.0 + 0.055) / 1.055) ** 2.4
    level = 300.0 * exposure.level
    shot = np.sqrt(level * WELL_ELECTRONS + 9.0) / WELL_ELECTRONS
    step = (
        2.4 / 1.055 * ((values.mean() / 255.0 + 0.055) / 1.055) ** 1.4 / 255.0
    )  # of one byte, in linear light
    expected = np.hypot(NOISE_LEFT[0] * shot, step / np.sqrt(12.0))
    assert linear[64:192, 64:192].std() == pytest.approx(expected, rel=0.03)


def test_channels_share_most_of_their_noise() -> None:
    noise = _flat_field(0.3, 900.0, 10.0).reshape(-1, 3).astype(np.float64)
    # 0.64 by demosaicing; half resolution of colour leaves half the spread of differences: 1 - 0.36 / 4.
    assert np.corrcoef(noise.T)[np.triu_indices(3, 1)] == pytest.approx(0.91, abs=0.01)


def test_gain_makes_up_for_electrons_and_colours_pale_with_it() -> None:
    white, exposures = np.ones(3), {}
    for light in (1e-4, 0.01, 0.5, 3.0, 300.0, 5e4):
        exposures[light] = meter(np.full((80, 80, 3), light, np.float32), white)
    lit = list(exposures.values())
    sensor = Sensor.of(Imager[float]())  # automotive
    for exposure in lit:
        counted = exposure.electrons * (READ_ELECTRONS / exposure.read_electrons) ** 2
        if counted < WHITE_FILLS * WELL_ELECTRONS:
            assert counted == pytest.approx(
                sensor.white_electrons(1.0 / exposure.level, 2.0, 0.033), rel=0.01
            )
        assert counted <= WELL_ELECTRONS * 1.001
    assert lit[0].level == lit[1].level > lit[2].level > lit[3].level  # no more gain than there is
    chromas = [exposure.chroma for exposure in lit]
    assert chromas == sorted(chromas) and chromas[0] < 0.8 and chromas[-1] == CHROMA[0]
    assert WELL_ELECTRONS / MOST_GAIN < 341.0 / lit[0].level < 1.1 * WELL_ELECTRONS / MOST_GAIN


def test_only_film_draws_colours_away_from_grey() -> None:
    image = np.full((256, 256, 3), (300.0, 200.0, 150.0), np.float32)
    exposure = meter(image, np.ones(3))
    plain = replace(exposure, chroma=1.0)
    for tone, same in (("filmic", False), ("srgb", True), ("log", True)):
        drawn, kept = (develop(image, MODEL, e, 1, 1, False, 1, tone)[128, 128] for e in (exposure, plain))
        assert (drawn == kept).all() == same
    film = [develop(image, MODEL, e, 1, 1, False, 1)[128, 128].astype(int) for e in (exposure, plain)]
    assert np.ptp(film[0]) > 1.1 * np.ptp(film[1]) and film[0][0] > film[1][0] and film[0][2] < film[1][2]


def test_glare_spreads_light_and_keeps_its_sum() -> None:
    image = np.zeros((720, 1280, 3), np.float32)
    image[360:364, 640:644] = 1e5
    glare = spread_light(image)
    assert glare[..., 0].sum() * 16 == pytest.approx(GLARE_SHARE * image[..., 0].sum(), rel=0.05)
    assert glare[90, 160, 0] > glare[90, 180, 0] > glare[90, 220, 0] > 0


def test_light_is_spread_and_blurred_in_bands_as_it_is_in_one_piece() -> None:
    rng = np.random.default_rng(1)
    for height, width in ((720, 1280), (362, 642), (101, 64)):
        image = rng.lognormal(0.0, 2.0, (height, width, 3)).astype(np.float32)
        whole = cv2.GaussianBlur(image, (5, 5), LENS_BLUR_PX, borderType=cv2.BORDER_REPLICATE)
        np.testing.assert_allclose(blurred(image, 3), whole, rtol=1e-6)
        assert (blurred(image, 3) == blurred(image, 1)).all()
        glare, size = spread_light(image, 3), (width // 4, height // 4)
        assert (glare == spread_light(image, 1)).all()
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        level = cv2.GaussianBlur(small @ LUMINANCE.astype(np.float32), (0, 0), LOCAL_CELLS)
        assert glare[..., 3] == pytest.approx(level, rel=1e-6)
        lobes, scale = np.zeros((size[1], size[0], 3)), 1
        for sigma, share in GLARE_LOBES:
            while sigma / scale > 4.0:
                scale *= 2
                half = (max(small.shape[1] // 2, 4), max(small.shape[0] // 2, 4))
                small = cv2.resize(small, half, interpolation=cv2.INTER_AREA)
            lobe = cv2.GaussianBlur(small, (0, 0), sigma / scale, borderType=cv2.BORDER_REFLECT)
            lobes += share * GLARE_SHARE * cv2.resize(lobe, size, interpolation=cv2.INTER_LINEAR)
        assert glare[..., :3] == pytest.approx(lobes, rel=1e-5)


def test_a_pixel_without_light_is_black_and_told_of(recwarn: pytest.WarningsRecorder) -> None:
    image = np.full((256, 256, 3), 700.0, np.float32)
    with_light(image, "cam_front", 1_500_000_000)
    assert (image == 700.0).all() and not recwarn
    image[41, 200, 1], image[90, 7] = np.nan, np.inf
    with pytest.warns(RuntimeWarning, match=r"cam_front at 1\.500 s: 2 pixels .* row 41 and column 200"):
        with_light(image, "cam_front", 1_500_000_000)
    assert (image[41, 200] == 0.0).all() and (image[90, 7] == 0.0).all()
    assert (image == 700.0).all(axis=-1).sum() == 256 * 256 - 2
    exposure = meter(image, np.ones(3))
    assert develop(image, MODEL, exposure, 1, 1, True, 1).mean() > 60
