"""What people wear, drawn from a seed and from the words of a scenario.  Renderers floor.

The cut of clothes comes with a shape, the colours with a look, so that a few shapes dress a whole street.
"""

from dataclasses import dataclass, replace

import numpy as np

from scenarios.chance import stream

Rgb = tuple[float, float, float]

# Linear RGB. Skin tones span the six Fitzpatrick types; cloth colours are what shops sell, not what rainbows hold.
SKINS: tuple[Rgb, ...] = (
    (0.60, 0.38, 0.28), (0.52, 0.31, 0.21), (0.42, 0.24, 0.15), (0.30, 0.16, 0.09), (0.17, 0.085, 0.05),
    (0.09, 0.045, 0.028),
)  # fmt: skip
SKIN_WEIGHTS = (0.30, 0.25, 0.17, 0.12, 0.09, 0.07)
DARK: tuple[Rgb, ...] = (
    (0.020, 0.022, 0.028), (0.018, 0.028, 0.060), (0.045, 0.045, 0.048), (0.040, 0.026, 0.018), (0.030, 0.042, 0.026),
)  # fmt: skip
PLAIN: tuple[Rgb, ...] = (
    (0.26, 0.04, 0.04), (0.05, 0.12, 0.30), (0.10, 0.20, 0.11), (0.30, 0.25, 0.18), (0.16, 0.17, 0.19),
    (0.34, 0.19, 0.06), (0.46, 0.45, 0.42), (0.20, 0.08, 0.16), (0.08, 0.22, 0.25), (0.040, 0.042, 0.048),
    (0.10, 0.11, 0.07), (0.36, 0.30, 0.33),
)  # fmt: skip
BRIGHT: tuple[Rgb, ...] = (
    (0.75, 0.07, 0.05), (0.85, 0.55, 0.03), (0.08, 0.35, 0.75), (0.80, 0.26, 0.03), (0.70, 0.70, 0.68),
    (0.60, 0.06, 0.30), (0.30, 0.60, 0.10),
)  # fmt: skip
LEGWEAR: tuple[Rgb, ...] = (
    (0.030, 0.050, 0.110), (0.022, 0.024, 0.030), (0.060, 0.060, 0.065), (0.130, 0.105, 0.075), (0.060, 0.085, 0.140),
    (0.16, 0.19, 0.26), (0.26, 0.22, 0.16), (0.055, 0.060, 0.040),
)  # fmt: skip
NAMED: dict[str, Rgb] = {
    "white": (0.70, 0.70, 0.68), "black": (0.018, 0.018, 0.020), "grey": (0.16, 0.16, 0.17),
    "silver": (0.40, 0.40, 0.41),
    "blue": (0.05, 0.13, 0.42), "red": (0.50, 0.03, 0.03), "green": (0.06, 0.25, 0.09), "yellow": (0.80, 0.56, 0.04),
    "orange": (0.75, 0.24, 0.03), "brown": (0.16, 0.085, 0.04),
}  # fmt: skip
NAVY: Rgb = (0.012, 0.018, 0.045)
# Of the words for clothes, those that change what is worn and not just its colours.
CUTS = ("reflective", "summer", "winter", "business", "robe", "costume")
HAIR = ("hair", "hair_brown", "hair_light", "hair_red", "hair_grey", "hair_white")
SHOES = ("shoe", "shoe_brown", "shoe_white", "shoe_red", "shoe_blue")
SLUNG = ("backpack", "handbag")  # bags that leave both hands free


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wears, without the colours."""

    top: str  # key of trunks.TOPS
    bottom: str  # key of limbs.LEGS, or shorts, skirt, tights, robe
    shoes: str  # sneaker, leather, boot
    hair: str  # one of heads.HAIRSTYLES
    hat: str = ""  # one of heads.HATS
    hat_material: str = "cloth_b"
    beard: str = ""
    glasses: str = ""
    pattern: str = ""  # stripes, block, print
    vest: bool = False  # hi-vis waistcoat
    bands: bool = False  # retro-reflective bands
    scarf: str = ""  # material
    glove: bool = False
    carries: tuple[str, ...] = ()
    costume: str = ""  # dinosaur, bear, banana


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a look: tints of upper and lower clothes and of skin, and materials to swap."""

    tints: tuple[Rgb, Rgb, Rgb]
    hair: str
    shoes: str


