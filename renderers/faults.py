"""Faults of sensors: which are at work at an instant, and what each hides or moves.  Renderers floor.

Faults touch what a sensor gives out, never the truth beside it.  Every pattern belongs to one fault of one sensor: it
is drawn from a stream of its name and stays the same for the whole clip.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.cracks import crack_depth
from renderers.frames import CameraModel
from scenarios.chance import stream
from scenarios.resolved import Concrete
from scenarios.schema import Blocked, Dirt, Fault, Miscalibration, Mount

Floats = NDArray[np.float32]

NS_PER_S = 1_000_000_000
EDGE_SHARE = (
    0.10  # of the picture's smaller side: width of the out-of-focus edge of what sticks on the window
)
MUD_PASSES = 0.006  # share of the light that gets through it
MUD_GLOW = (0.050, 0.040, 0.028)  # of the mean light, scattered towards the sensor by what lies on the window
DIRT_PASSES = (
    0.12,
    0.52,
)  # share of the light straight through a dried splash, and with what it scatters forward
DIRT_BLUR_SHARE = 0.012  # of the picture's smaller side
DIRT_VEIL = 0.05  # of the mean light, scattered evenly by a splash
CRACK_PASSES = (0.05, 0.35)  # share of the light straight through broken glass, and with what it scatters
CRACK_GLINT = 1.5  # of the mean light, that the edges of a crack send on from elsewhere
MOST_SPLASHES = 20_000
BEAM_EDGE_RAD = 0.05  # a lidar's beam is so wide at its window that a blockage has a soft edge of this angle


@dataclass(frozen=True, slots=True)
class ActiveFaults:
    """The faults of one sensor at one instant; the numbers say which of the sensor's list they are."""

    sensor: str
    seed: int
    sample: int
    numbered: tuple[tuple[int, Fault[float, str]], ...] = ()

    @staticmethod
    def at(concrete: Concrete, sensor: str, time_ns: int) -> "ActiveFaults":
        """What is wrong with a sensor now."""
        seconds = time_ns / NS_PER_S
        listed = concrete.scenario.faults.get(sensor, [])
        now = [
            (number, fault)
            for number, fault in enumerate(listed)
            if fault.at_s <= seconds and (fault.until_s is None or seconds < fault.until_s)
        ]
        return ActiveFaults(sensor, concrete.seed, concrete.sample, tuple(now))

    def random(self, number: int, *names: str | int) -> np.random.Generator:
        """A stream of one fault of this sensor."""
        return stream(self.seed, "fault", self.sensor, number, self.sample, *names)

    @property
    def words(self) -> str:
        """Kinds at work, in the order of the list: what the sample's tags say."""
        return ", ".join(kind_of(fault) for _, fault in self.numbered)

    def drops(self, time_ns: int) -> bool:
        """Whether the frame of this instant never arrives."""
        return any(
            fault.dropped_frames is not None
            and self.random(number, time_ns).uniform() < fault.dropped_frames.share
            for number, fault in self.numbered
        )

    def true_mount(self, stated: Mount[float]) -> Mount[float]:
        """Where the sensor really sits: the stated mount and what it has been knocked off by."""
        mount = stated
        for _, fault in self.numbered:
            if fault.miscalibrated is not None:
                mount = _moved(mount, fault.miscalibrated)
        return mount

    @property
    def moved(self) -> bool:
        return any(fault.miscalibrated is not None for _, fault in self.numbered)

    def dead_rings(self, rings: int) -> NDArray[np.int64]:
        """Rings of a lidar whose beams return nothing."""
        dead: set[int] = set()
        for number, fault in self.numbered:
            words = fault.dead_beams
            if words is None:
                continue
            dead |= {ring for ring in words.rings or () if 0 <= ring < rings}
            if words.share is not None:
                order = self.random(number).permutation(rings)
                dead |= set(order[: round(words.share * rings)].tolist())
        return np.array(sorted(dead), np.int64)

    def beam_clearance(
        self, direction: NDArray[np.float64], field_rad: float = 2.0 * np.pi
    ) -> NDArray[np.float64]:
        """(N,) share of each beam (x forward, y left, z up) that passes the window, before it comes back.

        `field_rad` is the full width of what the sensor sees.
        """
        clear = np.ones(len(direction))
        for _, fault in self.numbered:
            if fault.blocked is not None:
                clear *= _sector_clearance(direction, fault.blocked, field_rad)
        return clear


