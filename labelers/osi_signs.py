"""OSI's traffic signs and traffic lights from the labels of signs.  Labels floor.

A sign is a plate with the number of its own catalogue; a plate that hangs below another is its supplementary sign.  OSI
has a light for each lens: a head of three lenses is three lights, of which the lit ones shine and the others are off.
Both look along the x axes of their frames.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from labelers.osi_messages import encode, identifier, vector
from labelers.records import Lens, Sign
from sim.trace import pose_matrix

Words = dict[str, Any]
Lanes = Callable[[Sign], list[int]]  # ids of the lanes whose traffic reads a sign

SIGN_ID, LIGHT_ID = 7 << 32, 8 << 32  # above all other ids
LENSES = 16  # at most, of a head
FIXED = 2
OTHER_SIGN = 1
# TrafficSign.MainSign.Classification.Type by our word for the sign, without the country's ending.
TYPES = {
    "warning": 2, "crossing": 87, "animals": 109, "deer": 109, "cattle": 200, "slippery": 95, "bump": 93,
    "narrow_road": 10, "roadworks": 13, "road_work": 13, "workers": 13, "queue": 100, "two_way": 14, "signals": 15,
    "signal_ahead": 15, "pedestrians": 103, "children": 106, "school": 106, "cyclists": 107, "bicycle": 107,
    "level_crossing": 144, "crossbuck": 135, "curve_left": 4, "curve_right": 5, "turn_right": 5, "double_bend": 6,
    "yield": 16, "stop": 17, "left": 20, "right": 21, "straight": 22, "straight_or_right": 26, "roundabout": 29,
    "one_way": 187, "keep_left": 32, "keep_right": 33, "bus_stop": 137, "tram_stop": 137, "cycle_way": 145,
    "foot_way": 147, "shared_way": 148, "no_vehicles": 37, "no_cars": 38, "no_trucks": 39, "no_cycling": 40,
    "no_motorcycles": 41, "no_walking": 42, "weight_limit": 165, "height_limit": 168, "no_entry": 44,
    "do_not_enter": 44, "wrong_way": 44, "no_u_turn": 47, "speed_limit": 52, "zone": 53, "speed_limit_end": 58,
    "no_overtaking": 56, "no_overtaking_trucks": 57, "no_overtaking_end": 60, "limits_end": 62, "no_stopping": 63,
    "no_parking": 64, "priority_next": 67, "priority": 68, "priority_end": 69, "town": 72, "town_end": 73,
    "parking": 74, "play_street": 77, "play_street_end": 78, "motorway": 82, "motorway_end": 83, "motor_road": 84,
    "dead_end": 190, "first_aid": 194, "hospital": 194, "fuel": 198, "advisory": 214, "street_name": 119,
    "interstate": 229, "chevron_left": 113, "chevron_right": 113,
}  # fmt: skip
NO_UNIT, KM_PER_H, MILES_PER_H, METRE, TON = 2, 3, 4, 5, 9
UNITS = {
    "speed_limit": KM_PER_H,
    "speed_limit_end": KM_PER_H,
    "zone": KM_PER_H,
    "speed_limit_us": MILES_PER_H,
    "advisory_us": MILES_PER_H,
    "height_limit": METRE,
    "weight_limit": TON,
}
NO_DIRECTION, TO_LEFT, TO_RIGHT = 2, 3, 4
PLATE = "plate"
BELOW_M, BESIDE_M = 1.5, 0.3  # where a supplementary plate hangs, from the middle of its sign
# TrafficLight.Classification.
COLORS = {"red": 2, "amber": 3, "yellow": 3, "green": 4, "blue": 5, "white": 6}
ICONS = {
    "": 2,
    "straight": 3,
    "left": 4,
    "straight_left": 6,
    "right": 7,
    "straight_right": 9,
    "walker": 15,
    "bicycle": 18,
    "tram": 22,
    "bus": 23,
}
OFF, CONSTANT, FLASHING = 2, 3, 4


def sign_messages(signs: tuple[Sign, ...], lanes: Lanes) -> list[bytes]:
    """TrafficSign messages of all plates; those below a sign are part of its."""
    plates = [sign for sign in signs if sign.kind == "sign" and sign.code == PLATE]
    above = {plate.sign_id: _above(plate, signs) for plate in plates}
    made = []
    for sign in signs:
        if sign.kind != "sign" or above.get(sign.sign_id):
            continue
        hung = [plate for plate in plates if above[plate.sign_id] == sign.sign_id]
        main: Words = {
            "base": _base(sign),
            "classification": _main(sign, lanes(sign)),
            "model_reference": sign.code,
        }
        words: Words = {"id": identifier(SIGN_ID + sign.sign_id), "main_sign": main}
        words["supplementary_sign"] = [
            {
                "base": _base(plate),
                "classification": {"variability": FIXED, "type": OTHER_SIGN},
                "model_reference": plate.code,
            }
            for plate in hung
        ]
        made.append(encode("TrafficSign", words))
    return made


def light_messages(signs: tuple[Sign, ...], lanes: Lanes) -> list[bytes]:
    """A TrafficLight message for each lens."""
    made = []
    for sign in signs:
        if sign.kind != "light":
            continue
        assigned = [identifier(lane) for lane in lanes(sign)]
        for row, lens in enumerate(sign.lenses):
            words = {
                "id": identifier(LIGHT_ID + LENSES * sign.sign_id + row),
                "base": _lens_base(sign, lens),
                "classification": {
                    "color": COLORS.get(lens.color, 1),
                    "icon": ICONS.get(lens.symbol, 1),
                    "mode": _mode(sign, lens),
                    "assigned_lane_id": assigned,
                    "is_out_of_service": sign.state == "off",
                },
                "model_reference": sign.code,
            }
            made.append(encode("TrafficLight", words))
    return made


def _mode(sign: Sign, lens: Lens) -> int:
    if "flashing" in sign.state and (lens.lit or lens.color in sign.state.split("_")):
        return FLASHING  # also in the dark half of its period
    return CONSTANT if lens.lit else OFF


def _base(sign: Sign) -> Words:
    yaw, pitch, roll = (float(value) + 0.0 for value in sign.rotation_rad)
    return {
        "dimension": dict(zip(("length", "width", "height"), map(float, sign.size_m), strict=True)),
        "position": vector(sign.centre_m),
        "orientation": {"roll": roll, "pitch": pitch, "yaw": yaw},
    }


def _lens_base(sign: Sign, lens: Lens) -> Words:
    place = pose_matrix(sign.centre_m, sign.rotation_rad) @ np.array((*lens.at_m, 1.0))
    wide = 2.0 * lens.radius_m
    size = {"length": float(sign.size_m[0]), "width": wide, "height": wide}
    return _base(sign) | {"position": vector(place[:3]), "dimension": size}


def _main(sign: Sign, lanes: list[int]) -> Words:
    country, _, number = sign.official.partition(":")
    code, _, rest = number.partition("-")
    # American numbers have their dash within: "R2-1" is one code.
    if country == "US":
        code, rest = number, ""
    words: Words = {
        "variability": FIXED,
        "type": TYPES.get(sign.code.removesuffix("_us"), OTHER_SIGN),
        "direction_scope": TO_LEFT
        if sign.code.endswith(("_left", "_left_us"))
        else TO_RIGHT
        if sign.code.endswith(("_right", "_right_us"))
        else NO_DIRECTION,
        "assigned_lane_id": [identifier(lane) for lane in lanes],
        "country": country,
        "code": code,
        "sub_code": rest,
    }
    try:
        value = float(sign.value.replace(",", "."))
    except ValueError:
        return words | ({"value": {"text": sign.value}} if sign.value else {})
    return words | {
        "value": {"value": value, "value_unit": UNITS.get(sign.code, NO_UNIT), "text": sign.value}
    }


def _above(plate: Sign, signs: tuple[Sign, ...]) -> int:
    """The id of the sign that a plate hangs below; 0 where there is none."""
    near = [
        (float(gap[2]), sign.sign_id)
        for sign in signs
        if sign.kind == "sign" and sign.code != PLATE
        for gap in (sign.centre_m - plate.centre_m,)
        if 0.0 < gap[2] < BELOW_M
        and np.hypot(gap[0], gap[1]) < BESIDE_M
        and np.cos(sign.rotation_rad[0] - plate.rotation_rad[0]) > 0.7
    ]
    return min(near)[1] if near else 0
