"""A story of the catalogue in heavier rain, with a child that stops: written, sampled, simulated, rendered, saved."""

import sys
from pathlib import Path

from scenarios.authoring import Scenario, Stop, log_uniform
from sim.app.preview import preview_sample
from sim.simulate import simulate

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/python")

scenario = Scenario.load("child_behind_van")
scenario.params["rain"] = log_uniform("20 mm/h", "80 mm/h")
scenario.actors["child"].do.append(Stop(for_s="1.5 s"))
samples = scenario.sample(4, method="sobol", seed=7)
for sample in samples:
    events = [f"{event.name} at {event.time_ns * 1e-9:.1f} s" for event in simulate(sample).events]
    print(f"{sample.clip_id}: {sample.params['rain']:.0f} mm/h, {', '.join(events)}")
preview_sample(samples[0], out / "preview.png")
scenario.save(out / "child_stops.scenario.yaml")
