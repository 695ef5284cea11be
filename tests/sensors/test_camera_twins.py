"""The camera's kernels against their slow twins, on a few pixels."""

# mypy: allow-untyped-calls

import math

import numpy as np
import pytest

from renderers.film import normal_table, tone_table
from renderers.frame_light import material_table
from renderers.kernels.fading import fading
from renderers.kernels.film import TONE_TOP, expose
from renderers.kernels.gloss import smith_ggx
from renderers.kernels.lamp_spots import NO_SPOTS
from renderers.kernels.particles import P_ALPHA, P_COLUMNS, P_DEPTH, P_HALF, P_R, draw
from renderers.kernels.paths import aim_mirrored
from renderers.kernels.resolve import resolve
from renderers.kernels.surface import (
    BIAS_M,
    G_COLUMNS,
    G_PIXEL_RAD,
    M_FILM,
    M_TILE,
    M_TINT,
    S_B,
    S_NX,
    S_R,
    by_ray,
    room_for_surfaces,
)
from renderers.materials import MATERIAL_ID, SOILED
from renderers.materials.soiled import tint_rows
from renderers.mesh import THICKNESSES
from renderers.passes import NO_MARKS
from renderers.textures import atlas
from tests.support import naive_camera


@pytest.mark.parametrize("x", [0.0, 1e-4, 0.3, 1.0, 2.996, 7.5, 18.0])
def test_fading_is_the_exponential(x: float) -> None:
    assert float(fading(x)) == pytest.approx(math.exp(-x), rel=1e-4)


@pytest.mark.parametrize("roughness", [0.15, 0.35, 0.7])
def test_the_gloss_is_smith_and_ggx_s(roughness: float) -> None:
    chance = np.random.default_rng(3)
    normal = np.array([0.0, 0.0, 1.0])
    for _ in range(40):
        light, view = chance.normal(size=(2, 3)) * [1, 1, 0.7]
        light, view = (v * [1, 1, np.sign(v[2])] / np.linalg.norm(v) for v in (light, view))
        if min(light[2], view[2]) < 0.15:
            continue
        half = (light + view) / np.linalg.norm(light + view)
        ours = float(smith_ggx(roughness**2, light[2], view[2], half[2]))
        # Hammon's fit leaves the square roots out, and up to a sixth of the value at middling angles.
        assert ours == pytest.approx(naive_camera.ggx(light, view, normal, roughness**2), rel=0.2)


def test_a_streak_covers_its_capsule() -> None:
    row = np.zeros((1, P_COLUMNS), np.float32)
    ends = np.array([6.2, 4.7, 11.4, 21.3])
    row[0, :4] = ends
    row[0, P_HALF], row[0, P_ALPHA], row[0, P_DEPTH] = 1.3, 0.4, 2.0
    row[0, P_R : P_R + 3] = 1.0
    image = np.zeros((28, 20, 3), np.float32)
    depth = np.full((28, 20), 9.0, np.float32)
    depth[:, :8] = 1.0  # something nearer hides it
    draw(0, 28, row, depth, image)
    slow = naive_camera.streak((28, 20), ends, 1.3, 0.4)
    slow[:, :8] = 0
    assert image[..., 1] == pytest.approx(slow, abs=2e-4)
    # Rows across the straight part hide what a band 2.6 pixels wide of that opacity would, wherever the streak runs.
    rows = [
        naive_camera.streak((3, 21), np.array([x, -20.0, x, 40.0]), 1.3, 0.4).sum(axis=1)
        for x in np.arange(9.5, 10.5, 0.1)
    ]
    assert np.mean(rows) == pytest.approx(0.4 * 2.6, rel=0.01)


def test_a_pixel_is_developed_by_the_tone_table() -> None:
    chance = np.random.default_rng(5)
    image = chance.lognormal(0, 1.5, (16, 16, 3)).astype(np.float32)
    gain = np.array([0.3, 0.25, 0.2], np.float32)
    glare = np.zeros((8, 8, 4), np.float32)
    glare[..., 3] = 1
    out = np.empty(image.shape, np.uint8)
    one, zero = np.float32(1), np.float32(0)
    for chroma in (1.0, 1.3, 0.6):
        expose(
            0, 16, image, glare, one, gain, np.float32(chroma), zero, zero, zero, 1, 1, normal_table(), tone_table(), out
        )  # fmt: skip
        for pixel in ((0, 0), (7, 9), (15, 15)):
            slow = naive_camera.exposed(
                image[pixel].astype(np.float64),
                gain.astype(np.float64),
                chroma,
                tone_table().astype(np.float64),
                TONE_TOP,
            )
            assert np.abs(out[pixel].astype(float) - slow).max() <= 1


def test_a_smooth_mirror_sends_rays_where_the_law_says() -> None:
    chance = np.random.default_rng(7)
    direction = chance.normal(size=(64, 3))
    direction[:, 2] = -np.abs(direction[:, 2]) - 0.1
    normal = np.array([0.1, -0.2, 0.97]) / np.linalg.norm([0.1, -0.2, 0.97])
    surface = room_for_surfaces(64)
    surface[:] = 0.0
    surface[:, S_NX : S_NX + 3] = normal[:, None]
    index = np.arange(64, dtype=np.int32)
    index[5] = -1
    ahead, begin = np.empty((2, 64, 3), np.float32)
    limit = np.empty(64, np.float32)
    aim_mirrored(
        0, 64, index, 1, direction.astype(np.float32), surface, np.zeros_like(begin), ahead, begin, limit
    )
    assert limit[5] == 0 and (np.delete(limit, 5) > 1e20).all()
    for k in (0, 4, 6, 63):
        slow = naive_camera.mirrored(direction[k], normal)
        if direction[k] @ normal < -0.02:
            assert ahead[k] == pytest.approx(slow, abs=1e-5)


