"""What docs/generate_gallery.py photographs for the pages: pictures by name, tiles with words, story and moment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    """One photograph: the first camera of a story of the catalogue, changed as `--set` would, at a moment."""

    words: str  # below the tile, and in this order in the page's text
    story: str
    overrides: tuple[str, ...] = ()
    at_s: float | None = None  # by default the interesting one


@dataclass(frozen=True, slots=True)
class Page:
    """The tiles of one picture, row by row; `boxes` draws the labels over them."""

    tiles: tuple[Tile, ...]
    columns: int = 2
    tile_px: int = 640
    boxes: bool = False


CAMERA = "rig.cameras.cam_front"
DAY = "world.clock={sun: {elevation: 42 deg, azimuth: 160 deg}}"
CLEAR = "world.weather=[{clouds: 2 okta, air: 16 degC}]"
DRY = "world.surface={state: dry}"

# A street without parked cars, the camera tilted towards the road and zoomed in, at the first instant of the clip.
STREET_S_M = 64
STREET = ("faults={}", "background={}", f"{CAMERA}.fov=44 deg", f"{CAMERA}.mount.pitch=9 deg")
# A straight before the bend of a country road; whoever comes the other way is close enough to be mirrored.
NIGHT_ROAD = (
    "world.clock={sun: {elevation: -30 deg, azimuth: 0 deg}}",
    "params.headway=70 m",
    "actors.ego.lights=[low_beam]",
    "actors.oncoming.start={lane: oncoming, ahead_of: ego, gap: 38 m, speed: 40 km/h}",
    "actors.oncoming.lights=[low_beam]",
    f"{CAMERA}.fov=44 deg",
    f"{CAMERA}.mount.pitch=6 deg",
)


def _patch(*words: str) -> str:
    return f"world.patches=[{', '.join(f'{{{one}}}' for one in words)}]"


def _on_street(words: str, patch: str, *weather: str) -> Tile:
    return Tile(words, "dirty_lens_child", (*STREET, *(weather or (DAY, CLEAR, DRY)), patch), 0.0)


def _crossing(words: str, faults: str) -> Tile:
    return Tile(
        words, "town_crossing", (f"faults={{cam_front: [{faults}]}}", f"{CAMERA}.window={{drops: false}}")
    )


PAGES = {
    "glass": Page(
        (
            Tile(
                "a cloudburst between two wipes",
                "cloudburst_lead_brakes",
                (f"{CAMERA}.window={{wiper_every: 4 s}}",),
                2.9,
            ),
            Tile("the blade", "cloudburst_lead_brakes", (), 3.9),
            Tile("a dead wiper before sunrise", "bus_stop_rain", (f"{CAMERA}.window={{wiper: off}}",), 1.8),
            Tile("a bare cover", "town_crossing", (f"{CAMERA}.window={{mount: cover}}", "world.weather.0.rain=20 mm/h")),
        )
    ),
    "faults": Page(
        (
            _crossing("clean", ""),
            _crossing("blocked", "{blocked: {side: left, share: 0.3}}"),
            _crossing("dirty", "{dirt: {cover: 0.3, size: 60 px}}"),
            _crossing("cracked", "{cracked: {lines: 9, reach: 0.5}}"),
        )
    ),
    "patches": Page(
        (
            _on_street(
                "pothole", _patch(f"kind: pothole, s: {STREET_S_M} m, length: 2 m, width: 1.6 m, depth: 12 cm")
            ),
            _on_street(
                "puddle at low sun",
                _patch(f"kind: puddle, s: {STREET_S_M} m, length: 4 m, width: 2.2 m, depth: 3 cm"),
                "world.clock={sun: {elevation: 7 deg, azimuth: 85 deg}}", CLEAR, DRY,
            ),
            Tile(
                "ice at night",
                "black_ice_bend",
                (*NIGHT_ROAD, _patch("kind: ice, s: 91 m, length: 18 m, width: 3 m")),
                0.0,
            ),
            _on_street("leaves", _patch(f"kind: leaves, s: {STREET_S_M} m, length: 5 m, width: 2.4 m")),
            _on_street(
                "snow bank",
                _patch(
                    f"kind: snow_bank, s: {STREET_S_M + 3} m, lateral: -1 m, length: 10 m, width: 1.4 m, depth: 60 cm"
                ),
            ),
            _on_street("oil", _patch(f"kind: oil, s: {STREET_S_M} m, length: 4 m, width: 2.4 m")),
        ),
        columns=3,
    ),
    "plumes": Page(
        tuple(
            Tile(name, name)
            for name in ("dust_storm_motorway", "dust_trail_gravel_road", "smoke_over_road", "cold_exhaust_queue")
        ),
        tile_px=800,
        boxes=True,
    ),
}  # fmt: skip
