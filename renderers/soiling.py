"""How dirty each vehicle is and with what, by the weather that it has driven in, and how dented.  Renderers floor.

A twin's vehicles wear what they wear in its base: dirt is no part of the weather of a moment, and two pictures of one
scene then differ by nothing but that weather.
"""

import numpy as np

from renderers.assets import dents
from renderers.assets.soil import AMOUNTS
from renderers.surroundings import base_weather
from scenarios.bodies import LYING
from scenarios.chance import stream
from scenarios.taxonomy import ACTOR_CLASSES
from sim.trace import WorldTrace
from sim.weather import WeatherState

# Shares of clean, dusty, dirty and filthy vehicles.  Reasoned: drivers in Europe wash a car every few weeks, a dry week
# leaves dust, a wet one a film along the sills, salted roads grey all of it within a day.
SHARES: dict[str, tuple[float, ...]] = {
    "dust": (0.64, 0.27, 0.08, 0.01),
    "film": (0.32, 0.40, 0.23, 0.05),
    "salt": (0.14, 0.36, 0.38, 0.12),
}
# Of none, light and heavy dents.  Reasoned: in a car park every fifth car shows a dent or a scratch, of vehicles that
# work a third.
DENTED: tuple[float, ...] = (0.80, 0.17, 0.03)
WORKING = ("truck", "trailer", "construction_vehicle", "tractor", "van", "pickup")  # are washed less
SALTED_BELOW_DEGC = 2.0
WET = 0.15  # of `WeatherState.wetness`


def soil_of(weather: WeatherState) -> str:
    """What a weather leaves on cars: a key of `materials.SOILED`."""
    if weather.snow_depth_m > 0.001 or weather.ice_cover > 0.02 or weather.air_degC < SALTED_BELOW_DEGC:
        return "salt"
    return "film" if weather.wetness > WET or weather.rain_mm_per_h > 0.0 else "dust"


def dirt_of(trace: WorldTrace, column: int) -> tuple[int, str]:
    """(amount, soil) of an actor: an index of `AMOUNTS`, and what it is."""
    actor = trace.actors[column]
    if ACTOR_CLASSES[actor.actor_class].moves != "vehicle" or actor.state in LYING:
        return 0, "dust"
    soil = soil_of(base_weather(trace).states[0])
    if actor.dirt is not None:
        amount = AMOUNTS.index(actor.dirt)
    else:
        rng = stream(actor.look_seed, "look", "dirt")
        drawn = float(rng.uniform())
        if actor.actor_class in WORKING:
            drawn = 1.0 - (1.0 - drawn) * 0.55
        amount = int(np.searchsorted(np.cumsum(SHARES[soil])[:-1], drawn, side="right"))
    # Dust is what a dry week leaves; whoever is dirtier has met mud.
    return amount, "film" if soil == "dust" and amount > 1 else soil


def dents_of(trace: WorldTrace, column: int) -> int:
    """An index of `dents.AMOUNTS`; whoever has overturned is crushed enough."""
    actor = trace.actors[column]
    if ACTOR_CLASSES[actor.actor_class].moves != "vehicle" or actor.state in LYING:
        return 0
    if actor.dents is not None:
        return dents.AMOUNTS.index(actor.dents)
    drawn = float(stream(actor.look_seed, "look", "dents").uniform())
    if actor.actor_class in WORKING:
        drawn = 1.0 - (1.0 - drawn) * 0.6
    return int(np.searchsorted(np.cumsum(DENTED)[:-1], drawn, side="right"))
