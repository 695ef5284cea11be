"""Writes small, numbered pictures of every asset for somebody who has never seen them, and scores what they wrote.

    .venv/bin/python benchmarks/strangers.py make OUT           sheets of 64-pixel crops in OUT, and key.json
    .venv/bin/python benchmarks/strangers.py score OUT WORDS    WORDS: lines of "number: what it is"

Give the sheets, without the key, to a person who does not know the project and ask for one noun for each picture.  A
crop is 64 x 64 pixels of the camera's own picture, from a side drawn for each asset, and is shown four times as large.
What counts as right stands in ANSWERS: words of a lay person for each class.
"""

import argparse
import json
import re
from pathlib import Path

import cv2
import numpy as np

CROP_PX = 64
SHOWN_PX = 4 * CROP_PX
COLUMNS, ROWS = 5, 4
# A camera behind a windscreen, 1.5 m up, looks down at 17 degrees on what lies five metres ahead.
LEVEL_DEG, LYING_DEG, FLAT = 6.0, 17.0, 0.35  # what is flatter than this share of its length lies
CAR = (
    "car|sedan|saloon|hatchback|suv|estate|wagon|coupe|convertible|cabrio|taxi|minivan|mpv|crossover|jeep|off"
)
PERSON = "person|man|woman|pedestrian|boy|girl|child|kid|people|human|walker|teenager|lady"
LORRY = "truck|lorry|tipper|tanker|mixer|garbage|refuse|semi|tractor unit|cab"
TREE = "tree|oak|maple|birch|poplar|linden|palm|conifer|pine|spruce|fir"
BUSH = "bush|shrub|weed|reed|hedge|plant|grass|corn|maize|wheat|crop|cereal|leaves"
BARRIER = "barrier|barricade|guide|board|chevron|delineator|beacon|marker|drum|barrel|channeli|sign|fence"
HOUSE = "house|garage|building|church|hall|barn|office|shop|apartment|block|station|tower|shed|cottage|market|high-rise"
ANSWERS = {
    "car": CAR, "police_car": "police|" + CAR, "pickup": "pickup|truck|ute", "van": "van|minibus|bus",
    "truck": LORRY, "bus": "bus|coach", "motorcycle": "motor|scooter|moped|biker", "bicycle": "cycl|bike",
    "e_scooter": "scooter", "trailer": "trailer|semi|truck|lorry|tanker", "tram": "tram|streetcar|train|rail",
    "tractor": "tractor", "construction_vehicle": "excavator|digger|backhoe", "caravan": "caravan|trailer|camper",
    "motorhome": "motorhome|camper|rv|van", "fire_engine": "fire", "ambulance": "ambulance", "pedestrian": PERSON,
    "construction_worker": PERSON + "|worker", "police_officer": PERSON + "|police|officer",
    "child": PERSON, "wheelchair": "wheelchair", "stroller": "stroller|pram|pushchair|buggy|baby carriage",
    "animal": "deer|stag|doe|moose|elk|boar|pig|fox", "dog": "dog", "cat": "cat", "cow": "cow|cattle|bull|ox",
    "horse": "horse|pony", "sheep": "sheep|lamb", "bird": "bird|goose|duck|pigeon|dove|gull",
    "traffic_cone": "cone", "barrier": BARRIER, "warning_triangle": "triangle", "ball": "ball",
}  # fmt: skip
MODELS = {
    "prop.sign_fallen": "sign", "box.cardboard": "box|carton", "pallet.wood": "pallet", "tyre.truck": "tyre|tire|wheel",
    "tyre.tread": "tyre|tire|tread|rubber", "mattress": "mattress|bed", "ladder": "ladder",
    "branch": "branch|twig|tree", "bag.plastic": "bag", "bricks.spilled": "brick|stone|rubble|block",
    "sand.spilled": "sand|dirt|pile|heap|gravel|soil|earth", "plank.wood": "plank|board|wood|beam|timber",
    "bumper.car": "bumper|car part|fender", "exhaust.car": "exhaust|muffler|pipe|silencer", "bucket": "bucket|pail",
    "trolley.shopping": "trolley|cart", "fridge": "fridge|refrigerator|freezer|washing|cabinet",
    "signal": "traffic light|signal|light", "lamp": "lamp|street ?light|lantern|light",
    "sign": "sign|board|plate|crossbuck|shield",
    "house": HOUSE, "plant": f"{TREE}|{BUSH}", "bench": "bench|seat", "litter_bin": "bin|trash|can",
    "wheelie_bin": "bin|trash|container", "bollard": "bollard|post|pole|pillar", "cabinet": "cabinet|box|electric",
    "utility_pole": "pole|mast", "planter": "planter|flower|pot|plant|bush", "fence": "fence|railing",
    "billboard": "billboard|advert|poster|sign|board", "bulletin": "billboard|advert|poster|sign|board",
    "city_light": "advert|poster|board|sign|display|billboard", "column": "advert|column|pillar|kiosk",
    "hoarding": "hoarding|fence|wall|poster|board|advert|billboard", "post_plate": "poster|sign|board|advert",
    "bus_shelter": "shelter|bus stop|stop", "kiosk": "kiosk|stand|booth|hut|shop|stall",
    "phone_box": "phone|telephone|booth", "cafe": "table|cafe|terrace|chair|parasol|umbrella",
    "parasol": "parasol|umbrella|canopy", "hydrant_us": "hydrant", "hydrant": "hydrant|post|bollard|pillar",
    "parking_meter": "meter|parking|ticket|machine", "post_box": "post ?box|mail",
    "container": "container|dumpster|bin|skip",
    "bottle_bank": "bottle|recycl|container|bin", "bicycle.parked": "bicycle|bike",
    "street.bicycle": "bicycle|bike", "bicycle_rack": "bicycle|bike|rack",
    "news_box": "news|box|vending|dispenser", "speed_bump": "bump|hump", "drum": "drum|barrel|cone|" + BARRIER,
    "barricade": BARRIER, "guide_board": BARRIER, "chevron_board": BARRIER, "works": f"{BARRIER}|fence",
    "skip": "skip|dumpster|container", "cabin": "cabin|container|hut|office|toilet|trailer",
    "scaffold": "scaffold",
}  # fmt: skip


