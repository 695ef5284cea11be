"""What lamps send where: beam tables of headlamps, street lamps, and the lit lamps near a camera.  Renderers floor.

Angles are degrees, h to the right and v up as seen from the lamp along its axis, as ECE regulations count them.  A
lamp whose kind has a beam table shines with the table's candelas times its `intensity_cd` (1 is an ordinary lamp);
for the others `intensity_cd` is the intensity on the axis.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from renderers.kernels.lamps import (
    BEAM_FOG,
    BEAM_HIGH,
    BEAM_LOW,
    BEAM_PLAIN,
    BEAM_STREET,
    H_CELLS,
    H_SPAN,
    L_AX,
    L_AZ,
    L_B,
    L_CD,
    L_COLUMNS,
    L_KIND,
    L_R,
    L_REACH2,
    L_UX,
    L_UZ,
    L_X,
    L_Z,
    V_CELLS,
    V_SPAN,
    intensities,
)
from renderers.scene import LAMP_KINDS, LampTable

BEAM_OF = {"low_beam": BEAM_LOW, "high_beam": BEAM_HIGH, "fog_front": BEAM_FOG, "street": BEAM_STREET}


# Passing beam, in cd, before normalising: shaped so that a lamp scaled to LOW_BEAM_CD meets every test point of UN
# R112 class B for right-hand traffic (tests/sensors/test_lamps.py).
LOW_BEAM_CD = 33_000.0
STREET_RADIUS_M, STREET_WIDTH_M = 60.0, 25.0
CUT_OFF_DEG = -0.57  # left of the kink, R112: 1 % below the horizon
KINK_SLOPE = 0.268  # tan 15 deg to the right of the vertical line
CUT_OFF_SOFT_DEG = 0.11
FADES_H_DEG, FADES_V_DEG = 16.0, 9.0  # within the ends of the tables


_BEAM = np.array([BEAM_OF.get(kind, BEAM_PLAIN) for kind in LAMP_KINDS])


def low_beam(h_deg: ArrayLike, v_deg: ArrayLike) -> NDArray[np.float64]:
    """Passing-beam intensity in cd of a good class B lamp, right-hand traffic."""
    h, v = np.broadcast_arrays(np.asarray(h_deg, np.float64), np.asarray(v_deg, np.float64))
    spot_width = np.where(h < 1.0, 2.1, 4.2)
    spot = 23_500 * _bell((h - 1.0) / spot_width) * _bell((v + 0.95) / np.where(v < -0.95, 1.5, 2.5))
    wide = 8_600 * _bell(h / 16.0) * _bell((v + 1.5) / 2.2)
    near = 2_600 * _bell(h / 24.0) * _bell((v + 4.5) / 4.5)  # the foreground is lit evenly, not brightly
    edge = CUT_OFF_DEG + KINK_SLOPE * np.clip(h, 0.0, 9.0)
    below = 1 / (1 + np.exp(np.clip((v - edge) / CUT_OFF_SOFT_DEG, -60, 60)))
    stray = 190 * _bell(h / 30.0) * _bell(v / 12.0)  # zone III: enough to read signs by, too little to dazzle
    return np.asarray((spot + wide + near) * below + stray)


def high_beam(h_deg: ArrayLike, v_deg: ArrayLike) -> NDArray[np.float64]:
    """Driving-beam intensity in cd: R112 asks 40.5 to 215 kcd at its maximum."""
    h, v = np.broadcast_arrays(np.asarray(h_deg, np.float64), np.asarray(v_deg, np.float64))
    return np.asarray(
        60_000 * _bell(h / 3.5) * _bell(v / 1.8)
        + 9_000 * _bell(h / 13.0) * _bell((v + 0.5) / 3.5)
        + 400 * _bell(h / 30.0) * _bell(v / 10.0)
    )


def fog_beam(h_deg: ArrayLike, v_deg: ArrayLike) -> NDArray[np.float64]:
    """Front fog lamp (UN R19): wide, flat, dark above the horizon."""
    h, v = np.broadcast_arrays(np.asarray(h_deg, np.float64), np.asarray(v_deg, np.float64))
    below = 1 / (1 + np.exp(np.clip((v + 1.2) / 0.3, -60, 60)))
    return np.asarray(6_000 * _bell(h / 24.0) * _bell((v + 2.5) / 2.4) * below + 40 * _bell(h / 40.0))


@lru_cache(maxsize=1)
def beam_tables() -> NDArray[np.float32]:
    """(3, V_CELLS, H_CELLS) candelas of passing, driving and fog beam, over tan h and sin v."""
    right, up = np.meshgrid(np.linspace(-H_SPAN, H_SPAN, H_CELLS), np.linspace(-V_SPAN, V_SPAN, V_CELLS))
    h, v = np.degrees(np.arctan(right)), np.degrees(np.arcsin(up))
    tables = [low_beam(h, v), high_beam(h, v), fog_beam(h, v)]
    tables[0] *= LOW_BEAM_CD / tables[0].max()
    # No lamp ends at a line: towards the sides and the bumper what is left of its light fades out.
    ends = _smooth((np.degrees(np.arctan(H_SPAN)) - np.abs(h)) / FADES_H_DEG)
    ends *= _smooth((np.degrees(np.arcsin(V_SPAN)) - np.abs(v)) / FADES_V_DEG)
    return np.ascontiguousarray((np.stack(tables) * ends).astype(np.float32))


@lru_cache(maxsize=1)
def beam_bounds() -> NDArray[np.float32]:
    """The beam tables, each cell the largest of those within 2 degrees sideways and 1.5 up and down.

    What decides whether a lamp matters to a tile must not miss a cut-off that crosses the tile between its probes.
    """
    reach = np.ones((25, 17), np.uint8)
    return np.ascontiguousarray(np.stack([cv2.dilate(t, reach) for t in beam_tables()]))


@lru_cache(maxsize=1)
def height_bounds() -> NDArray[np.float32]:
    """(3, V_CELLS + 1) the most that each row of the bounds holds, as `rising_and_falling` has it."""
    return rising_and_falling(beam_bounds().max(axis=2))


def rising_and_falling(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K, V + 1) the least numbers above rows (K, V) that rise to one peak and fall beyond it, and where that is."""
    out = np.empty((len(rows), rows.shape[1] + 1), np.float32)
    for k, row in enumerate(rows):
        peak = int(np.argmax(row))
        out[k, : peak + 1] = np.maximum.accumulate(row[: peak + 1])
        out[k, peak:-1] = np.maximum.accumulate(row[peak:][::-1])[::-1]
        out[k, -1] = peak
    return out


