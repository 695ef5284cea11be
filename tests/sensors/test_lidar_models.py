"""Beam tables are those of the makers, in the makers' order."""

import numpy as np
import pytest

from renderers.lidar_models import FILES, firings, lidar_model


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
    assert np.linalg.norm(firings("OS1-128").start_m, axis=1) == pytest.approx(
        np.full(model.firings, 0.015806)
    )


@pytest.mark.parametrize("name", FILES)
def test_rings_count_from_the_lowest_beam_up(name: str) -> None:
    assert (np.diff(by_ring(name)) > 0).all()


@pytest.mark.parametrize("name", FILES)
def test_a_turn_begins_behind_goes_clockwise_and_looks_ahead_at_its_time(name: str) -> None:
    model, shots = lidar_model(name), firings(name)
    assert (np.diff(shots.offset_ns) >= 0).all()
    assert shots.offset_ns[0] >= -50_000_000 and shots.offset_ns[-1] < 50_000_000
    azimuth = np.arctan2(shots.direction[:, 1], shots.direction[:, 0]) - model.azimuth_rad[shots.laser]
    head = np.remainder(-2 * np.pi * shots.offset_ns * 1e-8 - azimuth + np.pi, 2 * np.pi) - np.pi
    assert np.abs(head).max() < 1e-9
    assert np.linalg.norm(shots.direction, axis=1) == pytest.approx(np.ones(model.firings))


def test_an_unknown_model_is_told_the_known_ones() -> None:
    with pytest.raises(KeyError, match="VLP-16, HDL-32E, HDL-64E, OS1-128"):
        lidar_model("VLP-17")
