"""The filter: distances of three crystals, profiles through them, and what stiffness does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.geometry.files import load_filter
from selectivity.records import Estimate
from selectivity.sampling.streams import stream
from selectivity.units import KCAL
from selectivity.validation import filter_profiles as along
from selectivity.validation import filter_sites, run_ratios
from selectivity.validation.context import Arrays, Context
from selectivity.validation.filter_pictures import oxygen_figure, profile_figure, stiffness_figure
from selectivity.validation.filter_profiles import FilterProfiles, read_profiles
from selectivity.validation.records import Computed
from selectivity.validation.replicas import by_name, from_estimate, from_replicas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Held = dict[tuple[str, str], list[Arrays]]
"""What was seen with K+ held in a site, by structure and site: one record a replica."""


# Structures ---------------------------------------------------------------------------------


def structure(context: Context) -> Computed:
    """One number of a shipped structure or, with ``file``, of the crystal's own file."""
    s = context.settings
    file = context.file(s["file"]) if "file" in s else None
    geometry = filter_sites.geometry_of(s["structure"], file)
    keys = {key: s[key] for key in ("ring", "site") if key in s}
    return Computed(filter_sites.value(geometry, s["quantity"], **keys))


def shipped_as_read(context: Context) -> Computed:
    """Largest difference between the shipped table and the crystal's file, Å."""
    s = context.settings
    read = filter_sites.geometry_of(s["structure"], context.file(s["file"]))
    return Computed(filter_sites.largest_difference(load_filter(s["structure"]), read))


# K+ held in a site --------------------------------------------------------------------------


def hold(context: Context) -> Held:
    """K+ under an umbrella at every site that the crystals name in the cages."""
    s = context.settings
    places = {
        f"{structure}-{site}": (structure, site)
        for structure, sites in s["places"].items()
        for site in sites
    }

    def make(name: str, replica: int) -> Arrays:
        structure, site = places[name]
        rng = stream(context.seed, f"held {structure} {site}", replica, 0)
        return filter_sites.held(structure, site, rng, s["records"], s["stride"])

    found = by_name(context, places, make)
    return {places[name]: pieces for name, pieces in found.items()}


def held_distance(context: Context) -> Computed:
    """K-O distance of mean places in one site to one ring, Å, with that of the crystal."""
    s = context.settings
    geometry = load_filter(s["structure"])
    pieces = context.stage()[s["structure"], s["site"]]
    rings = [ring.name for ring in geometry.rings]
    mean = np.mean([piece["distance"][rings.index(s["ring"])] for piece in pieces])
    shift = np.mean([piece["x"][2] for piece in pieces]) - geometry.sites[s["site"]]
    note = f"mean of the distances {mean:.2f}, K+ {shift:+.2f} from the crystal's site"
    found = [filter_sites.mean_place_distance(geometry, s["ring"], piece) for piece in pieces]
    return from_replicas(found, note)


def fluctuation(context: Context) -> Computed:
    """rms of a ring's oxygens with K+ in S1 to S4, over (B/8π²)^½ of the crystal."""
    s = context.settings
    geometry = load_filter(s["structure"])
    ring = geometry.ring(s["ring"])
    crystal = filter_sites.value(geometry, "rms", ring=ring.name)
    states = [
        pieces for (structure, _), pieces in context.stage().items() if structure == s["structure"]
    ]
    rms = [
        filter_sites.rms_about_mean(ring, geometry, list(pieces))
        for pieces in zip(*states, strict=True)
    ]
    return from_replicas(
        np.array(rms) / crystal, f"{np.mean(rms):.3f} against {crystal:.3f} per axis"
    )


# Profiles -----------------------------------------------------------------------------------


def _read(context: Context, system: str = "system", structure: str = "structure") -> FilterProfiles:
    return read_profiles(context.stage(), context.settings[system], context.settings[structure])


def minimum(context: Context) -> Computed:
    """How far the ion's minimum lies from its cage centre or plane, Å; none gives no value."""
    s, read = context.settings, _read(context)
    here, low, high = along.around(read, s["kind"], s["place"])
    levelled = s.get("levelled", False)
    found = along.minimum_place(read, s["ion"], low, high, levelled)
    if found is None:
        return Computed(float("nan"), note=f"no minimum from {low:.2f} to {high:.2f}")
    note = f"at {found.value:+.2f}, the {s['kind']} at {here:+.2f}"
    return from_estimate(Estimate(abs(found.value - here), found.error, found.dof), note)


def cage_over_plane(context: Context) -> Computed:
    """ΔΔG in the centre of a cage less that in the more selective plane beside it, kcal/mol."""
    s, read = context.settings, _read(context)
    cage = next(c for c in read.geometry.cages if c.name == s["cage"])
    centre = along.ddg_at(read, cage.center)
    planes = [along.ddg_at(read, read.geometry.planes[name]) for name in (cage.lower, cage.upper)]
    higher = max(planes, key=lambda values: float(values.mean()))
    bulk = along.bulk(context.stage(), s["droplet"]).value
    texts = [f"{(values.mean() - bulk) / KCAL:.1f}" for values in (centre, *planes)]
    note = f"centre {texts[0]}, planes {texts[1]} and {texts[2]}"
    return from_estimate(Estimate.from_replicas(centre - higher), note, KCAL)


