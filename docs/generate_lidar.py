"""Draws docs/pictures/lidar/*.png: each effect of the lidar beside what was published about it.

Run it after a change of the lidar: python docs/generate_lidar.py (a minute or two on one core).
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from renderers.frame_light import air_numbers  # noqa: E402
from renderers.frames import Cause, LidarSweep  # noqa: E402
from renderers.kernels import detect as receiver  # noqa: E402
from renderers.lidar import receiver_numbers, scan  # noqa: E402
from renderers.lidar_models import lidar_model  # noqa: E402
from renderers.materials import MATERIAL_ID  # noqa: E402
from renderers.mesh import Mesh  # noqa: E402
from scenarios.schema import Lidar  # noqa: E402
from sim.air import (  # noqa: E402
    fog_backscatter_per_m_sr,
    fog_extinction_per_m,
    rain_extinction_per_m,
    snow_extinction_per_m,
)
from sim.weather import WeatherState  # noqa: E402
from tests.support.naive_trace import CLEAR, quad  # noqa: E402
from tests.support.small_stage import Mover, block, plain, small_stage, wall, weather  # noqa: E402

Array = NDArray[np.float64]
FOLDER = ROOT / "docs/pictures/lidar"
WIDE, TALL = 560, 340
LEFT, RIGHT, TOP, LOW = 64, 14, 30, 44
BLUE, RED, GREEN, GREY, ORANGE = (
    (200, 90, 20),
    (40, 40, 210),
    (60, 140, 40),
    (140, 140, 140),
    (0, 140, 240),
)  # BGR
FONT = cv2.FONT_HERSHEY_SIMPLEX
HALF_NS = 500_000_000


@dataclass
class Chart:
    """Lines and points over two axes; an axis is logarithmic where it is told so."""

    title: str
    x: tuple[str, float, float]  # name and ends
    y: tuple[str, float, float]
    log: str = ""  # "x", "y" or "xy"
    low: bool = False  # names of lines stand at the bottom
    image: NDArray[np.uint8] = field(default_factory=lambda: np.full((TALL, WIDE, 3), 255, np.uint8))
    named: int = 0

    def __post_init__(self) -> None:
        cv2.putText(self.image, self.title, (LEFT, 18), FONT, 0.45, (20, 20, 20), 1, cv2.LINE_AA)
        for axis, (name, low, high) in (("x", self.x), ("y", self.y)):
            for tick in _ticks(low, high, axis in self.log):
                px = self.at(
                    np.array([tick if axis == "x" else self.x[1]]),
                    np.array([tick if axis == "y" else self.y[1]]),
                )
                u, v = (int(value) for value in px[0])
                words = f"{tick:g}"
                (wide, _), _ = cv2.getTextSize(words, FONT, 0.36, 1)
                if axis == "x":
                    cv2.line(self.image, (u, TOP), (u, TALL - LOW), (232, 232, 232), 1)
                    cv2.putText(
                        self.image,
                        words,
                        (u - wide // 2, TALL - LOW + 14),
                        FONT,
                        0.36,
                        (60, 60, 60),
                        1,
                        cv2.LINE_AA,
                    )
                else:
                    cv2.line(self.image, (LEFT, v), (WIDE - RIGHT, v), (232, 232, 232), 1)
                    cv2.putText(
                        self.image, words, (LEFT - wide - 5, v + 4), FONT, 0.36, (60, 60, 60), 1, cv2.LINE_AA
                    )
            if axis == "x":
                cv2.putText(self.image, name, (LEFT + 150, TALL - 8), FONT, 0.4, (20, 20, 20), 1, cv2.LINE_AA)
            else:
                strip = np.full((18, TALL - TOP - LOW, 3), 255, np.uint8)
                cv2.putText(strip, name, (6, 13), FONT, 0.4, (20, 20, 20), 1, cv2.LINE_AA)
                self.image[TOP : TALL - LOW, 2:20] = np.rot90(strip)
        cv2.rectangle(self.image, (LEFT, TOP), (WIDE - RIGHT, TALL - LOW), (90, 90, 90), 1)

    def at(self, x: Array, y: Array) -> Array:
        """(N, 2) pixels."""
        shares = []
        for axis, values, (_, low, high) in (("x", x, self.x), ("y", y, self.y)):
            scale = np.log if axis in self.log else np.asarray
            begin, end = float(scale(low)), float(scale(high))
            placed = scale(np.maximum(values, 1e-12)) if axis in self.log else np.asarray(values, float)
            shares.append((placed - begin) / (end - begin))
        u = LEFT + shares[0] * (WIDE - RIGHT - LEFT)
        return np.stack([u, TALL - LOW - shares[1] * (TALL - LOW - TOP)], axis=1)

    def line(self, x: Array, y: Array, color: tuple[int, int, int], name: str = "") -> None:
        """Join points; what leaves the chart is cut off."""
        inside = self.image[TOP : TALL - LOW, LEFT : WIDE - RIGHT]
        px = np.rint((self.at(x, y) - (LEFT, TOP)) * 8).astype(np.int32)
        cv2.polylines(inside, [px], False, color, 2, cv2.LINE_AA, 3)
        self._name(color, name, dots=False)

    def dots(self, x: Array, y: Array, color: tuple[int, int, int], name: str = "", radius: int = 3) -> None:
        """Mark points."""
        inside = self.image[TOP : TALL - LOW, LEFT : WIDE - RIGHT]
        for u, v in np.rint(self.at(x, y) - (LEFT, TOP)).astype(int).tolist():
            cv2.circle(inside, (u, v), radius, color, -1, cv2.LINE_AA)
        self._name(color, name, dots=True)

    def _name(self, color: tuple[int, int, int], name: str, dots: bool) -> None:
        if not name:
            return
        (wide, _), _ = cv2.getTextSize(name, FONT, 0.38, 1)
        y = TALL - LOW - 8 - 15 * self.named if self.low else TOP + 16 + 15 * self.named
        x = WIDE - RIGHT - 8 - wide
        cv2.rectangle(self.image, (x - 26, y - 10), (WIDE - RIGHT - 4, y + 4), (255, 255, 255), -1)
        if dots:
            cv2.circle(self.image, (x - 13, y - 4), 3, color, -1, cv2.LINE_AA)
        else:
            cv2.line(self.image, (x - 22, y - 4), (x - 5, y - 4), color, 2, cv2.LINE_AA)
        cv2.putText(self.image, name, (x, y), FONT, 0.38, (30, 30, 30), 1, cv2.LINE_AA)
        self.named += 1


def _ticks(low: float, high: float, logarithmic: bool) -> list[float]:
    if logarithmic:
        every = [m * 10.0**e for e in range(-6, 6) for m in (1, 2, 5)]
        inside = [tick for tick in every if low * 0.999 <= tick <= high * 1.001]
        return inside if len(inside) <= 10 else [t for t in inside if f"{t:e}".startswith("1.0")]
    step = 10.0 ** np.floor(np.log10((high - low) / 4))
    step *= next(m for m in (1, 2, 5, 10) if (high - low) / (m * step) <= 7)
    return [
        round(float(t), 9) for t in np.arange(np.ceil(low / step), np.floor(high / step + 1e-9) + 1) * step
    ]


def lidar(model: str, returns: str = "strongest", height_m: float = 1.8) -> Lidar[float]:
    return Lidar[float].model_validate({"mount": {"z": height_m}, "model": model, "returns": returns})


def found(rho: float, range_m: float, state: WeatherState, name: str, count: int = 4000) -> float:
    """Share of firings at a diffuser that find it: the receiver alone."""
    model = lidar_model(name)
    zero, far = np.zeros(count, np.float32), np.full(count, np.inf, np.float32)
    cause = np.zeros(count, np.uint8)
    receiver.detect(
        7, np.arange(count), zero + np.float32(2.0), zero, zero + np.float32(rho), zero + np.float32(range_m), cause,
        np.zeros(count, np.uint8), zero, far, zero, far, zero, np.zeros(count, np.uint8), air_numbers(state, 0.0),
        receiver_numbers(model, state), 0, count, zero.copy(), zero.copy(), zero.copy(),
    )  # fmt: skip
    return float((cause == Cause.SURFACE).mean())


def seen_to(rho: float, state: WeatherState, name: str, share: float = 0.5) -> float:
    """Range at which so many firings find a diffuser."""
    near, far = 0.5, lidar_model(name).far_m
    for _ in range(12):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if found(rho, middle, state, name) > share else (near, middle)
    return near


def foggy(mor_m: float) -> WeatherState:
    alpha = fog_extinction_per_m(mor_m)
    return weather(
        fog_mor_m=mor_m, fog_extinction_per_m=alpha, fog_backscatter_per_m_sr=fog_backscatter_per_m_sr(alpha)
    )


FULL_SUN = weather(sun_elevation_rad=np.pi / 2, sun_illuminance_lx=80e3, sky_illuminance_lx=20e3)


def range_and_reflectance() -> Chart:
    chart = Chart(
        "range at which 9 of 10 firings find a diffuser, full sun",
        ("reflectance", 0.02, 1.0),
        ("range, m", 10, 300),
        "xy",
        low=True,
    )
    rho = np.geomspace(0.02, 1.0, 17)
    for name, color in (("HDL-64E", BLUE), ("Mid-40", RED)):
        r10 = lidar_model(name).range_at_10_percent_m
        chart.line(rho, r10 * np.sqrt(rho / 0.1), GREY, "R10 sqrt(rho / 10 %)" if name == "HDL-64E" else "")
        chart.dots(
            rho,
            np.array([seen_to(p, FULL_SUN, name, 0.9) for p in rho]),
            color,
            f"{name} (gate {lidar_model(name).far_m:g} m)",
        )
    chart.dots(np.array([0.1, 0.2, 0.8]), np.array([90.0, 130.0, 260.0]), ORANGE, "Mid-40's data sheet", 5)
    return chart


def fog() -> Chart:
    chart = Chart(
        "an HDL-64E in fog: how far it sees",
        ("visibility (MOR), m", 20, 1000),
        ("range, m", 5, 130),
        "xy",
        low=True,
    )
    mor = np.geomspace(20, 1000, 16)
    for rho, color in ((0.8, BLUE), (0.1, GREEN)):
        chart.line(
            mor, np.array([seen_to(rho, foggy(m), "HDL-64E") for m in mor]), color, f"sees {rho:.0%} to"
        )
    chart.line(mor, mor, GREY, "the eye")
    chart.line(
        np.array([40.0, 40.0]), np.array([20.0, 30.0]), ORANGE, "chamber at 40 m (Bijelic et al. 2018)"
    )
    return chart


def share_of(cause: Cause, state: WeatherState, name: str, half_m: float = 150.0) -> float:
    sweeps = [
        scan(small_stage(plain(half_m), weather=state), "top", lidar(name), HALF_NS + k * 100_000_000)
        for k in range(2)
    ]
    return float(np.mean([(sweep.cause == cause).sum() / sweep.fired for sweep in sweeps]))


def fog_returns() -> Chart:
    chart = Chart(
        "false returns of fog over level ground",
        ("visibility (MOR), m", 20, 1000),
        ("share of firings", 0, 1.0),
        "x",
    )
    mor = np.geomspace(20, 1000, 13)
    for name, color in (("HDL-64E", BLUE), ("VLP-16", RED), ("AT128", GREEN)):
        chart.line(mor, np.array([share_of(Cause.FOG, foggy(m), name) for m in mor]), color, name)
    return chart


def rain() -> Chart:
    chart = Chart("extinction by rain", ("rain, mm/h", 1, 100), ("per km", 0.05, 10), "xy", low=True)
    rate = np.geomspace(1, 100, 30)
    chart.line(
        rate, np.array([1000 * rain_extinction_per_m(r) for r in rate]), BLUE, "here (Marshall and Palmer)"
    )
    chart.dots(rate[::3], 0.312 * rate[::3] ** 0.67, RED, "Weber et al. 2015")
    chart.dots(rate[::3], 0.07677 * rate[::3], ORANGE, "Linnhoff et al. 2022, VLP-16")
    return chart


def drops_and_flakes() -> Chart:
    chart = Chart(
        "false returns behind a VLP-16", ("water, mm/h", 0.5, 100), ("share of firings", 1e-4, 0.1), "xy"
    )
    rate = np.geomspace(1, 100, 9)
    states = [weather(rain_mm_per_h=r, rain_extinction_per_m=rain_extinction_per_m(r)) for r in rate]
    chart.line(rate, 1.69e-4 * rate, GREY, "measured, rain and snow (Linnhoff et al. 2022)")
    chart.dots(rate, np.array([share_of(Cause.RAIN, state, "VLP-16") for state in states]), BLUE, "rain")
    fall = np.linspace(0.5, 2.5, 5)
    states = [weather(snow_mm_per_h=s, snow_extinction_per_m=snow_extinction_per_m(s)) for s in fall]
    chart.line(fall, 1.57e-2 * fall, GREY)
    chart.dots(fall, np.array([share_of(Cause.SNOW, state, "VLP-16") for state in states]), RED, "snow")
    return chart


def flakes_hide() -> Chart:
    chart = Chart(
        "a wall at 30 m behind snowfall, HDL-64E",
        ("snow, mm/h", 0.5, 2.5),
        ("share of the wall's points", 0, 1.05),
        low=True,
    )
    fall = np.linspace(0.5, 2.5, 5)
    wanted: dict[str, list[float]] = {"strongest": [], "last": []}
    for returns, values in wanted.items():
        clear = _on_wall(scan(small_stage(wall(30.0, "concrete")), "top", lidar("HDL-64E", returns), HALF_NS))
        for s in fall:
            state = weather(snow_mm_per_h=float(s), snow_extinction_per_m=snow_extinction_per_m(float(s)))
            sweep = scan(
                small_stage(wall(30.0, "concrete"), weather=state), "top", lidar("HDL-64E", returns), HALF_NS
            )
            values.append(_on_wall(sweep) / clear)
    chart.line(fall, np.array(wanted["strongest"]), BLUE, "strongest return")
    chart.line(fall, np.array(wanted["last"]), RED, "last return")
    return chart


def _on_wall(sweep: LidarSweep) -> int:
    return int((np.abs(sweep.raw_xyz_m[:, 0] - 30.0) < 0.5).sum())


def _sheet(x: float, left: float, right: float, low: float, high: float, material: str = "concrete") -> Mesh:
    return quad([(x, right, low), (x, right, high), (x, left, high), (x, left, low)], MATERIAL_ID[material])


def edge() -> Chart:
    chart = Chart(
        "two returns of beams across the edge of a board at 20 m, wall at 25 m",
        ("beam's middle beside the edge, cm", -6, 6),
        ("energy, of the whole", 0, 1.4),
    )
    stages = [
        small_stage([_sheet(20.0, 9.0, 0.0, -9.0, 9.0), wall(25.0, "concrete")]),
        small_stage(wall(20.0, "concrete")),
    ]
    both, whole = (scan(stage, "top", lidar("HDL-64E", "dual", 0.0), HALF_NS) for stage in stages)
    full = np.median(whole.intensity[np.abs(whole.raw_xyz_m[:, 1]) < 1.0]) ** 2  # it reads the root
    beside = both.raw_xyz_m[:, 1] / both.raw_xyz_m[:, 0] * 2000.0
    ahead = (both.raw_xyz_m[:, 0] > 0) & (np.abs(beside) < 6.0)
    for near, color, name in ((True, BLUE, "on the board"), (False, RED, "on the wall")):
        those = ahead & ((both.range_m < 23.0) == near)
        chart.dots(beside[those], both.intensity[those].astype(float) ** 2 / full, color, name, 2)
    return chart


def bloom() -> Chart:
    chart = Chart(
        "a 60 cm sign at 20 m before the sky, AT128: points as the sensor sees them",
        ("to the right, degrees", -4.0, 4.0),
        ("up, degrees", -4.2, 1.5),
    )
    sweep = scan(small_stage(_sheet(20.0, 0.3, -0.3, 1.0, 1.6, "retro_band")), "top", lidar("AT128"), HALF_NS)
    x, y, z = sweep.raw_xyz_m.astype(float).T
    for cause, color in ((Cause.BLOOM, ORANGE), (Cause.SURFACE, BLUE)):
        those = sweep.cause == cause
        chart.dots(
            -np.degrees(y[those] / x[those]), np.degrees(z[those] / x[those]), color, cause.name.lower(), 1
        )
    return chart


def skew() -> Chart:
    chart = Chart(
        "a wall 20 m behind a car at 20 m/s, one turn of a VLP-16",
        ("time from the middle of the turn, ms", -50, 50),
        ("distance along the car, m", -21.5, -18.5),
    )
    ego = Mover(block((0.1, 0.1, 0.1)), velocity_mps=(20.0, 0.0, 0.0))
    sweep = scan(small_stage(wall(-10.0), ego=ego), "top", lidar("VLP-16"), HALF_NS)
    level = np.abs(sweep.raw_xyz_m[:, 2]) < 1.0
    for points, color, name in (
        (sweep.raw_xyz_m, RED, "as measured"),
        (sweep.xyz_m, BLUE, "brought to one time"),
    ):
        chart.dots(sweep.offset_ns[level] * 1e-6, points[level, 0].astype(float), color, name, 1)
    return chart


def wet_ground() -> Chart:
    chart = Chart(
        "asphalt under an HDL-64E at 1.8 m",
        ("range, m", 4, 60),
        ("share of firings at it that find it", 0, 1.05),
    )
    states = (
        ("dry", CLEAR, GREY),
        ("damp, no film", weather(wetness=1.0), GREEN),
        ("film 0.5 mm", weather(wetness=1.0, water_film_m=0.5e-3), BLUE),
        ("film 1.2 mm", weather(wetness=1.0, water_film_m=1.2e-3), RED),
    )
    edges = np.arange(4.0, 62.0, 4.0)
    # What a receiver without limits finds is all that is there.
    best = lidar_model("HDL-64E")
    all_of = scan(
        small_stage(plain()),
        "top",
        lidar("HDL-64E"),
        HALF_NS,
        model=replace(best, range_at_10_percent_m=5000.0),
    )
    total = np.histogram(all_of.range_m, edges)[0]
    for name, state, color in states:
        sweep = scan(small_stage(plain(), weather=state), "top", lidar("HDL-64E"), HALF_NS)
        those = sweep.cause == Cause.SURFACE
        share = np.histogram(sweep.range_m[those], edges)[0] / np.maximum(total, 1)
        chart.line(0.5 * (edges[1:] + edges[:-1])[total > 0], share[total > 0], color, name)
    return chart


CHARTS: dict[str, Callable[[], Chart]] = {
    "range": range_and_reflectance,
    "fog": fog,
    "fog_returns": fog_returns,
    "rain": rain,
    "drops": drops_and_flakes,
    "snow": flakes_hide,
    "edge": edge,
    "bloom": bloom,
    "skew": skew,
    "wet": wet_ground,
}


def main(names: Sequence[str]) -> None:
    """Draw the named charts, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or list(CHARTS):
        path = FOLDER / f"{name}.png"
        cv2.imwrite(str(path), CHARTS[name]().image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print(f"drew {path.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
