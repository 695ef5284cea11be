"""A radar finds what its equation lets it find, tells apart what its cells let it, and says why it found it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.faults import ActiveFaults
from renderers.mesh import Mesh
from renderers.radar import observe
from renderers.radar_cells import false_alarms, found
from renderers.radar_echoes import STEADY, SWERLING_1, SWERLING_3, WEIBULL, Echoes, filled, fluctuating
from renderers.radar_model import RadarModel, needed_snr, rain_backscatter
from renderers.radar_scan import COLUMNS, RadarCause, RadarScan
from renderers.radar_targets import LIMBED, PLATED, centres_of
from renderers.stage import VELOCITY_STEP_NS
from scenarios.chance import stream
from scenarios.schema import Radar
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import Actor
from tests.support.mie import rain_at_77_ghz
from tests.support.naive_trace import CLEAR
from tests.support.small_stage import Mover, block, plain, small_stage, wall, weather

HALF_NS = 500_000_000
RADAR_HEIGHT_M = 0.5
ZERO = np.zeros(1)


def radar(model: str = "short_range", **words: object) -> Radar[float]:
    """A radar above the ego's origin that nothing disturbs but what is asked for."""
    quiet = {"false_alarms": 0, "bounces": False, "ghosts": False, "clutter": False}
    return Radar[float].model_validate({"mount": {"z": RADAR_HEIGHT_M}, "model": model, **quiet, **words})


def car(x_m: float, y_m: float = 0.0, **motion: object) -> Mover:
    return Mover(block((4.5, 1.8, 1.5)), position_m=(x_m, y_m, 0.0), **motion)  # type: ignore[arg-type]


def scans(
    movers: Sequence[Mover],
    words: Radar[float],
    count: int = 1,
    static: Mesh | Sequence[Mesh] | None = None,
    ego: Mover | None = None,
) -> list[RadarScan]:
    """So many scans, a millisecond apart."""
    stage = small_stage(plain() if static is None else static, movers, ego)
    return [observe(stage, "front", words, HALF_NS + k * 1_000_000) for k in range(count)]


def seen(
    some: Sequence[RadarScan], column: str, cause: RadarCause = RadarCause.TARGET
) -> NDArray[np.float64]:
    """A column of all detections of a cause."""
    return np.concatenate([getattr(scan, column)[scan.cause == cause] for scan in some]).astype(np.float64)


# -------------------------------------------------------------------------------------------------- the radar equation
def test_power_falls_with_the_fourth_power_and_ten_times_the_cross_section_is_seen_1_78_times_as_far() -> (
    None
):
    model = RadarModel.of(radar("long_range"))
    near, far = (float(model.snr(np.array([1.0]), np.array([r]), ZERO, ZERO)[0]) for r in (60.0, 120.0))
    assert near / far == pytest.approx(16.0, rel=1e-12)
    ranges = np.linspace(30.0, 249.0, 4000)
    limit = needed_snr(model.false_alarm)
    reach = [
        float(ranges[model.snr(np.full(4000, rcs), ranges, np.zeros(4000), np.zeros(4000)) >= limit][-1])
        for rcs in (1.0, 10.0)
    ]
    assert reach[1] / reach[0] == pytest.approx(1.778, rel=2e-3)
    assert reach[1] == pytest.approx(200.0, abs=0.1)  # what the rig states


def test_a_steady_target_at_the_stated_range_is_found_in_nine_of_ten_scans() -> None:
    model = RadarModel.of(radar("long_range"))
    mean = model.snr(np.array([10.0]), np.array([200.0]), ZERO, ZERO)
    chance = stream(1, "nine of ten")
    hits = 0
    for _ in range(4000):
        amplitude = np.sqrt(mean[0]) + complex(*chance.normal(0.0, np.sqrt(0.5), 2))
        hits += abs(amplitude) ** 2 > model.threshold
    assert hits / 4000 == pytest.approx(0.90, abs=0.02)


def test_false_alarms_are_as_many_as_stated_and_from_noise_alone() -> None:
    model = RadarModel.of(radar(false_alarms=3.0))
    chance = stream(1, "alarms")
    counts = [len(false_alarms(model, chance).range_m) for _ in range(2000)]
    assert np.mean(counts) == pytest.approx(3.0, abs=0.15)
    assert model.false_alarm * model.cells == pytest.approx(3.0)
    assert np.exp(-model.threshold) == pytest.approx(model.false_alarm)
    scan = scans([], radar(false_alarms=20.0))[0]
    assert set(scan.cause) == {RadarCause.FALSE_ALARM}
    assert np.isnan(scan.true_range_m).all() and not scan.instance.any()


