"""What stands, lies and rolls about.  Language floor."""

from scenarios.bodies.record import Body

THINGS: tuple[Body, ...] = (
    Body("prop.cone", "traffic_cone", (0.40, 0.40, 0.75), mass_kg=5),
    Body("prop.barrier", "barrier", (0.50, 2.00, 1.00), mass_kg=40),
    # Work zones: a drum with its ballast ring, a barricade with sandbags, boards on feet of rubber (28 kg each).
    Body("prop.drum", "barrier", (0.62, 0.62, 0.92), mass_kg=18, friction=0.6),
    Body("prop.barricade", "barrier", (0.75, 2.00, 1.48), mass_kg=55),
    Body("prop.chevron_board", "barrier", (0.80, 1.50, 1.25), mass_kg=70),
    Body("prop.guide_board", "barrier", (0.80, 0.40, 1.27), mass_kg=34),
    Body("prop.warning_triangle", "warning_triangle", (0.28, 0.50, 0.48), mass_kg=1.5, friction=0.6),
    Body("prop.sign_fallen", "debris", (1.83, 0.90, 0.12), mass_kg=14, friction=0.4),
    # Loads.  Friction on asphalt: timber 0.5 to 0.6, board 0.45, rubber 0.7, cloth 0.6, metal 0.3 to 0.4
    # (sliding values of EN 12195-1 annex B and of its guidance, for clean dry surfaces).
    Body("box.cardboard", "debris", (0.60, 0.40, 0.40), mass_kg=8, friction=0.45, restitution=0.15),
    Body("pallet.wood", "debris", (1.20, 0.80, 0.144), mass_kg=25, friction=0.55, restitution=0.25),
    Body(
        "tyre.truck",
        "debris",
        (1.04, 1.04, 0.30),
        mass_kg=58,
        shape="disc",
        friction=0.7,
        restitution=0.5,
        rolling=0.02,
    ),
    Body("tyre.tread", "debris", (1.65, 0.38, 0.36), mass_kg=7, friction=0.7, restitution=0.3),
    Body("mattress", "debris", (2.00, 1.40, 0.20), mass_kg=22, friction=0.6, restitution=0.05),
    Body("ladder", "debris", (3.00, 0.42, 0.07), mass_kg=9, friction=0.35, restitution=0.3),
    Body("branch", "debris", (3.20, 1.90, 0.85), mass_kg=30, friction=0.6),
    Body("bag.plastic", "debris", (0.56, 0.50, 0.56), mass_kg=5, friction=0.5, restitution=0.05),
    # Spilled: 44 bricks of 3.2 kg, half a cubic metre of dry sand; these stay where they lie.
    Body("bricks.spilled", "debris", (2.20, 1.80, 0.26), mass_kg=125, friction=0.6, restitution=0.05),
    Body("sand.spilled", "debris", (2.40, 2.00, 0.50), mass_kg=900, friction=0.7, restitution=0.0),
    Body("plank.wood", "debris", (3.00, 0.21, 0.07), mass_kg=14, friction=0.55, restitution=0.25),
    Body("bumper.car", "debris", (0.72, 1.78, 0.46), mass_kg=5, friction=0.4, restitution=0.3),
    Body("exhaust.car", "debris", (1.60, 0.26, 0.24), mass_kg=11, friction=0.35, restitution=0.25),
    Body("bucket", "debris", (0.37, 0.36, 0.33), mass_kg=0.9, friction=0.4, restitution=0.4),
    Body("trolley.shopping", "debris", (0.98, 0.60, 1.03), mass_kg=21, friction=0.3, restitution=0.25),
    Body("fridge", "debris", (1.16, 0.64, 1.80), mass_kg=62, friction=0.35, restitution=0.15),
    # A football (FIFA size 5): 0.43 kg, bounces to 60 % of its height; rolls 0.03 on asphalt, sphere's drag 0.47.
    Body(
        "ball.football",
        "ball",
        (0.22, 0.22, 0.22),
        mass_kg=0.43,
        shape="ball",
        friction=0.6,
        restitution=0.77,
        rolling=0.03,
        drag=0.47,
    ),
)