def resolved(
    uv: np.ndarray, kind: int, dirt: tuple[int, int, int] = (0, 0, 0)
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Surfaces, offsets and weights of rays straight down at places (N, 2) of a slab in the row of a material."""
    made, count = atlas(), len(uv)
    corners = np.array([[-20.0, -20.0, 0.0], [60.0, -20.0, 0.0], [-20.0, 60.0, 0.0]], np.float32)
    share = ((uv + 20.0) / 80.0).astype(np.float32)
    direction = np.tile(np.array([0, 0, -1], np.float32), (count, 1))
    begin = np.column_stack([uv, np.full(count, 2.0)]).astype(np.float32)
    up = np.tile(np.array([0, 0, 1], np.float32), 3)
    ground = np.zeros(G_COLUMNS, np.float32)
    ground[G_PIXEL_RAD] = 1e-5  # the finest level
    surface, offset = room_for_surfaces(count), np.empty((count, 3), np.float32)
    resolve(
        0, count, direction, begin, np.full(count, np.float32(2.0)), np.zeros(count, np.int32),
        np.zeros(count, np.int32), share[:, 0].copy(), share[:, 1].copy(),
        np.eye(3, dtype=np.float32).reshape(1, 9), tint_rows(np.full((1, 3, 3), 0.6, np.float32)),
        np.zeros((1, 11), np.float32), corners.reshape(1, 9), up.reshape(1, 9), corners[:, :2].reshape(1, 6).copy(),
        np.array([kind], np.int16), np.array([dirt], np.uint8), material_table(), made.words, made.offset,
        made.size_m, made.relief_m, ground, np.zeros((8, 8), np.uint8), np.zeros((2, 2), np.uint8),
        np.zeros(11, np.float32), surface, offset, NO_SPOTS, NO_MARKS.least_mirror, NO_MARKS.shiny, NO_MARKS.pane,
        NO_MARKS.weight, NO_MARKS.rough,
    )  # fmt: skip
    return by_ray(surface)[:count], offset, share


def test_dirt_has_no_steps_between_its_levels() -> None:
    """Around each level a slab's colour and gloss are those of its row, and half-way those half-way between two."""
    rows = SOILED["film"][:, MATERIAL_ID["car_paint"]]
    uv = np.random.default_rng(3).uniform(-19.0, 10.0, (4000, 2))
    tints = tint_rows(np.full((1, 3, 3), 0.6, np.float32))[0]
    table = material_table()
    color = np.array([table[row, :3] * tints[int(table[row, M_TINT])] for row in rows])
    for level in (1.0, 1.5, 2.0):  # from 2.5 on they have grains of their own
        thick = round(level * THICKNESSES)
        surface, _, _ = resolved(uv, int(rows[1]), (thick, thick, thick))
        below, above = color[int(level)], color[min(int(level) + 1, 4)]
        assert surface[:, S_R : S_B + 1].mean(axis=0) == pytest.approx(
            below + (level % 1.0) * (above - below), rel=0.04
        )
    # The thinnest spots and the thickest ones are no further apart than two of them are near each other.
    surface, _, _ = resolved(uv, int(rows[1]), (0, 102, 102))
    seen, place = surface[:, S_R], ((uv + 20.0) / 80.0).sum(axis=1)
    order = np.argsort(place)
    means = np.array([part.mean() for part in np.array_split(seen[order], 20)])
    assert (np.abs(np.diff(means)) < 0.12 * abs(color[2, 0] - color[0, 0])).all()
    assert means[0] == pytest.approx(color[0, 0], abs=0.1 * float(abs(color[2, 0] - color[0, 0])))


def test_textures_are_looked_up_texel_by_texel_and_go_round() -> None:
    """Rays straight down at a slab 40 m wide, many of them at whole multiples of the texture's side."""
    made = atlas()
    table = material_table()
    kind = next(k for k, row in enumerate(table) if row[M_TILE] >= 0 and row[M_TINT] < 0 and row[M_FILM] == 0)
    tile = int(table[kind, M_TILE])
    side_m = float(made.size_m[tile])
    chance = np.random.default_rng(11)
    uv = chance.uniform(-3.0, 3.0, (256, 2)) * side_m
    whole = np.round(uv[:128] / side_m)
    uv[:128] = (whole + 0.5 / 512 * chance.integers(0, 2, (128, 2))) * side_m
    count = len(uv)
    surface, offset, share = resolved(uv, kind)
    texels = made.texels[made.offset[tile, 0] :][: 512 * 512].reshape(512, 512, 4)
    for k in range(count):
        at = share[k].astype(np.float64) * 80.0 - 20.0
        slow = naive_camera.texel(texels, at / side_m)[:3] / 128.0 * table[kind, :3]
        assert surface[k, S_R : S_B + 1] == pytest.approx(np.minimum(slow, 0.95), abs=2e-3), uv[k]
    assert offset[:, 2] == pytest.approx(BIAS_M + 4e-5, abs=1e-5)
