"""Captions and tags of domains: the same facts give the same words, times to collision are those of geometry."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from labelers.captions import clip_caption, meets_s, rectangle, road_user, scene_tags
from labelers.proofs.captions import captions
from labelers.records import Sample
from scenarios.taxonomy import ACTOR_CLASSES
from tests.labels import synthetic

WET = {"light": "night", "rain": "heavy", "fog": "none", "snow": "none", "ground": "wet", "puddle_cover": 0.2}


def tagged(index: int = 0, speed_mps: float = 9.0, **weather: Any) -> Sample:
    sample = synthetic.sample(index)
    velocity = np.array((speed_mps, 0.0, 0.0))
    told = scene_tags(
        synthetic.concrete(),
        None,
        sample.world_from_ego,
        velocity,
        (4.6, 1.9, 1.5),
        sample.labels.cuboids,
        WET | weather,
    )
    labels = replace(sample.labels, tags=dict(sample.labels.tags) | told)
    return replace(sample, labels=labels, ego_velocity_mps=velocity)


def test_a_caption_says_what_there_is() -> None:
    sample = tagged()
    words = str(sample.labels.tags["caption"])
    assert words == str(tagged().labels.tags["caption"])
    assert words.startswith("At night in heavy rain, the ego drives at 32 km/h on a wet road.")
    assert (
        "Within 50 m there are a bicycle, a car, a child and a truck" in words
        or "Within 50 m there are" in words
    )
    assert sample.labels.tags["near_people"] == 1.0
    assert sample.labels.tags["iso34503_drivable_area_surface"] == "standing_water"
    assert sample.labels.tags["iso34503_illumination"] == "night"
    assert "HumanPedestrian" in str(sample.labels.tags["openlabel_road_users"])
    assert list(captions(sample)) == []
    assert "stands" in str(tagged(speed_mps=0.0, rain="none").labels.tags["caption"])


def test_every_road_user_has_a_class() -> None:
    for name, kind in ACTOR_CLASSES.items():
        assert (road_user(name) is None) == (kind.moves == "prop"), name


def test_rectangles_meet_when_geometry_says() -> None:
    """Against polygons moved in steps of a millisecond."""
    rng = np.random.default_rng(2)
    met = 0
    for _ in range(120):
        own = rectangle(np.eye(4), np.zeros(3), (4.6, 1.9))
        turn = synthetic.pose_matrix(np.zeros(3), np.array((rng.uniform(-3, 3), 0.0, 0.0)))
        other = rectangle(turn, rng.uniform(-11.0, 11.0, 3), (4.0, 1.8))
        own_mps, other_mps = rng.uniform(-9.0, 9.0, (2, 2))
        after = meets_s(own, own_mps, other, other_mps)
        body = shapely.Polygon(own)

        def touches(
            time_s: float, other: Any = other, mps: Any = other_mps - own_mps, body: Any = body
        ) -> bool:
            return bool(body.intersects(shapely.Polygon(other + mps * time_s)))

        coarse = next((t for t in np.arange(0.0, 8.0, 0.02) if touches(float(t))), math.inf)
        if math.isinf(after) or after > 7.9:
            assert math.isinf(coarse)
        else:
            met += 1
            assert touches(after + 1e-6)
            assert after - 1e-9 <= coarse <= after + 0.0201 or not touches(after + 0.02)
    assert met > 5


def test_a_car_straight_ahead_is_met_when_the_gap_is_used_up() -> None:
    own = rectangle(np.eye(4), np.zeros(3), (4.0, 2.0))
    other = rectangle(np.eye(4), np.array((24.0, 0.5, 0.0)), (4.0, 2.0))
    assert meets_s(own, np.array((10.0, 0.0)), other, np.zeros(2)) == pytest.approx(2.0)
    assert meets_s(own, np.array((10.0, 0.0)), other, np.array((10.0, 0.0))) == math.inf
    assert meets_s(own, np.array((10.0, 0.0)), other + np.array((0.0, 2.0)), np.zeros(2)) == math.inf
    assert meets_s(own, np.array((-10.0, 0.0)), other, np.zeros(2)) == math.inf


def test_a_clip_s_caption_has_its_story_and_its_worst_moment() -> None:
    first = tagged().labels.tags
    words = clip_caption(synthetic.concrete(), [first, first | {"ttc_s": 0.8, "ttc_actor": "child"}])
    assert words.startswith("boxes on a plane. At night")
    assert words.endswith("At its most critical moment 0.8 s are left to child.")


PLANTED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "captions of another moment": lambda t: t | {"caption": str(t["caption"]).replace("32 km/h", "35 km/h")},
    "people left out of counts": lambda t: t | {"near_people": 0.0},
    "speeds in captions in km/h for m/s": lambda t: t | {"ego_speed_mps": 3.6 * t["ego_speed_mps"]},
    "the farthest named as the nearest": lambda t: t | {"nearest": "truck"},
    "critical moments called calm": lambda t: t | {"ttc_s": 0.9, "criticality": "calm"},
}


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_the_fault_is_caught(name: str) -> None:
    sample = tagged()
    spoilt = replace(sample, labels=replace(sample.labels, tags=PLANTED[name](dict(sample.labels.tags))))
    assert [v.rule for v in captions(spoilt)]
    text = (Path(__file__).resolve().parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")
    assert f"| {name} | captions |" in text
