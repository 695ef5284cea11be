"""People on foot.  Language floor."""

from scenarios.bodies.record import Body

PEOPLE: tuple[Body, ...] = (
    Body("pedestrian.adult", "pedestrian", (1.10, 0.80, 1.75), fallen_m=(0.87, 1.74, 0.63), step_m=0.76),
    # Statures: a girl or boy of 14 (CDC 2000: median 1.62 m), people of 76 (3 cm less than at 40: Sorkin et al. 1999;
    # their steps are shorter), workers and officers with helmet or cap and boots.
    Body(
        "pedestrian.teenager",
        "pedestrian",
        (1.02, 0.74, 1.62),
        mass_kg=52,
        fallen_m=(0.80, 1.61, 0.58),
        step_m=0.68,
    ),
    # Strides of fit people above 60 are a tenth shorter than those of the young (Winter, Patla, Frank and Walt 1990).
    Body(
        "pedestrian.elderly",
        "pedestrian",
        (1.02, 0.78, 1.67),
        mass_kg=74,
        fallen_m=(0.85, 1.66, 0.63),
        step_m=0.68,
        stride=0.9,
    ),
    Body(
        "pedestrian.worker",
        "construction_worker",
        (1.12, 0.84, 1.82),
        mass_kg=86,
        fallen_m=(0.90, 1.82, 0.65),
        step_m=0.70,
    ),
    Body(
        "pedestrian.police",
        "police_officer",
        (1.12, 0.84, 1.82),
        mass_kg=86,
        fallen_m=(0.92, 1.83, 0.69),
        step_m=0.70,
    ),
    Body(
        "pedestrian.child", "child", (0.72, 0.56, 1.18), mass_kg=24, fallen_m=(0.56, 1.18, 0.44), step_m=0.47
    ),
    Body("wheelchair.manual", "wheelchair", (1.06, 0.68, 1.36), wheel_radius_m=0.30, mass_kg=95),
    Body("stroller.pram", "stroller", (1.00, 0.60, 1.08), wheel_radius_m=0.135, mass_kg=18),
)