def kind_of(fault: Fault[float, str]) -> str:
    """The word of a fault."""
    kinds = ("blocked", "dirt", "cracked", "dropped_frames", "miscalibrated", "dead_beams")
    return next(kind for kind in kinds if getattr(fault, kind) is not None)


def _moved(mount: Mount[float], off: Miscalibration[float]) -> Mount[float]:
    names = ("x_m", "y_m", "z_m", "yaw_rad", "pitch_rad", "roll_rad")
    return mount.model_copy(update={name: getattr(mount, name) + getattr(off, name) for name in names})


def _sector_clearance(
    direction: NDArray[np.float64], words: Blocked[float, str], field_rad: float
) -> NDArray[np.float64]:
    """left, right and centre (ahead) are sectors of the turn; top and bottom shares of the fan of beams.

    Sensors that do not turn have a window like a camera's: left is the leftmost share of their field.
    """
    if words.side in ("top", "bottom"):
        elevation = np.arctan2(direction[:, 2], np.hypot(direction[:, 0], direction[:, 1]))
        low, high = float(elevation.min()), float(elevation.max())
        limit = (high - low) * words.share
        inside = limit - ((high - elevation) if words.side == "top" else (elevation - low))
        return np.where(inside > 0.0, 0.0, 1.0)
    azimuth = np.arctan2(direction[:, 1], direction[:, 0])
    width = words.share * field_rad
    if field_rad < 2.0 * np.pi - 1e-9 and words.side != "centre":
        left = azimuth if words.side == "left" else -azimuth
        outside = 0.5 * field_rad - width - left
    else:
        middle = {"left": 0.5 * np.pi, "right": -0.5 * np.pi, "centre": 0.0}[words.side]
        aside = np.abs(np.remainder(azimuth - middle + np.pi, 2.0 * np.pi) - np.pi)
        outside = aside - 0.5 * width
    clear: NDArray[np.float64] = np.clip(outside / BEAM_EDGE_RAD, 0.0, 1.0)
    return clear


# ---------------------------------------------------------------------------------------------------------- cameras
@dataclass(frozen=True, slots=True)
class Window:
    """What sticks on a camera's window."""

    clear: Floats  # (H, W) share of the light that passes straight
    blurred: Floats  # (H, W) share that passes scattered a little
    glow: Floats  # (H, W, 3) light that it scatters itself, in shares of the mean light

    @property
    def passes(self) -> Floats:
        """(H, W) share of the scene's light that reaches the sensor at all."""
        return self.clear + self.blurred

    def seen_through(self, image: Floats) -> Floats:
        """A picture of radiance as the sensor behind the window has it."""
        side = min(image.shape[:2])
        soft = cv2.GaussianBlur(image, (0, 0), max(DIRT_BLUR_SHARE * side, 0.5))
        mean = image.reshape(-1, 3).mean(axis=0)
        through = self.clear[..., None] * image + self.blurred[..., None] * np.asarray(soft, np.float32)
        return np.ascontiguousarray(through + self.glow * mean, np.float32)


def window_of(active: ActiveFaults, model: CameraModel) -> Window | None:
    """What sticks on the window now; None when it is clean."""
    texts = [
        (n, fault.model_dump_json(by_alias=True))
        for n, fault in active.numbered
        if fault.blocked or fault.dirt or fault.cracked
    ]
    if not texts:
        return None
    shape = (model.height_px, model.width_px)
    return _window(active.sensor, active.seed, active.sample, tuple(texts), shape)


@lru_cache(maxsize=8)
def _window(
    sensor: str, seed: int, sample: int, texts: tuple[tuple[int, str], ...], shape: tuple[int, int]
) -> Window:
    """Drawn once for all frames of a clip."""
    faults = tuple((number, Fault[float, str].model_validate_json(text)) for number, text in texts)
    active = ActiveFaults(sensor, seed, sample, faults)
    window = Window(
        np.ones(shape, np.float32), np.zeros(shape, np.float32), np.zeros((*shape, 3), np.float32)
    )
    for number, fault in active.numbered:
        if fault.blocked is not None:
            mask = blocked_share(fault.blocked, shape, active.random(number))
            passes = (1.0 - mask * (1.0 - MUD_PASSES)).astype(np.float32)
            own = mask[..., None] * np.array(MUD_GLOW, np.float32)
            window = Window(
                window.clear * passes, window.blurred * passes, window.glow * passes[..., None] + own
            )
        if fault.dirt is not None:
            window = _dirtied(window, fault.dirt, active.random(number))
        if fault.cracked is not None:
            words = fault.cracked
            window = _cracked(window, crack_depth(words.lines, words.reach, shape, active.random(number)))
    return window


