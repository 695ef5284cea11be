"""Names of the levels of detail, and how many triangles each has.  Renderers floor."""

FULL, NEAR, MIDDLE, FAR = 0, 1, 2, 3
NAMES = ("full", "near", "middle", "far")
# At most about this many triangles at the near, middle and far level, by what a thing is.
TRIANGLES: dict[str, tuple[int, int, int]] = {
    "car": (6500, 1000, 150),
    "heavy": (9000, 1500, 300),
    "two_wheeler": (5000, 1200, 350),
    "person": (3600, 1000, 200),
    "animal": (3000, 800, 200),
}
