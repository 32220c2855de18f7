"""Where the resident ions of the single file stand while the sampled ion stands at z."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.estimators.members import Residents
from selectivity.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def residents_figure(
    found: Residents, sites: Sites, ions: Sequence[str] = (), title: str = ""
) -> Figure:
    """Density of the resident ions along the axis, column by column of z of X; a panel an ion.

    Every column is normalised by itself, whatever W(z) is there. Full lines are the oxygen planes,
    the dotted one is X itself.

    Parameters
    ----------
    found : Residents
    sites : Sites
        Interior, cages and planes.
    ions : sequence of str
        What X is in the panels; all ions without it.
    title : str
    """
    from matplotlib.colors import LinearSegmentedColormap

    shown = tuple(ions) or found.ions
    figure = style.new_figure(3.2 * len(shown) + 1.1, 4.3, title)
    axes = np.atleast_1d(figure.subplots(1, len(shown), sharey=True))
    symbols = [member.split(":")[1] for member in found.members]
    ramp = LinearSegmentedColormap.from_list("resident", ["white", style.ion_colour(symbols[0])])
    density = {ion: sum(found.density[ion, m] for m in found.members) for ion in shown}
    top = max(float(np.nanmax(values)) for values in density.values())
    for ax, ion in zip(axes, shown, strict=True):
        mesh = ax.pcolormesh(
            found.z, found.z_resident, density[ion], cmap=ramp, vmin=0.0, vmax=top, rasterized=True
        )
        _marks(ax, found, sites)
        style.tidy(ax, xlabel=f"z of X = {style.ion_label(ion)} (Å)")
    who = ", ".join(style.ion_label(symbol) for symbol in dict.fromkeys(symbols))
    style.tidy(axes[0], ylabel=f"z of the resident {who} (Å), inside → outside")
    _names(axes[-1], found, sites)
    bar = figure.colorbar(mesh, ax=list(axes), pad=0.02, fraction=0.05)
    bar.ax.tick_params(labelsize=style.SMALL)
    bar.set_label("density (1/Å)", fontsize=style.TEXT)
    return figure


def _marks(ax: Axes, found: Residents, sites: Sites) -> None:
    """Planes both ways, the cages of X above, X itself as a diagonal."""
    half = 0.5 * (found.z_resident[1] - found.z_resident[0])
    low, high = found.z_resident[0] - half, found.z_resident[-1] + half
    for plane in sites.planes.values():
        if found.z[0] < plane < found.z[-1]:
            ax.axvline(plane, color=style.GREY, lw=0.8)
        if low < plane < high:
            ax.axhline(plane, color=style.GREY, lw=0.8)
    ax.plot(found.z, found.z, color="black", lw=1.0, ls=(0, (1, 2)))
    style.filter_names(ax, Sites(sites.interior, sites.cages), found.z)
    ax.set_xlim(found.z[0], found.z[-1])
    ax.set_ylim(low, high)


def _names(ax: Axes, found: Residents, sites: Sites) -> None:
    """Planes and cages of the residents at the right of the last panel."""
    low, high = ax.get_ylim()
    for named, weight, colour in (
        (sites.cages, "bold", "black"),
        (sites.planes, "normal", style.GREY),
    ):
        for name, z in named.items():
            if low < z < high:
                ax.text(1.02, z, name, transform=ax.get_yaxis_transform(), va="center",
                        fontsize=style.SMALL, fontweight=weight, color=colour)  # fmt: skip
