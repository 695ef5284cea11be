"""Language floor: words, units and chance."""

from scenarios.errors import ScenarioError, ScenarioErrors, StormlaneError
from scenarios.files import catalogue, rigs
from scenarios.reader import ScenarioFile, load, load_rig
from scenarios.resolve import resolve
from scenarios.resolved import Concrete

__all__ = [
    "Concrete",
    "ScenarioError",
    "ScenarioErrors",
    "ScenarioFile",
    "StormlaneError",
    "catalogue",
    "load",
    "load_rig",
    "resolve",
    "rigs",
]