def climb(context: Context) -> Computed:
    """Highest less lowest levelled W from S3 to S1, kcal/mol."""
    s = context.settings
    found, top, bottom = along.climb(_read(context), s["ion"], "S3", "S1")
    note = f"from {bottom:+.2f} up to {top:+.2f}"
    return from_estimate(Estimate.from_replicas(found), note, KCAL)


def climb_difference(context: Context) -> Computed:
    """The climb of K+ less that of Na+, kcal/mol."""
    read = _read(context)
    found = [along.climb(read, ion, "S3", "S1")[0] for ion in ("K", "Na")]
    return from_estimate(Estimate.from_replicas(found[0] - found[1]), "", KCAL)


def above_sites(context: Context) -> Computed:
    """Lowest W_K in one cage less the lowest in another, kcal/mol."""
    s, read = context.settings, _read(context)
    here, there = (along.lowest_near(read, "K", s[key]) for key in ("site", "against"))
    w = read.of("K")
    note = f"lowest at {read.z[here]:+.2f} and {read.z[there]:+.2f}"
    return from_estimate(Estimate.from_replicas(w[:, here] - w[:, there]), note, KCAL)


def fewer_ligands(context: Context) -> Computed:
    """Ligand oxygens about K+ in the centre of a cage, less those in another structure."""
    s = context.settings
    found = []
    for system, structure in (("system", "structure"), ("against", "against_structure")):
        read = _read(context, system, structure)
        found.append(along.ligands_at(read, "K", read.geometry.cage_centers[s["site"]]))
    here, there = (Estimate.from_replicas(values) for values in found)
    return from_estimate(here - there, f"{here.value:.2f} against {there.value:.2f}")


# Ratios -------------------------------------------------------------------------------------


def _system(context: Context, key: str = "system") -> run_ratios.Record:
    return run_ratios.system_of(context.stage().ratio(), context.settings[key])


def ratio(context: Context) -> Computed:
    """RT ln P_K/P_Na of the levelled integral, kcal/mol."""
    return run_ratios.reported(run_ratios.effective(_system(context)))


def ratio_difference(context: Context) -> Computed:
    """RT ln P_K/P_Na of one system less that of another, kcal/mol; they share their droplet."""
    found = (run_ratios.effective(_system(context, key)) for key in ("system", "against"))
    a, b = (Estimate(each.value, each.own_error, each.dof) for each in found)
    return from_estimate(a - b)


def spread(context: Context) -> Computed:
    """Largest less smallest RT ln P_K/P_Na of all filters of the run, kcal/mol."""
    rows = {row["system"]: row for row in context.stage().ratio()["systems"]}
    each = {name: run_ratios.effective(row) for name, row in rows.items()}
    found = {name: Estimate(e.value, e.error, e.dof) for name, e in each.items()}
    low, high = (pick(found, key=lambda n: found[n].value) for pick in (min, max))
    return from_estimate(found[high] - found[low], f"{low} to {high}")


def site(context: Context) -> Computed:
    """ΔΔG_site from plane to plane, kcal/mol."""
    row = _system(context)
    found = row["sites"][context.settings["site"]]
    value, error = run_ratios.kcal_of(found, "ddg_kJ_mol")
    centre, _ = run_ratios.kcal_of(found["centre"], "ddg_kJ_mol")
    return Computed(value, error, row["replicas"] - 1.0, note=f"in the centre {centre:.1f}")


def most_selective(context: Context) -> Computed:
    """ΔΔG_site of S2 less the largest of the other sites, kcal/mol; the droplet drops out."""
    read = _read(context)
    found = along.site_ddg(read, context.settings["sites"])
    others = {name: values for name, values in found.items() if name != "S2"}
    name = max(others, key=lambda n: float(others[n].mean()))
    return from_estimate(
        Estimate.from_replicas(found["S2"] - others[name]), f"next is {name}", KCAL
    )


def pictures(stages: Mapping[str, Any]) -> list[Figure]:
    """Profiles with cages and planes, distances in the sites, ΔΔG against stiffness."""
    figures = []
    panels = [
        (title, read_profiles(stages[stage], system, name), along.bulk(stages[stage], "bulk"))
        for stage, system, name, title in DRAWN
        if stage in stages
    ]
    if panels:
        figures.append(profile_figure(panels))
    if "sites" in stages:
        figures.append(oxygen_figure(stages["sites"]))
    if "stiffness" in stages:
        records = stages["stiffness"].ratio()["systems"]
        figures.append(stiffness_figure(records))
    return figures


DRAWN = (
    ("dry", "dry-kcsa", "kcsa", "KcsA, dry"),
    ("dry", "dry-mthk", "mthk", "MthK, dry"),
    ("dry", "dry-kcsa-collapsed", "kcsa_collapsed", "KcsA 5VKE, dry"),
    ("rigid", "kcsa", "kcsa", "KcsA, dry, rigid"),
    ("hydrated", "wet-kcsa", "kcsa", "KcsA, [W X W]"),
    ("hydrated", "wet-mthk", "mthk", "MthK, [W X W]"),
)
"""Stage, system, structure and title of the profiles that are drawn."""
