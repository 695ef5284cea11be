"""Signs, signals and roadworks.  Renderers floor."""

from renderers.materials.makers import lamp, sign
from renderers.materials.record import Material

SIGNS: tuple[Material, ...] = (
    # Signs and signals.
    sign("sign_white", (0.70, 0.70, 0.70), 785.0, 0.7),
    sign("sign_yellow", (0.62, 0.42, 0.02), 534.0, 0.65),
    sign("sign_red", (0.42, 0.025, 0.025), 141.0, 0.6),
    sign("sign_blue", (0.015, 0.055, 0.28), 63.0, 0.4),
    sign("sign_green", (0.01, 0.17, 0.07), 141.0, 0.45),
    sign("sign_orange", (0.62, 0.15, 0.01), 314.0, 0.65),
    sign("sign_brown", (0.10, 0.045, 0.02), 38.0, 0.4),
    # Fluorescent: it turns ultraviolet into yellow-green; ASTM D4956 gives it four fifths of white's coefficient.
    sign("sign_yellow_green", (0.62, 0.74, 0.03), 628.0, 0.68),
    # The same after years in the sun: paler, greyer, and half the gain, the least that EN 12899-1 lets a used sign have.
    sign("sign_white_worn", (0.56, 0.55, 0.52), 392.0, 0.62),
    sign("sign_yellow_worn", (0.56, 0.43, 0.10), 267.0, 0.6),
    sign("sign_red_worn", (0.45, 0.10, 0.085), 70.5, 0.55),
    sign("sign_blue_worn", (0.060, 0.105, 0.25), 31.5, 0.4),
    sign("sign_green_worn", (0.06, 0.18, 0.11), 70.5, 0.42),
    sign("sign_orange_worn", (0.58, 0.25, 0.09), 157.0, 0.6),
    sign("sign_black", (0.015, 0.015, 0.015), 0.0, 0.05),
    Material(
        "sign_back", (0.36, 0.365, 0.37), 0.4, 0.4, 0.5, metallic=0.6, snow=0.2, source="plain aluminium"
    ),
    Material(
        "signal_housing", (0.018, 0.020, 0.018), 0.05, 0.06, 0.5, snow=0.4, source="black polycarbonate"
    ),
    lamp("signal_red", (0.55, 0.02, 0.015), "signal"),
    lamp("signal_amber", (0.60, 0.26, 0.01), "signal"),
    lamp("signal_green", (0.01, 0.50, 0.27), "signal"),
    lamp("signal_white", (0.60, 0.62, 0.60), "signal"),
    Material(
        "signal_yellow",
        (0.55, 0.33, 0.012),
        0.6,
        0.45,
        0.4,
        snow=0.4,
        source="yellow polycarbonate, federal yellow",
    ),
    Material("signal_off", (0.030, 0.028, 0.026), 0.1, 0.1, 0.3, clearcoat=0.5, source="dark lens"),
    Material(
        "lamp_street",
        (0.75, 0.75, 0.72),
        0.6,
        0.5,
        0.3,
        source="prismatic cover; lit at night by the lamp table",
    ),
    # Roadworks.
    Material(
        "cone_orange", (0.70, 0.115, 0.010), 0.62, 0.42, 0.6, snow=0.4, dirt=0.8, source="fluorescent PVC"
    ),
    Material(
        "barrier_red",
        (0.46, 0.025, 0.022),
        0.6,
        0.45,
        0.4,
        retro=45.0,
        snow=0.3,
        dirt=0.8,
        source="EN 12899-1 class RA1 red 14.5, times pi",
    ),
    Material(
        "barrier_white",
        (0.68, 0.68, 0.67),
        0.68,
        0.5,
        0.4,
        retro=220.0,
        snow=0.3,
        dirt=0.8,
        source="EN 12899-1 class RA1 white 70, times pi",
    ),
)
