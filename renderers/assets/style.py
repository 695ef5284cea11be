"""The proportions of a body with a bonnet and a cabin, as a designer would measure them.  Renderers floor.

Stations are metres behind the bumper, heights metres above the road.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renderers.assets.shell import Outline, Shape, Skin, curve


@dataclass(frozen=True, slots=True)
class Style:
    """One body: its skin and where its details lie."""

    shape: Shape
    cowl_m: float  # station of the windscreen's foot
    header_m: float  # station of the windscreen's top
    window_top: float  # share of the cabin's height that side glass reaches
    window_front_m: float  # station where the side glass begins
    window_rear: tuple[float, float]  # station at the belt, its change a metre up
    pillars: tuple[
        tuple[float, float, float], ...
    ]  # station at the belt, lean, half width of pillars in the glass
    rear_screen: (
        tuple[float, float] | None
    )  # stations (top, foot) on the ridge; None: it lies in the tailgate
    rear_glass: Outline  # in (y, z) when it lies in the tailgate
    head_lamp: Outline  # in (y, z), counter-clockwise
    tail_lamp: Outline
    grille: Outline
    intake: Outline
    doors: tuple[tuple[float, float], ...]  # joints of the doors: station at the belt, lean
    door_sill_m: float
    bonnet_y_m: float
    plate_front_z_m: float
    plate_rear_z_m: float
    mirror: tuple[float, float]  # station, height
    seats: tuple[tuple[float, float], ...]  # station, height above the tray
    cladding: bool = False  # unpainted arches and sills
    roof_rails: bool = False
    spokes: tuple[int, ...] = (5, 10)
    side_glass: str = "glass"
    bootline_m: float | None = None  # station of the joint in front of a boot lid
    window_ceiling_m: float = 9.0  # side glass ends at this height at the latest
    bulkhead_m: float | None = None  # station of the wall behind the seats, where there is one
    swages: tuple[
        tuple[float, float, float, float], ...
    ] = ()  # pressed panels: stations and heights of their joints
    mirror_size_m: tuple[float, float] = (0.13, 0.145)
    wipers: bool = True
    pipes_m: tuple[float, ...] = (
        0.46,
    )  # where tail pipes lie; a lone one far out has a twin on the other side
    roof_end_m: float | None = None  # station where the roof ends, when it is not the rear screen
    rear_glass_from_m: float | None = None  # station behind which `rear_glass` lies; 0.8 m before the tail
    grille_bars: int = 4
    chrome: bool = True  # round the grille
    chrome_windows: bool = False
    brake_high_m: float | None = None  # height of the third brake lamp, where it is not above the rear glass
    tyre_m: float = 0.225  # width of its tyres
    hubcaps: float = 0.2  # share of cars on steel wheels with caps
    spare_wheel: bool = False  # on the tailgate
    sliding: bool = False  # the doors behind the front ones run on rails
    roof_bar_m: float | None = None  # station of a light bar
    roof_sign_m: float | None = None  # station of a taxi's sign
    roof_box: bool = False  # a luggage box on the roof
    muddy: bool = False  # low on its flanks, most behind the wheels
    soft_top: bool = False  # the roof is of cloth
    open_top: bool = False  # the roof is folded away
    livery: "Callable[[Skin, Style], None] | None" = None  # paints the flanks of who is on duty
    bed: tuple[float, float, float] | None = None  # of a pickup: stations of headboard and tailgate, floor


def flank_y(style: Style, station: float, z: float) -> float:
    """Half width of the flank below the belt at a station and height."""
    shape = style.shape
    at = np.array([station])
    low, high = float(curve(shape.bottom)(at)[0]), float(curve(shape.belt)(at)[0])
    share, inset = np.array(shape.side).T
    return float(curve(shape.plan)(at)[0]) * shape.half_width_m - float(
        np.interp((z - low) / (high - low), share, inset)
    )
