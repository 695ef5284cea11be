"""Echoes to detections: what lies in one cell merges, and what exceeds the threshold is measured.  Renderers floor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.radar_echoes import Echoes
from renderers.radar_model import RadarModel
from renderers.radar_scan import RadarCause
from scenarios.taxonomy import SEMANTIC_ID

Floats = NDArray[np.float64]
FAINT = 0.05  # power over noise below which an echo makes no detection of its own


@dataclass(frozen=True, slots=True)
class Found:
    """D detections before noise is put on their places."""

    range_m: Floats  # (D,) of all echoes of the cell, by their power
    azimuth_rad: Floats
    rate_mps: Floats
    snr: Floats  # of echoes and noise together
    strongest: NDArray[np.int64]  # echo that the truth is taken of; -1 of false alarms
    echoes: NDArray[np.int32]


def found(echoes: Echoes, model: RadarModel, chance: np.random.Generator) -> Found:
    """Peaks above the threshold: the strongest echo takes along all that lie within a cell of it, with their phases.

    Two targets nearer than a cell in range, azimuth and rate at once are one peak between them; phases decide whether
    they help or drown each other.
    """
    power = np.abs(echoes.amplitude) ** 2
    order = np.argsort(-power, kind="stable")
    order = order[power[order] > FAINT]
    place = np.stack([echoes.range_m, echoes.azimuth_rad, model.folded(echoes.rate_mps)], axis=1)[order]
    amplitude, strength = echoes.amplitude[order], power[order]
    facts = model.facts
    across = model.azimuth_cell_rad(place[:, 1])
    span = facts.closing_mps + facts.opening_mps
    free = np.ones(len(order), np.bool_)
    rows: list[tuple[float, float, float, float, int, int]] = []
    noise = chance.normal(0.0, np.sqrt(0.5), (len(order), 2))  # power 1, as one complex number for each peak
    for k in range(len(order)):
        if not free[k]:
            continue
        away = np.abs(place - place[k])
        away[:, 2] = np.minimum(away[:, 2], span - away[:, 2])
        near = (
            free
            & (away[:, 0] < facts.range_cell_m)
            & (away[:, 1] < across[k])
            & (away[:, 2] < facts.velocity_cell_mps)
        )
        free &= ~near
        total = amplitude[near].sum() + complex(*noise[k])
        snr = float(abs(total) ** 2)
        if snr > model.threshold:
            weight = strength[near] / strength[near].sum()
            spot = place[k] + weight @ _beside(place[near], place[k], span)
            rows.append((*spot, snr, int(order[k]), int(near.sum())))
    table = np.array(rows, np.float64).reshape(-1, 6)
    return Found(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 3],
        table[:, 4].astype(np.int64),
        table[:, 5].astype(np.int32),
    )


def _beside(place: Floats, peak: Floats, span: float) -> Floats:
    """(N, 3) from a peak, rates the shorter way round."""
    away = place - peak
    away[:, 2] = np.remainder(away[:, 2] + 0.5 * span, span) - 0.5 * span
    return away


def false_alarms(model: RadarModel, chance: np.random.Generator) -> Found:
    """Cells in which noise alone exceeds the threshold: as many as stated, anywhere in the field."""
    facts = model.facts
    count = int(chance.poisson(facts.false_alarms))
    range_m = chance.uniform(facts.near_m, facts.far_m, count)
    azimuth = np.arcsin(
        np.sin(model.half_rad) * chance.uniform(-1.0, 1.0, count)
    )  # cells are even in the sine
    rate = chance.uniform(-facts.closing_mps, facts.opening_mps, count)
    snr = model.threshold + chance.exponential(1.0, count)  # exponential power has no memory
    return Found(range_m, azimuth, rate, snr, np.full(count, -1), np.zeros(count, np.int32))


def measured(
    some: list[Found], echoes: Echoes, model: RadarModel, own_mps: Floats, chance: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """Columns of a scan: places with the noise that their SNR lets expect, the strongest first, no more than it holds.

    `own_mps` (3,) is the radar's velocity in its own frame.
    """
    range_m, azimuth, rate, snr, strongest, merged = (
        np.concatenate([getattr(part, name) for part in some])
        for name in ("range_m", "azimuth_rad", "rate_mps", "snr", "strongest", "echoes")
    )
    sd_range, sd_azimuth, sd_rate = model.deviations(snr, azimuth)
    noise = chance.normal(0.0, 1.0, (3, len(snr)))
    range_m = range_m + sd_range * noise[0]
    azimuth = np.clip(azimuth + sd_azimuth * noise[1], -model.half_rad, model.half_rad)
    rate = model.folded(rate + sd_rate * noise[2])
    kept = np.argsort(-snr, kind="stable")[: model.facts.most]
    real = strongest >= 0
    row = np.maximum(strongest, 0)

    def of(column: NDArray[np.generic], otherwise: float) -> NDArray[np.generic]:
        values = column[row] if len(column) else np.zeros(len(row), column.dtype)
        return np.where(real, values, otherwise)[kept]

    own = np.cos(azimuth) * own_mps[0] + np.sin(azimuth) * own_mps[1]
    columns: dict[str, NDArray[np.generic]] = {
        "range_m": range_m[kept],
        "azimuth_rad": azimuth[kept],
        "rate_mps": rate[kept],
        "ground_rate_mps": model.folded(rate + own)[kept],
        "snr_db": 10.0 * np.log10(snr[kept]),
        "rcs_dbsm": 10.0 * np.log10(model.rcs_of(snr, np.maximum(range_m, 1e-3))[kept]),
        "range_sd_m": sd_range[kept],
        "azimuth_sd_rad": sd_azimuth[kept],
        "rate_sd_mps": sd_rate[kept],
        "true_range_m": of(echoes.range_m, np.nan),
        "true_azimuth_rad": of(echoes.azimuth_rad, np.nan),
        "true_rate_mps": of(echoes.rate_mps, np.nan),
    }
    columns = {name: np.asarray(column, np.float32) for name, column in columns.items()}
    columns["cause"] = of(echoes.cause, int(RadarCause.FALSE_ALARM)).astype(np.uint8)
    columns["instance"] = of(echoes.instance, 0).astype(np.int32)
    columns["semantic"] = of(echoes.semantic, SEMANTIC_ID["void"]).astype(np.uint8)
    columns["echoes"] = merged[kept].astype(np.int32)
    return columns
