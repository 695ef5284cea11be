"""`stormlane stats`: pictures of scenarios or of a folder, held against photographs.  Roof."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from renderers.image_statistics import (
    GATES,
    NAMES,
    REAL,
    REAL_FRAMES,
    WORDS,
    Envelope,
    ImageStatistics,
    envelope,
    expected_inside,
    outside,
)
from scenarios.errors import StormlaneError
from scenarios.sampling import Spread, Tally
from sim.app.draws import Draw, draws_of
from sim.app.parallel import answers
from sim.weather import WeatherState

FEWEST = 5  # photographs of one's own that make an envelope
WORST = 8  # frames that are named
# Photographs of fog and night are not like those by day; so frames of scenarios are told apart before they are compared.
DAY, DARK, THICK = "by day", "dusk and night", "in thick air"
DAY_LX = 400.0  # on level ground: about what a clear sky gives as the sun sets
MIST_M = 2000.0  # sight below which thick air takes colours and edges; WMO calls it mist up to 5 km, fog up to 1 km


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture and its numbers; `light` is DAY, DARK or THICK, and empty where nobody knows."""

    name: str
    statistics: ImageStatistics
    light: str = ""


def light_and_air(weather: WeatherState) -> str:
    """Which of DAY, DARK and THICK a picture in this weather is."""
    if weather.visibility_m < MIST_M:
        return THICK
    sun = weather.sun_illuminance_lx * max(math.sin(weather.sun_elevation_rad), 0.0)
    return DAY if sun + weather.sky_illuminance_lx >= DAY_LX else DARK


def frames_of_scenarios(
    paths: Sequence[Path],
    spread: Spread,
    frames: int = 1,
    overrides: Sequence[str] = (),
    variants: Sequence[str] = (),
    workers: int = 0,
    tell: Callable[[str], None] = print,
) -> list[Frame]:
    """Pictures of the first camera at `frames` moments of each sample that is valid; they are rendered, not kept.

    `tell` hears how many samples gave none.
    """
    from sim.app.progress import counting
    from sim.app.warmup import warm_up_when_cold

    draws = [draw for path in paths for draw in draws_of(path, overrides, variants, spread, Tally())]
    warm_up_when_cold()
    found: list[Frame] = []
    blank = 0
    with counting(len(draws), "rendering") as one_more:
        for some in answers(partial(_photographed, frames=frames), draws, workers):
            found += some
            blank += not some
            one_more()
    if blank:
        tell(f"{blank} of {len(draws)} samples left out: not valid, or without a camera")
    return found


def _photographed(draw: Draw, frames: int) -> list[Frame]:
    from renderers.camera import render
    from renderers.quality import Quality
    from renderers.stage import Stage
    from sim.app.clip import ClipPlan
    from sim.app.preview import interesting_moment_ns
    from sim.simulate import simulate
    from sim.verdict import judge

    cv2.setNumThreads(1)
    concrete = draw.concrete()
    trace = simulate(concrete)
    if not concrete.rig.cameras or judge(trace, tuple(draw.file().draft.valid)).broken:
        return []
    times_ns = ClipPlan.of(concrete).times_ns
    if frames == 1:
        moments = [interesting_moment_ns(trace, times_ns)]
    else:
        moments = sorted({times_ns[int((k + 0.5) * len(times_ns) / frames)] for k in range(frames)})
    name, words = min(concrete.rig.cameras.items())
    capture, stage = concrete.scenario.capture, Stage(trace)
    quality = Quality.of(capture.quality, capture.paths)
    return [
        Frame(
            f"{concrete.clip_id} {time_ns * 1e-9:.2f} s",
            ImageStatistics.of(render(stage, name, words, time_ns, quality=quality).image),
            light_and_air(trace.weather.at(time_ns)),
        )
        for time_ns in moments
    ]


