"""Writes scenarios/maps/town_junction.xodr: `python -m tests.roads.town_map` after changing the town.

Four arms meet at (0, 0).  Every arm is laid from its far end towards the junction, so that lane -1 drives into the
junction and lane 1 out of it; the connecting roads have one lane, -1, and those that turn right carry the corner's
kerb and sidewalk.
"""

from pathlib import Path

import numpy as np

from sim.roads.geometry import Arc, Line, ReferenceLine, Shape, Spiral, chain

MAP = Path(__file__).resolve().parents[2] / "scenarios" / "maps" / "town_junction.xodr"
ARM_M = 120.0
MOUTH_M = 11.0  # from the centre to where the arms end
LANE_M, KERB_M, WALK_M, RISE_M = 3.25, 0.15, 2.5, 0.12
CROSSING_M = (5.0, 1.5)  # before the arm's end
STOP_M = 6.2
GRADE, VERTICAL_CURVE_M = 0.03, 40.0  # the eastern arm climbs away from the junction
ARMS = {"1": ("west", 180.0), "2": ("east", 0.0), "3": ("south", 270.0), "4": ("north", 90.0)}


def arm_line(id_: str) -> ReferenceLine:
    """The reference line of an arm, from its far end to the junction."""
    out = np.deg2rad(ARMS[id_][1])
    shapes: list[tuple[Shape, float]] = [(Line(), ARM_M)]
    if id_ == "4":  # the northern arm swings away
        bend = 1.0 / 150.0
        shapes = [
            (Line(), 35.0), (Spiral(0.0, bend, 25.0), 25.0), (Arc(bend), 20.0), (Spiral(bend, 0.0, 25.0), 25.0),
            (Line(), 15.0),
        ]  # fmt: skip
    outward = chain(shapes, MOUTH_M * float(np.cos(out)), MOUTH_M * float(np.sin(out)), float(out))
    x, y, heading, _ = (float(a[0]) for a in outward.at(np.array([ARM_M])))
    reverse = [(_reversed(shape), length) for shape, length in reversed(shapes)]
    return chain(reverse, x, y, float(np.remainder(heading + np.pi, 2.0 * np.pi)))


def _reversed(shape: Shape) -> Shape:
    """The same curve walked from its other end."""
    if isinstance(shape, Arc):
        return Arc(-shape.curvature_per_m)
    if isinstance(shape, Spiral):
        return Spiral(-shape.end_per_m, -shape.start_per_m, shape.length_m)
    return shape


def plan(line: ReferenceLine) -> str:
    rows = []
    for piece in line.pieces:
        shape = piece.shape
        if isinstance(shape, Arc):
            text = f'<arc curvature="{shape.curvature_per_m:.12g}"/>'
        elif isinstance(shape, Spiral):
            text = f'<spiral curvStart="{shape.start_per_m:.12g}" curvEnd="{shape.end_per_m:.12g}"/>'
        else:
            text = "<line/>"
        x, y = round(piece.x_m, 9) + 0.0, round(piece.y_m, 9) + 0.0
        rows.append(
            f'      <geometry s="{piece.s_m:.10g}" x="{x:.10g}" y="{y:.10g}" hdg="{piece.heading_rad:.12g}"'
            f' length="{piece.length_m:.12g}">{text}</geometry>'
        )
    return "\n".join(["    <planView>", *rows, "    </planView>"])


def elevation(id_: str) -> str:
    rows = ['<elevation s="0" a="0" b="0" c="0" d="0"/>']
    if id_ == "2":
        top = GRADE * (ARM_M - VERTICAL_CURVE_M) + 0.5 * GRADE * VERTICAL_CURVE_M
        low = 0.5 * GRADE * VERTICAL_CURVE_M
        bend = 0.5 * GRADE / VERTICAL_CURVE_M
        rows = [
            f'<elevation s="0" a="{top:.10g}" b="{-GRADE:.10g}" c="0" d="0"/>',
            f'<elevation s="{ARM_M - VERTICAL_CURVE_M:.10g}" a="{low:.10g}" b="{-GRADE:.10g}" c="{bend:.10g}" d="0"/>',
        ]
    return "    <elevationProfile>" + "".join(rows) + "</elevationProfile>"


def lane(id_: int, kind: str, width: float, link: str, height: bool, marks: str = "") -> str:
    rise = f'<height sOffset="0" inner="{RISE_M}" outer="{RISE_M}"/>' if height else ""
    surface = {"driving": "asphalt", "curb": "concrete", "sidewalk": "paving"}[kind]
    return (
        f'          <lane id="{id_}" type="{kind}" level="false"><link>{link}</link>'
        f'<width sOffset="0" a="{width}" b="0" c="0" d="0"/>{marks}'
        f'<material sOffset="0" surface="{surface}" friction="0.8"/>{rise}</lane>'
    )


