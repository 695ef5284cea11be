"""Race bicycles, mountain bicycles and children's bicycles with their riders.  Renderers floor.

Tubes are straight lines between the points of a side view, as frame builders draw them: bottom bracket, seat, head.
"""

from dataclasses import dataclass

import numpy as np

from renderers.assets.fittings import choose_paint
from renderers.assets.two_wheelers import BIKE_MARKET, SADDLE, Point, bars, cranks, pair, ridden_by
from renderers.assets.wheels import wire_wheel
from renderers.loft import box, cylinder, extrude, scaling, translation
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

KIND = "bicycle"
At = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """A bicycle in side view: metres ahead of the axle that is named, and above the ground."""

    crank: At  # of the rear axle
    seat: At  # top of the seat tube, of the rear axle
    saddle: At  # its top, of the rear axle
    head_top: At  # of the front axle
    head_low: At
    bar: tuple[Point, ...]  # left half of the handlebar from the stem outwards, of the front axle
    grip: Point  # where the left palm is, of the front axle
    posture: tuple[float, float, float]  # pitch of pelvis, torso, head
    tyre_m: float
    tube_m: float  # radius of the down tube
    crank_m: float
    helmets: float  # share of riders with one
    spokes: int = 24
    sprung: bool = False  # a telescopic fork
    chain_case: bool = False
    bell: bool = False  # a child's: reflectors, a bell and a low step
    rider: str = "pedestrian.adult"
    statures_m: tuple[float, float] = (1.5, 1.9)


STYLES: dict[str, Style] = {
    # Drop handlebar, hands on the hoods, back flat, saddle higher than the bar.
    "bicycle.race": Style(
        (0.41, 0.27), (0.215, 0.79), (0.175, 0.965), (-0.185, 0.80), (-0.145, 0.63),
        ((-0.185, 0.0, 0.87), (-0.09, 0.02, 0.885), (-0.09, 0.19, 0.885), (-0.01, 0.205, 0.89), (0.035, 0.208, 0.85),
         (0.01, 0.21, 0.775), (-0.085, 0.212, 0.755)),
        (0.012, 0.205, 0.905), (0.40, 0.64, -0.78), 0.027, 0.020, 0.172, 0.9, 20,
    ),
    "bicycle.mountain": Style(
        (0.435, 0.335), (0.245, 0.74), (0.195, 0.945), (-0.275, 0.83), (-0.235, 0.715),
        ((-0.275, 0.0, 0.90), (-0.205, 0.02, 0.925), (-0.205, 0.10, 0.93), (-0.235, 0.35, 0.955)),
        (-0.222, 0.315, 0.965), (0.24, 0.52, -0.58), 0.057, 0.025, 0.172, 0.75, 24, sprung=True,
    ),
    "bicycle.child": Style(
        (0.285, 0.235), (0.165, 0.47), (0.135, 0.600), (-0.165, 0.60), (-0.125, 0.475),
        ((-0.165, 0.0, 0.67), (-0.13, 0.02, 0.69), (-0.15, 0.12, 0.78), (-0.25, 0.23, 0.78)),
        (-0.222, 0.205, 0.792), (0.10, 0.20, -0.24), 0.047, 0.018, 0.115, 0.92, 16, chain_case=True, bell=True,
        rider="pedestrian.child", statures_m=(1.05, 1.35),
    ),
}  # fmt: skip
CHILD_MARKET = {
    "red": 24.0,
    "blue": 22.0,
    "green": 14.0,
    "white": 12.0,
    "orange": 14.0,
    "grey": 6.0,
    "black": 8.0,
}