def packed(lamps: LampTable, origin_m: NDArray[np.float64], threshold_lx: float) -> NDArray[np.float32]:
    """(L, L_COLUMNS) lamps relative to a camera, with the squared distance at which they fall below a threshold."""
    count = len(lamps.position_m)
    table = np.zeros((count, L_COLUMNS))
    table[:, L_X : L_Z + 1] = lamps.position_m - origin_m
    table[:, L_AX : L_AZ + 1] = lamps.axis
    table[:, L_UX : L_UZ + 1] = lamps.up
    table[:, L_CD] = lamps.intensity_cd
    brightness = lamps.color @ np.array(
        [0.2126, 0.7152, 0.0722]
    )  # so that a coloured lamp keeps its candelas
    table[:, L_R : L_B + 1] = lamps.color / np.maximum(brightness, 1e-3)[:, None]
    table[:, L_KIND] = _BEAM[lamps.kind]
    peak = np.append(beam_tables().max(axis=(1, 2)), [1.2, 1.0])  # a street lamp's bat wing exceeds its axis
    table[:, L_REACH2] = lamps.intensity_cd * peak[_BEAM[lamps.kind]] / threshold_lx
    return np.ascontiguousarray(table.astype(np.float32))


def intensity_towards(lamp: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) candelas of one packed lamp along unit directions (K, 3) away from it."""
    out = np.empty(len(direction), np.float32)
    intensities(lamp.astype(np.float32)[None], 0, beam_tables(), direction.astype(np.float32), out)
    return out.astype(np.float64)


def street_light(lamps: LampTable, origin_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3,) mean light of the street lamps around a place on the ground below them, lx."""
    street = lamps.kind == LAMP_KINDS.index("street")
    near = street & (np.linalg.norm(lamps.position_m[:, :2] - origin_m[:2], axis=1) < STREET_RADIUS_M)
    if not near.any():
        return np.zeros(3)
    color = (lamps.color * lamps.intensity_cd[:, None])[near]
    color = color / (lamps.color[near] @ np.array([0.2126, 0.7152, 0.0722]))[:, None]
    # A lamp sends about pi times its axial intensity down, over the strip of street that it shares with its neighbours.
    return np.asarray(np.pi * color.sum(axis=0) / (2 * STREET_RADIUS_M * STREET_WIDTH_M))


def _smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 at 0 to 1 at 1, level at both."""
    t = np.clip(x, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _bell(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * np.square(x)))