def _one(rng: np.random.Generator, table: dict[str, float]) -> str:
    share = np.array(list(table.values()))
    return str(rng.choice(list(table), p=share / share.sum()))


def outfit(
    look_seed: int, clothing: str | None, model: str, female: bool, carries: str | None = None
) -> Outfit:
    """The cut of somebody's clothes; `clothing` and `carries` are words of `scenarios.schema.Look`."""
    rng = stream(look_seed, "person", "outfit", model)
    child, old = model == "pedestrian.child", model == "pedestrian.elderly"
    young = child or model == "pedestrian.teenager"
    u = dict(zip(("bag", "glasses", "scarf", "pattern", "glove", "dress"), rng.uniform(size=6), strict=True))
    hair = _hair(rng, female, child, old)
    hat = _one(rng, {"": 0.70, "cap": 0.10 if not female else 0.04, "beanie": 0.11, "hood": 0.06,
        "brim": 0.05 if old else 0.01,
                     "hijab": 0.05 if female and not child else 0.0,
                     "turban": 0.012 if not female and not child else 0.0})  # fmt: skip
    beard = (
        "" if female or young else _one(rng, {"": 0.60, "stubble": 0.16, "beard": 0.18, "moustache": 0.06})
    )
    glasses = (
        "clear"
        if u["glasses"] < (0.55 if old else 0.06 if child else 0.25)
        else "dark"
        if u["glasses"] > 0.96
        else ""
    )
    top = _one(rng, {"jacket": 0.26, "puffer": 0.13, "coat": 0.02 if young else 0.15,
        "hoodie": 0.03 if old else 0.16, "jumper": 0.15,
                     "shirt": 0.09, "tee": 0.04, "blazer": 0.0 if young else 0.04})  # fmt: skip
    bottom = _one(rng, {"trousers": 0.42, "slim": 0.34, "jogging": 0.12 if not old else 0.02, "wide": 0.08,
                        "leggings": 0.10 if female else 0.0, "tights": 0.09 if female else 0.0})  # fmt: skip
    shoes = _one(rng, {"sneaker": 0.30 if old else 0.55, "leather": 0.35, "boot": 0.18})
    if clothing == "summer":
        top = (
            "dress" if female and u["dress"] < 0.35 else _one(rng, {"tee": 0.7, "shirt": 0.2, "jumper": 0.1})
        )
        bottom = (
            "bare"
            if top == "dress"
            else _one(rng, {"shorts": 0.5, "slim": 0.2, "trousers": 0.2, "skirt": 0.25 if female else 0.0})
        )
        hat, shoes = (hat if hat in ("cap", "brim", "hijab", "turban") else ""), "sneaker"
    elif clothing == "winter":
        top = _one(rng, {"puffer": 0.45, "coat": 0.3, "jacket": 0.25})
        bottom = "trousers" if bottom in ("leggings", "tights") else bottom
        hat = _one(rng, {"beanie": 0.5, "hood": 0.25, "": 0.2, "brim": 0.05})
        shoes, u["glove"], u["scarf"] = "boot", 0.0, u["scarf"] * 0.4
    elif clothing == "business":
        top, bottom, shoes, hat = ("coat" if u["dress"] < 0.25 else "blazer"), "trousers", "leather", ""
        if female and u["dress"] > 0.6:
            bottom = "tights"
    carried = _bags(rng, model, carries)
    pattern = (
        "stripes"
        if u["pattern"] < 0.12 and top in ("tee", "jumper", "shirt")
        else "block"
        if u["pattern"] > 0.82 and top in ("jacket", "puffer", "hoodie")
        else ""
    )
    worn = Outfit(
        top, bottom, shoes, hair, hat, _one(rng, {"cloth_b": 0.3, "cloth_dark": 0.3, "cloth_navy": 0.15,
            "cloth_red": 0.1, "cloth_sand": 0.15}) if hat != "hood" else "cloth_a",
        beard, glasses, pattern, scarf=str(rng.choice(("cloth_red", "cloth_sand", "cloth_dark",
            "cloth_light"))) if u["scarf"] < 0.16 and top in ("coat", "jacket", "puffer") else "",
        glove=u["glove"] < 0.08, carries=carried,
    )  # fmt: skip
    return _special(worn, rng, clothing, model, female)


