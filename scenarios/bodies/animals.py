"""Animals: means of adults; `renderers/assets/animal_builds.py` names the sources.  Language floor."""

from scenarios.bodies.record import Body


def _animal(
    model: str,
    actor_class: str,
    size_m: tuple[float, float, float],
    mass_kg: float,
    legs_m: tuple[
        float, float
    ],  # height of the hips, and how far a foot goes back at most: a leg's length to the fetlock
    fallen_m: tuple[float, float, float],
    speed_up_mps2: float = 6.0,
) -> Body:
    hip_m, step_m = legs_m
    return Body(
        model, actor_class, size_m, mass_kg=mass_kg, max_acceleration_mps2=speed_up_mps2, fallen_m=fallen_m,
        hip_m=hip_m, step_m=step_m,
    )  # fmt: skip


ANIMALS: tuple[Body, ...] = (
    _animal("animal.deer", "animal", (1.75, 0.55, 1.45), 70, (0.8, 0.52), (1.59, 1.31, 0.37)),
    _animal("animal.moose", "animal", (2.78, 0.86, 2.28), 380, (1.47, 1.07), (2.55, 2.03, 0.70), 4.0),
    _animal("animal.boar", "animal", (1.50, 0.46, 0.93), 80, (0.65, 0.44), (1.40, 0.90, 0.38), 5.0),
    _animal("animal.fox", "animal", (1.12, 0.22, 0.52), 6.5, (0.28, 0.21), (1.00, 0.47, 0.16)),
    _animal("animal.dog", "dog", (1.02, 0.32, 0.70), 28, (0.39, 0.26), (0.97, 0.63, 0.25)),
    _animal("animal.cat", "cat", (0.80, 0.18, 0.34), 4.3, (0.18, 0.12), (0.71, 0.30, 0.12)),
    _animal("animal.cow", "cow", (2.46, 0.80, 1.54), 680, (1.1, 0.62), (2.35, 1.46, 0.71), 3.0),
    _animal("animal.horse", "horse", (2.44, 0.62, 2.04), 520, (1.19, 0.74), (2.41, 1.83, 0.56), 4.0),
    _animal("animal.sheep", "sheep", (1.26, 0.54, 0.93), 75, (0.58, 0.33), (1.23, 0.84, 0.51), 4.0),
    _animal("animal.goose", "bird", (0.80, 0.34, 0.79), 3.3, (0.29, 0.28), (0.84, 0.72, 0.31), 3.0),
    _animal("animal.pigeon", "bird", (0.36, 0.15, 0.255), 0.3, (0.095, 0.09), (0.33, 0.23, 0.12), 3.0),
)
