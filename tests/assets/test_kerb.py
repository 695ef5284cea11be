"""What a place makes of its roadside: signs that say what the road is, and palms where it is warm."""

import numpy as np
import pytest
import shapely

from renderers import surroundings_fields as fields
from renderers import surroundings_kerb as kerb
from renderers.materials import MATERIALS
from renderers.street_furniture import JERSEY, sweep
from renderers.street_sheets import Sheets
from renderers.surroundings_site import Site, palms_at, site_for
from renderers.sway import Swaying
from scenarios.schema import Road
from sim.roads import network_for

BENDS = [{"line": {"length": 220.0}}, {"arc": {"length": 120.0, "radius": 90.0, "turn": "left"}},
         {"line": {"length": 220.0}}]  # fmt: skip


class Put:
    """A site beside a road, and which faces were put up there, where, and how they are turned."""

    def __init__(self, place: str, monkeypatch: pytest.MonkeyPatch, **words: object) -> None:
        network = network_for(Road[float].model_validate(words), None, 0)
        road = network.roads[network.main]
        middle = np.array(
            [network.point(network.main, s, 0.0)[:2] for s in np.arange(0.0, road.length_m, 10.0)]
        )
        self.site: Site = site_for(network, 3, "summer", [middle], 0.0)
        self.site.walked = self.site.walked.buffer(-0.6)
        asked: list[str] = []
        real = kerb.road_sign
        monkeypatch.setattr(kerb, "road_sign", lambda face, *rest: (asked.append(face), real(face, *rest))[1])
        kerb.lay_signs(self.site, place, 20.0, 0.5, 2.2, 0.62)
        self.found = [(face, matrix) for face, (_, matrix) in zip(asked, self.site.pieces, strict=True)]

    def faces(self) -> list[str]:
        return [face for face, _ in self.found]


