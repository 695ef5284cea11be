"""Lane sections, lanes and road marks of an OpenDRIVE road.  World floor."""

from dataclasses import replace

from lxml import etree

from sim.roads.geometry import Cubics
from sim.roads.lanes import Lane, LaneSection, MarkLine, RoadMark
from sim.roads.surfaces import mark_lines
from sim.roads.xodr_xml import Diary, cubics, number, speed, whole

STANDARD_M, BOLD_M = 0.12, 0.25  # widths where the map says only standard or bold
SHORTEST_M = 1e-4  # lane sections shorter than this hold nothing to drive on
WIDEST_M = 200.0  # a lane wider than this is a mistake in the map
UNPAINTED = frozenset(
    {"none", "grass", "edge", "custom"}
)  # custom marks are painted only as far as lines are given
KNOWN = frozenset({"link", "width", "border", "height", "roadMark", "material", "speed"})
SILENT = frozenset(
    {"access", "rule", "userData", "dataQuality"}
)  # nothing that is drawn or driven depends on them


def read_sections(
    lanes: "etree._Element", length_m: float, motorway: bool, diary: Diary
) -> tuple[LaneSection, ...]:
    """The lane sections of a <lanes> element, gaps closed, in ascending s."""
    found: list[tuple[float, etree._Element]] = []
    for element in lanes.findall("laneSection"):
        s = number(element, "s", 0.0, diary, needed=True)
        if s > length_m - SHORTEST_M and found:
            diary.note(
                element, f"lane section at s = {s:g} m lies beyond the road's end ({length_m:g} m); left out"
            )
            continue
        found.append((max(s, 0.0), element))
    ordered = sorted(found, key=lambda pair: pair[0])
    if ordered != found:
        diary.note(lanes, "lane sections are not in ascending order of s; sorted")
    if ordered and ordered[0][0] > 1e-6:
        diary.note(
            ordered[0][1], f"the first lane section begins at s = {ordered[0][0]:g} m; taken to begin at 0"
        )
        ordered[0] = (0.0, ordered[0][1])
    sections = []
    for k, (s, element) in enumerate(ordered):
        end = ordered[k + 1][0] if k + 1 < len(ordered) else length_m
        if end - s < SHORTEST_M and len(ordered) > 1:
            diary.note(element, f"lane section at s = {s:g} m has no length; left out")
            continue
        sections.append(LaneSection(s, end, _read_lanes(element, s, end, motorway, diary)))
    return tuple(sections)


def _read_lanes(
    section: "etree._Element", s: float, end: float, motorway: bool, diary: Diary
) -> dict[int, Lane]:
    lanes: dict[int, Lane] = {0: Lane(0, "none")}
    for side, sign in (("left", 1), ("center", 0), ("right", -1)):
        for element in section.findall(f"{side}/lane"):
            number_ = whole(element, "id", diary)
            if number_ is None:
                continue
            if sign == 0 and number_ != 0:
                diary.note(element, f"lane {number_} in the centre group; taken as lane 0")
                number_ = 0
            elif sign != 0 and number_ * sign <= 0:
                if number_ == 0:
                    diary.note(element, f"lane 0 in the {side} group; left out")
                    continue
                diary.note(
                    element, f"lane {number_} in the {side} group; taken as lane {sign * abs(number_)}"
                )
                number_ = sign * abs(number_)
            if number_ in lanes and (number_ != 0 or lanes[0].marks):
                diary.note(element, f"lane {number_} appears twice in one section; the second is left out")
                continue
            lanes[number_] = _read_lane(element, number_, s, end, motorway, diary)
    for sign in (1, -1):
        ids = sorted((k for k in lanes if k * sign > 0), key=abs)
        if ids and ids != [sign * (n + 1) for n in range(len(ids))]:
            diary.note(section, f"lane numbers {ids} leave a gap; the lanes are laid side by side")
    return lanes


