"""OpenDRIVE maps: real ones load, broken ones are repaired or refused with their line."""

from collections.abc import Callable

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from scenarios.errors import ScenarioError, StormlaneError
from scenarios.schema import Road
from sim.roads import RoadNetwork, network_for, read_opendrive
from sim.roads.lanes import DRIVABLE
from sim.roads.network import LanePath
from tests.roads.town_map import CROSSING_M, MAP, STOP_M, document
from tests.support.corpus import corpus, corpus_root

ESMINI = "esmini+esmini/resources/xodr"
ALKS = "asam-oss+OSC-ALKS-scenarios"


def load(relative: str) -> RoadNetwork:
    path = corpus(relative)
    return read_opendrive(path.read_bytes(), path.name)


def driving(network: RoadNetwork, road: str, s_m: float) -> list[int]:
    return [lane for lane, kind, _, _ in network.lanes_at(road, s_m) if kind in DRIVABLE]


def assert_continuous(path: LanePath) -> None:
    """No gap of 5 cm and no heading jump of 3 degrees that the curvature does not explain."""
    step = np.diff(path.position_m, axis=0)
    along = np.diff(path.s_m)
    assert along.max() < 0.62  # half a metre between stations of the road, a fifth more outside a tight bend
    yaw = 0.5 * (path.yaw_rad[1:] + path.yaw_rad[:-1])
    assert np.abs(step[:, 1] * np.cos(yaw) - step[:, 0] * np.sin(yaw)).max() < 0.05
    bend = 0.5 * (path.curvature_per_m[1:] + path.curvature_per_m[:-1])
    assert np.abs(np.diff(path.yaw_rad) - bend * along).max() < np.deg2rad(3.0)


# --------------------------------------------------------------------------------------------------------- corpus
@pytest.mark.slow
def test_every_map_of_the_corpus_loads_or_is_refused_with_its_line(
    record_property: Callable[[str, object], None],
) -> None:
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    loaded, refused = [], []
    for path in sorted(root.rglob("*.xodr")):
        try:
            network = read_opendrive(path.read_bytes(), path.name)
        except ScenarioError as error:
            assert str(error).startswith(f"{path.name}:{error.line}:")
            assert error.line >= 1
            refused.append(path.name)
            continue
        for strip in network.strips(4.0):
            assert np.isfinite(strip.inner_m).all()
            assert np.isfinite(strip.outer_m).all()
        assert all(note.startswith(path.name + ":") for note in network.diagnostics)
        loaded.append(path.name)
    record_property("loaded", len(loaded))
    record_property("refused", ", ".join(refused))
    total = len(loaded) + len(refused)
    if total >= 250:
        assert len(loaded) / total > 0.98
        # what is refused has no usable road or is not XML at all
        assert len(refused) <= 4


@pytest.mark.parametrize(
    ("file", "road", "s_m", "lanes"),
    [
        (f"{ESMINI}/fabriksgatan.xodr", "0", 40.0, [-1, 1]),
        (f"{ESMINI}/e6mini.xodr", "0", 500.0, [-4, -3, -2, 2, 3, 4]),
        (f"{ESMINI}/straight_500m.xodr", "1", 250.0, [-1, 1]),
    ],
)
def test_named_maps_have_their_lanes(file: str, road: str, s_m: float, lanes: list[int]) -> None:
    assert driving(load(file), road, s_m) == lanes


def test_an_alks_map_has_a_motorway() -> None:
    root = corpus_root()
    if root is None:
        pytest.skip("the corpus of real maps is not here (set STORMLANE_CORPUS)")
    found = sorted((root / ALKS).rglob("alks_road_straight.xodr"))
    if not found:
        pytest.skip("the ALKS maps are not in the corpus")
    network = read_opendrive(found[0].read_bytes(), found[0].name)
    lanes = driving(network, network.main, 100.0)
    assert len([k for k in lanes if k < 0]) >= 2
    path = network.path(*network.lane("right", 100.0), 100.0, 400.0)
    assert path.length_m == pytest.approx(400.0)