@pytest.mark.parametrize(
    ("place", "words", "face"),
    [
        ("town", {"preset": "urban_street", "speed_limit": 30 / 3.6}, "zone:30"),
        ("town", {"preset": "urban_street", "speed_limit": 40 / 3.6}, "speed_limit:40"),
        ("suburb", {"preset": "urban_street", "speed_limit": 10 / 3.6}, "play_street"),
        ("country", {"preset": "country_road"}, "speed_limit:100"),
        ("highway", {"preset": "highway"}, "speed_limit:130"),
        ("town", {"preset": "urban_street", "signs": "us"}, "speed_limit_us:30"),
        ("highway", {"preset": "highway", "signs": "us", "speed_limit": 70 / 2.236936}, "speed_limit_us:70"),
    ],
)
def test_signs_say_the_limit_that_traffic_keeps(
    place: str, words: dict[str, object], face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = Put(place, monkeypatch, **words).faces()
    limits = {f for f in faces if f.split(":")[0] in ("zone", "speed_limit", "speed_limit_us", "play_street")}
    assert limits == {face}
    if "signs" in words:
        assert all(f.split(":")[0].endswith("_us") for f in faces)
    else:
        assert not any(f.split(":")[0].endswith("_us") for f in faces)


def test_a_town_street_of_fifty_needs_no_sign_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(
        f.startswith(("speed_limit", "zone")) for f in Put("town", monkeypatch, preset="urban_street").faces()
    )


@pytest.mark.parametrize("signs", ["vienna", "us"])
def test_bends_are_warned_of_from_both_sides_and_show_chevrons(
    signs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Put("country", monkeypatch, build=BENDS, signs=signs)
    end = "_us" if signs == "us" else ""
    faces = put.faces()
    assert faces.count(f"curve_left{end}") == 1 and faces.count(f"curve_right{end}") == 1
    assert faces.count(f"chevron_left{end}") >= 6
    for face, matrix in put.found:
        place = put.site.network.locate(matrix[0, 3], matrix[1, 3])
        way = np.diff(
            [put.site.network.point(place.road, place.s_m + d, 0.0)[:2] for d in (0.0, 1.0)], axis=0
        )[0]
        # The plate looks along +x: against the traffic that keeps right on its side.
        looks = float(matrix[:2, 0] @ way)
        assert looks < -0.9 if place.t_m < 0.0 else looks > 0.9, face
    before = next(put.site.network.locate(m[0, 3], m[1, 3]) for f, m in put.found if f == f"curve_left{end}")
    assert before.t_m < 0.0 and 80.0 < 220.0 - before.s_m < 180.0


def test_straight_roads_warn_of_no_bends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(
        "curve" in f or "chevron" in f for f in Put("country", monkeypatch, preset="country_road").faces()
    )


@pytest.mark.parametrize(("limit_kmh", "humps"), [(10.0, True), (50.0, False)])
def test_humps_lie_across_play_streets_only(
    limit_kmh: float, humps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Put("suburb", monkeypatch, preset="urban_street", speed_limit=limit_kmh / 3.6).site
    before = len(site.pieces)
    kerb.lay_bumps(site)
    laid = site.pieces[before:]
    assert bool(laid) == humps
    for mesh, _ in laid:
        low, high = mesh.vertices_m.min(axis=0), mesh.vertices_m.max(axis=0)
        assert 5.5 < high[1] - low[1] < 6.5 and 0.04 < high[2] < 0.06


def test_palms_grow_from_florida_to_sicily_and_bushes_near_the_way_sway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Put("suburb", monkeypatch, preset="urban_street").site
    kinds: dict[float | None, list[str]] = {}
    for latitude_deg in (None, 52.0, 37.0, 10.0, -10.0):
        site.palms = palms_at(None if latitude_deg is None else np.radians(latitude_deg))
        kinds[latitude_deg] = [site.tree(np.random.default_rng(k)) for k in range(80)]
    assert kinds[None] == kinds[52.0] and "palm" not in kinds[None]
    assert 10 < kinds[37.0].count("palm") < kinds[10.0].count("palm") == kinds[-10.0].count("palm") < 70
    assert "conifer" in kinds[None] and "conifer" not in kinds[10.0]

    spot = kerb.spot_at(site, 60.0, 6.0, right=True)
    assert spot is not None and site.grow("bush", spot, np.random.default_rng(1))
    assert site.bushes == 1 and len(site.trees) == 1
    tips = []
    swaying = Swaying.of(tuple(site.trees), 1)
    for time_ns in range(0, 2_000_000_000, 100_000_000):
        poses = swaying.poses(time_ns, 8.0, 0.3)
        tips.append(np.concatenate([m.vertices_m @ p[:, :3].T + p[:, 3] for m, p in zip(site.trees[0].parts, poses,
            strict=True)]))  # fmt: skip
    moved = np.linalg.norm(np.ptp(tips, axis=0), axis=1)
    assert 0.005 < moved.max() < 0.15 and moved.min() < 0.01


def test_noise_walls_stand_in_stretches_beyond_the_guard_rail(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Put("highway", monkeypatch, preset="highway").site
    monkeypatch.setattr(fields, "WALL_SHARE", 0.5)
    before = len(site.pieces)
    fields._lay_noise_walls(site)
    panels = site.pieces[before:]
    assert 30 < len(panels) < 0.8 * 2 * 1800.0 / fields.WALL_PANEL_M
    for mesh, matrix in panels:
        assert site.outline.distance(shapely.Point(matrix[:2, 3])) > 4.0
        assert 3.4 < mesh.vertices_m[:, 2].max() < 3.8


def test_barriers_are_dirtier_at_their_feet() -> None:
    sheets = Sheets()
    line = np.array([(x, 0.0, 0.0) for x in (0.0, 10.0, 20.0)])
    sweep(sheets, line, JERSEY, "barrier_concrete", "wall")
    mesh = sheets.mesh((0.0, 0.0, 0.0))
    height = mesh.vertices_m[mesh.triangles, 2].mean(axis=1)
    bright = np.array([MATERIALS[row].rgb[0] for row in mesh.material])
    side = np.abs(mesh.normals[mesh.triangles, 1].mean(axis=1)) > 0.5
    assert bright[side & (height < 0.1)].max() < bright[side & (height > 0.4)].min()
