"""Shapes of assets are made once, come back from disk to the last bit, and damage on disk does no harm."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from renderers import assets
from renderers.mesh import Asset
from renderers.shelf import Piece, kept, packed, unpacked
from scenarios.bodies import BODIES

SOURCES = ("renderers/shelf.py",)


def some_piece() -> Piece:
    return ["a", 0.1], {
        "x": np.arange(7.0),
        "y": np.ones((3, 2), np.int16),
        "none": np.zeros((0, 3), np.float32),
    }


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORMLANE_CACHE", str(tmp_path))
    return tmp_path


def same(one: Piece, two: Piece) -> bool:
    return one[0] == two[0] and all(
        one[1][k].dtype == two[1][k].dtype and np.array_equal(one[1][k], two[1][k]) for k in one[1]
    )


def test_a_piece_is_made_once_and_comes_back_writable(shelf: Path) -> None:
    calls = []

    def make() -> Piece:
        calls.append(1)
        return some_piece()

    first, second = (kept("things", 3, SOURCES, 9, make) for _ in range(2))
    assert len(calls) == 1 and same(first, second)
    second[1]["x"][0] = 5.0
    assert not list(shelf.rglob("*.draft"))


def test_every_damaged_byte_is_noticed(shelf: Path) -> None:
    whole = packed(some_piece())
    assert same(unpacked(bytearray(whole)), some_piece())
    for at in range(0, len(whole), 5):
        hurt = bytearray(whole)
        hurt[at] ^= 4
        with pytest.raises(ValueError, match=r"damaged|not a piece"):
            unpacked(hurt)
    for short in (0, 10, 40, len(whole) - 1):
        with pytest.raises(ValueError, match=r"damaged|not a piece"):
            unpacked(bytearray(whole[:short]))


def test_a_damaged_file_is_made_again_and_mended(shelf: Path) -> None:
    kept("things", 3, SOURCES, 9, some_piece)
    (file,) = shelf.rglob("*.piece")
    sound = file.read_bytes()
    file.write_bytes(sound[:-3])
    assert same(kept("things", 3, SOURCES, 9, some_piece), some_piece())
    assert file.read_bytes() == sound


def test_many_workers_may_make_the_same_piece_at_once(shelf: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: kept("things", 1, SOURCES, 9, some_piece), range(40)))
    assert all(same(piece, some_piece()) for piece in made)
    assert len(list(shelf.rglob("*.piece"))) == 1 and not list(shelf.rglob("*.draft"))


def test_the_shelf_does_not_grow_for_ever_and_may_be_missing(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in range(8):
        kept("things", key, SOURCES, 5, some_piece)
    assert len(list(shelf.rglob("*.piece"))) == 5
    looked: list[Path] = []
    stat = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path, **how: looked.append(path) or stat(path, **how))
    for key in range(40):
        kept("more things", key, SOURCES, 16, some_piece)
    assert 12 <= len(list(shelf.glob("more things/*/*.piece"))) <= 16
    # Tidied once in a few pieces: 24 puts beyond a full shelf once looked at 17 files each.
    assert 0 < sum(path.suffix == ".piece" for path in looked) < 200
    blocked = shelf / "file"
    blocked.write_text("")
    monkeypatch.setenv("STORMLANE_CACHE", str(blocked))
    assert same(kept("things", 1, SOURCES, 5, some_piece), some_piece())


@pytest.mark.parametrize(
    "model", ["car.sedan", "bicycle.city", "pedestrian.child", "animal.deer", "prop.cone"]
)
def test_an_asset_comes_back_to_the_last_bit(model: str, shelf: Path) -> None:
    def built() -> Asset:
        assets.shape.cache_clear()
        return assets.build(model, 1234, BODIES[model].size_m)

    fresh, again = built(), built()
    assert same(assets.packed(fresh), assets.packed(again))
    assert fresh.lamps == again.lamps and fresh.tints == again.tints and fresh.size_m == again.size_m
    shared = [len({id(p.mesh) for p in made.parts}) for made in (fresh, again)]
    assert shared[0] == shared[1]


def test_looks_share_shapes_but_not_colours() -> None:
    size = BODIES["car.sedan"].size_m
    looks = [assets.build("car.sedan", seed, size) for seed in range(0, 120, 6)]
    assert len({a.parts[0].mesh.vertices_m.tobytes() for a in looks}) == 1
    assert len({a.tints[0] for a in looks}) > 10
    people = [assets.build("pedestrian.adult", s, BODIES["pedestrian.adult"].size_m) for s in range(40)]
    assert len({a.parts[0].mesh.vertices_m.tobytes() for a in people}) == assets.SHAPES_OF_PEOPLE
    assert len({a.tints for a in people}) > 30
