"""Roads of the world floor: built from the scenario's words or read from OpenDRIVE, one network in memory."""

from dataclasses import replace

from scenarios.schema import Road
from sim.roads.build import build_network
from sim.roads.network import RoadNetwork
from sim.roads.opendrive import read_opendrive

__all__ = ["RoadNetwork", "build_network", "network_for", "read_opendrive"]


def network_for(road: Road[float], xml: bytes | None = None, seed: int = 0) -> RoadNetwork:
    """The road network of a resolved scenario; `xml` is the map's content when the road is an OpenDRIVE file.

    Roads leave nothing to chance so far; the seed is taken so that what calls this need not change when they do.
    """
    if road.opendrive is None:
        return build_network(road)
    if xml is None:
        raise ValueError(f"the content of {road.opendrive} is needed to read it")
    network = read_opendrive(xml, road.opendrive)
    if road.surroundings != "auto":
        network = replace(network, surroundings=road.surroundings)
    if road.markings is not None:
        network = replace(network, wear=float(road.markings.wear))
    return network
