"""Whole-clip readings of inertial sensors and receivers, made once for a stage.  Renderers floor.

Their errors wander, so a reading depends on all before it; samples take their part of the series.
"""

import threading

from renderers.gnss import fixes
from renderers.stage import Stage
from scenarios.schema import Gnss, Imu
from sim.imu import readings
from sim.readings import GnssFixes, ImuReadings

_ONE_AT_A_TIME = threading.Lock()  # samples are dealt to threads, and all want the same series


def imu_of(stage: Stage, name: str, words: Imu[float]) -> ImuReadings:
    """All readings of an inertial sensor in the clip."""
    with _ONE_AT_A_TIME:
        known = stage.series.get(name)
        if not isinstance(known, ImuReadings):
            known = stage.series[name] = readings(stage.trace, name, words, stage.seed)
        return known


def gnss_of(stage: Stage, name: str, words: Gnss[float]) -> GnssFixes:
    """All fixes of a receiver in the clip."""
    with _ONE_AT_A_TIME:
        known = stage.series.get(name)
        if not isinstance(known, GnssFixes):
            known = stage.series[name] = fixes(stage, name, words, stage.seed)
        return known
