"""Headlamps meet their regulation, and lamps light what they should."""

# mypy: allow-untyped-calls

import numpy as np
import pytest

from renderers.kernels.lamp_lists import LISTED, SHADOWED, bound_over, given_at, list_lamps
from renderers.kernels.lamps import L_CD, L_COLUMNS, L_KIND, L_X, L_Z, intensities, shine_on
from renderers.kernels.surface import S_COAT, S_COLUMNS
from renderers.lamps import (
    beam_bounds,
    beam_tables,
    height_bounds,
    high_beam,
    intensity_towards,
    low_beam,
    packed,
    street_light,
)
from renderers.scene import LAMP_KINDS, LampTable

# UN R112, right-hand traffic, class B: point, v (up), h (right), least cd, most cd.
R112 = (
    ("B50L", 0.57, -3.43, 0, 350),
    ("BR", 1.0, 2.5, 0, 1750),
    ("75R", -0.57, 1.15, 10_100, np.inf),
    ("75L", -0.57, -3.43, 0, 10_600),
    ("50L", -0.86, -3.43, 0, 13_200),
    ("50R", -0.86, 1.72, 10_100, np.inf),
    ("50V", -0.86, 0.0, 5_100, np.inf),
    ("25L", -1.72, -9.0, 1_700, np.inf),
    ("25R", -1.72, 9.0, 1_700, np.inf),
)


def _lamp(kind: str, intensity: float = 1.0, height: float = 0.65) -> LampTable:
    return LampTable(
        np.array([[0.0, 0.0, height]]),
        np.array([[1.0, 0.0, 0.0]]),
        np.array([[0.0, 0.0, 1.0]]),
        np.array([intensity]),
        np.array([[1.0, 0.9, 0.8]]),
        np.array([LAMP_KINDS.index(kind)], np.int32),
    )


def _candela(table: LampTable, v_deg: float, h_deg: float) -> float:
    v, h = np.radians(v_deg), np.radians(h_deg)
    # Right of the axis is -y in a frame with x forward and z up.
    direction = np.array([[np.cos(v) * np.cos(h), -np.cos(v) * np.sin(h), np.sin(v)]], np.float32)
    out = np.empty(1, np.float32)
    intensities(packed(table, np.zeros(3), 0.01), 0, beam_tables(), direction, out)
    return float(out[0])


@pytest.mark.parametrize(("point", "v", "h", "least", "most"), R112, ids=[p[0] for p in R112])
def test_the_passing_beam_meets_r112_class_b(
    point: str, v: float, h: float, least: float, most: float
) -> None:
    assert least <= _candela(_lamp("low_beam"), v, h) <= most


def test_above_the_cut_off_nobody_is_dazzled() -> None:
    h, v = np.meshgrid(np.linspace(-8, 8, 33), np.linspace(2.5, 10, 16))
    assert float(low_beam(h, v).max()) <= 625  # zone III


def test_the_driving_beam_is_within_its_limits() -> None:
    assert 40_500 <= float(high_beam(0.0, 0.0)) <= 215_000


def test_what_is_used_for_culling_is_never_less_than_the_beam() -> None:
    assert (beam_bounds() >= beam_tables()).all()


def test_light_falls_with_the_square_of_the_distance_to_the_reach() -> None:
    row = packed(_lamp("tail", 12.0), np.zeros(3), 0.02)
    assert row.shape == (1, L_COLUMNS)
    assert row[0, -1] == pytest.approx(12.0 / 0.02)


def test_street_lamps_light_their_street_by_tens_of_lux_at_most() -> None:
    count = 5
    lamps = LampTable(
        np.stack([np.arange(count) * 28.0, np.zeros(count), np.full(count, 7.5)], axis=1),
        np.tile([0.0, 0.0, -1.0], (count, 1)),
        np.tile([1.0, 0.0, 0.0], (count, 1)),
        np.full(count, 1600.0),
        np.tile([1.0, 0.8, 0.55], (count, 1)),
        np.full(count, LAMP_KINDS.index("street"), np.int32),
    )
    light = street_light(lamps, np.array([56.0, 0.0, 1.4]))
    assert 3 < float(light @ [0.2126, 0.7152, 0.0722]) < 30
    assert light[0] > light[2]
    assert (street_light(lamps, np.array([900.0, 0.0, 1.4])) == 0).all()