def test_e6mini_climbs_without_a_step() -> None:
    network = load(f"{ESMINI}/e6mini.xodr")
    path = network.path("0", -3, 20.0, 1400.0)
    assert np.ptp(path.position_m[:, 2]) > 1.0
    rise = np.diff(path.position_m[:, 2]) / np.diff(path.s_m)
    assert np.abs(rise).max() < 0.06
    assert np.abs(np.diff(rise)).max() < 0.005
    assert np.allclose(-np.tan(path.pitch_rad[:-1]), rise, atol=0.005)


def test_left_hand_traffic_drives_on_the_left() -> None:
    right, left = load(f"{ESMINI}/e6mini.xodr"), load(f"{ESMINI}/e6mini-lht.xodr")
    for network, sign in ((right, -1.0), (left, 1.0)):
        road, lane = network.lane("right", 100.0)
        path = network.path(road, lane, 100.0, 100.0)
        heading = network.roads[road].surface.frame(np.array([100.0])).heading_rad[0]
        assert np.cos(path.yaw_rad[0] - heading) == pytest.approx(1.0, abs=1e-3)
        assert np.sign(lane) == sign
        fast = network.lane("left", 100.0)[1]
        # the driver's left lane lies to the left of the driver's right lane, whatever side the traffic keeps
        assert (
            network.roads[road].centre(0, fast, np.array([100.0]))[0]
            > network.roads[road].centre(0, lane, np.array([100.0]))[0]
        )
        assert network.neighbour_lane(road, fast, 100.0, "left") is None


def test_paths_through_the_fabriksgatan_junction_are_continuous() -> None:
    network = load(f"{ESMINI}/fabriksgatan.xodr")
    ends = set()
    for road, lane, s in (("0", 1, 40.0), ("2", -1, 270.0), ("3", -1, 80.0), ("1", 1, 8.0)):
        for turn in ("straight", "left", "right"):
            path = network.path(road, lane, s, 80.0, turn=turn)
            assert len(path.pieces) >= 3 or path.pieces[-1][0] == "1"
            assert_continuous(path)
            ends.add(path.pieces[-1][0])
    assert ends == {"0", "1", "2", "3"}


def test_the_straightest_way_is_preferred() -> None:
    network = load(f"{ESMINI}/fabriksgatan.xodr")
    path = network.path("2", -1, 270.0, 80.0)
    assert path.pieces[-1][0] == "0"
    assert abs(path.yaw_rad[-1] - path.yaw_rad[0]) < 0.3


# ------------------------------------------------------------------------------------------------------------ town
@pytest.fixture(scope="module")
def town() -> RoadNetwork:
    return network_for(Road[float](opendrive="town_junction.xodr"), MAP.read_bytes(), 0)


def test_the_shipped_map_is_what_the_generator_writes() -> None:
    assert MAP.read_text(encoding="utf-8") == document()


def test_the_town_needs_no_repair(town: RoadNetwork) -> None:
    assert town.diagnostics == ()
    assert town.surroundings == "town"
    assert town.main == "1"
    assert len(town.junctions["100"].connections) == 12


def test_every_way_through_the_town_is_continuous(town: RoadNetwork) -> None:
    for arm in "1234":
        found = set()
        for turn in ("straight", "left", "right"):
            path = town.path(arm, -1, 60.0, 110.0, turn=turn)
            assert_continuous(path)
            assert path.length_m == pytest.approx(110.0, abs=1e-6)
            found.add(path.pieces[-1][0])
        assert found == set("1234") - {arm}