def _cracked(window: Window, broken: Floats) -> Window:
    """Broken glass lets some light through straight, scatters some and glints."""
    straight = 1.0 - broken * (1.0 - CRACK_PASSES[0])
    scattered = broken * (CRACK_PASSES[1] - CRACK_PASSES[0])
    total = straight + scattered
    glint = broken[..., None] * np.float32(CRACK_GLINT)
    return Window(
        (window.clear * straight).astype(np.float32),
        (window.blurred * total + window.clear * scattered).astype(np.float32),
        (window.glow * total[..., None] + glint).astype(np.float32),
    )


def blocked_share(words: Blocked[float, str], shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """(H, W) how far each pixel is covered: the stated share of the picture, with a ragged edge out of focus."""
    height, width = shape
    y, x = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    inwards = {
        "left": x,
        "right": 1.0 - x,
        "top": y,
        "bottom": 1.0 - y,
        "centre": 0.5 * np.hypot((x - 0.5) * width / height, y - 0.5),
    }[words.side]
    side = min(shape)
    noise = cv2.GaussianBlur(rng.normal(size=shape).astype(np.float32), (0, 0), 0.09 * side)
    edge = inwards + 0.04 * noise / max(float(noise.std()), 1e-9)
    limit = float(np.quantile(edge, words.share))
    covered = (edge <= limit).astype(np.float32)
    soft = np.asarray(
        cv2.GaussianBlur(covered, (0, 0), 0.35 * EDGE_SHARE * side, borderType=cv2.BORDER_REPLICATE)
    )
    return np.clip(soft, 0.0, 1.0).astype(np.float32)


def _dirtied(window: Window, words: Dirt[float], rng: np.random.Generator) -> Window:
    """Splashes of many sizes until the stated share of the window is covered, each thickest at its rim."""
    height, width = window.clear.shape
    thick = np.zeros((height, width), np.float32)
    wanted = words.cover * height * width
    covered = np.zeros((height, width), np.uint8)
    for tried in range(MOST_SPLASHES):
        if tried % 8 == 0 and int(np.count_nonzero(covered)) >= wanted:
            break
        radius = 0.5 * words.size_px * float(np.exp(rng.normal(0.0, 0.6)))
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        count = 14
        turn = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
        reach = radius * rng.uniform(0.7, 1.25, count)
        ring = np.stack([cx + reach * np.cos(turn), cy + reach * np.sin(turn)], 1)
        cv2.fillPoly(covered, [np.round(ring * 16.0).astype(np.int32)], 1, cv2.LINE_8, 4)
        level = float(rng.uniform(0.55, 1.0))
        x0, y0 = (max(int(v) - 2, 0) for v in ring.min(axis=0))
        part = thick[y0 : int(ring[:, 1].max()) + 3, x0 : int(ring[:, 0].max()) + 3]
        if part.size == 0:
            continue
        spot = np.zeros(part.shape, np.float32)
        local = [np.round((ring - [x0, y0]) * 16.0).astype(np.int32)]
        cv2.fillPoly(spot, local, 0.85 * level, cv2.LINE_8, 4)
        cv2.polylines(spot, local, True, level, max(int(0.15 * radius), 1), cv2.LINE_8, 4)
        np.maximum(part, spot, out=part)
    # The window lies far inside the lens's nearest focus: splashes are blurred discs.
    thick = np.asarray(cv2.GaussianBlur(thick, (0, 0), max(0.11 * words.size_px, 0.6)), np.float32)
    low, high = DIRT_PASSES
    straight = 1.0 - thick * (1.0 - low)
    scattered = thick * (high - low)
    veil = thick[..., None] * np.array((1.0, 0.93, 0.80), np.float32) * DIRT_VEIL
    total = straight + scattered
    return Window(
        (window.clear * straight).astype(np.float32),
        (window.blurred * total + window.clear * scattered).astype(np.float32),
        (window.glow * total[..., None] + veil).astype(np.float32),
    )
