"""Names of the levels of detail.  Renderers floor."""

FULL, MIDDLE, FAR = 0, 1, 2
