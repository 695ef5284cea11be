"""An inertial sensor reads what its way on the ego demands, and errs as its Allan deviation says."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.chance import stream
from scenarios.navigation import DEG, HOUR_S, MICRO_G, STANDARD_G, AxisFacts, imu_facts
from scenarios.schema import Imu
from sim.imu import MARKOV_PEAK, bias_series, increments, integrated, readings
from sim.motion import frame_of, motion_of
from sim.trace import WorldTrace
from tests.support.allan import allan_deviation
from tests.support.small_stage import Mover, block, plain, small_stage

RATE_HZ = 10.0
HOURS_S = 60_000.0


def imu(grade: str = "perfect", **words: object) -> Imu[float]:
    return Imu[float].model_validate({"mount": {"z": 0.4}, "grade": grade, **words})


def trace_of(yaw_rate_radps: float = 0.0, speed_mps: float = 0.0, pitch_rad: float = 0.0) -> WorldTrace:
    """Eight seconds on a circle (or a straight line), perhaps on a slope."""
    trace = small_stage(plain(), ego=Mover(block((4.0, 1.8, 1.5))), seconds=8.0).trace
    t = trace.time_ns * 1e-9
    yaw = yaw_rate_radps * t
    if yaw_rate_radps:
        x, y = speed_mps / yaw_rate_radps * np.sin(yaw), speed_mps / yaw_rate_radps * (1.0 - np.cos(yaw))
    else:
        x, y = speed_mps * t, np.zeros_like(t)
    position = np.stack([x, y, np.zeros_like(t)], axis=1)[:, None]
    rotation = np.stack([yaw, np.full_like(t, pitch_rad), np.zeros_like(t)], axis=1)[:, None]
    return replace(
        trace, position_m=position, rotation_rad=rotation, speed_mps=np.full((len(t), 1), speed_mps)
    )


def axis(**figures: float) -> AxisFacts:
    return replace(AxisFacts(0.0, 0.0, 0.0, 0.0, 1e9), **figures)


def series(facts: AxisFacts, correlation_s: float = 300.0) -> NDArray[np.float64]:
    """Bias and white noise of many hours."""
    count = round(HOURS_S * RATE_HZ)
    bias = bias_series(facts, correlation_s, RATE_HZ, count, stream(1, "allan"))
    return bias + stream(2, "allan").normal(0.0, 1.0, (count, 3)) * facts.noise * np.sqrt(RATE_HZ)


# ---------------------------------------------------------------------------------------------------- Allan deviation
def test_white_noise_falls_on_its_stated_density_with_a_slope_of_minus_one_half() -> None:
    white = series(axis(noise=0.01 * DEG))
    for tau_s in (1.0, 10.0, 100.0):
        assert allan_deviation(white, RATE_HZ, tau_s) == pytest.approx(0.01 * DEG / np.sqrt(tau_s), rel=0.06)


def test_the_floor_is_the_stated_bias_instability() -> None:
    wandering = series(axis(bias_instability=8.0 * DEG / HOUR_S), correlation_s=100.0)
    floor = max(allan_deviation(wandering, RATE_HZ, tau_s) for tau_s in (120.0, 189.0, 300.0))
    assert floor == pytest.approx(8.0 * DEG / HOUR_S, rel=0.10)
    # IEEE 952: sigma^2 = (q T)^2 / t (1 - T / 2t (3 - 4 exp(-t / T) + exp(-2 t / T))), q^2 T / 2 the variance.
    x = np.linspace(0.5, 5.0, 4001)
    theory = np.sqrt(2.0 / x * (1.0 - (3.0 - 4.0 * np.exp(-x) + np.exp(-2.0 * x)) / (2.0 * x)))
    assert theory.max() == pytest.approx(MARKOV_PEAK, abs=2e-3)
    assert x[np.argmax(theory)] == pytest.approx(1.89, abs=0.02)


def test_a_walking_bias_rises_with_a_slope_of_one_half() -> None:
    walk = 4.0 * DEG / HOUR_S / np.sqrt(HOUR_S)
    walking = series(axis(random_walk=walk))
    for tau_s in (10.0, 100.0, 1000.0):
        assert allan_deviation(walking, RATE_HZ, tau_s) == pytest.approx(
            walk * np.sqrt(tau_s / 3.0), rel=0.15
        )


def test_an_automotive_sensor_s_figures_come_out_of_a_clip_s_readings() -> None:
    trace = trace_of()
    felt = readings(trace, "imu", imu("automotive", rate=1000.0), 5)
    facts = imu_facts(imu("automotive"))
    for measured, bias, one in (
        (felt.gyro_radps, felt.gyro_bias_radps, facts.gyro),
        (felt.accel_mps2 - felt.true_accel_mps2, felt.accel_bias_mps2, facts.accel),
    ):
        white = (measured - bias).std(axis=0).mean() / np.sqrt(1000.0)
        assert white == pytest.approx(one.noise, rel=0.05)
    assert facts.gyro.noise / DEG == pytest.approx(0.01)
    assert facts.accel.bias_instability / MICRO_G == pytest.approx(40.0)


# ------------------------------------------------------------------------------------------------------------- physics
def test_a_still_sensor_measures_g_upwards_and_a_leaning_one_its_share() -> None:
    felt = readings(trace_of(), "imu", imu(), 1)
    assert felt.accel_mps2 == pytest.approx(np.tile((0.0, 0.0, STANDARD_G), (len(felt.time_ns), 1)), abs=1e-9)
    assert np.abs(felt.gyro_radps).max() < 1e-12
    down = readings(trace_of(pitch_rad=0.1), "imu", imu(), 1)  # nose down
    assert down.accel_mps2[50] == pytest.approx(
        STANDARD_G * np.array((-np.sin(0.1), 0.0, np.cos(0.1))), abs=1e-9
    )


def test_a_lever_arm_feels_the_turn() -> None:
    """On a circle to the left: v w at the middle, w^2 r less ahead of it, and v w - w^2 r nearer to its centre."""
    speed, rate = 12.0, 0.4
    trace = trace_of(rate, speed)
    ahead = readings(trace, "imu", imu(mount={"x": 2.0, "z": 0.0}), 1).accel_mps2[200]
    inside = readings(trace, "imu", imu(mount={"y": 3.0, "z": 0.0}), 1).accel_mps2[200]
    assert ahead[:2] == pytest.approx([-(rate**2) * 2.0, speed * rate], abs=2e-3)
    assert inside[1] == pytest.approx(speed * rate - rate**2 * 3.0, abs=2e-3)
    assert readings(trace, "imu", imu(), 1).gyro_radps[200] == pytest.approx([0.0, 0.0, rate], abs=1e-6)


@pytest.mark.parametrize("rate", [100.0, 200.0])
def test_readings_without_errors_add_up_to_the_trajectory(rate: float) -> None:
    words = imu(rate=rate, mount={"x": 1.0, "y": 0.4, "z": 0.5, "yaw": 0.3, "pitch": -0.1})
    trace = trace_of(0.4, 15.0)
    felt = readings(trace, "imu", words, 1)
    times = np.concatenate([[0], felt.time_ns])
    way = motion_of(trace, frame_of(words.mount), times)
    place, velocity, attitude = integrated(way, felt.gyro_radps, felt.accel_mps2)
    assert np.abs(place - way.position_m).max() < 2e-3  # over 120 m
    assert np.abs(velocity - way.velocity_mps).max() < 1e-6
    assert np.abs(attitude - way.world_from_frame).max() < 1e-9
    assert felt.position_m[-1] == pytest.approx(way.position_m[-1])


def test_a_sensor_that_drives_over_a_simulated_street_comes_out_where_the_ego_is() -> None:
    import scenarios
    from sim.simulate import simulate

    trace = simulate(scenarios.resolve(scenarios.load(scenarios.catalogue()["town_crossing"]), 0, 0))
    way = motion_of(trace, np.eye(4), trace.time_ns)
    gyro, accel = increments(way)
    place, _, _ = integrated(way, gyro, accel)
    assert np.abs(place - way.position_m).max() < 5e-3
    assert way.position_m == pytest.approx(trace.position_m[:, trace.index("ego")], abs=1e-9)
    assert np.abs(accel[:, 0]).max() < 12.0  # no jolts that only the reading of the trace makes


def test_readings_saturate_and_scale_and_lean() -> None:
    flat = readings(trace_of(), "imu", imu(accel_range=0.5), 1)
    assert flat.accel_mps2[:, 2] == pytest.approx(0.5 * STANDARD_G)
    still = trace_of()
    scaled = [
        readings(still, "imu", imu(scale_error=1000.0, rate=2.0), k).accel_mps2[0, 2] for k in range(100)
    ]
    assert np.std(scaled) / STANDARD_G == pytest.approx(1e-3, rel=0.25)
    leaning = [
        readings(still, "imu", imu(misalignment=0.01, rate=2.0), k).accel_mps2[0, 0] for k in range(100)
    ]
    assert np.std(leaning) / STANDARD_G == pytest.approx(0.01, rel=0.25)
