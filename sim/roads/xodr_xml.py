"""XML of a road map from strangers: parsed without entities or network, every fault with its line.  World floor."""

from dataclasses import dataclass, field
from typing import cast

import numpy as np
from lxml import etree

from scenarios.errors import ScenarioError
from sim.roads.geometry import Cubics

LARGEST_BYTES = 64 * 1024 * 1024  # the largest public OpenDRIVE maps are below 20 MB
MOST_NOTES = 500  # diagnostics kept for one map


@dataclass
class Diary:
    """What was repaired or left out while a map was read, one line each, in reading order."""

    file: str
    first_line: int = 1  # line of the file on which the parsed text begins
    notes: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def line(self, element: "etree._Element | None") -> int:
        """Line of an element in the file."""
        known = None if element is None else cast(int | None, element.sourceline)
        return self.first_line - 1 + (known or 1)

    def note(self, element: "etree._Element | None", text: str) -> None:
        """Keep a diagnostic that belongs to an element."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"{self.file}:{self.line(element)}: {text}")

    def once(self, key: str, element: "etree._Element | None", text: str) -> None:
        """Keep a diagnostic the first time its key comes up."""
        if key not in self.seen:
            self.seen.add(key)
            self.note(element, text)

    def refuse(self, element: "etree._Element | None", text: str) -> ScenarioError:
        """The error for a fault that leaves nothing to repair."""
        return ScenarioError(self.file, self.line(element), 1, text)


def parse(xml: bytes, diary: Diary) -> "etree._Element":
    """Root element of an OpenDRIVE document, tags without namespaces."""
    if len(xml) > LARGEST_BYTES:
        raise diary.refuse(None, f"the map is larger than {LARGEST_BYTES // 2**20} MB")
    text = xml.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise diary.refuse(None, "the map is empty; expected an <OpenDRIVE> document")
    if len(text) != len(xml) and not xml.startswith(b"\xef\xbb\xbf<"):
        diary.first_line += xml[: len(xml) - len(text)].count(b"\n")
        diary.note(None, "blank text before the XML declaration was skipped")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = (error.msg or "not well-formed").split(", line ")[0]
        raise ScenarioError(
            diary.file, line + diary.first_line - 1, max(column, 1), f"not well-formed XML: {reason}"
        ) from None
    except ValueError as error:  # an encoding that contradicts its declaration
        raise diary.refuse(None, f"not readable as XML: {error}") from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise diary.refuse(
            None, "the map has a document type declaration (<!DOCTYPE ...>), which is not allowed"
        )
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = etree.QName(element).localname
    if root.tag != "OpenDRIVE":
        raise diary.refuse(root, f"expected the root element <OpenDRIVE>, found <{root.tag}>")
    return root


def number(element: "etree._Element", name: str, default: float, diary: Diary, needed: bool = False) -> float:
    """A finite number from an attribute; faults are noted and give the default."""
    text = element.get(name)
    if text is None:
        if needed:
            diary.note(element, f"<{element.tag}> lacks {name}; taken as {default:g}")
        return default
    try:
        value = float(text)
    except ValueError:
        diary.note(element, f'{name}="{text}" of <{element.tag}> is not a number; taken as {default:g}')
        return default
    if not np.isfinite(value) or abs(value) > 1e9:
        diary.note(
            element, f'{name}="{text}" of <{element.tag}> is not a usable number; taken as {default:g}'
        )
        return default
    return value


def whole(element: "etree._Element", name: str, diary: Diary) -> int | None:
    """An integer from an attribute, None (and a note) where it is none."""
    text = element.get(name)
    try:
        return int(str(text).strip())
    except ValueError:
        diary.note(element, f'{name}="{text}" of <{element.tag}> is not an integer; left out')
        return None


def cubics(elements: "list[etree._Element]", start: str, diary: Diary) -> Cubics:
    """Piecewise cubics from elements with a start and a, b, c, d."""
    return Cubics.of(
        [
            (
                number(e, start, 0.0, diary),
                number(e, "a", 0.0, diary),
                number(e, "b", 0.0, diary),
                number(e, "c", 0.0, diary),
                number(e, "d", 0.0, diary),
            )
            for e in elements
        ]
    )


# m/s per unit of <speed>; OpenDRIVE's default unit is m/s.
SPEED_UNITS = {"m/s": 1.0, "km/h": 1.0 / 3.6, "mph": 0.44704}


def speed(element: "etree._Element", diary: Diary) -> float:
    """A speed limit in m/s; inf for "no limit" and "undefined"."""
    text = (element.get("max") or "").strip()
    if text in ("no limit", "undefined", ""):
        return float("inf")
    unit = (element.get("unit") or "m/s").strip()
    if unit not in SPEED_UNITS:
        diary.note(element, f'unknown speed unit "{unit}"; taken as m/s')
    value = number(element, "max", float("inf"), diary) * SPEED_UNITS.get(unit, 1.0)
    return value if value > 0.0 else float("inf")