# ----------------------------------------------------------------------------------------------------------- Swerling
@pytest.mark.parametrize(
    ("kind", "exceeds"),
    [
        (SWERLING_1, lambda x: np.exp(-x)),
        (SWERLING_3, lambda x: (1 + 2 * x) * np.exp(-2 * x)),
        (STEADY, lambda x: np.where(x < 1.0, 1.0, 0.0)),
    ],
)
def test_powers_exceed_their_mean_as_often_as_swerling_says(kind: int, exceeds: object) -> None:
    power = np.abs(fluctuating(np.full(200_000, 7.0), kind, stream(2, "swerling"))) ** 2 / 7.0
    for x in (0.25, 0.5, 1.5, 3.0):
        assert (power > x).mean() == pytest.approx(float(exceeds(x)), abs=0.004)  # type: ignore[operator]
    assert power.mean() == pytest.approx(1.0, abs=0.01)


def test_clutter_of_ground_and_leaves_is_spikier_than_exponential_with_the_same_mean() -> None:
    power = np.abs(fluctuating(np.ones(200_000), WEIBULL, stream(2, "spiky"))) ** 2
    assert power.mean() == pytest.approx(1.0, abs=0.015)
    assert (power > 6.0).mean() > 3 * np.exp(-6.0)


# -------------------------------------------------------------------------------------------------- cells and accuracy
def echoes(range_m: Sequence[float], azimuth: Sequence[float], rate: Sequence[float], power: float) -> Echoes:
    count = len(range_m)
    return Echoes(
        np.array(range_m), np.array(azimuth), np.array(rate), np.full(count, np.sqrt(power), complex),
        filled(count, RadarCause.TARGET), np.arange(count, dtype=np.int32), np.zeros(count, np.uint8),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("range_m", "azimuth_deg", "rate_mps", "peaks"),
    [
        ((30.0, 30.0), (0.0, 0.0), (0.0, 0.0), 1),
        ((30.0, 30.3), (0.0, 2.0), (0.0, 0.1), 1),  # within a cell in all three
        ((30.0, 30.5), (0.0, 0.0), (0.0, 0.0), 2),  # a cell is 0.39 m
        ((30.0, 30.0), (0.0, 3.5), (0.0, 0.0), 2),  # 3.2 degrees
        ((30.0, 30.0), (0.0, 0.0), (0.0, 0.2), 2),  # 0.12 m/s
        ((30.0, 30.0), (0.0, 0.0), (-111.10, 55.54), 1),  # neighbours across the fold
    ],
)
def test_two_targets_in_one_cell_are_one_detection(
    range_m: tuple[float, ...], azimuth_deg: tuple[float, ...], rate_mps: tuple[float, ...], peaks: int
) -> None:
    model = RadarModel.of(radar())
    both = echoes(range_m, np.radians(azimuth_deg), rate_mps, 1e4)
    peak = found(both, model, stream(3, "cells"))
    assert len(peak.range_m) == peaks
    assert peak.echoes.sum() == 2
    if peaks == 1:
        assert peak.range_m[0] == pytest.approx(np.mean(range_m))
        assert peak.snr[0] == pytest.approx(4e4, rel=0.1)  # in phase


def test_merged_targets_drown_each_other_when_their_waves_are_opposed() -> None:
    both = echoes((30.0, 30.1), (0.0, 0.0), (0.0, 0.0), 400.0)
    both.amplitude[1] *= -1.0
    assert not len(found(both, RadarModel.of(radar()), stream(3, "drown")).range_m)


def test_places_and_rates_scatter_as_the_signal_lets_them() -> None:
    some = scans([car(30.0)], radar(clutter=False), 300)
    off = (seen(some, "range_m") - seen(some, "true_range_m")) / seen(some, "range_sd_m")
    single = seen(some, "echoes") == 1
    assert single.sum() > 300
    assert off[single].mean() == pytest.approx(0.0, abs=0.15)
    assert off[single].std() == pytest.approx(1.0, abs=0.1)
    turned = (seen(some, "azimuth_rad") - seen(some, "true_azimuth_rad")) / seen(some, "azimuth_sd_rad")
    assert turned[single].std() == pytest.approx(1.0, abs=0.1)


