"""What a lidar owes the literature, L1 to L12, with the very numbers of the yardsticks; docs/lidar.md lists them.

L6 to L11 stand in test_lidar.py, test_lidar_returns.py, test_lidar_models.py and test_lidar_yardsticks.py.
"""

import numpy as np
import pytest

from renderers.frame_light import air_numbers
from renderers.frames import Cause
from renderers.kernels import returns as kernel
from renderers.lidar import receiver_numbers, scan
from renderers.lidar_models import NAMES, lidar_model
from sim.air import fog_backscatter_per_m_sr, fog_extinction_per_m, rain_extinction_per_m
from tests.sensors.test_lidar import FULL_SUN, fire, foggy, seen_to
from tests.support.mie import efficiencies, lidar_ratio_sr
from tests.support.rasshofer import LIGHT_MPS, peak, soft_target_per_m2
from tests.support.references import reference
from tests.support.small_stage import mounted, plain, small_stage, weather

YARDSTICKS = reference("yardsticks.json")


@pytest.mark.parametrize("rho", [0.05, 0.1, 0.2, 0.4])
def test_l1_range_goes_with_the_root_of_reflectance(rho: float) -> None:
    assert seen_to(rho) / seen_to(0.1) == pytest.approx(np.sqrt(rho / 0.1), rel=0.02)


@pytest.mark.parametrize(("rho", "stated_m"), [(0.1, 90.0), (0.2, 130.0), (0.8, 260.0)])
def test_l1_a_mid_40_sees_as_far_as_its_sheet_says(rho: float, stated_m: float) -> None:
    """Nine of ten firings at 97 % of the stated range find it, at 106 % fewer than that."""
    found = [
        (
            fire(np.full(8000, rho), np.full(8000, min(share * stated_m, 259.9)), FULL_SUN, "Mid-40")["cause"]
            == 0
        ).mean()
        for share in (0.97, 1.06)
    ]
    assert found[0] > 0.9
    assert found[1] < 0.9


@pytest.mark.parametrize("extinction", list(YARDSTICKS["fog_soft_target_integral"]["rows"]))
def test_l2_the_fog_integral_has_the_values_of_the_table(extinction: str) -> None:
    at_m, value = YARDSTICKS["fog_soft_target_integral"]["rows"][extinction]
    found_m, found = peak(float(extinction), 20e-9, 1.0, 0.9)
    assert found == pytest.approx(value, rel=0.005)
    assert found_m == pytest.approx(at_m, abs=0.11)


@pytest.mark.parametrize("mor_m", [30.0, 60.0, 150.0])
def test_l2_fog_sends_our_receiver_what_the_integral_says(mor_m: float) -> None:
    """Beyond the overlap, for a pulse of our length; the mean over speckle is the integral times c / 2 and pi beta."""
    state, model = foggy(mor_m), lidar_model("HDL-64E")
    air, numbers = air_numbers(state, 0.0), receiver_numbers(model, state)
    levels = np.array(
        [kernel.fog_level(11, i, b, 2.0, 0.0, air, numbers) for i in range(1500) for b in range(16, 28)]
    )
    beta = state.fog_backscatter_per_m_sr
    # A sin^2 pulse has the energy of an even one of the length tau; a hard target returns its peak, rho / pi / R^2.
    tau_s = 2.0 * model.pulse_m / LIGHT_MPS
    grid = np.linspace(15.0, 30.0, 31)
    theirs = [
        np.pi * beta * 0.5 * LIGHT_MPS
        * soft_target_per_m2(r + model.pulse_m, state.fog_extinction_per_m, tau_s, 1.0, 0.9)
        for r in grid
    ]  # fmt: skip
    expected = np.interp(levels[:, 0], grid, theirs)
    assert (levels[:, 1] / expected).mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("name", list(YARDSTICKS["fog_mie_905nm"]["rows"]))
