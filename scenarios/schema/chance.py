"""Words about chance that concern several parameters at once.  Language floor."""

from pydantic import Field

from scenarios.schema.base import Part


class Correlation(Part):
    """Parameters that rise and fall together: a Gaussian copula, each keeping its own distribution."""

    params: list[str] = Field(
        min_length=2, max_length=20, description="names of random parameters", examples=["[rain, visibility]"]
    )
    rho: float | None = Field(
        None, gt=-1.0, lt=1.0, description="correlation of every pair, between -1 and 1", examples=["-0.6"]
    )
    matrix: list[list[float]] | None = Field(
        None,
        description="correlations of all pairs, row by row in the order of params",
        examples=["[[1, -0.6], [-0.6, 1]]"],
    )