def answers(name: str) -> str:
    """The pattern of words that name an asset."""
    from scenarios.bodies import BODIES

    head, _, tail = name.partition(".")
    for key in (name, tail if head in ("street", "board", "works") else "", head):
        if key in MODELS:
            return MODELS[key]
    if name in BODIES and BODIES[name].actor_class in ANSWERS:
        return ANSWERS[BODIES[name].actor_class]
    raise SystemExit(f"no answer is listed for {name}; add one to {Path(__file__).name}")


def make(out: Path, seed: int) -> None:
    """Write the sheets and the key."""
    from renderers import studio
    from renderers.assets.registry import BUILDERS, SCENERY
    from scenarios.bodies import BODIES
    from scenarios.taxonomy import ACTOR_CLASSES
    from sim.app.sheets import subject
    from sim.trace import Gait

    rng = np.random.default_rng(seed)
    names = [str(name) for name in rng.permutation([*BUILDERS, *SCENERY])]
    tiles, key = [], {}
    for number, name in enumerate(names, 1):
        walks = name in BODIES and ACTOR_CLASSES[BODIES[name].actor_class].moves == "walker"
        side = float(rng.choice((-1.0, 1.0)) * rng.uniform(25.0, 65.0))
        length, _, height = BODIES[name].size_m if name in BODIES else (1.0, 1.0, 1.0)
        lies = (
            name in BODIES
            and ACTOR_CLASSES[BODIES[name].actor_class].moves == "prop"
            and height < FLAT * length
        )
        taken = studio.Studio.of(
            subject(name, int(rng.integers(1 << 20))),
            (studio.View(side, LYING_DEG if lies else LEVEL_DEG),),
            studio.Posture(gait=Gait.WALK if walks else Gait.NONE, phase=0.2, speed_mps=1.3 * walks),
            size_px=(CROP_PX, CROP_PX),
        )
        shown = cv2.resize(taken.photograph(0), (SHOWN_PX, SHOWN_PX), interpolation=cv2.INTER_CUBIC)
        band = np.full((26, SHOWN_PX, 3), 255, np.uint8)
        cv2.putText(band, str(number), (6, 19), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1, cv2.LINE_AA)
        tiles.append(np.pad(np.vstack([band, shown]), ((2, 2), (2, 2), (0, 0)), constant_values=255))
        key[number] = name
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % (COLUMNS * ROWS))
    out.mkdir(parents=True, exist_ok=True)
    for page in range(len(tiles) // (COLUMNS * ROWS)):
        shown = tiles[page * COLUMNS * ROWS :][: COLUMNS * ROWS]
        rows = [np.hstack(shown[k : k + COLUMNS]) for k in range(0, len(shown), COLUMNS)]
        cv2.imwrite(str(out / f"page_{page + 1:02}.png"), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))
    (out / "key.json").write_text(json.dumps(key, indent=1) + "\n", encoding="utf-8")


def score(out: Path, words: Path) -> None:
    """Print what was named otherwise, and the share of right names."""
    key = {int(number): name for number, name in json.loads((out / "key.json").read_text()).items()}
    said = {}
    for line in words.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\W*(\d+)\W+(.+)", line):
            said[int(found[1])] = found[2].strip().lower()
    wrong = [n for n in key if not re.search(answers(key[n]), said.get(n, ""))]
    for number in sorted(wrong, key=lambda n: key[n]):
        print(f"{number:4}  {key[number]:28} named: {said.get(number, '(nothing)')}")
    print(f"{len(key) - len(wrong)} of {len(key)} named rightly ({100 * (1 - len(wrong) / len(key)):.1f} %)")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("make", "score"))
    parser.add_argument("out", type=Path, help="folder of the sheets")
    parser.add_argument("words", type=Path, nargs="?", help="what was written about them")
    parser.add_argument("--seed", type=int, default=1, help="draws order, sides and looks")
    chosen = parser.parse_args()
    if chosen.what == "make":
        make(chosen.out, chosen.seed)
    elif chosen.words is None:
        parser.error("score needs the file of words")
    else:
        score(chosen.out, chosen.words)


if __name__ == "__main__":
    main()
