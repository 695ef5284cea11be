"""What is painted on the flanks of vehicles on duty: an invented police's checks, a cab's band.  Renderers floor."""

import numpy as np

from renderers.assets.shell import Skin, paint, tile
from renderers.assets.style import Style
from renderers.loft import Floats

CHECKS = 6  # in a row along the flank


def _along(skin: Skin) -> Floats:
    return skin.station


def _across(skin: Skin) -> Floats:
    return skin.y


def _up(skin: Skin) -> Floats:
    return skin.z


def police(skin: Skin, style: Style) -> None:
    """Two rows of blue and yellow checks along the flank, a blue band over the bonnet, red and yellow blocks astern."""
    first, last = style.doors[0][0] - 0.35, style.doors[-1][0] + 0.62
    low, high = style.door_sill_m + 0.20, style.door_sill_m + 0.54
    middle = 0.5 * (low + high)

    def flank(s: Skin) -> Floats:
        return np.asarray(
            np.max([first - s.station, s.station - last, low - s.z, s.z - high, 0.5 - s.y], axis=0) - 1e-4
        )

    tile(
        skin,
        (_along, _up),
        (np.linspace(first, last, CHECKS + 1).tolist(), (low, middle, high)),
        lambda i, j: "sheeting_blue" if (i + j) % 2 else "sheeting_yellow",
        flank,
    )
    end = style.shape.length_m

    def astern(s: Skin) -> Floats:
        return np.asarray(np.max([end - 0.3 - s.station, 0.44 - s.z, s.z - 0.60, s.y - 0.70], axis=0) - 1e-4)

    tile(
        skin,
        (_across, _up),
        (np.linspace(0.0, 0.70, 6).tolist(), (0.44, 0.60)),
        lambda i, _: "sheeting_yellow" if i % 2 else "sheeting_red",
        astern,
    )
    paint(
        skin,
        lambda s: np.max([0.42 - s.station, s.station - 0.62, 0.2 - s.rise], axis=0),
        "sheeting_blue",
        ("car_paint",),
    )


def taxi_door(skin: Skin, style: Style) -> None:
    """A dark band of small checks along the doors."""
    first, last = style.doors[0][0] + 0.10, style.doors[-1][0] - 0.12
    low = style.door_sill_m + 0.34

    def flank(s: Skin) -> Floats:
        return np.asarray(
            np.max([first - s.station, s.station - last, low - s.z, s.z - low - 0.1, 0.5 - s.y], axis=0)
            - 1e-4
        )

    tile(
        skin,
        (_along, _up),
        (np.linspace(first, last, 19).tolist(), (low, low + 0.05, low + 0.10)),
        lambda i, j: "car_trim_gloss" if (i + j) % 2 else None,
        flank,
    )
