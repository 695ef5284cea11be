"""Classes of weather and light of ASAM Open Simulation Interface, by their lower ends.  Language floor.

Names and edges are those of osi_environment.proto (EnvironmentalConditions); coverage bins and labels both read them.
"""

from bisect import bisect_right

Classes = tuple[tuple[float, str], ...]  # lower end and name, rising

PRECIPITATION = (  # mm/h
    (0.0, "PRECIPITATION_NONE"),
    (0.1, "PRECIPITATION_VERY_LIGHT"),
    (0.5, "PRECIPITATION_LIGHT"),
    (1.9, "PRECIPITATION_MODERATE"),
    (8.1, "PRECIPITATION_HEAVY"),
    (34.0, "PRECIPITATION_VERY_HEAVY"),
    (149.0, "PRECIPITATION_EXTREME"),
)
FOG = (  # visibility in m
    (0.0, "FOG_DENSE"),
    (50.0, "FOG_THICK"),
    (200.0, "FOG_LIGHT"),
    (500.0, "FOG_MIST"),
    (1000.0, "FOG_POOR_VISIBILITY"),
    (2000.0, "FOG_MODERATE_VISIBILITY"),
    (4000.0, "FOG_GOOD_VISIBILITY"),
    (10_000.0, "FOG_EXCELLENT_VISIBILITY"),
    (40_000.0, "FOG_NONE"),
)
ILLUMINATION = (  # lx
    (0.0, "AMBIENT_ILLUMINATION_LEVEL1"),
    (0.01, "AMBIENT_ILLUMINATION_LEVEL2"),
    (1.0, "AMBIENT_ILLUMINATION_LEVEL3"),
    (3.0, "AMBIENT_ILLUMINATION_LEVEL4"),
    (10.0, "AMBIENT_ILLUMINATION_LEVEL5"),
    (20.0, "AMBIENT_ILLUMINATION_LEVEL6"),
    (400.0, "AMBIENT_ILLUMINATION_LEVEL7"),
    (1000.0, "AMBIENT_ILLUMINATION_LEVEL8"),
    (10_000.0, "AMBIENT_ILLUMINATION_LEVEL9"),
)


def class_of(table: Classes, value: float) -> str:
    """The class that a value belongs to."""
    edges = [edge for edge, _ in table]
    # A hair of slack: 40 km of haze is "no fog" although its extinction is a rounded number.
    return table[max(bisect_right(edges, value * (1.0 + 1e-9)) - 1, 0)][1]
