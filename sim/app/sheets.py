"""Contact sheets of assets: every model from four sides and in infrared.  Roof."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from renderers import studio
from renderers.assets import build, scenery
from renderers.assets.drivers import crewed
from renderers.assets.levels import FULL, NEAR
from renderers.assets.registry import BUILDERS, SCENERY
from renderers.assets.soil import AMOUNTS, SHAPED_AS
from renderers.mesh import Asset
from renderers.soiling import soil_of
from scenarios.bodies import BODIES, open_size
from scenarios.errors import StormlaneError
from scenarios.own_assets import SUFFIX, enter, load_asset
from scenarios.taxonomy import ACTOR_CLASSES
from sim.app.pictures import write_picture
from sim.app.progress import counting
from sim.app.tags import FONT, Image
from sim.trace import Gait, Lamp

TILE_PX = (400, 300)
Dirt = tuple[int, str]  # an index of `soil.AMOUNTS`, a key of `materials.SOILED`
CLEAN: Dirt = (0, SHAPED_AS)
FRONT = (studio.View(-20.0, 5.0),)
ON_POSTS = ("sign",)  # what is looked at is what the post carries
BAND_PX = 22
LAMPS = {
    "": 0,
    "lit": Lamp.LOW_BEAM | Lamp.TAIL,
    "braking": Lamp.LOW_BEAM | Lamp.TAIL | Lamp.BRAKE,
    "hazards": Lamp.INDICATOR_LEFT | Lamp.INDICATOR_RIGHT,
    "beacon": Lamp.LOW_BEAM | Lamp.TAIL | Lamp.BEACON_LEFT,
}


def chosen(words: Sequence[str]) -> list[str]:
    """Models and scenery whose name, first part of the name or actor class is among the words; all without any."""
    from difflib import get_close_matches

    files = [word for word in words if word.endswith(SUFFIX)]
    enter(own := [load_asset(file) for file in files])
    words = [word for word in words if word not in files]
    names = [*BUILDERS, *SCENERY]
    if not words:
        return [asset.model for asset in own] or names
    kinds = {name: {name, name.split(".")[0]} for name in names}
    for name in BUILDERS:
        kinds[name].add(BODIES[name].actor_class)
    known = sorted(set().union(*kinds.values()))
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise StormlaneError(f"no asset and no class called {word!r}; {hint}")
    return [asset.model for asset in own] + [name for name in names if kinds[name] & set(words)]


def dirt_on(word: str, day: studio.Day) -> Dirt:
    """The dirt that a word asks for, of what such a day leaves."""
    if word not in AMOUNTS:
        raise StormlaneError(f"--dirt {word}: choose from {', '.join(AMOUNTS)}")
    soil = soil_of(studio.empty_road(day).weather.states[0])
    return AMOUNTS.index(word), soil


def subject(
    name: str,
    seed: int,
    color: str | None = None,
    clothing: str | None = None,
    state: str = "",
    detail: int = FULL,
    dirt: Dirt = CLEAN,
) -> Asset:
    """A model as it is met on the road, or a piece of scenery."""
    if name in SCENERY:
        return studio.of_mesh(scenery(name, seed), name)
    body = BODIES[name]
    made = build(
        name,
        seed,
        open_size(body, body.size_m, state),
        color,
        clothing,
        state,
        detail=detail,
        dirt=dirt[0],
        soil=dirt[1],
    )
    return crewed(made, seed, state, detail) if detail <= NEAR else made


def sheet(
    names: Sequence[str],
    out: Path,
    seeds: Sequence[int] = (0,),
    day: studio.Day = studio.CLEAR,
    lamps: str = "",
    tile_px: tuple[int, int] = TILE_PX,
    threads: int = 1,
    detail: int = FULL,
    dirt: Dirt = CLEAN,
) -> None:
    """Write one picture: a row for every model and seed, four views and what a 905 nm laser sees."""
    rows: list[Image] = []
    with counting(len(names) * len(seeds), "photographing") as one_more:
        for name in names:
            for seed in seeds:
                rows.append(row(name, seed, day, lamps, tile_px, threads, detail, dirt))
                one_more()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, np.vstack(rows))


def grid(
    names: Sequence[str],
    out: Path,
    seeds: Sequence[int] = (0,),
    day: studio.Day = studio.CLEAR,
    lamps: str = "",
    tile_px: tuple[int, int] = (160, 120),
    columns: int = 8,
    threads: int = 1,
) -> None:
    """Write one picture: many models side by side, each from in front, with its name."""
    tiles: list[Image] = []
    with counting(len(names) * len(seeds), "photographing") as one_more:
        for name in names:
            for seed in seeds:
                taken = studio.Studio.of(
                    subject(name, seed),
                    FRONT,
                    _posture(name, lamps),
                    day,
                    tile_px,
                    head_only=name.split(".")[0] in ON_POSTS,
                )
                band: Image = np.full((BAND_PX - 6, tile_px[0], 3), 24, np.uint8)
                cv2.putText(
                    band, name.split(".", 1)[-1], (4, 11), FONT, 0.35, (230, 230, 230), 1, cv2.LINE_AA
                )
                tiles.append(np.vstack([taken.photograph(0, threads), band]))
                one_more()
    columns = min(columns, len(tiles))
    tiles += [np.full_like(tiles[0], 24)] * (-len(tiles) % columns)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, np.vstack([np.hstack(tiles[k : k + columns]) for k in range(0, len(tiles), columns)]))


def _posture(name: str, lamps: str) -> studio.Posture:
    """Walkers walk, lamps are lit as asked."""
    body = BODIES.get(name)
    walks = body is not None and ACTOR_CLASSES[body.actor_class].moves == "walker"
    return studio.Posture(
        gait=Gait.WALK if walks else Gait.NONE,
        phase=0.2,
        speed_mps=1.3 if walks else 0.0,
        lamps=int(LAMPS[lamps]),
    )


def row(
    name: str,
    seed: int,
    day: studio.Day,
    lamps: str,
    tile_px: tuple[int, int],
    threads: int = 1,
    detail: int = FULL,
    dirt: Dirt = CLEAN,
) -> Image:
    """One model: its name and facts above four photographs and an infrared one."""
    asset = subject(name, seed, detail=detail, dirt=dirt)
    taken = studio.Studio.of(asset, posture=_posture(name, lamps), day=day, size_px=tile_px)
    tiles = [taken.photograph(k, threads) for k in range(len(studio.VIEWS))]
    back = np.clip(taken.infrared(0, threads=threads), 0.0, 1.0) ** (1 / 2.2)
    tiles.append(np.repeat((255 * back).astype(np.uint8)[..., None], 3, axis=2))
    strip: Image = np.hstack(tiles)
    triangles = sum(len(part.mesh.triangles) for part in asset.parts)
    length, width, height = asset.size_m
    words = f"{name}  seed {seed}   {length:.2f} x {width:.2f} x {height:.2f} m   {triangles} triangles"
    band: Image = np.full((BAND_PX, strip.shape[1], 3), 24, np.uint8)
    cv2.putText(band, words, (8, BAND_PX - 7), FONT, 0.45, (230, 230, 230), 1, cv2.LINE_AA)
    return np.vstack([band, strip])