def test_paths_join_to_the_millimetre_in_the_town(town: RoadNetwork) -> None:
    for junction_road in (r for r in town.roads.values() if r.junction == "100"):
        s = np.array([0.0, junction_road.length_m])
        ends = junction_road.lane_point(0, -1, s, 0.5)
        for link, place, lane in (
            (junction_road.predecessor, ends[0], -1),
            (junction_road.successor, ends[1], 1),
        ):
            assert link is not None
            arm = town.roads[link.id]
            there = arm.lane_point(0, lane, np.array([arm.length_m]), 0.5)[0]
            assert np.linalg.norm(there - place) < 1e-3


def test_one_arm_of_the_town_climbs_smoothly(town: RoadNetwork) -> None:
    path = town.path("2", 1, 119.0, 118.0)
    assert path.position_m[-1, 2] - path.position_m[0, 2] == pytest.approx(0.03 * 79.0 + 0.6, abs=0.01)
    rise = np.diff(path.position_m[:, 2]) / np.diff(path.s_m)
    assert np.abs(np.diff(rise)).max() < 0.001


def test_the_town_has_crossings_lights_and_signs(town: RoadNetwork) -> None:
    marks = town.marks()
    bars = [m for m in marks if m.kind == "crosswalk"]
    assert len(bars) == 4 * 7
    length = CROSSING_M[0] - CROSSING_M[1]
    assert [np.linalg.norm(m.centre_m[-1] - m.centre_m[0]) for m in bars] == pytest.approx(
        [length] * len(bars), abs=2e-3
    )
    stops = [m for m in marks if m.kind == "stop_line"]
    assert len(stops) == 4
    west = next(m for m in stops if m.road == "1")
    assert west.centre_m[:, 0] == pytest.approx(np.full(len(west.centre_m), -11.0 - STOP_M))
    assert sorted(west.centre_m[[0, -1], 1]) == pytest.approx([-3.25, 0.0])
    assert np.abs(west.centre_m[:, 2]).max() == 0.0  # it does not climb the kerb
    lights = [s for s in town.signals if s.kind == "light"]
    assert len(lights) == 12
    ahead = next(s for s in lights if s.type == "1000001" and s.position_m[0] < -10.0)
    assert np.cos(ahead.yaw_rad) == pytest.approx(-1.0)  # it looks west, at the traffic that comes east
    assert {s.type for s in town.signals if s.kind == "sign"} == {"205", "274", "306"}
    assert {thing.kind for thing in town.objects} == {"crosswalk", "lamp", "tree"}


def test_sidewalks_of_the_town_are_found_and_raised(town: RoadNetwork) -> None:
    offset = town.strip_offset("1", -1, 100.0, "sidewalk")
    across = town.strip_offset("1", -1, 100.0, "opposite_sidewalk")
    path = town.path("1", -1, 100.0, 30.0)
    position, _, _, _ = path.pose(np.array([0.0, 0.0]), np.array([offset, across]))
    assert position[:, 2] == pytest.approx([0.12, 0.12])
    assert position[:, 1] == pytest.approx([-4.65, 4.65])
    assert town.height(position[:, 0], position[:, 1]) == pytest.approx([0.12, 0.12])


def test_speed_limits_are_those_of_the_map(town: RoadNetwork) -> None:
    path = town.path("1", -1, 90.0, 60.0, turn="right")
    assert path.speed_limit_mps[0] == pytest.approx(50 / 3.6)
    inside = path.speed_limit_mps[np.array([path.pieces[k][0] not in "1234" for k in path.piece])]
    assert inside == pytest.approx(np.full(len(inside), 25 / 3.6))


