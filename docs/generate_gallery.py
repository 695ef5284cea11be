"""Writes docs/pictures/weathers.jpg: twelve stories of the catalogue, each in four weathers and lights.

python docs/generate_gallery.py [--scene NAME ...] [--out PICTURE]
python docs/generate_gallery.py --page glass     docs/pictures/glass.jpg: rain on the glass before a camera
python docs/generate_gallery.py --page faults    docs/pictures/faults.jpg: a camera's window blocked, dirty, cracked
python docs/generate_gallery.py --page patches   docs/pictures/patches.jpg: what lies on the road
python docs/generate_gallery.py --page plumes    docs/pictures/plumes.jpg: dust, smoke and steam as stories have them

What the pictures of pages show stands in docs/gallery_pages.py.
"""

import argparse
import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gallery_pages import PAGES, Page

from labelers.records import Sample
from sim.app.catalogue import find_scenario
from sim.app.pictures import contacts, write_picture
from sim.app.preview import Moment, taken_at
from sim.app.progress import counting

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/pictures/weathers.jpg"

SCENES = (
    "child_behind_van",
    "town_crossing",
    "cyclist_meets_at_junction",
    "open_door_cyclist_rain",
    "group_crossing_dusk",
    "bus_stop_rain",
    "wheelchair_low_behind_cars",
    "highway_cutin_fog",
    "lane_closed_by_cones",
    "deer_snow",
    "truck_behind_bend_low_sun",
    "police_car_stopped_night",
)
DAY = "world.clock={sun: {elevation: 42 deg, azimuth: 200 deg}}"
LOW = "world.clock={sun: {elevation: 6 deg, azimuth: 70 deg}}"
NIGHT = "world.clock={sun: {elevation: -25 deg, azimuth: 0 deg}}"
CLEAR = "world.weather=[{clouds: 2 okta, air: 16 degC}]"
RAIN = "world.weather=[{rain: 15 mm/h, clouds: 8 okta, air: 8 degC}]"
FOG = "world.weather=[{fog: {visibility: 90 m}, clouds: 8 okta, air: 4 degC}]"
SNOW = "world.weather=[{snow: 2 mm/h, clouds: 8 okta, air: -3 degC}]"
DRY, WET = "world.surface={state: dry}", "world.surface={state: wet}"
WHITE = "world.surface={state: snowy, snow_depth: 5 cm}"


def weathers(number: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The four of a scene; fog and snow by turns."""
    yield "clear day", (DAY, CLEAR, DRY)
    yield "low sun", (LOW, CLEAR, DRY)
    yield "rain at night", (NIGHT, RAIN, WET)
    yield ("fog", (DAY, FOG, DRY)) if number % 2 else ("snow", (DAY, SNOW, WHITE))


def photographed(name: str, overrides: tuple[str, ...], at_s: float | None = None) -> Sample:
    """What the first camera sees at a moment, by default the one that its own weather makes interesting."""
    moment = Moment(overrides=overrides)
    sample = taken_at(moment.of(find_scenario(Path(name))), at_s, lambda line: None)
    first = min(sample.cameras)
    return replace(sample, cameras={first: sample.cameras[first]}, lidars={})


def write_page(page: Page, out: Path) -> None:
    """Write the picture of a page."""
    taken: list[tuple[str, Sample]] = []
    with counting(len(page.tiles), "photographing") as one_more:
        for tile in page.tiles:
            taken.append((tile.words, photographed(tile.story, tile.overrides, tile.at_s)))
            gc.collect()  # a stage is half a gigabyte, and its parts refer to one another
            one_more()
    write_picture(out, contacts(taken, page.tile_px * page.columns, page.columns, page.boxes))


def write_weathers(scenes: list[tuple[int, str]], out: Path) -> None:
    """Write the picture of stories in four weathers, each with its number."""
    taken: list[tuple[str, Sample]] = []
    with counting(4 * len(scenes), "photographing") as one_more:
        for number, name in scenes:
            for words, overrides in weathers(number):
                taken.append((f"{name}: {words}", photographed(name, overrides)))
                gc.collect()
                one_more()
    write_picture(out, contacts(taken))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scene", action="append", help="only this one; repeatable")
    parser.add_argument("--page", choices=PAGES, help="the picture of a page instead")
    parser.add_argument(
        "--out", type=Path, help="the picture; the one of its name in docs/pictures by default"
    )
    chosen = parser.parse_args()
    if chosen.page:
        write_page(PAGES[chosen.page], chosen.out or PICTURE.with_name(f"{chosen.page}.jpg"))
        return
    scenes = [(k, name) for k, name in enumerate(SCENES) if not chosen.scene or name in chosen.scene]
    write_weathers(scenes, chosen.out or PICTURE)


if __name__ == "__main__":
    main()