def _read_lane(
    element: "etree._Element", id_: int, s: float, end: float, motorway: bool, diary: Diary
) -> Lane:
    for child in element:
        if child.tag not in KNOWN and child.tag not in SILENT:
            diary.once(f"lane/{child.tag}", child, f"<{child.tag}> of a lane is not supported; left out")
    widths, borders = element.findall("width"), element.findall("border")
    if id_ != 0 and not widths and not borders:
        diary.note(element, f"lane {id_} has neither width nor border; taken as 0 m wide")
    if widths and borders:
        diary.note(element, f"lane {id_} has widths and borders; the borders are left out")
    heights = sorted(
        (
            number(h, "sOffset", 0.0, diary),
            number(h, "inner", 0.0, diary),
            number(h, "outer", 0.0, diary),
        )
        for h in element.findall("height")
    )
    material = element.find("material")
    lane = Lane(
        id=id_,
        kind=element.get("type") or "none",
        width=_from_zero(cubics(widths, "sOffset", diary)),
        border=_from_zero(cubics(borders, "sOffset", diary)) if borders and not widths else None,
        level=(element.get("level") or "").strip().lower() in ("true", "1"),
        reversed=element.get("direction") == "reversed",
        heights=tuple(heights) if any(a or b for _, a, b in heights) else (),
        marks=_read_marks(element, id_, s, motorway, diary) if end > s else (),
        material=None if material is None else material.get("surface"),
        speeds=tuple((number(v, "sOffset", 0.0, diary), speed(v, diary)) for v in element.findall("speed")),
        predecessors=_linked(element, "predecessor", diary),
        successors=_linked(element, "successor", diary),
    )
    if id_ != 0 and abs(float(lane.width.at(lane.width.start_m).max(initial=0.0))) > WIDEST_M:
        diary.note(element, f"lane {id_} is wider than {WIDEST_M:g} m; taken as 0 m wide")
        lane = replace(lane, width=Cubics())
    return lane


def _from_zero(records: Cubics) -> Cubics:
    """Widths that begin late hold from the section's start, not zero before."""
    if len(records.start_m) and records.start_m[0] > 1e-6:
        first = records.coefficients[0, 0]
        return Cubics.of(
            [(0.0, first, 0.0, 0.0, 0.0)]
            + [(float(s), *map(float, c)) for s, c in zip(records.start_m, records.coefficients, strict=True)]  # type: ignore[misc]
        )
    return records


def _linked(element: "etree._Element", tag: str, diary: Diary) -> tuple[int, ...]:
    ids = [whole(link, "id", diary) for link in element.findall(f"link/{tag}")]
    return tuple(k for k in ids if k is not None)


def _read_marks(
    element: "etree._Element", lane: int, s: float, motorway: bool, diary: Diary
) -> tuple[RoadMark, ...]:
    marks = []
    for mark in element.findall("roadMark"):
        kind = (mark.get("type") or "none").strip().replace("_", " ")
        ds = number(mark, "sOffset", 0.0, diary)
        standard = BOLD_M if mark.get("weight") == "bold" else STANDARD_M
        width = number(mark, "width", standard, diary)
        width = width if 0.01 < width < 2.0 else standard
        color = (mark.get("color") or "standard").strip()
        color = "white" if color == "standard" else color
        lines = _given_lines(mark, s + ds, width, diary)
        if not lines and kind not in UNPAINTED and kind != "curb":
            lines = mark_lines(kind, width, motorway)
        if kind in ("none", "grass", "edge", "curb"):
            kind, lines = "none", ()
        if mark.find("sway") is not None:
            diary.once("sway", mark, "<sway> of a road mark is not supported; the mark is drawn straight")
        marks.append(RoadMark(ds, kind if lines else "none", color, lines))
    return tuple(sorted(marks, key=lambda m: m.ds_m))


def _given_lines(mark: "etree._Element", start: float, width: float, diary: Diary) -> tuple[MarkLine, ...]:
    """Lines that the map spells out with <type> or <explicit>."""
    lines = []
    for line in (*mark.findall("type/line"), *mark.findall("explicit/line")):
        explicit = line.getparent() is not None and line.getparent().tag == "explicit"  # type: ignore[union-attr]
        length = number(line, "length", 0.0, diary)
        space = 1e6 if explicit else number(line, "space", 0.0, diary)
        across = number(line, "width", width, diary)
        lines.append(
            MarkLine(
                width_m=across if 0.01 < across < 2.0 else width,
                t_offset_m=number(line, "tOffset", 0.0, diary),
                length_m=length if space > 0.0 and length > 0.05 else 0.0,
                space_m=max(space, 0.0),
                s_offset_m=start + number(line, "sOffset", 0.0, diary),
            )
        )
    return tuple(lines)
