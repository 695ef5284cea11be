"""Roads of the world floor: built from the scenario's words or read from OpenDRIVE, one network in memory."""

from scenarios.schema import Road
from sim.roads.network import RoadNetwork

__all__ = ["RoadNetwork", "network_for"]


def network_for(road: Road[float], xml: bytes | None = None, seed: int = 0) -> RoadNetwork:
    """The road network of a resolved scenario; `xml` is the map's content when the road is an OpenDRIVE file."""
    from sim.roads.build import build_network  # noqa: PLC0415  # a fresh interpreter imports records before builders

    return build_network(road)
