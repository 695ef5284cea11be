"""Roads of the world floor: built from the scenario's words or read from OpenDRIVE, one network in memory."""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from scenarios.schema import Road
from sim.roads.build import build_network
from sim.roads.network import RoadNetwork
from sim.roads.opendrive import read_opendrive

__all__ = ["RoadNetwork", "build_network", "network_for", "read_opendrive"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A road by what decides about it; the words themselves have no hash."""

    text: str
    xml: bytes | None
    words: Road[float] = field(compare=False)


def network_for(road: Road[float], xml: bytes | None = None, seed: int = 0) -> RoadNetwork:
    """The road network of a resolved scenario; `xml` is the map's content when the road is an OpenDRIVE file.

    Roads leave nothing to chance so far; the seed is taken so that what calls this need not change when they do.
    Whoever asks for the same road again gets the same network, with all that was worked out on it.
    """
    return _network(_Asked(road.model_dump_json(), xml, road))


@lru_cache(maxsize=8)  # samples of a file, rehearsals of an encounter and twins drive on one road
def _network(asked: _Asked) -> RoadNetwork:
    road, xml = asked.words, asked.xml
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
