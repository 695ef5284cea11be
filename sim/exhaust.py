"""What leaves tailpipes, and how much of it hangs in the air as droplets.  World floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.weather import WeatherState

Array = NDArray[np.float64]

AIR_KG_PER_M3, WATER_KG_PER_M3, PRESSURE_HPA = 1.28, 1000.0, 1013.0
DROPLET_M = 2.0e-6  # effective radius, reasoned: as fresh fog on many nuclei
HUMIDITY, HUMIDITY_WET = 0.8, 0.95  # of cold air, and where fog, rain or snow hang in it; reasoned
CAR_KG = 1500.0
WATER_PER_FUEL = 1.2  # kg that burn to water and carbon dioxide: 1.85 atoms of hydrogen for each of carbon
# Fuel of a car of CAR_KG in kg/s at rest and kg/m driven, and the air for a kg of it: petrol engines take no more than
# burns it, diesels five times as much at rest and twice as much under load.  Heavier vehicles burn more by the root of
# their mass: 22 l/100 km for a bus of 12 t, 40 for a lorry of 40 t.
PETROL_KG_PER_S, PETROL_KG_PER_M, PETROL_AIR = 2.0e-4, 4.0e-5, (14.7, 14.7)
DIESEL_KG_PER_S, DIESEL_KG_PER_M, DIESEL_AIR = 1.5e-4, 6.4e-5, (80.0, 30.0)
DIESELS = ("van", "truck", "bus", "motorhome", "construction_vehicle", "tractor", "ambulance", "fire_engine")
# Pipes are warm at rest and hot at speed (reasoned: some 150 degC in towns, 250 on motorways).
REST_DEGC, DEGC_PER_MPS, MOST_DEGC = 60.0, 6.5, 260.0


@dataclass(frozen=True, slots=True)
class Gas:
    """What a pipe lets out at each of E moments."""

    kg_per_s: Array  # (E,)
    burnt_water: Array  # (E,) kg in a kg, beside the vapour of the air that the engine took in
    degC: Array  # (E,)  # noqa: N815


def exhaust_of(actor_class: str, heavy: float, speed_mps: Array) -> Gas:
    """The exhaust of a vehicle `heavy` times as heavy as a car, at speeds (E,)."""
    diesel = actor_class in DIESELS
    per_s, per_m = (DIESEL_KG_PER_S, DIESEL_KG_PER_M) if diesel else (PETROL_KG_PER_S, PETROL_KG_PER_M)
    at_rest, driven = DIESEL_AIR if diesel else PETROL_AIR
    size = np.sqrt(heavy)
    rest, load = size * per_s + 0.0 * speed_mps, size * per_m * speed_mps
    gas = rest * (1.0 + at_rest) + load * (1.0 + driven)
    return Gas(
        gas,
        WATER_PER_FUEL * (rest + load) / gas,
        np.minimum(REST_DEGC + DEGC_PER_MPS * speed_mps, MOST_DEGC),
    )


def humidity_of(weather: WeatherState) -> float:
    """Relative humidity of the air near the ground."""
    wet = weather.fog_extinction_per_m + weather.rain_mm_per_h + weather.snow_mm_per_h > 0.0
    return HUMIDITY_WET if wet else HUMIDITY


def saturation(air_degC: Array) -> Array:
    """kg of vapour in a kg of air that is saturated over water (Magnus' formula, Alduchov and Eskridge 1996)."""
    return np.asarray(0.622 * 6.1094 * np.exp(17.625 * air_degC / (air_degC + 243.04)) / PRESSURE_HPA)


def droplet_extinction_per_m(
    share: Array, air_degC: Array, humidity: Array, gas_water: Array, gas_degC: Array
) -> Array:
    """Extinction of exhaust that makes up `share` of the air: what is above saturation hangs in droplets.

    Mixing is on the straight line of Schmidt and Appleman, so that hot exhaust and that of diesels, which is mostly
    air, show in frost only; extinction is 3/2 of the water per droplet radius (Q = 2).
    """
    vapour = humidity * saturation(air_degC)
    water = vapour + share * (gas_water - vapour)
    liquid = np.maximum(water - saturation(air_degC + share * (gas_degC - air_degC)), 0.0)
    return np.asarray(1.5 * liquid * AIR_KG_PER_M3 / (WATER_KG_PER_M3 * DROPLET_M))
