"""People on foot.  Language floor."""

from scenarios.bodies.record import Body

PEOPLE: tuple[Body, ...] = (
    Body("pedestrian.adult", "pedestrian", (1.10, 0.70, 1.75), fallen_m=(0.92, 1.74, 0.58)),
    Body("pedestrian.child", "child", (0.72, 0.52, 1.18), mass_kg=24, fallen_m=(0.61, 1.18, 0.39)),
)
