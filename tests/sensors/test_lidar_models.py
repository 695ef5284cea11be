"""Beam tables are those of the makers, in the makers' order."""

import numpy as np
import pytest

from renderers.frames import LidarSweep
from renderers.lidar import scan
from renderers.lidar_models import FILES, NAMES, Make, firings, lidar_model
from scenarios.lidars import LIDARS
from scenarios.schema import Lidar
from tests.support.references import reference
from tests.support.small_stage import Mover, block, mounted, small_stage, wall

TURNING = [name for name in NAMES if lidar_model(name).scan == "turn"]
HALF_NS = 500_000_000


def by_ring(name: str) -> np.ndarray:
    model = lidar_model(name)
    degrees = np.empty(len(model.ring))
    degrees[model.ring] = np.degrees(model.elevation_rad)
    return degrees


def test_a_vlp16_has_sixteen_beams_two_degrees_apart_fired_from_both_ends() -> None:
    assert by_ring("VLP-16") == pytest.approx(np.arange(-15.0, 16.0, 2.0), abs=1e-9)
    order = np.degrees(lidar_model("VLP-16").elevation_rad)
    assert order == pytest.approx([-15, 1, -13, 3, -11, 5, -9, 7, -7, 9, -5, 11, -3, 13, -1, 15], abs=1e-9)
    assert list(lidar_model("VLP-16").fired_ns[:3]) == [0, 2304, 4608]


def test_an_hdl32e_reaches_from_30_67_below_to_10_67_above() -> None:
    degrees = by_ring("HDL-32E")
    assert degrees[0] == pytest.approx(-30.67) and degrees[-1] == pytest.approx(10.67)
    assert np.diff(degrees) == pytest.approx(np.full(31, 4 / 3), abs=0.011)  # the file has two digits


def test_an_hdl64e_keeps_the_calibration_of_one_specimen() -> None:
    degrees = by_ring("HDL-64E")
    assert degrees[0] == pytest.approx(-24.5551) and degrees[-1] == pytest.approx(1.9601)
    assert lidar_model("HDL-64E").up_m.sum() == pytest.approx(0.0, abs=0.005)
    assert len(np.unique(np.round(np.degrees(lidar_model("HDL-64E").azimuth_rad), 3))) > 50


def test_an_os1_staggers_its_columns_and_fires_from_off_the_axis() -> None:
    model = lidar_model("OS1-128")
    assert by_ring("OS1-128")[-1] == pytest.approx(21.34)
    assert np.degrees(model.azimuth_rad[:4]) == pytest.approx([-4.27, -1.43, 1.39, 4.23])
    assert model.radial_m == pytest.approx(0.015806)
    starts_m = np.linalg.norm(firings("OS1-128").start_m, axis=1)
    assert len(starts_m) == model.firings and np.abs(starts_m - 0.015806).max() < 1e-8


@pytest.mark.parametrize("name", FILES)
def test_rings_count_from_the_lowest_beam_up(name: str) -> None:
    assert (np.diff(by_ring(name)) > 0).all()


@pytest.mark.parametrize("name", TURNING)
def test_a_turn_begins_behind_goes_clockwise_and_looks_ahead_at_its_time(name: str) -> None:
    model, shots = lidar_model(name), firings(name)
    assert (np.diff(shots.offset_ns) >= 0).all()
    assert shots.offset_ns[0] >= -50_000_000 and shots.offset_ns[-1] < 50_000_000
    azimuth = np.arctan2(shots.direction[:, 1], shots.direction[:, 0]) - model.azimuth_rad[shots.laser]
    assert len(shots.laser) == model.firings
    head = np.remainder(-2 * np.pi * shots.offset_ns * 1e-8 - azimuth + np.pi, 2 * np.pi) - np.pi
    assert np.abs(head).max() < 1e-9
    assert np.abs(np.linalg.norm(shots.direction, axis=1) - 1.0).max() < 1e-6


def test_an_unknown_model_is_told_the_known_ones() -> None:
    with pytest.raises(KeyError, match="VLP-16, HDL-32E, HDL-64E, VLP-32C"):
        lidar_model("VLP-17")


