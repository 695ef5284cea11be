"""Where those sit who drive lorries, coaches, trams and machines.  Renderers floor."""

from renderers.assets.coaches import COACHES
from renderers.assets.emergency import FIRE_CAB
from renderers.assets.lorries import LORRIES
from renderers.assets.machines import EXCAVATOR_SEAT
from renderers.assets.tractors import TRACTOR_SEAT
from renderers.assets.trams import DRIVER
from renderers.assets.van_cab import SEAT as VAN_SEAT
from scenarios.bodies import BODIES

Place = tuple[float, float, float]  # of the hips, in the frame of the model's own box


def heavy_seats() -> dict[str, Place]:
    """Every model's driving seat."""
    found: dict[str, Place] = {}
    for model, made in LORRIES.items():
        station, across, height = made.cab.seat
        found[model] = (BODIES[model].size_m[0] / 2.0 - station, across, height)
    for model, coach in COACHES.items():
        station, across, height = coach.seat
        found[model] = (BODIES[model].size_m[0] / 2.0 - station, across, height)
    for model, (station, across, height) in {
        "tram": DRIVER,
        "tractor.farm": TRACTOR_SEAT,
        "excavator.wheeled": EXCAVATOR_SEAT,
        "motorhome": VAN_SEAT,
        "van.ambulance": VAN_SEAT,
        "truck.fire_engine": FIRE_CAB.seat,
    }.items():
        found[model] = (BODIES[model].size_m[0] / 2.0 - station, across, height)
    return found
