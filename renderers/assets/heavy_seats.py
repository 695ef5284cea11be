"""Where those sit who drive lorries, coaches, trams and machines.  Renderers floor."""

from renderers.assets.lorries import LORRIES
from scenarios.bodies import BODIES

Place = tuple[float, float, float]  # of the hips, in the frame of the model's own box


def heavy_seats() -> dict[str, Place]:
    """Every model's driving seat."""
    found: dict[str, Place] = {}
    for model, made in LORRIES.items():
        station, across, height = made.cab.seat
        found[model] = (BODIES[model].size_m[0] / 2.0 - station, across, height)
    return found