@pytest.mark.parametrize(
    ("orientation", "turned", "looks_deg"),
    [
        ("+", 0.0, 180),
        ("+", 3.14159, 180),
        ("+", 2.77, 158.7),
        ("+", 6.28, 180),
        ("+", 1.5708, 270),
        ("-", 0.0, 0),
        ("-", -0.38, -21.8),
        ("-", 43.98, 0),
        ("-", 3.14159, 0),
    ],
)
def test_signals_look_at_their_readers_whatever_their_headings_count_from(
    orientation: str, turned: float, looks_deg: float
) -> None:
    """The road runs east; some tools count `hOffset` from who reads the signal, others from the road's own heading."""
    row = f'<signal s="50" t="5" type="274" orientation="{orientation}" hOffset="{turned}"/>'
    network = read_opendrive(one_road(rest=f"<signals>{row}</signals>"), "a.xodr")
    [signal] = network.signals
    assert np.cos(signal.yaw_rad - np.deg2rad(looks_deg)) == pytest.approx(1.0, abs=1e-4)


# ---------------------------------------------------------------------------------------------------------- faults
ROAD = """<road name="r" length="100" id="1" junction="-1"><link/>
<planView>{plan}</planView>
<lanes>{offset}<laneSection s="0">
<left>{left}</left><center><lane id="0" type="none"/></center>
<right><lane id="-1" type="driving"><link/><width sOffset="0" a="3.5" b="0" c="0" d="0"/>{more}</lane></right>
</laneSection></lanes>{rest}</road>"""
LINE = '<geometry s="0" x="0" y="0" hdg="0" length="100"><line/></geometry>'


def one_road(plan: str = LINE, left: str = "", more: str = "", rest: str = "", offset: str = "") -> bytes:
    road = ROAD.format(plan=plan, left=left, more=more, rest=rest, offset=offset)
    return f'<?xml version="1.0"?>\n<OpenDRIVE><header revMajor="1" revMinor="6"/>\n{road}\n</OpenDRIVE>'.encode()


def ends_at(network: RoadNetwork) -> NDArray[np.float64]:
    end: NDArray[np.float64] = network.roads["1"].surface.point(np.array([100.0]), np.array([0.0]))[0]
    return end


def test_a_clean_road_has_no_notes() -> None:
    network = read_opendrive(one_road(), "a.xodr")
    assert network.diagnostics == ()
    assert ends_at(network) == pytest.approx([100.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"", "a.xodr:1:1: the map is empty; expected an <OpenDRIVE> document"),
        (
            b"<OpenDRIVE><road></OpenDRIVE>",
            "a.xodr:1:30: not well-formed XML: Opening and ending tag mismatch",
        ),
        (b"<?xml version='1.0'?>\n<Map/>", "a.xodr:2:1: expected the root element <OpenDRIVE>, found <Map>"),
        (b"<OpenDRIVE>\n</OpenDRIVE>", "a.xodr:1:1: the map has no usable road (there is no <road> element)"),
        (
            b'<OpenDRIVE><header/>\n<road id="7"/></OpenDRIVE>',
            "a.xodr:1:1: the map has no usable road (a.xodr:2: road '7' has no usable reference line; left out)",
        ),
        (b"not xml at all", "a.xodr:1:1: not well-formed XML: Start tag expected"),
        (
            b'<!DOCTYPE x [<!ENTITY a "b">]><OpenDRIVE>&a;</OpenDRIVE>',
            "a.xodr:1:1: the map has a document type declaration (<!DOCTYPE ...>), which is not allowed",
        ),
    ],
)
def test_what_cannot_be_repaired_is_refused_with_its_place(xml: bytes, message: str) -> None:
    with pytest.raises(StormlaneError) as caught:
        read_opendrive(xml, "a.xodr")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("xml", "note"),
    [
        (
            one_road(plan='<geometry s="0" x="NaN" y="0" hdg="0" length="100"><line/></geometry>'),
            'a.xodr:4: x="NaN" of <geometry> is not a usable number; taken as 0',
        ),
        (
            one_road(plan='<geometry s="0" x="0" y="0" hdg="zero" length="100"><line/></geometry>'),
            'a.xodr:4: hdg="zero" of <geometry> is not a number; taken as 0',
        ),
        (
            one_road(plan=LINE.replace("<line/>", '<arc curvature="500"/>')),
            "a.xodr:4: curvature 500 1/m is impossible; taken as 0",
        ),
        (
            one_road(plan=LINE.replace("<line/>", "<wiggle/>")),
            "a.xodr:4: <wiggle> is no geometry; taken as a straight line",
        ),
        (
            one_road(left='<lane id="-1" type="driving"><width sOffset="0" a="3" b="0" c="0" d="0"/></lane>'),
            "a.xodr:6: lane -1 in the left group; taken as lane 1",
        ),
        (
            one_road(left='<lane id="1" type="driving"/>'),
            "a.xodr:6: lane 1 has neither width nor border; taken as 0 m wide",
        ),
        (one_road(rest="<hologram/>"), "a.xodr:8: <hologram> of a road is not supported; left out"),
        (
            one_road(rest='<signals><signal s="900" t="0" type="274"/></signals>'),
            "a.xodr:8: signal at s = 900 m lies beyond road '1'; kept at its end",
        ),
        (
            one_road(more='<speed sOffset="0" max="30" unit="knots"/>'),
            'a.xodr:7: unknown speed unit "knots"; taken as m/s',
        ),
        (b"\n\n" + one_road(), "a.xodr:3: blank text before the XML declaration was skipped"),
    ],
)
def test_what_can_be_repaired_is_repaired_and_noted(xml: bytes, note: str) -> None:
    network = read_opendrive(xml, "a.xodr")
    assert network.diagnostics == (note,)
    assert np.isfinite(network.strips()[0].inner_m).all()
    assert ends_at(network) == pytest.approx([100.0, 0.0, 0.0])