# Lowest three and highest three beams of each table, in degrees, as the makers' files state them.
ENDS = {
    "VLP-32C": ([-25.0, -15.639, -11.31], [7.0, 10.333, 15.0]),
    "VLS-128": ([-25.0, -19.582, -16.042], [9.7, 11.75, 15.0]),
    "OS0-128": ([-46.2, -45.12, -44.36], [44.36, 45.12, 46.2]),
    "OS1-64": ([-16.679, -16.078, -15.504], [15.543, 16.118, 16.729]),
    "OS2-128": ([-11.25, -11.073, -10.896], [10.896, 11.073, 11.25]),
    "Pandar64": ([-24.879, -18.871, -13.912], [8.077, 11.05, 14.9]),
    "Pandar128": ([-24.71, -22.989, -21.598], [11.919, 13.432, 15.139]),
    "QT64": ([-52.121, -49.785, -47.577], [47.587, 49.795, 52.133]),
    "XT32": ([-16.023602, -15.004862, -13.997372], [12.938632, 13.952372, 14.972363]),
    "AT128": ([-12.47, -12.27, -12.07], [12.53, 12.73, 12.93]),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_ends_of_the_fan_are_those_of_the_makers_files(name: str) -> None:
    assert by_ring(name)[:3] == pytest.approx(ENDS[name][0], abs=1e-3)
    assert by_ring(name)[-3:] == pytest.approx(ENDS[name][1], abs=1e-3)


TABLES = {
    "VLP-16": ("velodyne", "VLP16db", "elev", "azoff", 1.0),
    "HDL-32E": ("velodyne", "32db", "elev", "azoff", 1.0),
    "HDL-64E": ("velodyne", "64e_s3-xiesc", "elev", "azoff", 1.0),
    "VLP-32C": ("velodyne", "VeloView-VLP-32C", "elev", "azoff", 1.0),
    "VLS-128": ("velodyne", "VLS128", "elev", "azoff", 1.0),
    "OS0-128": ("ouster", "1_14_6cccd_os-882002000138-128_legacy", "alt", "az", -1.0),
    "OS1-64": ("ouster", "2_1_2_os1-991913000010-64", "alt", "az", -1.0),
    "OS1-128": ("ouster", "2_5_0_os-992146000760-128", "alt", "az", -1.0),
    "Pandar64": ("hesai", "Pandar64", "elev", "az", -1.0),
    "Pandar128": ("hesai", "Pandar128E4X", "elev", "az", -1.0),
    "QT64": ("hesai", "PandarQT64", "elev", "az", -1.0),
    "XT32": ("hesai", "PandarXT32", "elev", "az", -1.0),
    "AT128": ("hesai", "PandarAT128", "elev", "az", -1.0),
}


@pytest.mark.parametrize("name", TABLES)
def test_l8_beam_tables_are_exactly_the_makers(name: str) -> None:
    file, key, up, aside, sign = TABLES[name]
    theirs = reference(f"beams/{file}_beams.json")[key]
    model = lidar_model(name)
    assert np.degrees(model.elevation_rad) == pytest.approx(np.array(theirs[up]), abs=1e-9)
    assert np.degrees(model.azimuth_rad) == pytest.approx(sign * np.array(theirs[aside]), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_the_language_knows_each_model_as_its_table_does(name: str) -> None:
    facts, model, shots = LIDARS[name], lidar_model(name), firings(name)
    assert facts.rings == len(model.ring) and facts.far_m == model.far_m
    assert model.rate_hz in facts.rates_hz
    assert model.returns == facts.returns
    up = np.degrees(np.arcsin(shots.direction[:, 2]))
    assert facts.low_deg - 0.6 < up.min() and up.max() < facts.high_deg + 0.6
    aside = np.degrees(np.abs(np.arctan2(shots.direction[:, 1], shots.direction[:, 0])))
    assert aside.max() == pytest.approx(facts.field_deg / 2, abs=0.6)
    assert np.abs(np.linalg.norm(shots.direction, axis=1) - 1.0).max() < 1e-6


def test_a_vlp32c_fires_two_lasers_at_once_and_a_vls128_eight() -> None:
    assert lidar_model("VLP-32C").fired_ns[:4].tolist() == [0, 0, 2304, 2304]
    alpha = lidar_model("VLS-128").fired_ns
    assert [int((alpha == t).sum()) for t in np.unique(alpha)] == [8] * 16
    assert alpha[64] - alpha[63] == 2 * 2665  # a pause after the eighth group


def test_a_pandar128_fires_its_middle_beams_twice_as_often_as_the_others() -> None:
    model, shots = lidar_model("Pandar128"), firings("Pandar128")
    counts = np.bincount(shots.laser)
    assert set(counts) == {1800, 3600} and (counts == 3600).sum() == 68
    middle = by_ring("Pandar128")[np.sort(model.ring[counts == 3600])]
    assert middle[0] == pytest.approx(-5.806) and middle[-1] == pytest.approx(3.314)


def test_beams_of_ousters_start_off_the_axis() -> None:
    for name, radial in (
        ("OS0-64", 0.02767),
        ("OS1-32", 0.015806),
        ("OS1-64", 0.012163),
        ("OS2-32", 0.013762),
    ):
        start = firings(name).start_m
        assert np.abs(np.linalg.norm(start, axis=1) - radial).max() < 1e-6 * radial


def test_rates_and_columns_are_those_that_one_sets() -> None:
    slow, fast = Make("VLP-16", 5.0), Make("VLP-16", 20.0)
    assert [lidar_model(make).steps for make in (slow, fast)] == [3616, 904]
    assert firings(slow).offset_ns[0] == -100_000_000 and firings(fast).offset_ns[0] == -25_000_000
    fine = Make("OS1-128", 20.0, 2048)
    assert lidar_model(fine).step_ns == pytest.approx(1e9 / 20 / 2048)
    ahead = np.abs(firings(fast).offset_ns) < 3000
    assert np.abs(firings(fast).direction[ahead, 1]).max() < 0.01


def test_a_livox_fills_its_round_field_the_longer_it_looks() -> None:
    field = {"Mid-40": 19.2, "Mid-70": 35.2}
    for name, half in field.items():
        cells: set[tuple[int, int]] = set()
        grown = []
        for k in range(10):
            way = firings(name, k * 100_000_000).direction
            angle = np.degrees(np.arccos(way[:, 0]))
            assert angle.max() == pytest.approx(half, abs=0.5)
            flat = np.floor(np.degrees(way[:, 1:]) / 0.5).astype(int)
            cells |= set(map(tuple, flat.tolist()))
            grown.append(len(cells))
        assert (np.diff(grown) > 0).all() and grown[-1] > 1.5 * grown[0]


def test_an_at128_sweeps_its_field_from_the_left_in_half_of_its_time() -> None:
    shots = firings("AT128")
    azimuth = np.degrees(np.arctan2(shots.direction[:, 1], shots.direction[:, 0]))
    slope = np.polyfit(shots.offset_ns * 1e-9, azimuth, 1)[0]
    assert slope == pytest.approx(-120.0 / 0.05, rel=0.01)


OWN = {
    "name": "Long1550",
    "elevations": [-10.0, -5.0, 0.0, 5.0],
    "azimuth_offsets": [1.0, -1.0, 1.0, -1.0],
    "steps": 900,
    "field_rad": 2.0,
    "range_at_10_m": 250.0,
    "far_m": 400.0,
    "wavelength": 1550,
    "overlap_m": 12.0,
    "intensity": "raw",
}


def own() -> Lidar[float]:
    return Lidar[float].model_validate({"mount": {"z": 1.8}, "model": OWN})


def test_a_definition_in_the_rig_is_a_lidar_like_any_other() -> None:
    make = Make.of(own())
    model, shots = lidar_model(make), firings(make)
    assert model.name == "Long1550" and model.wavelength_nm == 1550 and model.firings == 3600
    azimuth = np.arctan2(shots.direction[:, 1], shots.direction[:, 0])
    assert np.ptp(azimuth) == pytest.approx(2.0 + np.radians(2.0), abs=0.01)
    stage = small_stage([wall(20.0, "concrete"), wall(90.0, "concrete")])
    sweep = scan(stage, "top", own(), HALF_NS)
    assert sweep.model == "Long1550" and (sweep.range_m < 60).sum() > 1000
    # Raw intensity falls with the square of the range: nothing is compensated.
    near = scan(small_stage(wall(20.0, "concrete")), "top", own(), HALF_NS)
    far = scan(small_stage(wall(40.0, "concrete")), "top", own(), HALF_NS)
    level = [s.intensity[np.abs(s.raw_xyz_m[:, 1]) < 1.0].mean() for s in (near, far)]
    assert level[0] / level[1] == pytest.approx(4.0, rel=0.1)


def accounted(sweep: LidarSweep) -> bool:
    return sweep.fired == len(sweep.xyz_m) + sum(sweep.lost.values())


@pytest.mark.parametrize("name", ["AT128", "Avia", "Mid-40", "Flash", "QT64"])
def test_sensors_of_all_kinds_see_a_wall_and_a_car_where_they_are(name: str) -> None:
    car = Mover(block((4.0, 2.0, 1.6), "concrete"), (9.0, 0.5, 0.0), (3.0, 0.0, 0.0))
    sweep = scan(small_stage(wall(15.0, "concrete"), [car]), "top", mounted(name, 1.0), HALF_NS)
    assert accounted(sweep) and sweep.fired == lidar_model(name).firings
    straight = (sweep.instance == 0) & (sweep.cause == 0)
    assert straight.sum() > 500 and np.abs(sweep.xyz_m[straight, 0] - 15.0).max() < 0.15
    on_car = sweep.instance == 2
    rear = 7.0 + 3.0 * (0.5 + sweep.offset_ns[on_car] * 1e-9)
    assert on_car.sum() > 40 and np.percentile(np.abs(sweep.xyz_m[on_car, 0] - rear), 80) < 0.08
    again = scan(small_stage(wall(15.0, "concrete"), [car]), "top", mounted(name, 1.0), HALF_NS, threads=4)
    assert np.array_equal(sweep.xyz_m, again.xyz_m) and np.array_equal(sweep.intensity, again.intensity)
