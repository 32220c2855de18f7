"""The figures that ``analyse`` writes into ``results/``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from selectivity.api.compute import Computed
from selectivity.api.stored import StoredRun
from selectivity.report.figures import (
    compositions_figure,
    diagnostics_figure,
    identity_figure,
    profile_figure,
    save_figure,
    water_figure,
)
from selectivity.report.ratio_page import DRY_LIMIT, measured_beside
from selectivity.report.running import running_ratio
from selectivity.report.scan_plot import scan_figure
from selectivity.system.spec import FilterSpec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["compositions_figure", "profile_picture", "save_figure", "scan_figure", "write_figures"]


def write_figures(run: StoredRun, computed: dict[str, Computed]) -> list[Path]:
    """Profiles and diagnostics of every system, and the ratios side by side where there are two.

    A filter whose file is open to water has a figure of its waters too.
    """
    written = []
    for name, c in computed.items():
        stem = name.replace("/", "-")
        if c.profiles is not None:
            written += _filter_figures(run, c, stem)
        else:
            a, b = run.run_file.pair
            figure = identity_figure(c.stored.replicas, c.free.per_replica(a, b), (a, b), name)
            written.append(save_figure(figure, run.folder.results_path(f"{stem}-diagnostics.png")))
    if sum(c.ratio is not None for c in computed.values()) > 1:
        from selectivity.api.ratios import filter_dict

        rows = [filter_dict(c) for c in computed.values() if c.ratio is not None]
        headline = next((r for r in rows if r["system"] == run.run_file.headline), rows[0])
        figure = compositions_figure(rows, measured_beside(headline), run.run_file.title)
        written.append(save_figure(figure, run.folder.results_path("ratios.png")))
    return written


def profile_picture(c: Computed) -> Figure:
    """W(z) of every ion of a filter, as sampled and levelled, and ΔΔG(z), over its rings."""
    assert c.profiles is not None
    assert c.sites is not None
    assert c.reference is not None
    return profile_figure(c.profiles, c.sites, c.reference, c.ratio, _title(c))


def _title(c: Computed) -> str:
    """System, composition and parameter set."""
    spec = c.stored.spec
    assert isinstance(spec, FilterSpec)
    composition = str(spec.composition)
    label = f" ({DRY_LIMIT})" if composition == "[X]" else ""
    return f"{spec.name.replace('/', '-')} {composition}, {spec.forcefield}{label}"


def _filter_figures(run: StoredRun, c: Computed, stem: str) -> list[Path]:
    assert isinstance(c.stored.spec, FilterSpec)
    assert c.profiles is not None
    assert c.sites is not None
    assert c.ratio is not None
    title = _title(c)
    # what the headline was on the way costs a whole analysis a point: the others show their end
    shares = (0.25, 0.5, 0.75) if c.stored.spec.name == run.run_file.headline else ()
    a, b = c.ratio.a, c.ratio.b
    final = c.ratio.ddg_integral
    running = running_ratio(c.stored.replicas, c.ratio.bulk, c.sites, a, b, shares, final)
    diagnostics = diagnostics_figure(
        c.stored.replicas, c.profiles, c.ratio, running, c.shells, c.sites, title
    )
    figures = {"profile": profile_picture(c), "diagnostics": diagnostics}
    if c.turnover is not None:
        figures["water"] = water_figure(
            c.stored.replicas,
            c.water,
            c.turnover,
            c.profiles,
            c.sites,
            c.ratio.bulk,
            (a, b),
            c.stride,
            title,
        )
    return [
        save_figure(figure, run.folder.results_path(f"{stem}-{what}.png"))
        for what, figure in figures.items()
    ]
