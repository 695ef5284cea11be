"""A sketch of a scenario's road from above: lanes, paint, who begins where and which way they go.  Roof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray

from sim.patches import lay_patches
from sim.trace import WorldTrace

Image = NDArray[np.uint8]
Points = NDArray[np.float64]  # (N, 2) metres in the world, or pixels of the picture

FONT = cv2.FONT_HERSHEY_SIMPLEX
WIDTH_PX, MOST_PX, LEAST_PX = 1500, 1000, 360  # the picture's width, its greatest and its least height
FINE = 2  # everything is drawn this much larger and made smaller at the end, which smooths its edges
MARGIN_M = 14.0
MOST_PX_PER_M = 16.0
HEADER_PX, FOOTER_PX = 46, 44
LAWN, PAPER, INK = (222, 231, 226), (255, 255, 255), (52, 46, 42)  # BGR
SURFACES = {
    "sidewalk": (205, 210, 212),
    "parking": (168, 164, 160),
    "shoulder": (172, 172, 170),
    "median": (192, 208, 198),
    "border": (196, 212, 203),
    "curb": (214, 218, 220),
    "biking": (150, 160, 188),
    "none": (196, 212, 203),
}
ROAD = (182, 179, 176)
GREY = (140, 140, 140)
EGO = (184, 96, 30)
HUES = ((60, 60, 190), (150, 50, 160), (30, 130, 210), (110, 130, 20), (60, 80, 120), (120, 40, 90))
PATCHES = {
    "pothole": (70, 70, 74),
    "puddle": (190, 150, 110),
    "ice": (240, 222, 190),
    "oil": (60, 48, 52),
    "leaves": (50, 110, 170),
    "snow_bank": (250, 250, 250),
    "tar_seam": (80, 80, 84),
}
THINGS = {"barrier": (96, 96, 96), "guardrail": (120, 120, 120)}


@dataclass(frozen=True, slots=True)
class View:
    """From metres to pixels of the fine picture: the ego drives to the right."""

    centre_m: Points  # (2,)
    turn: Points  # (2, 2) picture_from_world
    px_per_m: float
    width_px: int
    height_px: int

    def __call__(self, points_m: Points) -> Points:
        turned = (np.atleast_2d(points_m)[:, :2] - self.centre_m) @ self.turn.T
        middle = np.array((self.width_px / 2, self.height_px / 2))
        scaled: Points = turned * (self.px_per_m, -self.px_per_m) + middle
        return scaled


def sketch(trace: WorldTrace, title: str, note: str) -> Image:
    """The picture, BGR."""
    view = _view(trace)
    image = np.full((view.height_px, view.width_px, 3), LAWN, np.uint8)
    _ground(image, view, trace)
    written = _written(trace)
    labels = _Labels(image)
    _patches(image, view, trace, labels)
    _crowd(image, view, trace, written)
    for index in written:
        _way(image, view, trace, index)
    for index in written:
        _box(image, view, trace, index, 0, _color(trace, index), filled=True)
        labels.keep_clear(view(_corners(trace, index, 0)))
    _marks(image, view, trace, labels)
    for index in written:
        actor = trace.actors[index]
        labels.add(view(trace.position_m[0, index])[0], actor.name, _color(trace, index))
    labels.draw()
    small: Image = cv2.resize(
        image, (view.width_px // FINE, view.height_px // FINE), interpolation=cv2.INTER_AREA
    ).astype(np.uint8)
    return _framed(small, view, title, note)


# ------------------------------------------------------------------------------------------------------------- view
def _written(trace: WorldTrace) -> list[int]:
    """The actors that the author named, those in front last."""
    return [k for k, actor in enumerate(trace.actors) if not actor.name.startswith("background.")]


def _view(trace: WorldTrace) -> View:
    """Everything that happens to named actors, with a margin; the ego's first heading points to the right."""
    ego = trace.index("ego")
    yaw = float(trace.rotation_rad[0, ego, 0])
    turn = np.array(((np.cos(yaw), np.sin(yaw)), (-np.sin(yaw), np.cos(yaw))))
    seen = [trace.position_m[trace.present[:, k], k, :2] for k in _written(trace)]
    there = np.concatenate(seen) @ turn.T
    low, high = there.min(0) - MARGIN_M, there.max(0) + MARGIN_M
    size = high - low
    scale = min(WIDTH_PX / size[0], MOST_PX / size[1], MOST_PX_PER_M)
    height = int(np.clip(scale * size[1], LEAST_PX, MOST_PX))
    centre = (low + high) / 2 @ turn
    return View(centre, turn, FINE * scale, FINE * WIDTH_PX, FINE * height)


