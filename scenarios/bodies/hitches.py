"""Who can draw what: couplings of vehicles and of trailers.  Language floor.

A trailer's own numbers are in its row of the table of bodies: the front overhang reaches to its coupling and the
wheelbase from there to the middle of its axles.
"""

from typing import Literal

from scenarios.bodies.record import Body

Kind = Literal["ball", "fifth_wheel"]
BALL_M = 0.04  # of a ball behind the rear bumper
DRAWING_CLASSES = ("car", "van", "pickup", "police_car", "ambulance", "motorhome", "tractor")
FIFTH_WHEELS: dict[str, float] = {
    "truck.tractor_unit": 4.55
}  # station of the plate behind the foremost point
DRAWN: dict[str, Kind] = {
    "trailer.curtain": "fifth_wheel",
    "trailer.tank": "fifth_wheel",
    "trailer.small": "ball",
    "caravan": "ball",
}


def coupling(body: Body) -> Kind | None:
    """The kind of coupling at a vehicle's rear; None of what draws nothing."""
    if body.model in FIFTH_WHEELS:
        return "fifth_wheel"
    return "ball" if body.actor_class in DRAWING_CLASSES else None


def coupling_m(body: Body) -> float:
    """Where it is in the frame of the vehicle's box, metres ahead of the middle."""
    length = body.size_m[0]
    return length / 2 - FIFTH_WHEELS.get(body.model, length + BALL_M)


def drawbar_m(body: Body) -> float:
    """Where a trailer is coupled, metres ahead of the middle of its box."""
    return body.size_m[0] / 2 - body.front_overhang_m


def behind_m(tower: Body, trailer: Body) -> float:
    """How far a trailer reaches beyond the rear of what draws it, on a straight road."""
    rear = coupling_m(tower) - drawbar_m(trailer) - trailer.size_m[0] / 2
    return -tower.size_m[0] / 2 - rear
