"""Headlamps meet their regulation, and lamps light what they should."""

# mypy: allow-untyped-calls

import numba
import numpy as np
import pytest

from renderers.kernels.lamp_lists import LAMP_ROWS, LISTED, SHADOWED, bounds_over, side_by_side
from renderers.kernels.lamp_shares import FAINT_SHARE, LEFT_OUT, SOFT_HERE, SOFT_SHARE, choose_lamps
from renderers.kernels.lamp_spots import GROUP, pick_spots, room_for_spots
from renderers.kernels.lamplight import arrive, of_lamp, row
from renderers.kernels.lamps import (
    BEAM_PLAIN,
    L_AX,
    L_CD,
    L_COLUMNS,
    L_KIND,
    L_REACH2,
    L_UZ,
    L_X,
    L_Z,
    add_images,
    intensities,
    shine_on,
)
from renderers.kernels.lanes import LANES, LIVE, NX, PX, ROWS
from renderers.kernels.surface import (
    S_B,
    S_COAT,
    S_COAT_ROUGH,
    S_F0,
    S_NZ,
    S_R,
    S_RETRO,
    S_ROUGH,
    room_for_surfaces,
)
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
from sim.kernels.loose_sixteen import COUNT, store

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


def test_beams_fade_out_towards_the_ends_of_their_tables() -> None:
    tables = beam_tables()
    for ends in (tables[:, 0], tables[:, -1], tables[:, :, 0], tables[:, :, -1]):
        assert ends.max() == 0.0
    # What lights the road two metres before the bumper, 17 degrees down, is on its way there.
    near, nearer = (_candela(_lamp("low_beam"), v, 0.0) for v in (-14.0, -18.0))
    assert near > 10 * nearer > 0.0


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
    lamps[:, L_REACH2] = 1e9
    beside = side_by_side(lamps, height_bounds())
    bounds = np.empty(len(beside) // LAMP_ROWS, np.float32)
    lit = left_out = 0
    for middle, half in zip(rng.uniform(-30, 30, (60, 3)), rng.uniform(0, 2, (60, 3)), strict=True):
        points = (middle + rng.uniform(-half, half, (40, 3))).astype(np.float32)
        bounds_over(beside, height_bounds(), *middle.astype(np.float32), *half.astype(np.float32), bounds)
        for which in range(40):
            bound = bounds[which]
            left_out += bound == 0.0
            for point in points:
                to_point = point - lamps[which, L_X : L_Z + 1]
                away = np.linalg.norm(to_point)
                out = np.empty(1, np.float32)
                intensities(lamps, which, beam_tables(), (to_point / away)[None].astype(np.float32), out)
                e = float(out[0]) / max(away**2, 0.01)
                lit += e > 0.0
                assert e <= bound * (1 + 1e-4) + 1e-6
    assert lit > 10000
    assert left_out > 500


def lit_by(lamps: np.ndarray, points: np.ndarray, surface: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lamps of each tile of points (N, 3), seen from the origin, and how many of them cast sharp shadows."""
    tiles = len(points) // 64
    chosen, sharp = np.empty((tiles, LISTED), np.int16), np.empty(tiles, np.uint8)
    away = np.linalg.norm(points, axis=1).astype(np.float32)
    spots, met = room_for_spots(tiles), np.zeros(len(points), np.int32)
    pick_spots(0, tiles, (points / away[:, None]).astype(np.float32), away, met, surface, points, spots)
    choose_lamps(
        0, tiles, spots, surface, np.zeros((len(points), 4), np.float32), np.zeros((9, 3), np.float32), lamps,
        beam_tables(), height_bounds(), np.float32(0.0), np.float32(0.01), LISTED, chosen, sharp,
    )  # fmt: skip
    return chosen, sharp


def ground(count: int, coat: float = 0.0) -> np.ndarray:
    """(count / 64, S_COLUMNS, 64) rough ground of albedo 0.1, under a film of water where `coat` is not 0."""
    surface = room_for_surfaces(count)
    surface[:] = 0.0
    surface[:, S_NZ], surface[:, S_ROUGH], surface[:, S_R : S_B + 1] = 1.0, 0.9, 0.1
    surface[:, S_COAT], surface[:, S_COAT_ROUGH], surface[:, S_F0] = coat, 0.1, 0.02
    return surface


def test_wet_ground_mirrors_every_lamp_that_comes_though_others_light_it_more() -> None:
    # Street lamps stand about a tile 25 m ahead; headlamps, tail lamps and a street lamp face the eye from 70 m, and
    # where each mirrors itself, a tile is asked.
    near = SHADOWED + 1
    at = [[25.0, y, 5.0] for y in np.linspace(-4.0, 4.0, near)]
    far = [[70.0, -0.7, 0.65], [70.0, 0.7, 0.65], [70.0, 4.0, 0.8], [60.0, -5.0, 6.0]]
    kinds = ["street"] * near + ["low_beam", "low_beam", "tail", "street"]
    down, back, up, ahead = [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]
    lamps = LampTable(
        np.array(at + far),
        np.array([down] * near + [back] * 3 + [down]),
        np.array([ahead] * near + [up] * 3 + [ahead]),
        np.array([3000.0] * near + [1.0, 1.0, 8.0, 3000.0]),
        np.ones((near + 4, 3)),
        np.array([LAMP_KINDS.index(kind) for kind in kinds], np.int32),
    )
    eye = np.array([0.0, 0.0, 1.35])
    for which, (x, y, z) in enumerate(far, start=near):
        share = eye[2] / (eye[2] + z)  # of the way, where the mirror image lies
        point = np.tile(np.float32([share * x, share * y, -eye[2]]), (64, 1))
        table = packed(lamps, eye, 0.01)
        wet, sharp = lit_by(table, point, ground(64, coat=0.9))
        assert which in wet[0, : sharp[0]], kinds[which]  # and it does not shine through what stands between
    dry, _ = lit_by(packed(lamps, eye, 0.01), np.tile(np.float32([25.0, 0.0, -1.35]), (64, 1)), ground(64))
    assert all(k < near for k in dry[0, :SHADOWED])  # dry: what gives most light comes first


def test_lamps_that_are_left_out_give_next_to_nothing_together() -> None:
    rng = np.random.default_rng(11)
    left_out = kept = 0
    for _ in range(30):
        count = 12
        lamps = np.zeros((count, L_COLUMNS), np.float32)
        lamps[:, L_X : L_Z + 1] = rng.uniform([5, -20, 1], [60, 20, 8], (count, 3))
        lamps[:, L_Z + 3], lamps[:, L_Z + 4] = -1.0, 1.0  # down, and ahead
        lamps[:, L_CD] = 10.0 ** rng.uniform(1, 4, count)
        lamps[:, L_CD + 1 : L_KIND], lamps[:, L_KIND], lamps[:, L_REACH2] = 1.0, 4, 1e9
        middle = rng.uniform([10, -5, 0], [40, 5, 0], 3)
        points = (middle + rng.uniform(-0.5, 0.5, (64 * GROUP, 3)) * [1, 1, 0]).astype(np.float32)
        points[:, 2] = -1.4
        chosen, _ = lit_by(lamps, points, ground(len(points)))
        way = lamps[:, L_X : L_Z + 1] - points[:, None].astype(np.float64)
        away = np.linalg.norm(way, axis=-1)
        light = lamps[:, L_CD] * (way[..., 2] / away) ** 2 / away**2  # both cosines are that to the vertical
        some = np.isin(np.arange(count), chosen[0])
        strong = np.sort(light, axis=1)
        # The strongest counts four times the second at most, and single spots may differ from their neighbours.
        all_of = light.sum(axis=1) - strong[:, -1] + np.minimum(strong[:, -1], 4 * strong[:, -2])
        least = 1.2 * (LEFT_OUT + FAINT_SHARE * (~some).sum())
        assert ((light * ~some).sum(axis=1) <= least * all_of).all()
        assert (chosen == chosen[0]).all()
        left_out, kept = left_out + (~some).sum(), kept + some.sum()
    assert left_out > 60 and kept > 60


def test_a_lamp_casts_sharp_shadows_in_those_tiles_alone_that_get_enough_of_it() -> None:
    """Four tiles, each under a lamp of its own or between them, share a list and not what shadows are sharp."""
    rng = np.random.default_rng(3)
    soft = 0
    for _ in range(40):
        lamps = np.zeros((3, L_COLUMNS), np.float32)
        lamps[:, L_X : L_Z + 1] = rng.uniform([10, -6, 2], [50, 6, 6], (3, 3))
        lamps[:, L_Z + 3], lamps[:, L_Z + 4] = -1.0, 1.0  # down, and ahead
        lamps[:, L_CD], lamps[:, L_CD + 1 : L_KIND] = 10.0 ** rng.uniform(2, 4, 3), 1.0
        lamps[:, L_KIND], lamps[:, L_REACH2] = 4, 1e9
        places = np.column_stack([np.linspace(10.0, 50.0, GROUP), np.zeros(GROUP), np.full(GROUP, -1.4)])
        chosen, sharp = lit_by(lamps, np.repeat(places, 64, axis=0).astype(np.float32), ground(64 * GROUP))
        way = lamps[:, L_X : L_Z + 1] - places[:, None]
        away = np.linalg.norm(way, axis=-1)
        light = lamps[:, L_CD] * (way[..., 2] / away) ** 2 / away**2
        second = np.sort(light, axis=1)[:, -2:-1]
        share = light / (np.minimum(light, 4 * second).sum(axis=1, keepdims=True))  # as they are weighed
        strong = share.max(axis=0) > SOFT_SHARE
        if (np.abs(np.log(share / SOFT_HERE)) < 0.1).any() or (
            np.abs(np.log(share / SOFT_SHARE)) < 0.1
        ).any():
            continue  # the least light that counts is added
        for tile in range(GROUP):
            rank = {int(which): n for n, which in enumerate(chosen[tile]) if which >= 0}
            own = [rank[k] + 1 for k in range(3) if strong[k] and share[tile, k] > SOFT_HERE]
            assert sharp[tile] == max(own, default=0)
            soft += int(sharp[tile] < sum(strong))
    assert soft > 20


def test_sheeting_keeps_the_lamp_that_it_shines_back_to() -> None:
    # The eye's own lamp gives a sign a fiftieth of what two others do, and most of what the eye sees of it.
    lamps = np.zeros((3, L_COLUMNS), np.float32)
    lamps[:, L_X : L_Z + 1] = [[0.0, 0.0, -0.1], [28.0, 0.0, 2.0], [28.0, 0.5, 2.0]]
    lamps[:, L_Z + 1 : L_CD] = [1, 0, 0, 0, 0, 1]
    lamps[:, L_CD], lamps[:, L_CD + 1 : L_KIND], lamps[:, L_KIND], lamps[:, L_REACH2] = 20.0, 1.0, 4, 1e9
    points = np.tile(np.float32([30.0, 0.0, 0.0]), (64, 1))
    sign = ground(64)
    sign[:, :3] = np.array([[-1.0], [0.0], [0.0]])
    assert set(lit_by(lamps, points, sign)[0][0, :3].tolist()) == {1, 2, -1}
    sign[:, S_RETRO] = 100.0
    assert set(lit_by(lamps, points, sign)[0][0, :3].tolist()) == {0, 1, 2}


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


@numba.njit(error_model="numpy")
def arrived(lamps, tables, extinction_per_m, lane, out):
    part = np.uintp(COUNT)  # the second sixteen lanes: places must not be taken for those of the first
    _, _, _, cosine, e = arrive(
        of_lamp(lamps, 0), tables, extinction_per_m, row(lane, LIVE, part), lane, part
    )
    store(out, np.uintp(0), e)
    store(out, part, cosine)


@pytest.mark.parametrize("kind", range(len(LAMP_KINDS)))
def test_sixteen_lanes_get_of_each_kind_of_lamp_what_its_table_says(kind: int) -> None:
    """Against candelas over the square of the distance, through air, of lanes that see a share of the lamp."""
    rng = np.random.default_rng(kind)
    lit = 0
    for _ in range(60):
        lamps = np.zeros((1, L_COLUMNS), np.float32)
        lamps[0, L_X : L_Z + 1] = rng.uniform(-3, 3, 3)
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        lamps[0, L_AX : L_UZ + 1] = axes[:2].reshape(6)
        lamps[0, L_CD:L_KIND], lamps[0, L_KIND], lamps[0, L_REACH2] = 2.0, kind, 30.0**2
        away = rng.uniform(1.0, 40.0, (COUNT, 1))
        aside = rng.uniform(-0.8, 0.8, (COUNT, 2)) * [1.0, 0.3]
        way = axes[0] + aside[:, :1] * np.cross(axes[0], axes[1]) + aside[:, 1:] * axes[1]
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        points = (lamps[0, L_X : L_Z + 1] + away * way).astype(np.float32)
        normal, live = rng.normal(size=(COUNT, 3)), rng.uniform(0.0, 1.0, COUNT)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        lane, own = np.zeros(ROWS * LANES, np.float32), slice(COUNT, 2 * COUNT)
        for first, numbers in ((PX, points), (NX, normal)):
            lane[first : first + 3 * LANES].reshape(3, LANES)[:, own] = numbers.T
        lane[LIVE : LIVE + LANES][own] = live
        out, candela = np.empty(2 * COUNT, np.float32), np.empty(COUNT, np.float32)
        arrived(lamps, beam_tables().reshape(-1), np.float32(0.02), lane, out)
        intensities(lamps, 0, beam_tables(), way.astype(np.float32), candela)
        cosine = np.maximum(-(normal * way).sum(axis=1), 0.0)
        e = candela / away[:, 0] ** 2 * np.exp(-0.02 * away[:, 0]) * live * (cosine > 0.0)
        e *= away[:, 0] <= 30.0
        assert out[COUNT:] == pytest.approx(cosine, abs=1e-5)
        assert out[:COUNT] == pytest.approx(e, rel=2e-3, abs=1e-4 * float(candela.max()) / 30.0 + 1e-6)
        lit += int((e > 0.0).sum())
    assert lit > 100


def test_a_lamp_that_is_seen_carries_its_light_to_the_lens_and_one_that_is_hidden_none() -> None:
    lamps = np.zeros((3, L_COLUMNS), np.float32)
    lamps[:, L_X : L_Z + 1] = [[30.0, 0.0, 0.0], [20.0, 1.0, 0.0], [40.0, -1.0, 0.0]]
    lamps[:, L_AX], lamps[:, L_UZ], lamps[:, L_CD], lamps[:, L_KIND] = -1.0, 1.0, 500.0, BEAM_PLAIN
    lamps[:, L_CD + 1 : L_KIND] = [1.2, 1.0, 0.4]
    distance = np.linalg.norm(lamps[:, :3].astype(np.float64), axis=1)
    pixel = np.array([[50.3, 40.8], [20.0, 20.0], [1.0, 70.0]])
    image = np.zeros((80, 100, 3), np.float32)
    rows, blocked = np.array([0, 1]), np.array([-1, 4], np.int32)
    add_images(lamps, beam_tables(), rows, blocked, pixel, distance, 0.01, 900.0, 0.08, 0.04, 1e-9, image)
    total = image.astype(np.float64).sum(axis=(0, 1))
    lux = 500.0 / 30.0**2 * np.exp(-0.01 * 30.0)
    assert total == pytest.approx(lux * 900.0**2 * np.array([1.2, 1.0, 0.4]), rel=1e-3)
    v, u = np.mgrid[:80, :100]
    light = image[..., 1] / total[1]
    assert (float((u * light).sum()), float((v * light).sum())) == pytest.approx((50.3, 40.8), abs=1e-2)
    assert image[10:30, 10:30].max() == 0.0