def _hair(rng: np.random.Generator, female: bool, child: bool, old: bool) -> str:
    if female:
        return _one(
            rng,
            {
                "long": 0.34,
                "ponytail": 0.2,
                "bob": 0.2 + 0.1 * old,
                "bun": 0.12,
                "short": 0.10 + 0.2 * old,
                "afro": 0.05,
            },
        )
    bald = 0.0 if child else 0.25 if old else 0.08
    return _one(
        rng,
        {
            "short": 0.5,
            "crop": 0.28,
            "bald": bald,
            "receding": 0.0 if child else 0.3 * old + 0.06,
            "long": 0.04,
            "afro": 0.03,
        },
    )


def _bags(rng: np.random.Generator, model: str, carries: str | None) -> tuple[str, ...]:
    u = rng.uniform(size=2)
    if carries not in (None, "slung"):
        return () if carries == "nothing" else (carries,)
    found = []
    if model == "pedestrian.elderly":
        if u[0] < 0.4:
            found.append("stick")
        if u[1] < 0.3:
            found.append("handbag")
    elif u[0] < {"pedestrian.child": 0.5, "pedestrian.teenager": 0.5}.get(model, 0.24):
        found.append("backpack")
    elif model == "pedestrian.adult" and u[0] < 0.50:
        found.append("handbag" if u[0] < 0.36 else "shopping_bag")
    if model in ("pedestrian.adult", "pedestrian.teenager") and u[1] < 0.10:
        found.append("phone")
    return tuple(bag for bag in found if carries is None or bag in SLUNG)


def _special(
    worn: Outfit, rng: np.random.Generator, clothing: str | None, model: str, female: bool
) -> Outfit:
    """Uniforms, robes, costumes and reflective clothes."""
    if model == "pedestrian.worker":
        top = "tee" if clothing == "summer" else str(rng.choice(("jacket", "jumper", "shirt")))
        return replace(worn, top=top, bottom="trousers", shoes="boot", hat="hard_hat", hat_material="hard_hat",
            vest=True, bands=True,
                       pattern="", scarf="", carries=tuple(c for c in worn.carries if c not in ("backpack",
                           "handbag", "shopping_bag", "phone")))  # fmt: skip
    if model == "pedestrian.police":
        hair = "bun" if female else worn.hair
        return replace(worn, top="jacket", bottom="trousers", shoes="boot", hat="police_cap",
            hat_material="cloth_navy", hair=hair, pattern="police",
                       scarf="", vest=bool(rng.uniform() < 0.6),
                           carries=tuple(c for c in worn.carries if c in ("stick",)))  # fmt: skip
    if clothing == "robe":
        worn = replace(worn, carries=tuple(c for c in worn.carries if c != "backpack"))
        if not female:
            return replace(
                worn,
                top="robe",
                bottom="robe",
                hat=str(rng.choice(("turban", "", "hijab"))),
                pattern="",
                scarf="",
                hat_material="cloth_light",
            )
        hat = str(rng.choice(("hijab", "niqab", "burqa")))
        return replace(
            worn,
            top="robe",
            bottom="robe",
            hat=hat,
            hat_material="cloth_a",
            pattern="",
            scarf="",
            shoes="leather",
        )
    if clothing == "costume":
        kind = str(rng.choice(("dinosaur", "bear", "banana")))
        if kind == "banana":
            return replace(
                worn, top="onesie", bottom="leggings", hat="", pattern="", scarf="", costume=kind, carries=()
            )
        return replace(
            worn,
            top="onesie",
            bottom="onesie",
            hat="hood",
            hat_material="cloth_a",
            pattern="",
            scarf="",
            costume=kind,
            carries=(),
        )
    if clothing == "reflective":
        hat = "" if worn.hat in ("hijab",) else worn.hat
        top = worn.top if worn.top in ("jacket", "puffer", "hoodie", "jumper") else "jacket"
        return replace(worn, top=top, hat=hat, pattern="", bands=True, vest=model != "pedestrian.child")
    return worn


