"""What a lidar makes of materials, as a table for people.  Roof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.swatches import ANGLES_DEG, Swatch, swatches
from scenarios.errors import StormlaneError, nearest
from sim.app.pictures import write_picture
from sim.app.progress import counting
from sim.app.tags import FONT, Image

RANGES_M = (20.0, 40.0, 60.0, 80.0, 100.0)
SEEN = 0.5  # share of the beams that must come back
# Those that people ask about: what fades, what flares, what lets pass, what is brighter than it looks.
SHOWN = (
    "car_paint_black", "car_paint_grey", "car_paint_blue", "car_paint_red", "car_paint_silver", "car_paint_white",
    "glass", "glass_dark", "mirror", "chrome", "rubber", "plate", "lamp_tail", "asphalt", "asphalt_old", "asphalt_patch",
    "concrete", "paint_white", "brick", "plaster_white", "roof_dark", "sign_white", "sign_red", "metal_galvanised",
    "leaf", "leaf_conifer", "grass", "bark", "soil", "snow_pile", "cloth_a", "skin", "hi_vis", "retro_band", "fur_mid_a",
)  # fmt: skip
ROW_PX, NAME_PX, CELL_PX, BAND_PX = 24, 190, 78, 44


@dataclass(frozen=True, slots=True)
class Row:
    """A material: what comes back at each angle near by, and from how far half of the beams still do."""

    material: str
    near: tuple[Swatch, ...]
    reach_m: tuple[float, float]  # face on and at 60 degrees; 0: not even at the first distance


def measured(names: Sequence[str], lidar: str = "HDL-64E") -> list[Row]:
    """Scan every material; raises StormlaneError for one that is unknown."""
    wanted = list(names) or list(SHOWN)
    for name in wanted:
        if name not in MATERIAL_ID:
            raise StormlaneError(f'there is no material "{name}"; {nearest(name, MATERIAL_ID)}')
    rows = []
    with counting(len(wanted), "scanning") as one_more:
        for name in wanted:
            near = tuple(swatches([name], ANGLES_DEG, 10.0, lidar))
            reach = [0.0, 0.0]
            for far in RANGES_M:
                seen = [swatch.share >= SEEN for swatch in swatches([name], (0.0, 60.0), far, lidar)]
                reach = [far if ok else known for ok, known in zip(seen, reach, strict=True)]
                if not any(seen):
                    break
            rows.append(Row(name, near, (reach[0], reach[1])))
            one_more()
    return rows


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """A table in Markdown: mean intensity by angle at 10 m, what passes, and how far half of the beams return."""
    angles = " | ".join(f"{angle:.0f}" for angle in ANGLES_DEG)
    yield f"| material | 905 nm | 1550 nm | {angles} | passes | seen to, face on | seen to, 60 deg |"
    yield "|---" * (6 + len(ANGLES_DEG)) + "|"
    for row in rows:
        facts = MATERIALS[MATERIAL_ID[row.material]]
        cells = " | ".join(_cell(swatch) for swatch in row.near)
        passed = max(swatch.passed / max(swatch.fired, 1) for swatch in row.near[1:4])
        far = " | ".join(f"{m:.0f} m" + ("+" if m == RANGES_M[-1] else "") if m else "-" for m in row.reach_m)
        yield f"| {row.material} | {facts.rho_905:.2f} | {facts.rho_1550:.2f} | {cells} | {passed:.0%} | {far} |"


def picture(rows: Sequence[Row], out: Path) -> None:
    """The same to look at: the material's colour, and how bright a lidar sees it at each angle."""
    width = NAME_PX + CELL_PX * (len(ANGLES_DEG) + 2)
    image: Image = np.full((BAND_PX + ROW_PX * len(rows), width, 3), 24, np.uint8)
    heads = [f"{angle:.0f} deg" for angle in ANGLES_DEG] + ["to, 0 deg", "to, 60"]
    _write(image, "intensity at 10 m, by angle of incidence", (8, 16))
    for k, head in enumerate(heads):
        _write(image, head, (NAME_PX + CELL_PX * k + 8, BAND_PX - 8))
    for n, row in enumerate(rows):
        top = BAND_PX + ROW_PX * n
        rgb = np.clip(np.array(MATERIALS[MATERIAL_ID[row.material]].rgb), 0.0, 1.0)
        shown = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
        image[top + 2 : top + ROW_PX - 2, 6:34] = (255 * shown).round().astype(np.uint8)
        _write(image, row.material, (42, top + 17))
        for k, swatch in enumerate(row.near):
            left = NAME_PX + CELL_PX * k
            bright = 0 if swatch.returned == 0 else round(255 * float(swatch.intensity))
            image[top + 1 : top + ROW_PX - 1, left + 1 : left + CELL_PX - 1] = bright
            ink = (0, 0, 0) if bright > 120 else (230, 230, 230)
            _write(image, _cell(swatch), (left + 8, top + 17), ink)
        for k, far in enumerate(row.reach_m):
            _write(
                image,
                f"{far:.0f} m" if far else "-",
                (NAME_PX + CELL_PX * (len(ANGLES_DEG) + k) + 8, top + 17),
            )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, image)


def _cell(swatch: Swatch) -> str:
    """Mean intensity; in brackets the share of beams that return where some do not."""
    if swatch.returned == 0:
        return "-"
    return f"{swatch.intensity:.2f}" + (f" ({swatch.share:.0%})" if swatch.share < 0.9 else "")


def _write(
    image: Image, words: str, at: tuple[int, int], ink: tuple[int, int, int] = (230, 230, 230)
) -> None:
    cv2.putText(image, words, at, FONT, 0.4, ink, 1, cv2.LINE_AA)