def test_gaps_in_s_are_closed() -> None:
    plan = (
        '<geometry s="0" x="0" y="0" hdg="0" length="60"><line/></geometry>'
        '<geometry s="70" x="60" y="0" hdg="0" length="40"><line/></geometry>'
    )
    network = read_opendrive(one_road(plan=plan), "a.xodr")
    assert "should begin at 60 m; moved there" in network.diagnostics[0]
    assert ends_at(network) == pytest.approx([100.0, 0.0, 0.0])


def test_small_gaps_in_s_are_no_news() -> None:
    plan = (
        '<geometry s="0" x="0" y="0" hdg="0" length="60"><line/></geometry>'
        '<geometry s="60.0001" x="60" y="0" hdg="0" length="40"><line/></geometry>'
    )
    assert read_opendrive(one_road(plan=plan), "a.xodr").diagnostics == ()


def test_links_to_nowhere_are_noted_and_end_the_path() -> None:
    xml = one_road().replace(
        b"<link/>\n<planView>", b'<link><successor elementType="road" elementId="9"/></link>\n<planView>'
    )
    network = read_opendrive(xml, "a.xodr")
    assert network.diagnostics == ("a.xodr:3: road '1' is linked to road '9', which does not exist",)
    assert network.path("1", -1, 50.0, 200.0).length_m == pytest.approx(50.0)


def test_borders_serve_where_widths_are_missing() -> None:
    left = '<lane id="1" type="driving"><border sOffset="0" a="2.75" b="0.01" c="0" d="0"/></lane>'
    network = read_opendrive(one_road(left=left), "a.xodr")
    assert {k: high for k, _, _, high in network.lanes_at("1", 50.0)}[1] == pytest.approx(3.25)


def test_a_lane_offset_shifts_all_lanes() -> None:
    network = read_opendrive(one_road(offset='<laneOffset s="0" a="1.5" b="0" c="0" d="0"/>'), "a.xodr")
    ((lane, kind, low, high),) = network.lanes_at("1", 10.0)
    assert (lane, kind) == (-1, "driving")
    assert (low, high) == pytest.approx((-2.0, 1.5))


