"""A sensor's numbers come out of its raw files by the methods of EMVA 1288, and pictures come out of both."""

# mypy: allow-untyped-calls

import cv2
import numpy as np
import pytest

from renderers.adapting import adapted_light
from renderers.bokeh import confusion_px, focused, shifted_colours
from renderers.film import Exposure, meter, metered, tone_table, toned
from renderers.frames import CameraModel
from renderers.imager import PRESETS, Sensor, demosaiced, malvar, read_out
from renderers.kernels.film import TONE_TOP, TONES
from scenarios.schema import Camera, Imager

MODEL = CameraModel(256, 256, np.array([[2e5, 0, 127.5], [0, 2e5, 127.5], [0, 0, 1.0]]), np.zeros(5))
PLAIN = Exposure(np.ones(3), 1.0, 0.0, 0.0)  # 1 cd/m2 is a white card
WORDS = {"full_well": 10_000, "bits": 12, "black_level": 200, "exposures": 1, "dark_current": 0}


def _sensor(**words: object) -> Sensor:
    return Sensor.of(Imager[float].model_validate({**WORDS, **words}))


def _flat(sensor: Sensor, level: float, frame: int = 1, white: float = 8_000.0, seed: int = 5) -> np.ndarray:
    image = np.full((256, 256, 3), level, np.float32)
    return read_out(image, MODEL, sensor, PLAIN, white, 0.01, seed, frame, 1)


def test_photon_transfer_finds_the_gain_and_the_read_noise() -> None:
    sensor = _sensor(read_noise=6, dsnu=0, prnu=0)
    gain = 1.0 / sensor.electrons_per_dn  # DN per electron
    means, variances = [], []
    for level in (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0):
        pairs = [[_flat(sensor, level, 2 * pair + k).astype(float) for k in (1, 2)] for pair in range(3)]
        means.append(np.mean(pairs) - sensor.black_dn)
        # Of the differences of two frames: fixed patterns are gone.
        variances.append(np.mean([0.5 * (one - other).var() for one, other in pairs]))
    weight = 1.0 / np.array(variances)
    slope, intercept = np.polyfit(means, variances, 1, w=weight)
    assert slope == pytest.approx(gain, rel=0.01)
    assert intercept == pytest.approx((6.0 * gain) ** 2 + 1 / 12, rel=0.03)


def test_signal_to_noise_is_best_at_the_root_of_a_full_well() -> None:
    sensor = _sensor(read_noise=0, dsnu=0, prnu=0)
    nearly = _flat(sensor, 9_700 / 8_000).astype(float) - sensor.black_dn
    assert nearly.mean() / nearly.std() == pytest.approx(np.sqrt(9_700), rel=0.02)
    assert np.all(_flat(sensor, 3.0) == sensor.top_dn)


def test_fixed_patterns_stay_and_noise_does_not() -> None:
    sensor = _sensor(read_noise=0, dsnu=20, prnu=0.02)
    frames = np.array([_flat(sensor, 0.5, frame) for frame in range(1, 25)], float).mean(0)
    electrons = (frames - sensor.black_dn) * sensor.electrons_per_dn
    left = electrons.var() - electrons.mean() / 24
    assert np.sqrt(left) == pytest.approx(np.hypot(20.0, 0.02 * 4_000), rel=0.05)
    # Another camera has another pattern.
    own, other = (_flat(sensor, 0.5, 1, seed=seed).ravel() for seed in (5, 6))
    assert abs(np.corrcoef(own, other)[0, 1]) < 0.02
    assert np.corrcoef(own, _flat(sensor, 0.5, 2).ravel())[0, 1] > 0.4


def test_merged_exposures_hold_sun_and_shade() -> None:
    one, three = (_sensor(read_noise=3, dsnu=0, prnu=0, exposures=n) for n in (1, 3))
    for level in (0.01, 0.5, 20.0, 200.0):
        merged = (_flat(three, level).astype(float) - three.black_dn) * three.electrons_per_dn / 8_000
        assert merged.mean() == pytest.approx(level, rel=0.02)
    assert _flat(one, 20.0).max() == one.top_dn < _flat(three, 20.0).min()


