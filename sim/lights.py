"""Which lamps of a vehicle are lit, tick by tick, as the light and its driver demand.  World floor."""

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import LampWord
from sim.kernels import traffic as k
from sim.trace import Lamp
from sim.weather import WeatherState

BLINK_HZ = 1.5  # UN R48: 60 to 120 flashes a minute, and a flash is half dark
# UN R65: two to four flashes a second, lit for no more than 0.4 of the time; the two halves of a bar take turns.
BEACON_HZ = 2.0
BEACON_LIT = 0.38
BRAKE_LAMP_MPS2 = -0.7  # UN R13-H: lit for certain from 1.3 m/s^2 of regenerative braking, off below 0.7
Switched = tuple[int, list[LampWord] | None]  # from this tick on, these lamps
DUSK_LX = 1500.0  # automatic low beams switch between 1000 and 2000 lx (UN R48: on below 1000 lx)
RAIN_MM_PER_H = 1.0  # wipers that run steadily bring the lights on
FOG_M = 500.0
REAR_FOG_M = 50.0  # StVO section 17: rear fog lamps only below 50 m of sight
FRONT_FOG_M = 150.0

BLINKING = ("hazard", "indicator_left", "indicator_right", "beacon")
WORDS = {
    "low_beam": Lamp.LOW_BEAM | Lamp.TAIL,
    "high_beam": Lamp.HIGH_BEAM | Lamp.LOW_BEAM | Lamp.TAIL,
    "fog_front": Lamp.FOG_FRONT | Lamp.TAIL,
    "fog_rear": Lamp.FOG_REAR | Lamp.TAIL,
    "hazard": Lamp(0),
    "indicator_left": Lamp(0),
    "indicator_right": Lamp(0),
    "beacon": Lamp(0),
    "off": Lamp(0),
}


def lit_by_weather(state: WeatherState) -> Lamp:
    """What a driver, or the car itself, has lit in this light."""
    dim = state.illuminance_lx < DUSK_LX or state.visibility_m < FOG_M
    falling = state.rain_mm_per_h > RAIN_MM_PER_H or state.snow_mm_per_h > 0.2
    if not (dim or falling):
        return Lamp.HEAD_DAYTIME
    lit = Lamp.LOW_BEAM | Lamp.TAIL
    if state.fog_mor_m < FRONT_FOG_M:
        lit |= Lamp.FOG_FRONT
    if state.fog_mor_m < REAR_FOG_M:
        lit |= Lamp.FOG_REAR
    return lit


def lamps(
    words: list[LampWord] | None,
    crewed: bool,
    weather: list[WeatherState],
    speed_mps: NDArray[np.float64],
    accel_mps2: NDArray[np.float64],
    mode: NDArray[np.uint8],
    signal: NDArray[np.int8],
    instance_id: int,
    step_s: float,
    two_wheels: bool,
) -> NDArray[np.uint16]:
    """(T,) lamp bits of a vehicle.  `weather` is the state of each tick; a car without a crew is dark.

    Words replace what the light demands, unless they only blink: hazard lamps leave the headlamps as they are.
    """
    ticks = len(speed_mps)
    lit = np.zeros(ticks, np.uint16)
    blinks_only = bool(words) and all(word in BLINKING for word in words or ())
    for word in words or ():
        lit |= np.uint16(WORDS[word])
    if crewed and (words is None or blinks_only):
        by_state = {id(state): np.uint16(lit_by_weather(state)) for state in weather}
        lit |= np.array([by_state[id(state)] for state in weather], np.uint16)
    if two_wheels:
        lit &= np.uint16(~int(Lamp.FOG_FRONT | Lamp.FOG_REAR) & 0xFFFF)
    if crewed:
        holding = (speed_mps < 0.05) & (mode != k.UNDRIVEN)
        braking = ((accel_mps2 < BRAKE_LAMP_MPS2) & (speed_mps >= 0.05)) | holding
        lit |= np.where(braking, np.uint16(Lamp.BRAKE), np.uint16(0))
    # Relays are not in step with one another: each car has its own phase.
    beat = np.arange(ticks) * step_s * BLINK_HZ + (instance_id * 0.618) % 1.0
    flash = beat % 1.0 < 0.5
    hazard = words is not None and "hazard" in words
    left = (signal > 0) | hazard | (words is not None and "indicator_left" in words)
    right = (signal < 0) | hazard | (words is not None and "indicator_right" in words)
    lit |= np.where(flash & left, np.uint16(Lamp.INDICATOR_LEFT), np.uint16(0))
    lit |= np.where(flash & right, np.uint16(Lamp.INDICATOR_RIGHT), np.uint16(0))
    if words is not None and "beacon" in words:
        turn = np.arange(ticks) * step_s * BEACON_HZ + (instance_id * 0.618) % 1.0
        lit |= np.where(turn % 1.0 < BEACON_LIT, np.uint16(Lamp.BEACON_LEFT), np.uint16(0))
        lit |= np.where((turn + 0.5) % 1.0 < BEACON_LIT, np.uint16(Lamp.BEACON_RIGHT), np.uint16(0))
    return lit
