"""The inside of a car: floor, walls, dashboard, seats, the load space behind them, a pickup's bed.  Renderers floor."""

from itertools import pairwise

import numpy as np

from renderers.assets.fittings import steering_wheel
from renderers.assets.shell import curve
from renderers.assets.style import Style, flank_y
from renderers.loft import Floats, both_sides, box, mirrored, rotation, sheet, translation
from renderers.mesh import Mesh
from scenarios.bodies import Body

CUSHION_M = 0.50  # depth of a seat
WALL_M = 0.065  # of a door, from its skin to its lining
RECLINE_RAD = -0.30
Span = tuple[float, float]
Gaps = tuple[tuple[Span, ...], tuple[Span, ...]]  # on the left, on the right


def cabin(style: Style, body: Body, half: float, gaps: Gaps = ((), ()), boot: bool = False) -> Mesh:
    """What is seen through the panes and through open doors.

    `gaps` are the stations between which the left and the right wall have gone with an open door.
    """
    belt = curve(style.shape.belt)
    first, last = style.cowl_m + 0.10, seats_end(style)
    dash_z = float(belt(np.array([style.cowl_m + 0.4]))[0])
    pieces = [
        _tub(style, body, half, first, last, gaps),
        _dashboard(style, half, dash_z),
        steering_wheel(half - style.cowl_m - 0.78, 0.36, dash_z - 0.02, "car"),
        box((0.9, 0.20, 0.16), "interior", "car", 0.03, (half - first - 0.85, 0.0, floor_z(style) + 0.10)),
    ]
    for row, (station, height) in enumerate(style.seats):
        pieces.append(_seats(style, half, station, height, row > 0 and style.bulkhead_m is None))
    if style.bulkhead_m is not None:
        if boot or any(low > style.bulkhead_m - 0.5 for side in gaps for low, _ in side):
            # The load space, which only open doors show.
            pieces.append(_tub(style, body, half, style.bulkhead_m, style.shape.length_m - 0.16, gaps))
        roof = float(curve(style.shape.top)(np.array([style.bulkhead_m]))[0]) - 0.06
        wide = 1.6 * (flank_y(style, style.bulkhead_m, 1.2) - 0.03)
        low = floor_z(style)
        pieces.append(
            box(
                (0.03, wide, roof - low),
                "interior",
                "car",
                0.0,
                (half - style.bulkhead_m, 0.0, (roof + low) / 2),
            )
        )
    elif style.bed is None:
        pieces.append(_shelf(style, half, last))
    if style.bed is not None:
        pieces.append(_bed(style, body, half, boot))
    return Mesh.join(pieces)


def seats_end(style: Style) -> float:
    """Station behind the backs of the last row."""
    return style.bulkhead_m or style.seats[-1][0] + 0.32


def floor_z(style: Style) -> float:
    """Height of the floor that feet stand on."""
    return float(curve(style.shape.bottom)(np.array([style.seats[0][0]]))[0]) + 0.10


def cushion_z(style: Style) -> float:
    """Height of the seats' cushions: hips lie 0.86 m below the crown of who sits upright under the roof."""
    station, height = style.seats[0]
    belt = float(curve(style.shape.belt)(np.array([station]))[0])
    return max(belt - 0.12 + height + 0.015 - 0.86 - 0.06, floor_z(style) + 0.14)


def _tub(style: Style, body: Body, half: float, first: float, last: float, gaps: Gaps) -> Mesh:
    """Floor, side walls up to the windows, and the wall in front of the feet."""
    belt, low, sill = curve(style.shape.belt), floor_z(style), style.door_sill_m
    room = body.wheel_radius_m + 0.06  # between the wheels of an axle the floor is narrower
    ahead, astern = body.front_overhang_m + room, body.front_overhang_m + body.wheelbase_m - room

    def section(station: float) -> tuple[Floats, Floats]:
        """From the middle to the wall and up; and from the middle over the sill out to the skin."""
        top = float(belt(np.array([station]))[0])
        wall = flank_y(style, station, 0.55 * top) - WALL_M
        if not ahead <= station <= astern:
            wall = min(wall, style.shape.half_width_m - 0.31)
        ledge = flank_y(style, station, top - 0.02) - 0.006
        x = half - station
        closed = (
            (0.0, low),
            (wall - 0.06, low),
            (wall, low + 0.10),
            (wall - 0.01, top - 0.05),
            (ledge, top + (0.012 if style.open_top else -0.015)),  # without a roof one looks down on its edge
        )
        edge = max(flank_y(style, station, sill) - 0.03, wall)
        opened = ((0.0, low), (wall - 0.10, low), (wall - 0.07, sill), (edge, sill + 0.005))
        return np.array([(x, y, z) for y, z in closed]), np.array([(x, y, z) for y, z in opened])

    pieces = []
    for side, holes in zip((1.0, -1.0), gaps, strict=True):
        ends = [v for hole in holes for v in hole]
        edges = (ahead - 0.01, ahead, astern, astern + 0.01, *ends)
        stations = sorted({*np.linspace(first, last, 5), *(v for v in edges if first < v < last)})
        run: list[float] = []
        for s, t in pairwise(stations):
            run = run or [s]
            run.append(t)
            here, there = (_within(0.5 * (u + v), holes) for u, v in ((s, t), (t, t + 1e-3)))
            if t == stations[-1] or here != there:
                rows = [section(float(v))[1 if here else 0] for v in run]
                left = sheet(np.stack(rows), "interior", "car")
                pieces.append(left if side > 0.0 else mirrored(left))
                run = []
    wall = section(first)[0][-2]
    front = np.array([[(wall[0], wall[1], low), (wall[0], -wall[1], low)], [wall, wall * (1.0, -1.0, 1.0)]])
    return Mesh.join([*pieces, sheet(front, "interior", "car")])