def colours(look_seed: int, clothing: str | None, color: str | None, model: str) -> Colours:
    """The colours of a look: `clothing` is a word of `Look`; `color` names the upper clothes."""
    rng = stream(look_seed, "person", "dress", model)
    child, old = model == "pedestrian.child", model == "pedestrian.elderly"
    u_word, u_leg, u_top, shade_a, shade_b, shade_c = rng.uniform(size=6)
    family = "mixed" if u_word < 0.62 else "dark"
    word = {
        "dark": "dark",
        "mixed": "mixed",
        "bright": "bright",
        "reflective": "dark",
        "summer": "light",
        "business": "dark",
    }.get(clothing or "", family)
    tops = {"dark": DARK, "mixed": PLAIN, "bright": BRIGHT, "light": (*PLAIN, *BRIGHT)}[word]
    upper = tops[int(u_top * len(tops))]
    lower = LEGWEAR[int(u_leg * len(LEGWEAR))]
    if word == "bright" and child:
        lower = PLAIN[int(u_leg * len(PLAIN))]
    if clothing == "business":
        lower = upper
    if clothing == "robe":
        upper = ((0.010, 0.010, 0.011), (0.010, 0.010, 0.011), (0.05, 0.10, 0.22), (0.55, 0.54, 0.50))[
            int(u_top * 4)
        ]
    if clothing == "costume":
        upper = lower = ((0.08, 0.32, 0.06), (0.20, 0.10, 0.04), (0.45, 0.10, 0.28))[int(u_top * 3)]
    if model == "pedestrian.police":
        upper = lower = NAVY
    if model == "pedestrian.worker":
        upper = ((0.75, 0.20, 0.02), (0.02, 0.03, 0.07), (0.05, 0.05, 0.05))[int(u_top * 3)]
        lower = ((0.02, 0.03, 0.07), (0.05, 0.05, 0.05), (0.75, 0.20, 0.02), (0.22, 0.16, 0.09))[
            int(u_leg * 4)
        ]
    if color is not None:
        upper = NAMED[color]
    else:
        upper = _shaded(upper, shade_a)
    skin = SKINS[int(rng.choice(len(SKINS), p=SKIN_WEIGHTS))]
    fair = {
        "hair": 0.34,
        "hair_brown": 0.36,
        "hair_light": 0.16,
        "hair_red": 0.04,
        "hair_grey": 0.0 if child else 0.10,
    }
    hair = _one(rng, {"hair_grey": 0.5, "hair_white": 0.5} if old else fair)
    if max(skin) < 0.45 and hair not in ("hair_grey", "hair_white"):
        hair = "hair"
    shoes = _one(
        rng, {"shoe": 0.45, "shoe_brown": 0.18, "shoe_white": 0.2, "shoe_blue": 0.1, "shoe_red": 0.07}
    )
    if clothing == "business" or model in ("pedestrian.police", "pedestrian.worker"):
        shoes = "shoe" if model != "pedestrian.worker" else "shoe_brown"
    return Colours((upper, _shaded(lower, shade_b), _shaded(skin, shade_c, 0.12)), hair, shoes)


def _shaded(rgb: Rgb, u: float, much: float = 0.3) -> Rgb:
    """The colour a little lighter or darker: no two dyes are the same."""
    f = float(np.exp(much * (2 * u - 1)))
    return (min(rgb[0] * f, 0.9), min(rgb[1] * f, 0.9), min(rgb[2] * f, 0.9))
