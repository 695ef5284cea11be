"""What is written on number plates: an invented number for every vehicle, as its country writes it.  Renderers floor.

Shapes of a model are shared and carry blank plates; the writing is a part of its own that each actor gets.  In Europe
a band of blue with a country's letters stands before the number; American plates are shorter and taller, with the name
of a state above, and hang on the blank as on a holder.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.forms import quads
from renderers.assets.lettering import text
from renderers.loft import Floats, face_normals, placed, scaling, translation
from renderers.materials import MATERIAL_ID, SOILED
from renderers.materials.soiled import LEVELS
from renderers.mesh import THICKNESSES, Asset, Mesh, Part
from scenarios.chance import stream

PART = "plates"
HOLDERS = (
    "car_trim",
    "car_paint_white",
)  # ahead, and astern in the paint of its actor: what shows of the longer blank
LETTERS = "ABCEFHKLMNPRTUVXY"  # none that can be taken for a digit, as registries prefer
# L a letter, D a digit; with what a country's letters are in the blue band.
EUROPE = (
    ("L LL DDDD", "D"), ("LL LL DDD", "D"), ("LL DDD LL", "F"), ("LL DDD LL", "I"), ("DDDD LLL", "E"), ("LLL DDD", "S"),
    ("L DDDDD", "A"), ("LL DDDD", "CH"),
)  # fmt: skip
AMERICA = ("LLL DDDD", "DLLLDDD", "LLL DDD", "DDD LLL")
STATES = (("LAKE STATE", "sheeting_blue"), ("SUNSHINE", "sheeting_red"), ("RIVERLAND", "sheeting_blue"))
ABOVE_M = 0.0008  # how far ink stands on what it is printed on
US_M = (0.305, 0.152)


@dataclass(frozen=True, slots=True)
class Blank:
    """A plate without writing, in the frame of its part."""

    at_m: tuple[float, float, float]  # middle of its front
    wide_m: float
    tall_m: float
    forward: bool
    soil: int  # how thick dirt lies on it, 0 to 4
    semantic: int


def numbered(made: Asset, look_seed: int, america: bool = False) -> Asset:
    """The vehicle with a number of its own on its plates, the same in front and behind."""
    parts = list(made.parts)
    for row, part in enumerate(made.parts):
        written = [_written(made.model, blank, look_seed, america) for blank in blanks(part.mesh)]
        if written:
            if america:
                parts[row] = replace(part, mesh=_held(part.mesh))
            parts.append(Part(f"{part.name}_{PART}", Mesh.join(written), parent=row))
    return replace(made, parts=tuple(parts))


def number(model: str, look_seed: int, america: bool, short: bool = False) -> tuple[str, str]:
    """The number of a vehicle, and which letters or which state's name stand beside it."""
    rng = stream(look_seed, "look", model, "plate", "us" if america else "eu")
    if america:
        form = AMERICA[int(rng.integers(len(AMERICA)))]
        beside = STATES[int(rng.integers(len(STATES)))][0]
    else:
        form, beside = EUROPE[int(rng.integers(len(EUROPE)))]
    if short:  # in two lines
        form = "LL DDDD"
    drawn = "".join(
        LETTERS[int(rng.integers(len(LETTERS)))]
        if sign == "L"
        else str(int(rng.integers(10)))
        if sign == "D"
        else sign
        for sign in form
    )
    return drawn, beside


def _plate_rows() -> NDArray[np.int64]:
    """Rows of the material of plates, clean and under each thickness of dirt."""
    return np.array([SOILED["film"][k][MATERIAL_ID["plate"]] for k in range(LEVELS + 1)], np.int64)


def blanks(mesh: Mesh) -> Iterator[Blank]:
    """The plates on a part, one at most on either side; shapes have their soil as film."""
    rows = _plate_rows()
    found = np.flatnonzero(np.isin(mesh.material, rows))
    if not len(found):
        return
    faces = face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles[found])
    area = triples.length(faces)
    at_x = triples.mean(mesh.vertices_m[:, 0].take(mesh.triangles[found]))
    for sign in (1.0, -1.0):
        # A plate behind has a back that faces ahead, and one in front a back that faces astern.
        ahead = (sign * faces[:, 0] > 0.8 * area) & (sign * at_x > 0.0)
        if not ahead.any():
            continue
        corner = mesh.vertices_m[mesh.triangles[found[ahead]]].reshape(-1, 3).astype(np.float64)
        low, high = corner.min(axis=0), corner.max(axis=0)
        x = high[0] if sign > 0 else low[0]
        worn = mesh.dirt_at_corners[found[ahead]].mean(axis=1) / THICKNESSES
        y, z = 0.5 * (low[1] + high[1]), 0.5 * (low[2] + high[2])
        yield Blank(
            (float(x), float(y), float(z)), float(high[1] - low[1]), float(high[2] - low[2]), sign > 0,
            round(float(np.average(worn, weights=area[ahead]))), int(mesh.semantic[found[0]]),
        )  # fmt: skip


