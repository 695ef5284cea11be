"""The pictures of pages: what they photograph is said by the text beside them and can be staged."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from labelers.records import Sample
from sim.app.catalogue import find_scenario
from sim.app.pictures import contacts
from sim.app.preview import Moment, taken_at

ROOT = Path(__file__).resolve().parents[2]


def _pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery_pages", ROOT / "docs/gallery_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = _pages().PAGES
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("name", ["glass", "faults", "patches"])
def test_the_text_names_the_tiles_in_their_order(name: str) -> None:
    (said,) = re.findall(rf"!\[([^]]*)]\(pictures/{name}\.jpg\)", TEXT)
    assert re.split("[,;] ", said) == [tile.words for tile in PAGES[name].tiles]


@pytest.mark.parametrize(
    ("name", "number"), [(name, k) for name, page in PAGES.items() for k in range(len(page.tiles))]
)
def test_every_tile_can_be_staged(name: str, number: int) -> None:
    tile = PAGES[name].tiles[number]
    concrete = Moment(overrides=tile.overrides).of(find_scenario(Path(tile.story)))
    assert concrete.rig is not None and "cam_front" in concrete.rig.cameras
    assert tile.at_s is None or 0.0 <= tile.at_s <= concrete.scenario.capture.duration_s


def test_tiles_without_boxes_show_the_picture_alone() -> None:
    small = ("rig.cameras.cam_front.width=320", "rig.cameras.cam_front.height=180", "rig.lidars={}")
    story = find_scenario(Path("town_crossing"))
    sample: Sample = taken_at(Moment(overrides=small).of(story), 2.0, lambda line: None)
    bare = contacts([("bare", sample)], 320, 1, boxes=False)
    assert np.array_equal(bare[:180], sample.cameras["cam_front"].image)
    assert not np.array_equal(contacts([("boxed", sample)], 320, 1)[:180], bare[:180])
