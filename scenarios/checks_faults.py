"""Checks of sensor faults against the rig: who can have which.  Language floor."""

from collections.abc import Callable

from scenarios.draft import Draft, Exact
from scenarios.errors import ScenarioError, nearest
from scenarios.lidars import facts_of
from scenarios.schema import DraftRig, DraftScenario, Fault
from scenarios.tree import Path, Tree

KINDS = ("blocked", "dirt", "cracked", "dropped_frames", "miscalibrated", "dead_beams")
ONLY_CAMERAS, ONLY_LIDARS = ("dirt", "cracked"), ("dead_beams",)
Wrong = Callable[[Path, str], None]


def check_faults(draft: DraftScenario, rig: DraftRig, tree: Tree, problems: list[ScenarioError]) -> None:
    """Every fault belongs to a sensor of the rig and is one that such a sensor can have."""

    def wrong(path: Path, message: str, at_key: bool = False) -> None:
        problems.append(tree.error(path, message, at_key=at_key))

    sensors = list(rig.sensors)
    ego = draft.actors.get("ego")
    if ego is not None and ego.rig is not None and not sensors:
        return  # the rig could not be read, which is told already
    for name, faults in draft.faults.items():
        where: Path = ("faults", name)
        if name not in sensors:
            hint = nearest(name, sensors) if sensors else "the ego carries no rig"
            wrong(where, f'there is no sensor "{name}"; {hint}', at_key=True)
            continue
        for i, fault in enumerate(faults):
            path: Path = (*where, i)
            given = [kind for kind in KINDS if getattr(fault, kind) is not None]
            if len(given) != 1:
                say = "needs one of" if not given else "is only one of"
                wrong(path, f"a fault {say} {', '.join(KINDS)}; put each on a line of its own")
                continue
            kind = given[0]
            own = "camera" if name in rig.cameras else "lidar" if name in rig.lidars else "radar"
            if kind in ONLY_CAMERAS and own != "camera":
                wrong((*path, kind), f'"{kind}" is for cameras, and {name} is a {own}', at_key=True)
            if kind in ONLY_LIDARS and own != "lidar":
                wrong((*path, kind), f'"{kind}" is for lidars, and {name} is a {own}', at_key=True)
            if isinstance(fault.at_s, Exact) and isinstance(fault.until_s, Exact):
                _in_time((*path, "until"), fault.at_s, fault.until_s, wrong)
            if fault.dead_beams is not None and name in rig.lidars:
                _beams((*path, "dead_beams"), fault, facts_of(rig.lidars[name].model).rings, wrong)


def _in_time(path: Path, begin: Exact, end: Exact, wrong: Wrong) -> None:
    if isinstance(begin.value, float) and isinstance(end.value, float) and end.value <= begin.value:
        wrong(path, "a fault ends after it has begun; this one ends too early")


def _beams(path: Path, fault: Fault[Draft, Draft], count: int, wrong: Wrong) -> None:
    assert fault.dead_beams is not None
    words = fault.dead_beams
    if (words.rings is None) == (words.share is None):
        wrong(path, 'dead beams are named by "rings" or counted by "share", one of the two')
    for k, ring in enumerate(words.rings or ()):
        if not 0 <= ring < count:
            wrong((*path, "rings", k), f"there is no ring {ring}; this lidar has 0 to {count - 1}")