# ----------------------------------------------------------------------------------------------------------- ground
def _ground(image: Image, view: View, trace: WorldTrace) -> None:
    network = trace.road
    order = ("none", "border", "median", "sidewalk", "curb", "shoulder", "parking", "biking")
    strips = sorted(
        network.strips(), key=lambda strip: order.index(strip.kind) if strip.kind in order else len(order)
    )
    for strip in strips:
        outline = np.concatenate((strip.inner_m, strip.outer_m[::-1]))
        _fill(image, view(outline), SURFACES.get(strip.kind, ROAD))
    for thing in network.objects:
        if thing.outline_m is not None and thing.kind in THINGS:
            _line(image, view(thing.outline_m), THINGS[thing.kind], max(round(0.4 * view.px_per_m), 2))
    for mark in network.marks():
        half = mark.left * max(mark.width_m, 1.2 * FINE / view.px_per_m) / 2
        outline = np.concatenate((mark.centre_m + half, (mark.centre_m - half)[::-1]))
        _fill(image, view(outline), (70, 190, 235) if mark.color == "yellow" else PAPER)


def _patches(image: Image, view: View, trace: WorldTrace, labels: "_Labels") -> None:
    """Local conditions of the road: what they cover, each with its name; of paint that is gone only the outline."""
    scenario = trace.concrete.scenario
    for patch in lay_patches(trace.road, scenario.world.patches, trace.concrete.seed):
        if patch.area.is_empty:
            continue
        for piece in shapely.get_parts(patch.area):
            outline = view(shapely.get_coordinates(shapely.get_exterior_ring(piece)))
            if patch.kind in PATCHES:
                _fill(image, outline, PATCHES[patch.kind])
            else:
                _line(image, outline, INK, FINE)
        x0, y0, x1, y1 = patch.area.bounds
        labels.add(view(np.array((((x0 + x1) / 2, (y0 + y1) / 2),)))[0], patch.kind.replace("_", " "), INK)


# ----------------------------------------------------------------------------------------------------------- actors
def _color(trace: WorldTrace, index: int) -> tuple[int, int, int]:
    """The ego is blue; every other named actor has a colour of its own, as long as there are some."""
    if trace.actors[index].is_ego:
        return EGO
    others = [k for k in _written(trace) if not trace.actors[k].is_ego]
    return HUES[others.index(index) % len(HUES)]


def _crowd(image: Image, view: View, trace: WorldTrace, written: Sequence[int]) -> None:
    for index in range(len(trace.actors)):
        if index not in written and trace.present[0, index]:
            _box(image, view, trace, index, 0, GREY, filled=False)


def _corners(trace: WorldTrace, index: int, tick: int) -> Points:
    length, width, _ = trace.actors[index].size_m
    yaw = float(trace.rotation_rad[tick, index, 0])
    forward = np.array((np.cos(yaw), np.sin(yaw))) * length / 2
    left = np.array((-np.sin(yaw), np.cos(yaw))) * width / 2
    middle = trace.position_m[tick, index, :2]
    return np.stack(
        (middle + forward + left, middle + forward - left, middle - forward - left, middle - forward + left)
    )


