"""Language floor: words, units and chance."""

from scenarios.authoring import Scenario
from scenarios.errors import ScenarioError, ScenarioErrors, StormlaneError
from scenarios.files import catalogue, rigs, weathers
from scenarios.reader import Family, ScenarioFile, load, load_rig, load_text
from scenarios.resolve import resolve
from scenarios.resolved import Concrete

__all__ = [
    "Concrete",
    "Family",
    "Scenario",
    "ScenarioError",
    "ScenarioErrors",
    "ScenarioFile",
    "StormlaneError",
    "catalogue",
    "load",
    "load_rig",
    "load_text",
    "resolve",
    "rigs",
    "weathers",
]