# ------------------------------------------------------------------------------------------------------------ Doppler
def test_rates_are_those_of_the_range_and_the_radar_takes_out_its_own_motion() -> None:
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(20.0, 0.0, 0.0))
    ahead = car(50.0, velocity_mps=(-10.0, 0.0, 0.0))
    scan = scans([ahead], radar(), 1, ego=ego)[0]
    assert len(scan.rate_mps)
    assert scan.true_rate_mps == pytest.approx(-30.0 * np.cos(scan.true_azimuth_rad), abs=0.2)
    assert np.abs(scan.rate_mps - scan.true_rate_mps).max() < 0.15
    assert scan.ground_rate_mps == pytest.approx(-10.0, abs=0.3)
    assert scan.radar_velocity_mps == pytest.approx([20.0, 0.0, 0.0], abs=1e-6)


def test_what_comes_too_fast_folds_over() -> None:
    ahead = car(45.0, velocity_mps=(-30.0, 0.0, 0.0))
    scan = scans([ahead], radar(closing=20.0, opening=10.0))[0]
    assert len(scan.rate_mps)
    assert scan.rate_mps == pytest.approx(0.0, abs=0.2)  # -30 + the span of 30
    assert scan.true_rate_mps == pytest.approx(-30.0, abs=0.2)


# ------------------------------------------------------------------------------------------------- cross sections
BANDS = {  # dBsm of the whole at 76 to 77 GHz, sensors.md 2.13
    "pedestrian": (-10.0, 0.0), "child": (-14.0, -4.0), "bicycle": (-5.0, 5.0), "motorcycle": (4.0, 10.5),
    "car": (8.0, 22.0), "van": (10.0, 24.0), "truck": (18.0, 35.0), "bus": (18.0, 35.0),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(BANDS))
def test_the_cross_section_of_each_class_lies_in_its_band_from_every_side(name: str) -> None:
    size = {"truck": (9.0, 2.5, 3.5), "bus": (12.0, 2.55, 3.2), "bicycle": (1.8, 0.6, 1.8)}.get(
        name, (4.5, 1.8, 1.5)
    )
    stage = small_stage(plain(), [Mover(block(size))])
    actor = stage.trace.actors[1]
    stage.trace = replace(
        stage.trace, actors=(stage.trace.actors[0], Actor(2, "it", actor.model, name, size, 1))
    )
    scene = stage.scene(HALF_NS)
    now, later = stage.instant(HALF_NS), stage.instant(HALF_NS + VELOCITY_STEP_NS)
    whole = []
    for aspect in np.radians(np.arange(0.0, 360.0, 3.0)):
        eye = np.array([60.0 * np.cos(aspect), 60.0 * np.sin(aspect), RADAR_HEIGHT_M])
        centres = centres_of(stage, scene, now, later, [1], eye)
        assert centres is not None
        whole.append(10.0 * np.log10(centres.rcs_m2.sum()))
    low, high = BANDS[name]
    assert low <= min(whole) and max(whole) <= high, (min(whole), max(whole))


def test_targets_lie_on_their_actors_however_they_stand() -> None:
    rng = np.random.default_rng(4)
    movers = [
        Mover(block((4.5, 1.8, 1.5)), (float(x), float(y), 0.0), yaw_rad=float(rng.uniform(0, 6.28)))
        for x, y in ((12.0, -6.0), (20.0, 5.0), (33.0, -12.0), (45.0, 14.0))
    ]
    some = scans(movers, radar(bounces=True), 10)
    checked = 0
    for scan in some:
        for k in np.flatnonzero(scan.cause == RadarCause.TARGET):
            mover = movers[int(scan.instance[k]) - 2]
            place = scan.true_range_m[k] * np.array(
                [np.cos(scan.true_azimuth_rad[k]), np.sin(scan.true_azimuth_rad[k])]
            )
            away = place - np.array(mover.position_m[:2])
            c, s = np.cos(mover.yaw_rad), np.sin(mover.yaw_rad)
            local = np.array([c * away[0] + s * away[1], c * away[1] - s * away[0]])
            assert (
                np.abs(local) <= np.array((2.25, 0.9)) + 0.03
            ).all()  # ranges are slant: a hand more than level
            checked += 1
    assert checked > 40


def test_every_class_of_actor_scatters() -> None:
    assert set(PLATED) | set(LIMBED) == set(ACTOR_CLASSES)
    assert not set(PLATED) & set(LIMBED)


# ------------------------------------------------------------------------------------------------ occlusion, weather
def test_a_wall_hides_what_stands_behind_it() -> None:
    free = scans([car(30.0)], radar(), 3)
    hidden = scans([car(30.0)], radar(), 3, [plain(), wall(20.0)])
    assert len(seen(free, "range_m")) > 3
    assert not len(seen(hidden, "range_m"))


