"""Draws docs/pictures/lidar/*.png: each effect of the lidar beside what was published about it.

Run it after a change of the lidar, in an environment with the extra `docs`: python docs/generate_lidar.py (a minute or
two on one core).
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
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
BLUE, RED, GREEN, GREY, ORANGE = "#1f5fc0", "#c82828", "#288c3c", "#8c8c8c", "#f08c00"
HALF_NS = 500_000_000


class Chart:
    """Lines and points over two axes; an axis is logarithmic where it is told so."""

    def __init__(
        self, title: str, x: tuple[str, float, float], y: tuple[str, float, float], log: str = ""
    ) -> None:
        """`x` and `y` are an axis's name and its ends, `log` is "x", "y" or "xy"."""
        self.figure = Figure(figsize=(6.0, 3.6), dpi=100, layout="constrained")
        self.axes = self.figure.subplots()
        self.axes.set_title(title, fontsize=10)
        self.axes.set(xlabel=x[0], ylabel=y[0], xlim=x[1:], ylim=y[1:])
        self.axes.grid(color="#e6e6e6")
        for name in log:
            self.axes.set(**{f"{name}scale": "log"})
            axis = self.axes.xaxis if name == "x" else self.axes.yaxis
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter("{x:g}")
            axis.set_minor_locator(NullLocator())

    def line(self, x: Array, y: Array, color: str, name: str = "") -> None:
        """Join points."""
        self.axes.plot(x, y, color=color, label=name or None)

    def dots(self, x: Array, y: Array, color: str, name: str = "", size: float = 5) -> None:
        """Mark points."""
        self.axes.plot(x, y, ".", color=color, label=name or None, markersize=2 * size, markeredgewidth=0)

    def save(self, path: Path) -> None:
        """Write the chart with its legend; the same numbers give the same bytes."""
        legend = self.axes.legend(fontsize="small", framealpha=0.9)
        for handle in legend.legend_handles:
            if handle.get_linestyle() == "None":
                handle.set_markersize(9)
        self.figure.savefig(path, metadata={"Software": None})


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
    chart.dots(np.array([0.1, 0.2, 0.8]), np.array([90.0, 130.0, 260.0]), ORANGE, "Mid-40's data sheet", 7)
    return chart


def fog() -> Chart:
    chart = Chart(
        "an HDL-64E in fog: how far it sees",
        ("visibility (MOR), m", 20, 1000),
        ("range, m", 5, 130),
        "xy",
    )
    mor = np.geomspace(20, 1000, 16)
    for rho, color in ((0.8, BLUE), (0.1, GREEN)):
        chart.line(
            mor, np.array([seen_to(rho, foggy(m), "HDL-64E") for m in mor]), color, f"sees {rho:.0%} to"
        )
    chart.line(mor, mor, GREY, "the eye")
    chart.dots(
        np.full(21, 40.0), np.linspace(20.0, 30.0, 21), ORANGE, "chamber at 40 m (Bijelic et al. 2018)", 3
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
    chart = Chart("extinction by rain", ("rain, mm/h", 1, 100), ("per km", 0.05, 10), "xy")
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
        chart.dots(beside[those], both.intensity[those].astype(float) ** 2 / full, color, name, 2.5)
    return chart


def bloom() -> Chart:
    chart = Chart(
        "a 60 cm sign at 20 m before the sky, AT128: points as the sensor sees them",
        ("to the right, degrees", -2.0, 2.0),
        ("up, degrees", -2.8, -0.2),
    )
    sweep = scan(small_stage(_sheet(20.0, 0.3, -0.3, 1.0, 1.6, "retro_band")), "top", lidar("AT128"), HALF_NS)
    x, y, z = sweep.raw_xyz_m.astype(float).T
    for cause, color in ((Cause.BLOOM, ORANGE), (Cause.SURFACE, BLUE)):
        those = sweep.cause == cause
        chart.dots(
            -np.degrees(y[those] / x[those]), np.degrees(z[those] / x[those]), color, cause.name.lower(), 3
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
        CHARTS[name]().save(path)
        print(f"drew {path.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
