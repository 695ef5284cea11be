"""A firing that meets several things reports them as its scanner does, and loses none of their energy."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from renderers.frame_light import air_numbers
from renderers.frames import Cause, LidarSweep
from renderers.kernels import detect as receiver
from renderers.kernels import returns as kernel
from renderers.lidar import receiver_numbers, scan
from renderers.lidar_edges import AROUND, MIDDLE, around
from renderers.lidar_models import LidarModel, lidar_model
from renderers.lidar_returns import Pulses, Reports, further_of, reports
from renderers.materials import MATERIAL_ID
from renderers.stage import Stage
from renderers.tracer import prepare
from scenarios.schema import Lidar
from sim.weather import WeatherState
from tests.support import naive_lidar
from tests.support.naive_trace import CLEAR, quad
from tests.support.small_stage import Mover, block, plain, small_stage, wall, weather

HALF_NS = 500_000_000
TURNING = ("strongest", "last", "dual")
ALIKE = ("xyz_m", "raw_xyz_m", "intensity", "ring", "offset_ns", "instance", "semantic", "cause", "range_m")


def lidar(returns: str, model: str = "HDL-64E", height_m: float = 1.8) -> Lidar[float]:
    return Lidar[float].model_validate({"mount": {"z": height_m}, "model": model, "returns": returns})


def fine(name: str) -> LidarModel:
    """A model that reads energies to the last digit: no noise of range, intensity in proportion, 65,536 levels."""
    made = lidar_model(name)
    return replace(
        made,
        range_noise_m=0.0,
        range_bias_m=0.0,
        range_step_m=1e-5,
        intensity="calibrated",
        gain=1.0,
        levels=65536,
    )


def in_snow() -> Stage:
    state = weather(snow_mm_per_h=2.0, snow_extinction_per_m=2e-3)
    car = Mover(block((4.0, 2.0, 1.6)), (12.0, 3.0, 0.0), (5.0, 0.0, 0.0))
    return small_stage([plain(), wall(30.0), wall(9.0, "glass")], [car], weather=state)


def firing(sweep: LidarSweep) -> NDArray[np.int64]:
    return np.asarray(sweep.offset_ns.astype(np.int64) * 256 + sweep.ring)


# ------------------------------------------------------------------------------------------------------------ energy
def test_peaks_equal_the_twin_and_keep_all_energy() -> None:
    rng = np.random.default_rng(3)
    room = [np.empty(kernel.MOST, np.int64), np.empty(kernel.MOST), np.empty(kernel.MOST)]
    owner = np.empty(kernel.MOST, np.int64)
    for _ in range(300):
        count = int(rng.integers(1, 12))
        at, power = rng.uniform(5.0, 9.0, kernel.MOST), rng.exponential(1.0, kernel.MOST)
        power[rng.random(kernel.MOST) < 0.1] = 0.0
        found = kernel.peaks_of(count, at, power, 0.75, *room, owner)
        peak, mean, energy = room
        twin = naive_lidar.peaks(list(zip(at[:count], power[:count], strict=True)), 0.75)
        assert [sorted(np.flatnonzero(peak[:count] == g)) for g in range(found)] == twin
        assert energy[:found].sum() == pytest.approx(power[:count].sum(), rel=1e-12)
        for g, members in enumerate(twin):
            assert mean[g] == pytest.approx(np.average(at[members], weights=power[members]))
            assert owner[g] == max(members, key=lambda q: power[q])


def test_l7_two_returns_at_an_edge_share_the_energy_of_the_whole_by_footprint() -> None:
    model = replace(fine("HDL-64E"), divergence_rad=(0.02, 0.002))
    pole = quad(
        [(14.0, 0.02, -9.0), (14.0, -0.02, -9.0), (14.0, -0.02, 9.0), (14.0, 0.02, 9.0)][::-1],
        MATERIAL_ID["concrete"],
    )
    behind = small_stage([pole, wall(30.0, "concrete")])
    both = scan(behind, "top", lidar("dual", height_m=0.0), HALF_NS, model=model)
    whole = scan(
        small_stage(wall(30.0, "concrete")), "top", lidar("strongest", height_m=0.0), HALF_NS, model=model
    )
    near = np.flatnonzero(
        (both.range_m < 18.0) & (np.abs(both.xyz_m[:, 1]) < 0.02) & (both.return_index == 0)
    )
    far = np.array(
        [np.flatnonzero((firing(both) == key) & (both.return_index == 1)) for key in firing(both)[near]]
    )
    assert far.shape == (len(near), 1) and len(near) > 20
    assert (both.range_m[far] > 25.0).all()
    # A calibrated reading is the echo's share of a white diffuser, whatever its range.
    full = np.array([whole.intensity[firing(whole) == key][0] for key in firing(both)[near]])
    energies = np.stack([both.intensity[near], both.intensity[far[:, 0]]], axis=1) / full[:, None]
    assert energies.sum(axis=1).mean() == pytest.approx(1.0, abs=0.02)  # each reading has 5 % of noise
    # By share: the middle of the beam and its rim above and below are on the pole.
    aim = np.concatenate(
        [[[1.0, 0.0, 0.0]], around(np.array([[1.0, 0.0, 0.0]], np.float32), model.divergence_rad)[0]]
    )
    on_pole = prepare(behind.scene(0), np.zeros(3)).trace(aim.astype(np.float32)).range_m < 20.0
    share = np.array([MIDDLE, *[AROUND] * 6])[on_pole].sum()
    assert 0.0 < share < 1.0
    assert energies[:, 0].mean() == pytest.approx(share, abs=0.03)
    assert energies[:, 1].mean() == pytest.approx(1.0 - share, abs=0.03)


# ------------------------------------------------------------------------------------------------------------- choice
def chosen(
    pulses: list[list[tuple[float, float]]], returns: str, modes: tuple[str, ...], state: WeatherState = CLEAR
) -> Reports:
    """The receiver alone: firings whose beams meet pulses (range, echo) of one thing each."""
    model, count = fine("HDL-64E"), len(pulses)
    numbers = receiver_numbers(model, state)
    flat = [(row, at, echo) for row, some in enumerate(pulses) for at, echo in sorted(some)]
    row, at, echo = (np.array(column) for column in zip(*flat, strict=True))
    begin = np.searchsorted(row, np.arange(count))
    nothing = np.zeros(len(row), np.int32)
    met = Pulses.of(
        row, at.astype(np.float32), echo.astype(np.float32), nothing, nothing, np.ones(len(row), np.float32),
        np.zeros(len(row), np.uint8),
    )  # fmt: skip
    met.middle[begin] = True
    power = echo / np.maximum(at, model.overlap_m) ** 2
    best = np.array(
        [b + int(np.argmax(power[b : b + len(some)])) for b, some in zip(begin, pulses, strict=True)]
    )
    true, zero = at[best].astype(np.float32), np.zeros(count, np.float32)
    strongest = (true, zero, true, np.zeros(count, np.uint8))
    return reports(
        returns, modes, 5, np.arange(count), zero + np.float32(2.0), zero, zero, met, air_numbers(state, 0.0),
        numbers, strongest, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("returns", "modes", "mode"),
    [
        ("first", ("strongest", "first"), "first"),
        ("last", TURNING, "last"),
        ("dual", TURNING, "and last"),
        ("dual", ("strongest", "dual"), "and strongest"),
        ("triple", ("strongest", "first", "dual", "triple"), "and strongest"),
    ],
)
def test_returns_are_chosen_as_the_twin_chooses(returns: str, modes: tuple[str, ...], mode: str) -> None:
    rng, model = np.random.default_rng(8), lidar_model("HDL-64E")
    firings = [
        [(float(rng.uniform(2.0, 40.0)), float(rng.uniform(0.5, 3.0))) for _ in range(rng.integers(1, 6))]
        for _ in range(400)
    ]
    found = chosen(firings, returns, modes)
    several = 0
    for n, pulses in enumerate(firings):
        power = [(at, echo / max(at, model.overlap_m) ** 2) for at, echo in pulses]
        groups = naive_lidar.peaks(power, model.pulse_m)
        peaks = []
        for group in groups:
            energy = sum(power[q][1] for q in group)
            peaks.append((sum(power[q][0] * power[q][1] for q in group) / energy, energy))
        strongest = max(power, key=lambda pulse: pulse[1])[0]
        twin = naive_lidar.further(peaks, strongest, model.pulse_m, mode, further_of(returns, modes)[1])
        got = found.true_m[:, n][found.cause[:, n] < receiver.SKY]
        expected = twin if mode in ("first", "last") else [strongest, *twin]
        assert got == pytest.approx(expected, rel=1e-5), (n, pulses)
        several += len(expected) > 1 or expected[0] != strongest
    assert several > 80


def test_a_further_return_below_the_threshold_is_none() -> None:
    model = lidar_model("HDL-64E")
    weak = receiver_numbers(model, CLEAR)[receiver.D_THRESHOLD] * 30.0**2
    found = chosen([[(20.0, 0.5), (30.0, float(weak) * share)] for share in (0.5, 1.6)], "dual", TURNING)
    assert list(found.cause[1]) == [receiver.SKY, Cause.SURFACE]


# ------------------------------------------------------------------------------------------------------- whole sweeps
def test_who_asks_for_two_returns_gets_the_strongest_unchanged() -> None:
    stage = in_snow()
    one = scan(stage, "top", lidar("strongest"), HALF_NS)
    two = scan(stage, "top", lidar("dual"), HALF_NS)
    first = two.return_index == 0
    for field in ALIKE:
        assert np.array_equal(getattr(one, field), getattr(two, field)[first]), field
    assert one.lost == two.lost and two.fired == first.sum() + sum(two.lost.values())
    assert set(np.unique(two.return_index)) == {0, 1}
    keys = firing(two)
    assert (np.diff(keys[np.argsort(keys * 4 + two.return_index, kind="stable")]) >= 0).all()
    assert np.isin(keys[~first], keys[first]).all()


def test_the_same_returns_on_one_thread_and_on_four() -> None:
    one, four = (scan(in_snow(), "top", lidar("dual", "HDL-32E"), HALF_NS, threads) for threads in (1, 4))
    for field in (*ALIKE, "return_index"):
        assert np.array_equal(getattr(one, field), getattr(four, field)), field


def test_the_last_return_sees_the_wall_behind_the_flakes() -> None:
    strongest, last = (scan(in_snow(), "top", lidar(mode), HALF_NS) for mode in ("strongest", "last"))
    assert len(strongest.xyz_m) == len(last.xyz_m) and strongest.lost == last.lost
    flakes = [int((sweep.cause == Cause.SNOW).sum()) for sweep in (strongest, last)]
    assert flakes[0] > 1000 and flakes[1] < 0.25 * flakes[0]  # those before the sky stay
    assert (last.range_m >= strongest.range_m).all() and (last.return_index == 0).all()


def test_a_pane_comes_back_beside_the_stronger_wall_behind_it() -> None:
    stage = small_stage([wall(8.0, "glass"), wall(20.0, "concrete")])
    sweep = scan(stage, "top", lidar("dual", "VLP-16"), HALF_NS)
    aside = np.abs(sweep.raw_xyz_m[:, 1]) / sweep.range_m
    ahead = (sweep.raw_xyz_m[:, 0] > 0.0) & (aside > 0.2) & (aside < 0.35)  # face on, the pane shines
    far, pane = ahead & (sweep.return_index == 0), ahead & (sweep.return_index == 1)
    assert (sweep.cause[far] == Cause.GLASS).mean() > 0.95
    far &= sweep.cause == Cause.GLASS
    assert sweep.raw_xyz_m[far, 0] == pytest.approx(20.0, abs=0.1)
    assert pane.sum() > 10
    assert (sweep.cause[pane] == Cause.SURFACE).all() and sweep.raw_xyz_m[pane, 0] == pytest.approx(
        8.0, abs=0.1
    )


def test_points_of_further_returns_carry_what_they_lie_on() -> None:
    car = Mover(block((4.0, 2.0, 1.6), "concrete", "car"), (18.0, 0.0, 0.0))
    stage = small_stage([plain(), wall(9.0, "glass"), wall(-20.0)], [car])
    sweep = scan(stage, "top", lidar("dual", "OS1-128"), HALF_NS)
    on_car = sweep.instance == 2
    assert on_car.sum() > 50 and ((sweep.semantic == 20) == on_car).all()
    assert np.abs(sweep.xyz_m[on_car, 0] - 18.0).max() < 2.1
    second = sweep.return_index == 1
    assert (sweep.instance[second] == 2).any() or (sweep.raw_xyz_m[second, 0] < 9.2).any()


def test_three_returns_are_no_stronger_in_their_order() -> None:
    leaves = [wall(at, "glass") for at in (6.0, 9.0)]
    sweep = scan(
        small_stage([*leaves, wall(14.0)]), "top", lidar("triple", "Avia"), HALF_NS, model=fine("Avia")
    )
    keys = firing(sweep)
    rows = [np.flatnonzero(keys == key) for key in keys[sweep.return_index == 2][:200]]
    assert len(rows) == 200
    power = sweep.intensity / np.maximum(sweep.range_m, lidar_model("Avia").overlap_m) ** 2
    for mine in rows:
        ordered = power[mine[np.argsort(sweep.return_index[mine])]]
        assert ordered[0] > 0.8 * ordered[1] and ordered[1] > 0.8 * ordered[2]  # but for 5 % of noise