def test_l3_mie_gives_the_lidar_ratios_of_the_table_and_ours_lies_among_them(name: str) -> None:
    row = YARDSTICKS["fog_mie_905nm"]["rows"][name]
    wide = 4.0 if row["gamma"] == 1 else 30.0
    ratio = lidar_ratio_sr(row["alpha"], row["Rc_um"], gamma=row["gamma"], largest=wide)
    assert ratio == pytest.approx(row["lidar_ratio"], rel=0.08)  # resonances fall between sizes
    ours = 0.03 / fog_backscatter_per_m_sr(0.03)
    assert 16.0 < ours < 20.0 and ours == pytest.approx(ratio, rel=0.12)


def test_l3_mies_series_gives_the_example_of_bohren_and_huffman() -> None:
    assert efficiencies(5.213, 1.55) == pytest.approx((3.105, 2.925), abs=2e-3)  # their appendix A


def test_l3_fog_of_a_mie_spectrum_is_as_opaque_as_its_visibility_says() -> None:
    for row in YARDSTICKS["fog_mie_905nm"]["rows"].values():
        assert fog_extinction_per_m(row["MOR"]) == pytest.approx(row["ext"], rel=0.01)


def test_l4_rain_dims_as_marshall_and_palmer_and_as_measured() -> None:
    table = YARDSTICKS["rain_extinction_per_km"]
    for rate, theory, weber in zip(table["R"], table["marshall_palmer"], table["weber"], strict=True):
        ours = 1000.0 * rain_extinction_per_m(rate)
        assert ours == pytest.approx(theory, rel=0.002)
        if rate >= 5:
            assert ours == pytest.approx(weber, rel=0.15)


@pytest.mark.parametrize("rate", [5.0, 25.0, 100.0])
def test_l5_a_vlp_16_takes_as_many_drops_for_things_as_was_measured(rate: float) -> None:
    measured = YARDSTICKS["openmsl_vlp16_weather"]
    state = weather(rain_mm_per_h=rate, rain_extinction_per_m=rain_extinction_per_m(rate))
    model, ranges = lidar_model("VLP-16"), []
    for k in range(3):
        sweep = scan(
            small_stage(plain(), weather=state), "top", mounted("VLP-16"), 300_000_000 + k * 100_000_000
        )
        ranges.append(sweep.range_m[sweep.cause == Cause.RAIN])
    found = np.concatenate(ranges)
    share = len(found) / (3 * model.firings)
    assert 0.5 < share / (measured["rain_prob_per_beam_per_mmh"] * rate) < 2.0
    middle, spread = measured["rain_dist_lognormal"]
    slack = 4.0 * 1.253 * spread / np.sqrt(len(found))  # four standard errors of a median
    assert np.log(np.median(found)) == pytest.approx(middle, abs=slack)


@pytest.mark.parametrize("mor_m", [30.0, 40.0, 60.0])
def test_l12_in_fog_of_40_metres_bright_things_are_seen_to_20_or_30_metres(mor_m: float) -> None:
    """In a fog chamber lidars see 25 m when the eye sees 40 m (Bijelic et al. 2018)."""
    seen = seen_to(0.8, foggy(mor_m))
    assert (20.0 < seen < 30.0) if mor_m == 40.0 else (seen < 30.0) == (mor_m < 40.0)


FAR_SEEING = [name for name in NAMES if lidar_model(name).range_at_10_percent_m > 35.0]


@pytest.mark.parametrize("name", FAR_SEEING)
def test_l12_four_makes_broke_down_alike_so_all_of_ours_do(name: str) -> None:
    """The chamber held four scanners, and none saw farther; thin fog dims all of them and is returned by none."""
    assert 20.0 < seen_to(0.8, foggy(40.0), name) < 30.0
    sky = fire(np.zeros(4000), np.full(4000, 50.0), foggy(1000.0), name)["cause"]
    assert (sky == Cause.FOG).mean() < 0.001
