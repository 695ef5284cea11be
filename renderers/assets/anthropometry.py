"""Measures of a body by height, sex, age and build.  Renderers floor.

Lengths are shares of stature: Drillis and Contini (1966) for segments, ANSUR II (Gordon et al. 2014; 4,082 men and
1,986 women) for heights and breadths of landmarks and for girths, rounded to half a per cent of stature.  Children's
heads and legs follow the curves of Tanner (1978) against stature (six heads at 1.18 m, seven and a half grown up).
Body mass index is log-normal about 25.5 (NCD-RisC 2017: Europe and the Americas), of children about 16.5 (CDC 2000);
girths grow with it as in the regressions of waist (2.3 cm a unit) and hip (1.9 cm a unit) of NHANES adults.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.chance import stream

AGES_Y = {"pedestrian.child": 7.0, "pedestrian.teenager": 14.0, "pedestrian.elderly": 76.0}
# Stature in m against head (chin to crown) and crotch as shares of it.
HEAD = ((0.75, 0.92, 1.05, 1.18, 1.38, 1.55, 1.72), (0.220, 0.195, 0.178, 0.165, 0.150, 0.139, 0.132))
LEGS = ((0.75, 0.92, 1.05, 1.18, 1.38, 1.55, 1.72), (0.405, 0.445, 0.465, 0.482, 0.505, 0.517, 0.522))


MEN_M, WOMEN_M = (
    (1.76, 0.070),
    (1.63, 0.065),
)  # mean and spread of stature: NCD-RisC 2016, Europe and North America


def female_share(height_m: float) -> float:
    """How many of the people of a height are women, never quite none or all: the tallest of a scenario are both."""
    (m, dm), (w, dw) = MEN_M, WOMEN_M
    men, women = (np.exp(-0.5 * ((height_m - a) / d) ** 2) / d for a, d in ((m, dm), (w, dw)))
    return float(np.clip(women / max(men + women, 1e-12), 0.35, 0.65))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the joints of a standing body are, and how stout it is; metres."""

    height: float
    female: bool
    age_y: float
    bmi: float
    ankle: float  # heights above ground
    knee: float
    hip: float
    waist: float
    shoulder: float
    neck: float
    chin: float
    hip_half: float  # sideways from the middle
    shoulder_half: float
    upper_arm: float
    forearm: float
    limbs: float  # scales of radii, 1 for a body mass index of 24
    belly: float
    hips: float
    chest: float
    stoop: float  # how far the neck is bent forward, metres

    def bent(self, z_m: float) -> float:
        """How far forward the spine stands at a height: a stoop is a curve above the waist."""
        share = min(max((z_m - self.waist) / (self.neck - self.waist), 0.0), 1.3)
        return self.stoop * share * share


def frame(
    height_m: float, look_seed: int, model: str = "pedestrian.adult", build: str | None = None
) -> Frame:
    """A body of this height; `build` is slim, average or stout, None leaves it to the seed."""
    rng = stream(look_seed, "person", "build", model)
    child = model == "pedestrian.child"
    female = bool(rng.uniform() < (0.5 if child else female_share(height_m)))
    broad, u_mass, u_hips, u_age, u_stoop = rng.uniform(-1, 1, 5)
    age = AGES_Y.get(model, 40.0 + 17.0 * float(u_age))
    normal = float(np.sign(u_mass) * 1.35 * abs(u_mass) ** 0.9)  # nearly normal, without its tails
    if child or model == "pedestrian.teenager":
        bmi = (16.5 if child else 20.0) * float(np.exp(0.11 * normal))
    else:
        bmi = 25.5 * float(np.exp(0.15 * normal))
    bmi = {"slim": 19.0 + 1.5 * normal, "average": 24.0 + normal, "stout": 33.0 + 2.0 * normal}.get(
        build or "", bmi
    )
    bmi = float(np.clip(bmi, 15.0, 38.0))
    plump = bmi / 16.5 * 22.5 if child else bmi  # a child's index of 16.5 is as slender as an adult's of 22.5
    head = float(np.interp(height_m, *HEAD))
    hip = float(np.interp(height_m, *LEGS))
    chin = 1.0 - head
    h = height_m
    # Of the joint; with the deltoid over it bideltoid breadths are ANSUR's 0.51 m of men and 0.45 m of women.
    shoulder_half = (0.103 if female else 0.110) + (-0.002 if child else 0.0)
    limbs = float(np.sqrt(plump / 24.0)) * (0.96 if female else 1.0) * (1.04 if child else 1.0)
    hips = 1.0 + 0.016 * (plump - 24.0) + 0.03 * float(u_hips) + (0.03 if female else -0.03)
    thigh_half = 0.0485 * limbs * hips
    return Frame(
        height=h,
        female=female,
        age_y=age,
        bmi=bmi,
        ankle=0.045 * h,
        knee=0.545 * hip * h,
        hip=hip * h,
        waist=(hip + 0.36 * (chin - hip) * 0.72) * h,
        shoulder=(hip + 0.752 * (chin - hip)) * h,
        neck=(hip + 0.93 * (chin - hip)) * h,
        chin=chin * h,
        hip_half=max(0.052, thigh_half) * h,
        shoulder_half=shoulder_half * h * (1 + 0.04 * float(broad)) * (1 + 0.004 * max(plump - 24.0, 0.0)),
        upper_arm=(0.165 if child else 0.176) * h,
        forearm=(0.137 if child else 0.147) * h,
        limbs=limbs,
        belly=1.0 + 0.034 * (plump - 24.0) + (0.03 if age > 65 else 0.0) + (0.05 if child else 0.0),
        hips=hips,
        chest=1.0 + 0.014 * (plump - 24.0) + 0.03 * float(broad),
        stoop=(0.035 + 0.03 * float(u_stoop)) * h if model == "pedestrian.elderly" else 0.006 * h,
    )