def _held(mesh: Mesh) -> Mesh:
    """The part with its blank plates as holders."""
    material, dirt = mesh.material.copy(), mesh.dirt_at_corners.copy()
    for row in _plate_rows():
        blank, ahead = material == row, mesh.vertices_m[mesh.triangles[:, 0], 0] > 0.0
        for name, side in zip(HOLDERS, (ahead, ~ahead), strict=True):
            material[blank & side], dirt[blank & side] = MATERIAL_ID[name], 0
    return replace(mesh, material=material, dirt=dirt)


def _written(model: str, blank: Blank, look_seed: int, america: bool) -> Mesh:
    two_lines = blank.wide_m <= 2.5 * blank.tall_m
    word, beside = number(model, look_seed, america, two_lines)
    size = US_M if america and not two_lines else (blank.wide_m, blank.tall_m)
    made = _writing(word, beside, (round(size[0], 4), round(size[1], 4)), america, two_lines)
    rows = SOILED["film"][blank.soil]
    made = replace(made, material=rows[made.material], semantic=np.full_like(made.semantic, blank.semantic))
    return placed(made, *blank.at_m, yaw_rad=0.0 if blank.forward else np.pi)


@lru_cache(maxsize=512)
def _writing(word: str, beside: str, size_m: tuple[float, float], america: bool, two_lines: bool) -> Mesh:
    """Ink on a plate whose front lies in x = 0, its middle at the origin, read from +x."""
    wide, tall = size_m
    pieces: list[Mesh] = []
    left, right, low, high = -wide / 2, wide / 2, -tall / 2, tall / 2
    if america:
        if not two_lines:
            pieces.append(_patch(left, right, low, high, 0.5 * ABOVE_M, "plate"))
        band = dict(STATES)[beside]
        pieces.append(_patch(left + 0.004, right - 0.004, high - 0.24 * tall, high - 0.004, ABOVE_M, band))
        tag = _line(beside, 0.13 * tall, 0.6 * wide, (0.0, high - 0.13 * tall), 0.16)
        pieces.append(replace(tag.moved(translation(ABOVE_M, 0.0, 0.0)), material=_all(tag, "sign_white")))
        high -= 0.24 * tall
    elif not two_lines:
        pieces.append(_patch(left, left + 0.085 * wide, low, high, ABOVE_M, "sheeting_blue"))
        at = left + 0.0425 * wide
        tag = _line(beside, 0.22 * tall, 0.06 * wide, (at, low + 0.24 * tall), 0.2)
        pieces.append(replace(tag.moved(translation(ABOVE_M, 0.0, 0.0)), material=_all(tag, "sign_white")))
        pieces.append(_stars((at, low + 0.66 * tall), 0.17 * tall, 0.026 * tall))
        left += 0.085 * wide
    lines = word.split() if two_lines else [word]
    room = (high - low) / len(lines)
    for k, line in enumerate(lines):
        middle = (0.5 * (left + right), high - (k + 0.5) * room)
        pieces.append(_line(line, 0.70 * room, 0.92 * (right - left), middle, 0.16))
    return Mesh.join(pieces)


def _line(word: str, tall_m: float, room_m: float, middle_m: tuple[float, float], bold: float) -> Mesh:
    """A word in letters as tall as told, made narrower where there is no room."""
    made = text(word, tall_m, (0.0, 0.0), ABOVE_M, "plate_ink", bold, "car", 0.84)
    long = float(np.ptp(made.vertices_m[:, 1]))
    drawn = made.moved(scaling(1.0, min(1.0, room_m / long), 1.0))
    return drawn.moved(translation(0.0, *middle_m))


def _stars(middle_m: tuple[float, float], radius_m: float, size_m: float) -> Mesh:
    """Twelve in a ring; from where one can read a plate they are dots."""
    turn = 2.0 * np.pi * np.arange(12) / 12
    at = np.stack([middle_m[0] + radius_m * np.sin(turn), middle_m[1] + radius_m * np.cos(turn)], axis=1)
    around: Floats = size_m * np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
    corner = at[:, None, :] + around[None]
    x = np.full((12, 4, 1), 2.0 * ABOVE_M)
    return quads(np.concatenate([x, corner], axis=2), "sheeting_yellow", "car")


def _patch(left: float, right: float, low: float, high: float, x_m: float, material: str) -> Mesh:
    corners = [(x_m, left, low), (x_m, right, low), (x_m, right, high), (x_m, left, high)]
    return quads([corners], material, "car")


def _all(mesh: Mesh, material: str) -> NDArray[np.int16]:
    return np.full(len(mesh.material), MATERIAL_ID[material], np.int16)