def side(sign: int, links: tuple[str, str, str], whole: bool) -> str:
    rows = [lane(sign, "driving", LANE_M, links[0], False)]
    if whole:
        rows += [
            lane(2 * sign, "curb", KERB_M, links[1], True),
            lane(3 * sign, "sidewalk", WALK_M, links[2], True),
        ]
    return "\n".join(sorted(rows, key=lambda r: -int(r.split('id="')[1].split('"')[0])))


def mark(s: float, kind: str) -> str:
    line = (3.0, 6.0) if kind == "broken" else (0.0, 0.0)
    return (
        f'<roadMark sOffset="{s:.10g}" type="{kind}" weight="standard" color="white" width="0.12" laneChange="none">'
        f'<type name="{kind}" width="0.12"><line length="{line[0]:g}" space="{line[1]:g}" tOffset="0" sOffset="0"'
        f' width="0.12"/></type></roadMark>'
    )


def arm(id_: str) -> str:
    name, _ = ARMS[id_]
    centre = (
        mark(0.0, "broken") + mark(ARM_M - 24.0, "solid") + mark(ARM_M - STOP_M, "none").split("<type")[0]
    )
    centre = centre[: centre.rindex("<roadMark")] + (
        f'<roadMark sOffset="{ARM_M - STOP_M:.10g}" type="none" color="white" laneChange="none"/>'
    )
    return f"""  <road name="{name} arm" length="{ARM_M:g}" id="{id_}" junction="-1" rule="RHT">
    <link><successor elementType="junction" elementId="100"/></link>
    <type s="0" type="town"><speed max="50" unit="km/h"/></type>
{plan(arm_line(id_))}
{elevation(id_)}
    <lanes>
      <laneSection s="0">
        <left>
{side(1, ("", "", ""), True)}
        </left>
        <center>
          <lane id="0" type="none" level="false"><link/>{centre}</lane>
        </center>
        <right>
{side(-1, ("", "", ""), True)}
        </right>
      </laneSection>
    </lanes>
{objects(id_)}
{signals(id_)}
  </road>"""


def objects(id_: str) -> str:
    n = int(id_) * 100
    a, b = ARM_M - CROSSING_M[0], ARM_M - CROSSING_M[1]
    corners = "".join(
        f'<cornerRoad id="{k}" s="{s:g}" t="{t:g}" dz="0" height="0"/>'
        for k, (s, t) in enumerate(((a, -LANE_M), (b, -LANE_M), (b, LANE_M), (a, LANE_M)))
    )
    back = LANE_M + KERB_M
    rows = [
        f'<object id="{n}" type="crosswalk" name="crossing" s="{0.5 * (a + b):g}" t="0" zOffset="0" hdg="0"'
        f' orientation="none" length="{b - a:g}" width="{2 * LANE_M:g}" height="0">'
        f'<outlines><outline id="0" closed="true" outer="true">{corners}</outline></outlines></object>'
    ]
    for k, sign in enumerate((-1, 1)):
        first = 12.0 if sign < 0 else 27.0
        rows.append(
            f'<object id="{n + 10 + k}" type="streetLamp" name="street lamp" s="{first:g}" t="{sign * (back + 0.4):g}"'
            f' zOffset="0" hdg="{-sign * np.pi / 2:.6f}" orientation="none" radius="0.1" height="7.5">'
            f'<repeat s="{first:g}" length="90" distance="30" tStart="{sign * (back + 0.4):g}"'
            f' tEnd="{sign * (back + 0.4):g}" heightStart="7.5" heightEnd="7.5" zOffsetStart="0" zOffsetEnd="0"/>'
            f"</object>"
        )
    if id_ in ("1", "4"):
        t = -(back + WALK_M + 1.6)
        rows.append(
            f'<object id="{n + 20}" type="tree" name="lime tree" s="6" t="{t:g}" zOffset="0" hdg="0" orientation="none"'
            f' radius="1.8" height="7"><repeat s="6" length="88" distance="11" tStart="{t:g}" tEnd="{t:g}"'
            f' heightStart="6.5" heightEnd="7.5" zOffsetStart="0" zOffsetEnd="0"/></object>'
        )
    return "\n".join(["    <objects>", *(f"      {row}" for row in rows), "    </objects>"])


