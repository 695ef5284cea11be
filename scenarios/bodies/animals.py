"""Animals.  Language floor."""

from scenarios.bodies.record import Body

ANIMALS: tuple[Body, ...] = (
    Body(
        "animal.deer",
        "animal",
        (1.75, 0.55, 1.45),
        mass_kg=70,
        max_acceleration_mps2=6.0,
        fallen_m=(1.50, 1.42, 0.39),
    ),
    Body(
        "animal.dog",
        "dog",
        (0.95, 0.32, 0.68),
        mass_kg=28,
        max_acceleration_mps2=6.0,
        fallen_m=(0.92, 0.68, 0.23),
    ),
)