def frames_of_folder(folder: Path, workers: int = 0) -> list[Frame]:
    """The pictures below a folder: all JPEG files, or where there are none, PNG files of three 8-bit channels."""
    from sim.app.progress import counting

    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in (".jpg", ".jpeg"))
    files = files or sorted(folder.rglob("*.png"))
    found: list[Frame] = []
    with counting(len(files), "reading") as one_more:
        cores = min(workers or os.cpu_count() or 1, max(len(files) // 40, 1))
        for frame in answers(partial(_read, root=folder), files, cores):
            if frame is not None:
                found.append(frame)
            one_more()
    if not found:
        raise StormlaneError(f"{folder}: no pictures in there; JPEG or PNG of three 8-bit channels are read")
    return found


def _read(file: Path, root: Path) -> Frame | None:
    raw = np.fromfile(file, np.uint8)
    picture = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED) if len(raw) else None
    if picture is None or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        return None
    if min(picture.shape[:2]) < 48:
        return None
    rgb = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    return Frame(str(file.relative_to(root)), ImageStatistics.of(rgb))


def envelope_of(folder: Path | None) -> tuple[Envelope, int]:
    """The envelope of a folder of photographs, or of the published ones, and how many they are."""
    if folder is None:
        return REAL, REAL_FRAMES
    real = frames_of_folder(folder)
    if len(real) < FEWEST:
        raise StormlaneError(f"{folder}: {len(real)} pictures are too few for an envelope; give {FEWEST}")
    return envelope([frame.statistics for frame in real]), len(real)


def share_inside(frames: Sequence[Frame], real: Envelope, names: Sequence[str] = GATES) -> float:
    """Share of frames of which all these statistics lie inside."""
    return sum(not outside(frame.statistics, real, names) for frame in frames) / max(len(frames), 1)


def lines_of(frames: Sequence[Frame], real: Envelope, photographs: int, each: bool = False) -> Iterator[str]:
    """The table, what further photographs would do, and which frames lie furthest outside."""
    head = ("5 %", "median", "mean", "95 %", "inside")
    yield f"{f'{len(frames)} frames':26s}{'photographs':>18s}" + "".join(f"{word:>9s}" for word in head)
    astray = []  # what on the whole lies outside
    for name in NAMES:
        values = np.array([getattr(frame.statistics, name) for frame in frames])
        low, middle, high = np.percentile(values, [5, 50, 95])
        mean = float(values.mean())
        if name in GATES and not real[name][0] <= min(middle, mean) <= max(middle, mean) <= real[name][1]:
            astray.append(WORDS[name].split(" (")[0])
        inside = ((real[name][0] <= values) & (values <= real[name][1])).mean()
        span = f"{real[name][0]:.3g} .. {real[name][1]:.3g}"
        mark = " *" if name in GATES else ""
        yield f"{WORDS[name] + mark:26s}{span:>18s}{low:9.3g}{middle:9.3g}{mean:9.3g}{high:9.3g}{inside:9.1%}"
    yield (
        "on the whole, in median and mean, "
        + (f"outside in {', '.join(astray)}" if astray else "inside in all that is marked *")
    )
    yield f"inside in all that is marked *: {share_inside(frames, real):.1%} of the frames"
    yield (
        f"of further photographs of the same sort {expected_inside(photographs):.0%} would lie inside in each line: "
        f"the envelope is the least and the most of {photographs}"
    )
    yield from _by_light(frames, real)
    shown = [frame for frame in frames if each or outside(frame.statistics, real, GATES)]
    if not each:
        shown = sorted(shown, key=lambda frame: (-_distance(frame, real), frame.name))[:WORST]
    if shown:
        yield "every frame:" if each else "furthest outside:"
    for frame in shown:
        words = (f"{WORDS[name]} {getattr(frame.statistics, name):.3g}" for name in GATES)
        marked = outside(frame.statistics, real, GATES)
        yield f"  {frame.name}: " + ", ".join(
            word + (" !" if name in marked else "") for name, word in zip(GATES, words, strict=True)
        )


def _by_light(frames: Sequence[Frame], real: Envelope) -> Iterator[str]:
    """Shares inside of frames of each light and air, where there are several."""
    kinds = [kind for kind in (DAY, DARK, THICK) if any(frame.light == kind for frame in frames)]
    if len(kinds) < 2:
        return
    yield (
        f"{'inside, by light and air':26s}"
        + "".join(f"{WORDS[name].split(' (')[0]:>23s}" for name in GATES)
        + "   all *"
    )
    for kind in kinds:
        some = [frame for frame in frames if frame.light == kind]
        shares = "".join(f"{share_inside(some, real, (name,)):23.1%}" for name in GATES)
        yield f"{f'{kind} ({len(some)})':26s}{shares}{share_inside(some, real):8.1%}"


def _distance(frame: Frame, real: Envelope) -> float:
    """How far outside: the largest excess over the width of the envelope."""
    excess = 0.0
    for name in GATES:
        value: float = getattr(frame.statistics, name)
        low, high = real[name]
        excess = max(excess, max(low - value, value - high) / max(high - low, 1e-9))
    return excess


def as_json(frames: Sequence[Frame], real: Envelope, photographs: int) -> dict[str, Any]:
    """Everything as plain JSON."""
    return {
        "of_photographs": photographs,
        "expected_inside_each": expected_inside(photographs),
        "photographs": {name: list(span) for name, span in real.items()},
        "gates": list(GATES),
        "inside": share_inside(frames, real),
        "frames": [
            {
                "name": frame.name,
                "light": frame.light,
                **asdict(frame.statistics),
                "outside": list(outside(frame.statistics, real)),
            }
            for frame in frames
        ],
    }