def test_no_lamp_gives_more_than_its_bound() -> None:
    rng = np.random.default_rng(3)
    lamps = np.zeros((40, L_COLUMNS), np.float32)
    lamps[:, L_X : L_Z + 1] = rng.uniform(-30, 30, (40, 3))
    axes = np.linalg.qr(rng.normal(size=(40, 3, 3)))[0]
    lamps[:, L_Z + 1 : L_CD] = axes[:, :2].reshape(40, 6)
    lamps[:, L_CD], lamps[:, L_KIND] = rng.uniform(0.5, 2.0, 40), np.arange(40) % 5
    lit = left_out = 0
    for middle, half in zip(rng.uniform(-30, 30, (60, 3)), rng.uniform(0, 2, (60, 3)), strict=True):
        points = (middle + rng.uniform(-half, half, (40, 3))).astype(np.float32)
        for which in range(40):
            bound = bound_over(
                lamps, which, height_bounds(), *middle.astype(np.float32), *half.astype(np.float32)
            )
            left_out += bound == 0.0
            for point in points:
                to_point = point - lamps[which, L_X : L_Z + 1]
                away = np.linalg.norm(to_point)
                e = given_at(lamps, which, beam_bounds(), point[None], 1)
                if lamps[which, L_KIND] >= 3:
                    out = np.empty(1, np.float32)
                    intensities(lamps, which, beam_tables(), (to_point / away)[None].astype(np.float32), out)
                    assert e == pytest.approx(out[0] / max(away**2, 0.01), rel=1e-3, abs=1e-6)
                lit += e > 0.0
                assert e <= bound * (1 + 1e-4) + 1e-6
    assert lit > 10000
    assert left_out > 500


def test_wet_ground_mirrors_every_headlamp_that_comes_though_others_light_it_more() -> None:
    # Street lamps stand about a tile 25 m ahead; two headlamps face the eye from 70 m, their images cross the tile.
    near, headlamps = SHADOWED + 1, 2
    count = near + headlamps
    side = np.linspace(-4.0, 4.0, near)
    at = np.array([[25.0, y, 5.0] for y in side] + [[70.0, y, 0.65] for y in (-0.7, 0.7)])
    down, back, up, ahead = [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]
    lamps = LampTable(
        at,
        np.array([down] * near + [back] * headlamps),
        np.array([ahead] * near + [up] * headlamps),
        np.array([3000.0] * near + [1.0] * headlamps),
        np.ones((count, 3)),
        np.array([LAMP_KINDS.index("street")] * near + [LAMP_KINDS.index("low_beam")] * headlamps, np.int32),
    )
    eye = np.array([0.0, 0.0, 1.35])
    offset = np.tile(np.float32([25.0, 0.0, -1.35]), (64, 1))
    surface = np.zeros((64, S_COLUMNS), np.float32)
    chosen, shadowed = np.empty((1, LISTED), np.int16), np.empty(1, np.uint8)

    def listed(coat: float) -> list[int]:
        surface[:, S_COAT] = coat
        list_lamps(
            0, 1, np.full(64, 25.0, np.float32), np.zeros(64, np.int32), surface, offset,
            packed(lamps, eye, 0.01), beam_bounds(), height_bounds(), np.float32(0.01), chosen, shadowed,
        )  # fmt: skip
        return [int(k) for k in chosen[0] if k >= 0]

    strongest = listed(coat=0.0)[:SHADOWED]
    assert all(k < near for k in strongest)  # dry: what gives most light comes first
    assert set(listed(coat=0.9)[:headlamps]) == {near, near + 1}
    assert shadowed[0] >= headlamps  # and they do not shine through what stands between


def test_points_get_the_light_of_every_lamp_over_the_square_of_its_distance() -> None:
    rng = np.random.default_rng(5)
    lamps = np.zeros((5, L_COLUMNS), np.float32)
    lamps[:, L_X : L_Z + 1] = rng.uniform(-4, 4, (5, 3))
    axes = np.linalg.qr(rng.normal(size=(5, 3, 3)))[0]
    lamps[:, L_Z + 1 : L_CD] = axes[:, :2].reshape(5, 6)
    lamps[:, L_CD:L_KIND] = rng.uniform(0.5, 2.0, (5, 4))
    lamps[:, L_KIND] = range(5)
    points = rng.uniform(-5, 5, (50, 3)).astype(np.float32)
    light = np.zeros((50, 3), np.float32)
    shine_on(lamps, beam_tables(), points, np.float32(0.2), light)
    slow = np.zeros((50, 3))
    for lamp in lamps.astype(np.float64):
        away = points - lamp[L_X : L_Z + 1]
        far = np.maximum(np.linalg.norm(away, axis=1), 0.2)
        slow += (intensity_towards(lamp, away / far[:, None]) / far**2)[:, None] * lamp[L_CD + 1 : L_KIND]
    assert light == pytest.approx(slow, rel=1e-3, abs=1e-4)
    assert (light > 0).any(axis=1).mean() > 0.5
