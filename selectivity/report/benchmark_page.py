"""The page of ``benchmark``: one line for each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]


def benchmark_lines(record: Record) -> Iterator[str]:
    """Lines of the page of a record of :func:`selectivity.api.benchmark`."""
    versions = " ".join(f"{name} {text}" for name, text in record["versions"].items())
    yield f"{record['processor']}, {record['cores']} cores, {record['platform']}; {versions}"
    if record["load"] is not None:
        yield f"load {record['load']:.1f} at the start, {record['load_at_the_end']:.1f} at the end"
    for name, lines in PAGES.items():
        if name in record:
            yield ""
            yield from lines(record[name])


def _value(row: Record, unit: float = 1.0, form: str = "10.3f") -> str:
    low, high = min(row["values"]) * unit, max(row["values"]) * unit
    return f"{row['median'] * unit:{form}}  ({low:.3g} to {high:.3g})"


def _throughput(part: Record) -> Iterator[str]:
    titles = {
        "trial_moves_per_s": ("million trial moves per CPU second", 1e-6),
        "pair_sites_per_ns": ("pair-sites per ns", 1.0),
        "hardware_per_ns": ("hardware, operations per ns", 1.0),
        "forces_per_s": ("all forces and torques, thousand times per CPU second", 1e-3),
    }
    for key, (title, unit) in titles.items():
        yield title
        for name, row in part[key].items():
            yield f"  {name:24} {_value(row, unit)}"
    yield "ratios, medians over the turns"
    for name, ratio in part["ratios"].items():
        yield f"  {name:32} {ratio:8.2f}"
    for name, share in part["share_of_bound"].items():
        yield f"  {name:6} pair-sites to reciprocal square roots {100.0 * share:3.0f} %"


def _rates(title: str) -> Callable[[Record], Iterator[str]]:
    def lines(part: Record) -> Iterator[str]:
        yield f"{title}: effective samples per CPU second"
        for plan, rows in part.items():
            if isinstance(rows, Mapping):
                yield f"  {plan}"
                for name, row in rows.items():
                    yield f"    {name:14} {_value(row, form='10.1f')}"

    return lines


def _scaling(part: Record) -> Iterator[str]:
    yield "CPU microseconds of a sweep by number of waters"
    for n, row in part["microseconds_per_sweep"].items():
        yield f"  {n:>5} {_value(row, form='10.1f')}"
    constant, exponent = part["constant_microseconds"], part["exponent"]
    last = part["exponent_at_the_end"]
    yield f"  cost = {constant:.3g} N^{exponent:.2f}; between the two largest N^{last:.2f}"


def _threads(part: Record) -> Iterator[str]:
    yield "sweeps per second of wall time by number of threads, a chain on each"
    for n, row in part.items():
        gain, cores = row["gain"]["median"], row["cores_given"]["median"]
        rate = row["sweeps_per_s"]["median"]
        yield f"  {n:>3} {rate:10.0f}  gain {gain:.2f}, {cores:.2f} cores given"


def _estimates(part: Record) -> Iterator[str]:
    shape = f"{part['windows']} windows x {part['samples_per_window']} samples"
    yield f"CPU seconds of estimates, {shape}"
    for name, row in part.items():
        if isinstance(row, Mapping):
            rest = ", ".join(f"{key} {v:.2g}" for key, v in row.items() if key != "cpu_s")
            yield f"  {name:26} {_value(row['cpu_s'])}  {rest}"


PAGES: dict[str, Callable[[Record], Iterator[str]]] = {
    "throughput": _throughput,
    "droplet": _rates("droplet of K+ in 64 waters"),
    "filter": _rates("filter of KcsA, [K W X W], windows about S2"),
    "scaling": _scaling,
    "threads": _threads,
    "estimates": _estimates,
}
