"""Tables of signs and traffic lights of the native format: columns, rows, and records from rows.  Labels floor."""

from typing import Any

import numpy as np
import pyarrow as pa

from labelers.records import ImageSign, Lens, Sample, Sign

LENS = pa.struct(
    [
        ("color", pa.string()),
        ("symbol", pa.string()),
        ("at_m", pa.list_(pa.float64(), 3)),
        ("radius_m", pa.float64()),
    ]
)
SIGNS = pa.schema(
    [
        ("sign_id", pa.int32()),
        ("kind", pa.string()),  # sign or light
        ("code", pa.string()),
        ("official", pa.string()),
        ("value", pa.string()),
        ("centre_m", pa.list_(pa.float64(), 3)),
        ("rotation_rad", pa.list_(pa.float64(), 3)),  # yaw, pitch, roll
        ("size_m", pa.list_(pa.float64(), 3)),  # depth, width, height
        ("lenses", pa.list_(LENS)),
        ("lanes", pa.list_(pa.string())),
        ("stop_line_m", pa.list_(pa.float64())),  # 6: both ends; empty where there is none
    ]
)
SIGNS_NEAR = pa.schema(
    [
        ("index", pa.int32()),
        ("sign_id", pa.int32()),
        ("meaning", pa.string()),
        ("state", pa.string()),
        ("lit", pa.list_(pa.bool_())),  # of its lenses
    ]
)
IMAGE_SIGNS = pa.schema(
    [
        ("index", pa.int32()),
        ("camera", pa.string()),
        ("sign_id", pa.int32()),
        ("visible", pa.list_(pa.float64())),  # x0, y0, x1, y1; empty where nothing is visible
        ("amodal", pa.list_(pa.float64(), 4)),
        ("visible_px", pa.int64()),
        ("unoccluded_px", pa.int64()),
        ("occlusion", pa.float64()),
        ("truncation", pa.float64()),
        ("facing", pa.string()),
        ("transmittance", pa.float64()),
    ]
)


def sign_row(sign: Sign) -> dict[str, Any]:
    """What of a sign stays the same."""
    return {
        "sign_id": sign.sign_id,
        "kind": sign.kind,
        "code": sign.code,
        "official": sign.official,
        "value": sign.value,
        "centre_m": sign.centre_m.tolist(),
        "rotation_rad": sign.rotation_rad.tolist(),
        "size_m": list(sign.size_m),
        "lenses": [
            {"color": lens.color, "symbol": lens.symbol, "at_m": list(lens.at_m), "radius_m": lens.radius_m}
            for lens in sign.lenses
        ],
        "lanes": list(sign.lanes),
        "stop_line_m": [] if sign.stop_line_m is None else sign.stop_line_m.ravel().tolist(),
    }


def near_rows(sample: Sample) -> list[dict[str, Any]]:
    """What the signs of a sample say at its time."""
    return [
        {
            "index": sample.index,
            "sign_id": sign.sign_id,
            "meaning": sign.meaning,
            "state": sign.state,
            "lit": [lens.lit for lens in sign.lenses],
        }
        for sign in sample.labels.signs
    ]


def image_rows(sample: Sample) -> list[dict[str, Any]]:
    return [
        {
            "index": sample.index,
            "camera": camera,
            "sign_id": seen.sign_id,
            "visible": list(seen.visible or ()),
            "amodal": list(seen.amodal),
            "visible_px": seen.visible_px,
            "unoccluded_px": seen.unoccluded_px,
            "occlusion": seen.occlusion,
            "truncation": seen.truncation,
            "facing": seen.facing,
            "transmittance": seen.transmittance,
        }
        for camera, kept in sorted(sample.labels.image_signs.items())
        for seen in kept
    ]


def sign_from(row: dict[str, Any], now: dict[str, Any]) -> Sign:
    """A sign from its own row and from the one of the sample."""
    depth, width, height = row["size_m"]
    line = row["stop_line_m"]
    return Sign(
        sign_id=row["sign_id"],
        kind=row["kind"],
        code=row["code"],
        official=row["official"],
        value=row["value"],
        meaning=now["meaning"],
        state=now["state"],
        lenses=tuple(
            Lens(lens["color"], lens["symbol"], lit, tuple(lens["at_m"]), lens["radius_m"])
            for lens, lit in zip(row["lenses"], now["lit"], strict=True)
        ),
        centre_m=np.array(row["centre_m"], np.float64),
        rotation_rad=np.array(row["rotation_rad"], np.float64),
        size_m=(depth, width, height),
        lanes=tuple(row["lanes"]),
        stop_line_m=np.array(line, np.float64).reshape(2, 3) if line else None,
    )


def image_sign_from(row: dict[str, Any]) -> ImageSign:
    x0, y0, x1, y1 = row["amodal"]
    seen = row["visible"]
    return ImageSign(
        sign_id=row["sign_id"],
        visible=(seen[0], seen[1], seen[2], seen[3]) if seen else None,
        amodal=(x0, y0, x1, y1),
        visible_px=row["visible_px"],
        unoccluded_px=row["unoccluded_px"],
        occlusion=row["occlusion"],
        truncation=row["truncation"],
        facing=row["facing"],
        transmittance=row["transmittance"],
    )