def build_sports_bicycle(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A bicycle of `STYLES` with someone on it; `color` paints the frame, `clothing` dresses the rider."""
    body, style = BODIES[model], STYLES[model]
    _, tint = choose_paint(model, look_seed, color, CHILD_MARKET if style.bell else BIKE_MARKET)
    r = body.wheel_radius_m
    front = body.size_m[0] / 2 - body.front_overhang_m
    rear = front - body.wheelbase_m

    def aft(at: At, y: float = 0.0) -> Point:
        return rear + at[0], y, at[1]

    def fore(at: At, y: float = 0.0) -> Point:
        return front + at[0], y, at[1]

    crank, seat, saddle = aft(style.crank), aft(style.seat), aft(style.saddle)
    head_top, head_low = fore(style.head_top), fore(style.head_low)
    thick = style.tube_m
    step = 0.45 if style.bell else 0.93  # up the seat tube, where the top tube meets it
    across = tuple(a + step * (b - a) for a, b in zip(crank, seat, strict=True))
    tubes: list[tuple[tuple[Point, ...], float]] = [
        ((crank, seat), 0.8 * thick),
        ((head_low, crank), thick),
        ((head_top, (across[0], across[1], across[2])), 0.85 * thick),
        ((head_top, head_low), 0.95 * thick),
    ]
    for y in (0.055, -0.055):
        tubes.append((((crank[0], 0.4 * y, crank[2]), (rear, y, r)), 0.011))
        tubes.append((((across[0], 0.35 * y, across[2]), (rear, y, r)), 0.009))
    small = 0.75 if style.bell else 1.0
    frame = [
        bars(tubes, "metal_painted", KIND),
        bars([((seat, (saddle[0] + 0.01, 0.0, saddle[2] - 0.03)), 0.013)], "metal_dark", KIND),
        extrude(SADDLE, 0.040, "car_trim", KIND).moved(
            translation(saddle[0], 0.0, saddle[2] - 0.035) @ scaling(small, 0.85 * small, 1.0)
        ),
        cylinder(0.62 * style.crank_m, 0.010, "metal_dark", KIND, "y", 18).moved(
            translation(crank[0], 0.044, crank[2])
        ),
        box((0.02, 0.06, 0.03), "reflector_red", KIND, 0.0, (seat[0] - 0.03, 0.0, seat[2] - 0.02)),
    ]
    for dz in (0.36 * style.crank_m, -0.36 * style.crank_m):
        chain = ((crank[0], 0.048, crank[2] + dz), (rear, 0.048, r + 0.5 * dz))
        frame.append(bars([(chain, 0.006)], "metal_dark", KIND, 4))
    if style.chain_case:
        long = crank[0] - rear
        frame.append(
            box((long + 0.10, 0.010, 0.09), "metal_painted", KIND, 0.0, (rear + 0.5 * long, 0.060, crank[2]))
        )
    pedals, feet = cranks(crank, KIND, style.crank_m)
    frame.append(pedals)
    pivot: Point = (front + 0.5 * (style.head_top[0] + style.head_low[0]), 0.0, style.head_low[1])
    steer = Mesh.join(_fork(style, front, r)).moved(translation(*(-p for p in pivot)))
    hips = np.array((saddle[0] + 0.02, 0.0, saddle[2] + 0.085 * (0.7 if style.bell else 1.0)))
    grips = pair(np.array((front + style.grip[0], style.grip[1], style.grip[2])), hips)
    pelvis, torso, head = style.posture
    posture = {"pelvis": (0.0, pelvis, 0.0), "torso": (0.0, torso, 0.0), "head": (0.0, head, 0.0)}
    helmet = "helmet" if stream(look_seed, "look", "bicycle", "helmet").random() < style.helmets else None
    wheel = (wire_wheel(r, style.tyre_m, style.spokes, KIND), front, rear, r)
    return ridden_by(
        model, look_seed, size_m, Mesh.join(frame), steer, pivot, wheel, hips, posture, grips,
        (feet[0] - hips, feet[1] - hips), (clothing, helmet), tint, style.rider, style.statures_m,
    )  # fmt: skip


def _fork(style: Style, front: float, r: float) -> list[Mesh]:
    """What turns with the handlebar: fork, stem, bar and grips."""
    head_top = (front + style.head_top[0], 0.0, style.head_top[1])
    head_low = (front + style.head_low[0], 0.0, style.head_low[1])
    bar = [(front + x, y, z) for x, y, z in style.bar]
    half = 0.5 * style.tyre_m + 0.028
    crown = (head_low[0] + 0.01, head_low[2] - 0.03)
    pieces = [
        bars([((head_top, bar[0]), 0.015), ((bar[0], bar[1]), 0.016)], "metal_dark", KIND),
        bars([((head_low, (crown[0], 0.0, crown[1])), 0.018)], "metal_painted", KIND),
        bars([(((crown[0], half, crown[1]), (crown[0], -half, crown[1])), 0.017)], "metal_painted", KIND),
    ]
    middle = (0.5 * (crown[0] + front), 0.5 * (crown[1] + r))
    for y in (1.0, -1.0):
        top, axle = (crown[0], y * half, crown[1]), (front, y * half, r)
        if style.sprung:  # thin stanchions dive into thick lower legs
            between = (middle[0], y * half, middle[1] + 0.02)
            pieces.append(bars([((top, between), 0.016)], "chrome", KIND))
            pieces.append(bars([((between, axle), 0.023)], "metal_dark", KIND))
        else:
            pieces.append(
                bars([((top, (middle[0] - 0.01, y * half, middle[1]), axle), 0.011)], "metal_painted", KIND)
            )
        side = [(x, y * v, z) for x, v, z in bar[1:]]
        pieces.append(bars([(side, 0.013 if style.sprung else 0.012)], "metal_dark", KIND))
        inner, end = np.array(side[-2]), np.array(side[-1])
        share = min(1.0, 0.12 / max(float(np.linalg.norm(end - inner)), 1e-6))
        hold = tuple(float(v) for v in end + share * (inner - end))
        pieces.append(bars([(((hold[0], hold[1], hold[2]), side[-1]), 0.017)], "rubber", KIND))
        if not style.sprung and not style.bell:  # the brake hoods that hands rest on
            hood = side[-4]
            pieces.append(
                bars([((hood, (hood[0] + 0.055, hood[1], hood[2] + 0.035)), 0.017)], "rubber", KIND)
            )
            pieces.append(
                bars(
                    [
                        (
                            (
                                (hood[0] + 0.05, hood[1], hood[2] + 0.02),
                                (hood[0] + 0.04, hood[1], hood[2] - 0.08),
                            ),
                            0.007,
                        )
                    ],
                    "metal_dark",
                    KIND,
                    5,
                )
            )
    if style.bell:
        pieces.append(
            box((0.012, 0.07, 0.05), "reflector_amber", KIND, 0.0, (bar[1][0] + 0.02, 0.0, bar[1][2]))
        )
    return pieces