def test_rain_takes_what_the_itu_says_and_its_drops_send_back_what_mie_s_series_gives() -> None:
    for rate, db_per_km in ((1.0, 1.13), (10.0, 5.9), (50.0, 18.8)):
        wet = RadarModel.of(radar(), weather(rain_mm_per_h=rate))
        loss = wet.air(np.array([50.0])) / wet.air(np.array([1050.0]))
        assert 10 * np.log10(loss[0]) == pytest.approx(2 * db_per_km, rel=0.02)
        extinction_db_per_km, backscatter = rain_at_77_ghz(rate)
        assert rain_backscatter(rate) == pytest.approx(backscatter, rel=0.2)
        assert extinction_db_per_km == pytest.approx(
            db_per_km, rel=0.3
        )  # Marshall-Palmer, of which ITU is no fit


def test_a_cloudburst_is_seen_near_the_radar_and_moves_with_the_wind_past_it() -> None:
    stage = small_stage(plain(), weather=weather(rain_mm_per_h=100.0, wind_mps=0.0))
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(15.0, 0.0, 0.0))
    words = radar(least_rcs=-60.0)
    still = [observe(stage, "front", words, HALF_NS + k) for k in range(5)]
    driving = small_stage(plain(), ego=ego, weather=weather(rain_mm_per_h=100.0, wind_mps=0.0))
    moved = [observe(driving, "front", words, HALF_NS + k) for k in range(5)]
    ranges = seen(still, "range_m", RadarCause.RAIN)
    assert len(ranges) > 20 and np.median(ranges) < 8.0
    assert np.median(seen(still, "rate_mps", RadarCause.RAIN)) == pytest.approx(0.0, abs=0.3)
    straight = np.abs(seen(moved, "azimuth_rad", RadarCause.RAIN)) < 0.2
    assert np.median(seen(moved, "rate_mps", RadarCause.RAIN)[straight]) == pytest.approx(-15.0, abs=0.6)
    dry = observe(small_stage(plain()), "front", words, HALF_NS)
    assert not (dry.cause == RadarCause.RAIN).any()


# ----------------------------------------------------------------------------------------------- faults, bytes, order
def test_a_covered_radome_sees_nothing_and_a_knocked_mount_sees_aside() -> None:
    covered = ActiveFaults("front", 1, 0, ((0, _fault({"blocked": {"side": "centre", "share": 0.6}})),))
    knocked = ActiveFaults("front", 1, 0, ((0, _fault({"miscalibrated": {"yaw": 0.1}})),))
    stage = small_stage(plain(), [car(30.0)])
    assert not len(observe(stage, "front", radar(), HALF_NS, faults=covered).range_m)
    aside = observe(stage, "front", radar(), HALF_NS, faults=knocked)
    assert aside.azimuth_rad[0] == pytest.approx(-0.1, abs=0.03)
    assert not np.allclose(aside.calibration, aside.ego_from_radar)


def test_a_cover_on_the_left_hides_the_left_part_of_the_field() -> None:
    covered = ActiveFaults("front", 1, 0, ((0, _fault({"blocked": {"side": "left", "share": 0.4}})),))
    stage = small_stage(plain(), [car(30.0, 9.0), car(30.0, -9.0)])
    free, half = (observe(stage, "front", radar(), HALF_NS, faults=f) for f in (None, covered))
    assert (free.azimuth_rad > 0.2).any() and (free.azimuth_rad < -0.2).any()
    assert not (half.azimuth_rad > 0.2).any() and (half.azimuth_rad < -0.2).any()


def _fault(words: dict[str, object]) -> object:
    from scenarios.schema import Fault

    return Fault[float, str].model_validate(words)


def test_threads_leave_no_trace_and_the_strongest_come_first_up_to_what_a_scan_holds() -> None:
    stage = small_stage([plain(), wall(60.0)], [car(20.0), car(35.0, 6.0, velocity_mps=(3.0, 0.0, 0.0))])
    words = radar(clutter=True, bounces=True, ghosts=True, false_alarms=5.0, most=20)
    one, four = (observe(stage, "front", words, HALF_NS, threads=n) for n in (1, 4))
    for column in COLUMNS:
        assert getattr(one, column).tobytes() == getattr(four, column).tobytes(), column
    assert len(one.range_m) == 20
    assert (np.diff(one.snr_db) <= 0.0).all()


def test_an_actor_more_changes_no_other_s_echoes() -> None:
    alone = scans([car(20.0)], radar())[0]
    company = scans([car(20.0), car(60.0, 12.0)], radar())[0]
    mine = company.instance == 2
    assert np.array_equal(company.true_range_m[mine], alone.true_range_m)
    assert CLEAR.rain_mm_per_h == 0.0