def _within(station: float, holes: tuple[Span, ...]) -> bool:
    return any(low < station < high for low, high in holes)


def _dashboard(style: Style, half: float, dash_z: float) -> Mesh:
    """From the windscreen's foot back to the knees, with a hood over the instruments."""
    near, far = style.cowl_m + 0.06, style.cowl_m + 0.62
    top = float(curve(style.shape.belt)(np.array([near]))[0])
    rows = []
    line = (
        (near, top - 0.012), (near + 0.30, dash_z + 0.02), (far - 0.04, dash_z + 0.02), (far, dash_z - 0.04),
        (far - 0.10, dash_z - 0.28),
    )  # fmt: skip
    for station, z in line:
        wide = flank_y(style, station, min(z, dash_z) - 0.02) - 0.03
        rows.append([(half - station, -wide, z), (half - station, wide, z)])
    hood = box((0.14, 0.40, 0.06), "interior", "car", 0.02, (half - far + 0.06, 0.36, dash_z + 0.035))
    screen = box((0.02, 0.26, 0.13), "panel_gap", "car", 0.004, (half - far + 0.05, 0.0, dash_z + 0.05))
    return Mesh.join([sheet(np.array(rows), "interior", "car"), hood, screen])


def _seats(style: Style, half: float, station: float, height: float, bench: bool) -> Mesh:
    """A row: backs that lean, with head restraints, on cushions; rear rows are one bench."""
    belt = float(curve(style.shape.belt)(np.array([station]))[0])
    low = cushion_z(style) + (0.04 if bench else 0.0)
    tall = belt - 0.12 + height - 0.22 - low  # of the back; the head restraint stands above it
    places = (-0.36, 0.36)
    rows: list[tuple[float, float]] = [(0.0, 1.24)] if bench else [(y, 0.50) for y in places]
    foot_x = half - station + 0.30 * (belt - 0.12 - low)  # the back leans to where its head was drawn
    pieces = []
    for y, wide in rows:
        back = box((0.13, wide, tall), "seat", "car", 0.045, (0.0, 0.0, tall / 2))
        heads = [v - y for v in places] + ([0.0] if bench else [])
        rests = [
            box((0.10, 0.26 if v or not bench else 0.22, 0.17), "seat", "car", 0.04, (0.0, v, tall + 0.11))
            for v in (heads if bench else [0.0])
        ]
        leaning = Mesh.join([back, *rests]).moved(rotation("y", RECLINE_RAD))
        pieces.append(leaning.moved(translation(foot_x, y, low - 0.02)))
        cushion = box((CUSHION_M, wide, 0.16), "seat", "car", 0.04, (foot_x + 0.24, y, low - 0.06))
        pieces.append(cushion)
        plinth = low - 0.13 - floor_z(style)
        if plinth > 0.02:
            at = (foot_x + 0.22, y, floor_z(style) + plinth / 2)
            pieces.append(box((0.36, 0.8 * wide, plinth), "interior", "car", 0.0, at))
    return Mesh.join(pieces)


def _shelf(style: Style, half: float, last: float) -> Mesh:
    """The parcel shelf, or the cover over the load, behind the last seats."""
    belt = curve(style.shape.belt)
    end = style.rear_screen[1] - 0.02 if style.rear_screen else style.shape.length_m - 0.15
    if end - last < 0.05:
        end = last + 0.05
    station = np.linspace(last - 0.06, end, 3)
    z = belt(station) - 0.04
    wide = np.array([flank_y(style, float(s), float(h)) - 0.02 for s, h in zip(station, z, strict=True)])
    left = np.stack([half - station, wide, z], axis=1)
    top = sheet(np.stack([left, left * (1.0, -1.0, 1.0)]), "interior", "car")
    y, x = float(wide[0]), half - last + 0.06
    low = floor_z(style)
    inner = min(y, style.shape.half_width_m - 0.31)  # between the wheel wells
    line = ((y, z[0]), (inner, z[0] - 0.12), (inner, low))
    back = np.array([[(x, v, h), (x, -v, h)] for v, h in line])
    return Mesh.join([top, sheet(back, "interior", "car")])


def _bed(style: Style, body: Body, half: float, tailgate_open: bool) -> Mesh:
    """A pickup's bed: floor, walls with the humps of the wheels, headboard and tailgate from inside."""
    assert style.bed is not None
    first, last, low = style.bed
    rail = float(curve(style.shape.top)(np.array([0.5 * (first + last)]))[0])
    y = style.shape.half_width_m - 0.075
    line = (
        (y + 0.004, rail - 0.006),
        (y - 0.02, rail - 0.03),
        (y - 0.03, low + 0.02),
        (y - 0.05, low),
        (0.0, low),
    )
    rows = [[(half - s, v, z) for v, z in line] for s in (last, first)]
    pieces = [both_sides(sheet(np.array(rows), "plastic", "car"))]
    for s, heights in ((first, (low, rail - 0.006)), (last, (rail - 0.006, low))):  # each faces the load
        wall = [[(half - s, y, z), (half - s, -y, z)] for z in heights]
        pieces.append(sheet(np.array(wall), "plastic", "car"))
    axle = body.front_overhang_m + body.wheelbase_m
    hump = box((0.78, 0.22, 0.24), "plastic", "car", 0.05, (half - axle, y - 0.13, low + 0.11))
    pieces.append(both_sides(hump))
    return Mesh.join(pieces)
