"""Run by NEURON in a process of its own: the squid axon as it has it, printed as JSON.

Takes a JSON list of tasks on standard input, each a mapping with ``kind`` "spike", "threshold" or
"cable" and its numbers in NEURON's units, and prints a list of results.
"""

from __future__ import annotations

import json
import math
import sys

import numpy as np
from neuron import h

LEVEL = 0.0


def prepare(celsius: float, tolerance: float, largest_step: float):
    h.load_file("stdrun.hoc")
    h.celsius = celsius
    h.usetable_hh = 0  # its rates otherwise come from a table of 1 mV steps
    solver = h.CVode()
    solver.active(1)
    solver.rtol(tolerance)
    solver.atol(tolerance)
    solver.maxstep(largest_step)
    return solver


def run(section, where, duration: float, rest: float):
    traces = [h.Vector().record(section(x)._ref_v) for x in where]
    time = h.Vector().record(h._ref_t)
    h.finitialize(rest)
    h.continuerun(duration)
    return np.array(time), [np.array(v) for v in traces]


def patch():
    section = h.Section(name="patch")
    section.L = section.diam = 100.0 / math.sqrt(math.pi)  # 1e-4 cm²
    section.insert("hh")
    section.el_hh, section.cm = -54.3, 1.0
    return section


def clamp(task, strength: float, duration: float):
    solver = prepare(task["celsius"], 1e-10, 0.005)
    section = patch()
    electrode = h.IClamp(section(0.5))
    electrode.delay, electrode.dur, electrode.amp = 1.0, task["width"], 0.1 * strength  # nA
    time, (v,) = run(section, [0.5], duration, task["rest"])
    solver.active(0)
    return time, v


def crossing(time, v, level: float, up: bool) -> float:
    sign = 1.0 if up else -1.0
    i = int(np.flatnonzero((sign * v[:-1] < sign * level) & (sign * v[1:] >= sign * level))[0])
    return float(time[i] + (level - v[i]) / (v[i + 1] - v[i]) * (time[i + 1] - time[i]))


def spike(task):
    time, v = clamp(task, task["strength"], 25.0)
    half = 0.5 * (task["rest"] + v.max())
    width = crossing(time, v, half, False) - crossing(time, v, half, True)
    return {"peak": float(v.max()), "width": width}


def threshold(task):
    low, high = task["below"], task["above"]
    while high - low > 1e-7 * high:
        middle = 0.5 * (low + high)
        fires = clamp(task, middle, 31.0)[1].max() > LEVEL
        low, high = (low, middle) if fires else (middle, high)
    return {"strength": high}


def cable(task):
    solver = prepare(task["celsius"], 1e-7, 0.02)
    section = h.Section(name="axon")
    section.L, section.diam = task["length"], task["diameter"]  # µm
    section.Ra, section.nseg = task["resistivity"], task["nodes"]
    section.insert("hh")
    for segment in section:
        segment.hh.el = -54.3
    electrode = h.IClamp(section(0.0))
    electrode.delay, electrode.dur, electrode.amp = 0.0, task["width"], task["strength"]
    places = [(round(share * task["nodes"]) + 0.5) / task["nodes"] for share in task["stations"]]
    time, traces = run(section, places, task["duration"], task["rest"])
    solver.active(0)
    first, last = (crossing(time, v, -20.0, True) for v in (traces[0], traces[-1]))
    gap = 1e-6 * task["length"] * (places[-1] - places[0])  # m
    return {"velocity": gap / (1e-3 * (last - first)), "peak": float(traces[0].max())}


if __name__ == "__main__":
    kinds = {"spike": spike, "threshold": threshold, "cable": cable}
    print(json.dumps([kinds[task["kind"]](task) for task in json.load(sys.stdin)]))