def _box(
    image: Image,
    view: View,
    trace: WorldTrace,
    index: int,
    tick: int,
    color: tuple[int, int, int],
    filled: bool,
) -> None:
    """A body from above with a triangle that points ahead; small ones get a ring, so that they are found."""
    corners = _corners(trace, index, tick)
    shape = view(corners)
    pale = tuple(int(0.25 * c + 0.75 * 255) for c in color)
    _fill(image, shape, color if filled else pale)
    _line(image, np.concatenate((shape, shape[:1])), INK if filled else color, FINE)
    middle, front = shape.mean(0), shape[:2].mean(0)
    side = (shape[0] - shape[1]) * 0.32
    if np.linalg.norm(front - middle) > 5 * FINE:
        tip = middle + 0.8 * (front - middle)
        back = middle + 0.25 * (front - middle)
        _fill(image, np.stack((tip, back + side, back - side)), PAPER if filled else color)
    if filled and np.linalg.norm(front - middle) < 8 * FINE:
        cv2.circle(image, _pixel(middle), 9 * FINE, color, FINE, cv2.LINE_AA)


def _way(image: Image, view: View, trace: WorldTrace, index: int) -> None:
    """Where the actor goes: a line with an arrow head, and its place at the end as an outline."""
    there = np.flatnonzero(trace.present[:, index])
    path = view(trace.position_m[there, index])
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    if length < 12 * FINE:
        return
    color = _color(trace, index)
    last = int(there[-1])
    over = image.copy()
    _line(over, path, color, 3 * FINE)
    outline = view(_corners(trace, index, last))
    _line(over, np.concatenate((outline, outline[:1])), color, FINE)
    cv2.addWeighted(over, 0.7, image, 0.3, 0, dst=image)
    far = path[-1] - path
    before = path[np.flatnonzero(np.linalg.norm(far, axis=1) > 10 * FINE)[-1]]
    ahead = (path[-1] - before) / np.linalg.norm(path[-1] - before)
    aside = np.array((-ahead[1], ahead[0]))
    tip, back = path[-1] + 4 * FINE * ahead, path[-1] - 9 * FINE * ahead
    _fill(image, np.stack((tip, back + 6 * FINE * aside, back - 6 * FINE * aside)), color)


def _marks(image: Image, view: View, trace: WorldTrace, labels: "_Labels") -> None:
    """The author's marks, where their actor was."""
    for event in trace.events:
        owner = _owner(trace, event.name)
        if owner is None:
            continue
        tick = int(np.searchsorted(trace.time_ns, event.time_ns))
        place = view(trace.position_m[min(tick, len(trace.time_ns) - 1), owner])[0]
        cv2.circle(image, _pixel(place), 5 * FINE, PAPER, -1, cv2.LINE_AA)
        cv2.circle(image, _pixel(place), 5 * FINE, _color(trace, owner), 2 * FINE, cv2.LINE_AA)
        labels.keep_clear(place + 6.0 * FINE * np.array(((-1, -1), (1, 1))))
        labels.add(place, f"{event.name} {event.time_ns * 1e-9:.1f} s", _color(trace, owner))


def _owner(trace: WorldTrace, mark: str) -> int | None:
    from sim.placement import steps_of

    for name, actor in trace.concrete.scenario.actors.items():
        if any(step.mark == mark for step in steps_of(actor.do)):
            return trace.index(name)
    return None


