"""What traffic signs are called in their own codes and what they mean.  Renderers floor.

Codes are those of the German catalogue (VzKat, "274-50") for signs of the Vienna convention and of the manual of the
United States (MUTCD, "R2-1"); a face that neither has is named by its own word alone.
"""

from renderers.surroundings_map import SIGN_KINDS

AMERICAN = "_us"
_MORE = {
    "merge": "121", "roundabout_ahead": "215", "tram_crossing": "151", "no_left_turn": "209", "tram_stop": "224",
    "hospital": "363", "curve_left_us": "W1-2", "cattle_us": "W11-4", "chevron_left_us": "W1-8", "guide_us": "E1-5",
}  # fmt: skip
_MEANS = {
    "speed_limit": "no faster than {} km/h",
    "speed_limit_us": "no faster than {} mph",
    "speed_limit_end": "end of the limit of {} km/h",
    "zone": "zone of {} km/h",
    "advisory_us": "advised speed of {} mph",
    "limits_end": "end of all limits",
    "two_way": "traffic in both directions",
    "two_way_us": "traffic in both directions",
    "yield": "give way",
    "yield_us": "give way",
    "stop": "stop and give way",
    "stop_us": "stop and give way",
    "priority": "priority road",
    "priority_end": "end of the priority road",
    "priority_next": "priority at the next junction",
    "no_entry": "no entry",
    "do_not_enter_us": "no entry",
    "wrong_way_us": "wrong way",
    "crossing": "pedestrian crossing",
    "pedestrians": "beware of pedestrians",
    "pedestrians_us": "beware of pedestrians",
    "children": "beware of children",
    "school_us": "school",
    "animals": "beware of wild animals",
    "deer_us": "beware of deer",
    "cattle": "beware of cattle",
    "cattle_us": "beware of cattle",
    "cyclists": "beware of cyclists",
    "bicycle_us": "beware of cyclists",
    "signals": "traffic lights ahead",
    "signal_ahead_us": "traffic lights ahead",
    "stop_ahead_us": "stop sign ahead",
    "queue": "queues likely",
    "curve_left": "bend to the left",
    "curve_right": "bend to the right",
    "curve_left_us": "bend to the left",
    "curve_right_us": "bend to the right",
    "turn_right_us": "sharp turn to the right",
    "winding_us": "winding road",
    "double_bend": "bends",
    "chevron_left": "sharp bend to the left",
    "chevron_right": "sharp bend to the right",
    "chevron_left_us": "sharp bend to the left",
    "chevron_right_us": "sharp bend to the right",
    "bump": "uneven road",
    "warning": "danger",
    "cycle_way": "cycles only",
    "foot_way": "pedestrians only",
    "shared_way": "pedestrians and cycles only",
    "town": "town begins",
    "town_end": "town ends",
    "motor_road": "road for motor vehicles",
    "play_street": "street where children play",
    "play_street_end": "end of the street where children play",
    "direction": "directions",
    "guide_us": "directions",
    "pointer": "direction",
    "pointer_white": "direction",
    "street_name": "name of the street",
    "street_name_us": "name of the street",
    "plain": "",
    "plate": "supplementary plate",
    "crossbuck_us": "level crossing",
    "interstate_us": "number of the motorway",
    "one_lane_us": "one lane ahead",
    "workers_us": "workers on the road",
    "road_work_us": "road works",
    "roadworks": "road works",
    "straight": "straight on only",
    "left": "turn left only",
    "right": "turn right only",
    "straight_or_right": "straight on or right only",
    "merge": "traffic joins",
    "merge_us": "traffic joins",
    "slippery": "slippery road",
    "slippery_us": "slippery when wet",
    "narrow_road": "road narrows",
}


def official_code(face: str) -> str:
    """ "DE:274", "US:R2-1"; "" where the catalogues have no such sign."""
    code = _MORE.get(face) or next((number for number, kind in SIGN_KINDS.items() if kind == face), "")
    if not code:
        return ""
    return f"US:{code.upper()}" if face.endswith(AMERICAN) else f"DE:{code}"


def meaning(face: str, value: str = "") -> str:
    """What a sign tells its reader, in words."""
    told = _MEANS.get(face)
    if told is None:
        told = face.removesuffix(AMERICAN).replace("_", " ")
    return told.format(value)