def signals(id_: str) -> str:
    n = int(id_) * 100 + 50
    kerb = LANE_M + KERB_M
    right = -(kerb + 0.45)
    priority = "306" if id_ in ("1", "2") else "205"

    def signal(k: int, s: float, t: float, kind: str, more: str) -> str:
        return f'      <signal s="{s:g}" t="{t:g}" id="{n + k}" country="DE" type="{kind}" subtype="-1" {more}></signal>'

    still = 'dynamic="no" orientation="+" zOffset="2.2"'
    middle = ARM_M - 0.5 * sum(CROSSING_M)
    light = 'dynamic="yes" zOffset="2.3" height="1.0" width="0.35" value="0"'
    small = 'dynamic="yes" zOffset="2.1" height="0.75" width="0.3" value="0"'
    rows = [
        signal(
            0,
            ARM_M - STOP_M,
            -0.5 * LANE_M,
            "294",
            'name="stop line" dynamic="no" orientation="+" zOffset="0" value="0"',
        ),
        signal(1, ARM_M - STOP_M + 0.6, right, "1000001", f'name="traffic light" orientation="+" {light}'),
        signal(
            2,
            middle,
            right,
            "1000002",
            f'name="pedestrian light" orientation="+" hOffset="{-np.pi / 2:.6f}" {small}',
        ),
        signal(
            3,
            middle,
            -right,
            "1000002",
            f'name="pedestrian light" orientation="+" hOffset="{np.pi / 2:.6f}" {small}',
        ),
        signal(
            4, ARM_M - 26.0, right, priority, f'name="priority" {still} height="0.6" width="0.6" value="0"'
        ),
        signal(
            5,
            10.0,
            right,
            "274",
            f'name="speed limit" {still} height="0.6" width="0.6" value="50" unit="km/h"',
        ),
    ]
    return "\n".join(["    <signals>", *(row.replace("></signal>", "/>") for row in rows), "    </signals>"])


def connections() -> list[tuple[str, str, str, float]]:
    """(connecting road, from, to, turn in degrees) of all twelve ways through the junction."""
    found = []
    number = 101
    for start, (_, out) in ARMS.items():
        for end, (_, away) in ARMS.items():
            if start != end:
                turn = (away - (out + 180.0) + 540.0) % 360.0 - 180.0
                found.append((str(number), start, end, turn))
                number += 1
    return found


def connecting_road(id_: str, start: str, end: str, turn: float) -> str:
    out = np.deg2rad(ARMS[start][1])
    inward = float(np.remainder(out + np.pi, 2.0 * np.pi))
    shape: tuple[Shape, float] = (Line(), 2.0 * MOUTH_M)
    if abs(turn) > 1.0:
        shape = (Arc(float(np.sign(turn)) / MOUTH_M), 0.5 * np.pi * MOUTH_M)
    line = chain([shape], MOUTH_M * float(np.cos(out)), MOUTH_M * float(np.sin(out)), inward)
    links = tuple(f'<predecessor id="{-k}"/><successor id="{k}"/>' for k in (1, 2, 3))
    name = f"{ARMS[start][0]} to {ARMS[end][0]}"
    return f"""  <road name="{name}" length="{line.length_m:.10g}" id="{id_}" junction="100" rule="RHT">
    <link>
      <predecessor elementType="road" elementId="{start}" contactPoint="end"/>
      <successor elementType="road" elementId="{end}" contactPoint="end"/>
    </link>
    <type s="0" type="town"><speed max="{50 if abs(turn) < 1.0 else 25}" unit="km/h"/></type>
{plan(line)}
{elevation(id_)}
    <lanes>
      <laneSection s="0">
        <center>
          <lane id="0" type="none" level="false"><link/></lane>
        </center>
        <right>
{side(-1, (links[0], links[1], links[2]), turn < -1.0)}
        </right>
      </laneSection>
    </lanes>
  </road>"""


def junction() -> str:
    rows = []
    for k, (id_, start, _, turn) in enumerate(connections()):
        lanes = (1, 2, 3) if turn < -1.0 else (1,)
        links = "".join(f'<laneLink from="{-n}" to="{-n}"/>' for n in lanes)
        rows.append(
            f'    <connection id="{k}" incomingRoad="{start}" connectingRoad="{id_}" contactPoint="start">'
            f"{links}</connection>"
        )
    return "\n".join(['  <junction name="market crossing" id="100" type="default">', *rows, "  </junction>"])


def document() -> str:
    reach = MOUTH_M + ARM_M
    roads = [arm(id_) for id_ in ARMS] + [connecting_road(*c) for c in connections()]
    header = (
        f'  <header revMajor="1" revMinor="6" name="town junction" version="1" date="2025-11-12T00:00:00"'
        f' north="{reach:g}" south="{-reach:g}" east="{reach:g}" west="{-reach:g}" vendor="Stormlane"/>'
    )
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            "<OpenDRIVE>",
            header,
            *roads,
            junction(),
            "</OpenDRIVE>",
            "",
        ]
    )


if __name__ == "__main__":
    MAP.parent.mkdir(exist_ok=True)
    MAP.write_text(document(), encoding="utf-8")