# ----------------------------------------------------------------------------------------------------------- labels
class _Labels:
    """Names beside places, moved apart so that none covers another."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.wanted: list[tuple[Points, str, tuple[int, int, int]]] = []
        self.taken: list[tuple[int, int, int, int]] = []  # x, y, width, height

    def add(self, place: Points, text: str, color: tuple[int, int, int]) -> None:
        self.wanted.append((place, text, color))

    def keep_clear(self, shape: Points) -> None:
        """No label may lie over this."""
        (x0, y0), (x1, y1) = shape.min(0), shape.max(0)
        self.taken.append((int(x0), int(y0), int(x1 - x0), int(y1 - y0)))

    def draw(self) -> None:
        taken = self.taken
        for place, text, color in sorted(self.wanted, key=lambda label: float(label[0][0])):
            (width, height), _ = cv2.getTextSize(text, FONT, 0.5 * FINE, FINE)
            pad = 4 * FINE
            box_w, box_h = width + 2 * pad, height + 2 * pad
            x, y = next(
                (
                    spot
                    for spot in self._spots(place, box_w, box_h)
                    if not _covered(spot, box_w, box_h, taken)
                ),
                next(self._spots(place, box_w, box_h)),
            )
            taken.append((x, y, box_w, box_h))
            anchor = (x + box_w // 2, y + box_h if y + box_h < place[1] else y)
            cv2.line(self.image, _pixel(place), anchor, color, FINE, cv2.LINE_AA)
            cv2.rectangle(self.image, (x, y), (x + box_w, y + box_h), PAPER, -1)
            cv2.rectangle(self.image, (x, y), (x + box_w, y + box_h), color, FINE)
            at = (x + pad, y + pad + height)
            cv2.putText(self.image, text, at, FONT, 0.5 * FINE, INK, FINE, cv2.LINE_AA)

    def _spots(self, place: Points, width: int, height: int) -> Iterator[tuple[int, int]]:
        """Places for a label, the nearest first: above, below, further away, to the sides."""
        rows, columns = self.image.shape[:2]
        for away in range(1, 12):
            for up in (-1, 1):
                for aside in (0, -1, 1):
                    x = place[0] - width / 2 + aside * width * 0.6
                    y = place[1] + up * (14 * FINE + away * 14 * FINE) - (height if up < 0 else 0)
                    if 0 <= x <= columns - width and 0 <= y <= rows - height:
                        yield int(x), int(y)
        yield int(np.clip(place[0], 0, columns - width)), int(np.clip(place[1], 0, rows - height))


def _covered(
    spot: tuple[int, int], width: int, height: int, taken: Sequence[tuple[int, int, int, int]]
) -> bool:
    x, y = spot
    gap = 3 * FINE
    return any(
        x < tx + tw + gap and tx < x + width + gap and y < ty + th + gap and ty < y + height + gap
        for tx, ty, tw, th in taken
    )


# ------------------------------------------------------------------------------------------------------------ frame
def _framed(image: Image, view: View, title: str, note: str) -> Image:
    """With a title above, and below what is shown and how long ten metres are."""
    rows, columns = image.shape[:2]
    page = np.full((HEADER_PX + rows + FOOTER_PX, columns, 3), PAPER, np.uint8)
    page[HEADER_PX : HEADER_PX + rows] = image
    cv2.putText(page, title, (16, 31), FONT, 0.75, INK, 2, cv2.LINE_AA)
    base = HEADER_PX + rows
    cv2.putText(page, note, (16, base + 27), FONT, 0.48, INK, 1, cv2.LINE_AA)
    metres = next((m for m in (5, 10, 20, 50, 100) if m * view.px_per_m / FINE > 80), 100)
    length = round(metres * view.px_per_m / FINE)
    right, y = columns - 90, base + 24
    for (x0, y0), (x1, y1) in pairwise(
        [(right - length, y - 5), (right - length, y), (right, y), (right, y - 5)]
    ):
        cv2.line(page, (x0, y0), (x1, y1), INK, 2, cv2.LINE_AA)
    cv2.putText(page, f"{metres} m", (right + 10, y + 3), FONT, 0.5, INK, 1, cv2.LINE_AA)
    return page


def _pixel(place: Points) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def _fill(image: Image, outline: Points, color: Sequence[int]) -> None:
    cv2.fillPoly(image, [_fine(outline)], tuple(color), cv2.LINE_AA, 4)


def _line(image: Image, path: Points, color: Sequence[int], width: int) -> None:
    cv2.polylines(image, [_fine(path)], False, tuple(color), width, cv2.LINE_AA, 4)


def _fine(points: Points) -> NDArray[np.int32]:
    """Sixteenths of a pixel, kept within what OpenCV can hold."""
    return np.rint(np.clip(points, -30_000, 60_000) * 16).astype(np.int32)