def test_a_mosaic_holds_one_colour_a_pixel_and_its_picture_all() -> None:
    image = np.empty((256, 256, 3), np.float32)
    image[...] = (0.8, 0.4, 0.2)
    for mosaic in ("RGGB", "BGGR", "GRBG", "GBRG"):
        sensor = _sensor(read_noise=0, dsnu=0, prnu=0, mosaic=mosaic)
        raw = read_out(image, MODEL, sensor, PLAIN, 8_000.0, 0.01, 5, 1, 1)
        for place, colour in enumerate(mosaic):
            mean = (raw[place // 2 :: 2, place % 2 :: 2].mean() - sensor.black_dn) * sensor.electrons_per_dn
            assert mean == pytest.approx(8_000 * {"R": 0.8, "G": 0.4, "B": 0.2}[colour], rel=0.01)
        picture = demosaiced(raw, sensor, PLAIN, 8_000.0)
        assert np.allclose(picture.mean((0, 1)), (0.8, 0.4, 0.2), rtol=0.01)


def test_demosaicing_is_exact_on_slopes_and_close_on_photographs() -> None:
    y, x = np.mgrid[:64, :64].astype(np.float32)
    grey = 0.3 + 0.004 * x + 0.002 * y
    channel = np.array([[0, 1], [1, 2]])
    assert np.allclose(malvar(grey, channel)[4:-4, 4:-4], grey[4:-4, 4:-4, None], atol=1e-5)
    smooth = cv2.GaussianBlur(np.random.default_rng(0).random((64, 64, 3)).astype(np.float32), (0, 0), 3)
    one = np.empty((64, 64), np.float32)
    for i in range(2):
        for j in range(2):
            one[i::2, j::2] = smooth[i::2, j::2, channel[i, j]]
    assert np.abs(malvar(one, channel) - smooth)[4:-4, 4:-4].max() < 0.02


def test_raw_bytes_do_not_depend_on_threads_and_presets_are_told_apart() -> None:
    image = np.random.default_rng(1).random((256, 256, 3)).astype(np.float32)
    sensor = Sensor.of(Imager[float]())
    raws = [read_out(image, MODEL, sensor, PLAIN, 8_000.0, 0.01, 5, 1, threads) for threads in (1, 3)]
    assert np.array_equal(*raws)
    assert sensor.preset == PRESETS["automotive"]
    whites = {
        like: Sensor.of(Imager[float].model_validate({"like": like})).white_electrons(2.0, 2.0, 0.016)
        for like in PRESETS
    }
    assert whites["industrial"] > 3 * whites["automotive"] > 9 * whites["phone"]  # by night size counts


def test_tone_curves_rise_and_keep_their_promises() -> None:
    for tone in ("filmic", "srgb", "log"):
        assert np.all(np.diff(tone_table(tone)) >= 0.0)
    exposure = np.linspace(0, 1, TONES) ** 2 * TONE_TOP
    srgb, log = tone_table("srgb"), tone_table("log")
    assert np.interp(1.0, exposure, srgb) == pytest.approx(255.0, abs=0.5)
    stops = np.interp([0.25, 0.5, 1.0, 2.0, 4.0], exposure, log)
    assert np.ptp(np.diff(stops)) < 1.5  # a stop is a stop
    grey = toned(np.full((64, 64, 3), 0.18, np.float32), "srgb", 1)
    assert np.all(np.abs(grey.astype(int) - 118) <= 1)


def test_white_balance_is_fixed_when_it_is_named() -> None:
    warm = np.full((64, 64, 3), (1.6, 0.9, 0.4), np.float32)
    cast = np.array([1.6, 0.9, 0.4])
    auto, day, lamp = (meter(warm, cast, None, word).gain for word in ("auto", "daylight", "tungsten"))
    assert np.allclose(day, day[0])
    assert lamp[2] > auto[2] > day[2] and lamp[0] < day[0]


def test_exposure_follows_a_step_with_its_time_constant_whichever_frame_is_asked_first() -> None:
    camera = Camera[float].model_validate(
        {"mount": {"z": 1.4}, "width": 640, "height": 360, "fov": 1.2, "exposure_lag": 0.5}
    )
    step_ns, asked = 2_000_000_000, []

    def glance(words: Camera[float], time_ns: int) -> np.ndarray:
        asked.append(time_ns)
        level = 10.0 if time_ns < step_ns else 1000.0
        return np.full((words.height_px, words.width_px, 3), level, np.float32)

    whole: dict[int, float] = {}
    seen = [adapted_light(whole, camera, step_ns + k * 100_000_000, glance) for k in range(-1, 31)]
    assert len(asked) == len(set(asked))  # each moment is looked at once
    settled = metered(np.full((64, 64, 3), 1000.0, np.float32))
    share = np.log(np.array(seen) / seen[0]) / np.log(settled / seen[0])
    assert share[0] == 0.0 and np.all(np.diff(share) >= -1e-12)
    assert np.interp(1 - np.exp(-1), share, np.arange(32) * 0.1) == pytest.approx(0.5, abs=0.21)
    assert share[-1] > 0.99
    assert adapted_light({}, camera, step_ns + 700_000_000, glance) == seen[8]


def test_what_is_out_of_focus_becomes_a_disc_of_the_thin_lens_and_keeps_its_light() -> None:
    focal_px, pupil_m = 1500.0, 0.003
    depth = np.full((80, 80), 1.0, np.float32)
    disc = confusion_px(depth, focal_px, pupil_m, 20.0)
    assert np.allclose(disc, focal_px * pupil_m * (1 - 1 / 20))  # 4.3 px
    image = np.zeros((80, 80, 3), np.float32)
    image[40, 40] = 100.0
    seen = focused(image, depth, focal_px, pupil_m, 20.0)
    assert seen[:, :, 0].sum() == pytest.approx(100.0, rel=1e-3)
    assert 10 <= np.count_nonzero(seen[:, :, 0] > 1.0) <= 32  # the area of such a disc is 14 pixels
    far = np.full((80, 80), 20.0, np.float32)
    assert focused(image, far, focal_px, pupil_m, 20.0) is image


def test_red_and_blue_part_towards_the_corners_and_meet_in_the_middle() -> None:
    model = CameraModel(400, 300, np.array([[400, 0, 199.5], [0, 400, 149.5], [0, 0, 1.0]]), np.zeros(5))
    image = np.zeros((300, 400, 3), np.float32)
    for x, y in ((200, 150), (360, 270)):
        cv2.circle(image, (x, y), 6, (1.0, 1.0, 1.0), -1)
    seen = shifted_colours(image, model, 4.0)

    def place(channel: int, part: tuple[slice, slice]) -> np.ndarray:
        y, x = np.nonzero(seen[part][..., channel] > 0.5)
        return np.array([x.mean(), y.mean()])

    middle, corner = np.s_[100:200, 100:300], np.s_[240:, 330:]
    assert np.allclose(place(0, middle), place(2, middle), atol=0.2)
    apart = np.linalg.norm(place(0, corner) - place(2, corner))
    assert apart == pytest.approx(4.0 * 200.5 / 250.0, abs=0.4)