def test_absent_prange_means_normalized() -> None:
    numbers = 'aU="0" bU="100" cU="0" dU="0" aV="0" bV="0" cV="20" dV="-10"'
    with_range, without = (
        read_opendrive(one_road(plan=LINE.replace("<line/>", f"<paramPoly3 {numbers}{more}/>")), "a.xodr")
        for more in (' pRange="normalized"', "")
    )
    assert ends_at(with_range) == pytest.approx([100.0, 10.0, 0.0], abs=0.2)
    assert np.array_equal(ends_at(with_range), ends_at(without))


def test_objects_are_repeated_along_the_road() -> None:
    rest = (
        '<objects><object id="1" type="pole" s="0" t="-6" zOffset="0" hdg="0" radius="0.1" height="4">'
        '<repeat s="10" length="40" distance="20" tStart="-6" tEnd="-8"/></object>'
        '<object id="2" type="barrier" name="guardRail" s="0" t="5" zOffset="0" hdg="0" height="0.8" width="0.1">'
        '<repeat s="0" length="50" distance="0" tStart="5" tEnd="5"/></object></objects>'
    )
    things = read_opendrive(one_road(rest=rest), "a.xodr").objects
    assert [t.kind for t in things] == ["pole", "pole", "pole", "guardrail"]
    assert np.stack([t.position_m for t in things[:3]]) == pytest.approx(
        np.array([[10, -6, 0], [30, -7, 0], [50, -8, 0.0]])
    )
    assert things[0].size_m == pytest.approx((0.2, 0.2, 4.0))
    run = things[3].outline_m
    assert run is not None
    assert not things[3].closed
    assert run[[0, -1]] == pytest.approx(np.array([[0.0, 5.0, 0.0], [50.0, 5.0, 0.0]]))


def test_marks_that_spell_out_their_lines_are_painted_so() -> None:
    more = (
        '<roadMark sOffset="0" type="broken" weight="standard" color="yellow" width="0.15"><type name="b" width="0.15">'
        '<line length="4" space="8" tOffset="0" sOffset="2" width="0.15"/></type></roadMark>'
    )
    marks = read_opendrive(one_road(more=more), "a.xodr").marks()
    assert {m.color for m in marks} == {"yellow"}
    assert {m.width_m for m in marks} == {0.15}
    assert sorted(float(m.centre_m[0, 0]) for m in marks)[:2] == pytest.approx([2.0, 14.0])
    assert [m.centre_m[-1, 0] - m.centre_m[0, 0] for m in marks[:-1]] == pytest.approx(
        [4.0] * (len(marks) - 1)
    )


def test_random_damage_never_leaves_a_traceback() -> None:
    rng = np.random.Generator(np.random.Philox(2025))
    values = ("NaN", "inf", "-1", "0", "abc", "", "1e30", "-5.5", "100000", "1e-12")
    refused = 0
    for _ in range(25):
        root = etree.fromstring(MAP.read_bytes())
        elements = [e for e in root.iter() if e is not root]
        for k in rng.integers(0, len(elements), int(rng.integers(1, 40))):
            element, fate = elements[int(k)], rng.uniform()
            parent = element.getparent()
            if fate < 0.75 and element.attrib:
                name = sorted(str(a) for a in element.attrib)[int(rng.integers(len(element.attrib)))]
                element.set(name, values[int(rng.integers(len(values)))])
            elif fate < 0.9 and parent is not None:
                parent.remove(element)
            else:
                element.tag = "weird"
        try:
            network = read_opendrive(etree.tostring(root), "damaged.xodr")
        except ScenarioError:
            refused += 1
            continue
        assert network.diagnostics
        assert all(np.isfinite(strip.outer_m).all() for strip in network.strips(4.0))
        assert all(np.isfinite(mark.centre_m).all() for mark in network.marks())
        for road, _, lane in list(network.drivable())[:2]:
            assert np.isfinite(network.path(road, lane, 5.0, 60.0).position_m).all()
    assert refused < 12


def test_the_file_is_kept_for_saving() -> None:
    xml = one_road()
    assert read_opendrive(xml, "a.xodr").source_xml == xml
