"""What the numbers hold and do not hold, where they come from, and what is to be cited."""

from __future__ import annotations

from selectivity.permeation.measured import FORCE_FIELD_CAVEAT
from selectivity.report.console import analysis_text, ratio_text
from selectivity.report.page.canvas import Section, Table
from selectivity.report.page.material import Material, Record
from selectivity.report.ratio_page import limits


def caveat_section(material: Material) -> Section:
    """What every number of the page is conditional on, and every warning."""
    record = material.ratio
    remarks = limits(record) if record is not None else [FORCE_FIELD_CAVEAT]
    warnings = record.get("warnings") if record is not None else material.analysis.get("warnings")
    listed = [f"Warning: {text}" for text in warnings or ()]
    if record is None:
        listed += [
            f"Warning: {s['system']}: {text}"
            for s in material.analysis["systems"]
            for text in s["diagnostics"].get("warnings") or ()
        ]
    return Section("caveats", "What the number is, and what it is not", (), (), [*remarks, *listed])


def provenance_section(material: Material) -> Section:
    """Versions, seeds, digests and the command; how far the run is."""
    found = material.analysis.get("provenance") or {}
    rows = [
        ("run file", str(found.get("run_file", ""))),
        ("command", " ".join(map(str, found.get("command", ())))),
        ("digest of the run", str(found.get("digest", ""))),
        ("versions, sampled with", _pairs(found.get("versions", {}))),
        ("platform", str(found.get("platform", ""))),
        ("analysed with", _pairs(found.get("result", {}).get("versions", {}))),
        ("seeds", _pairs(found.get("seeds", {}))),
    ]
    rows += [(f"parameter set {name}, SHA-256", digest)
             for name, digest in found.get("forcefield_sha256", {}).items()]  # fmt: skip
    digests = found.get("structure_sha256", {})
    by_digest: dict[str, list[str]] = {}
    for system, digest in digests.items():
        by_digest.setdefault(str(digest), []).append(system)
    rows += [(f"structure of {', '.join(systems)}, SHA-256", digest)
             for digest, systems in by_digest.items()]  # fmt: skip
    stored = Table(
        "How far the run is",
        ("system", "share stored", "segments by replica"),
        [
            (row["system"], f"{100 * row['share']:.0f} %",
             f"{' '.join(map(str, row['stored']))} of {row['segments']}")
            for row in material.status
        ],
    )  # fmt: skip
    table = Table("What the numbers rest on", ("what", "value"), [row for row in rows if row[1]],
                  left=2)  # fmt: skip
    return Section("provenance", "Where it comes from", (), (table, stored))


def _pairs(values: Record) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def citation_section(material: Material) -> Section:
    """The program, the structure and the parameter sets, with the sources that they name."""
    remarks = [
        "selectivity: ion selectivity of potassium channels from explicit particles "
        f"(version {_version(material)})"
    ]
    remarks += [f"{what}: {source}" for what, source in material.sources]
    return Section("citations", "To be cited", (), (), remarks)


def _version(material: Material) -> str:
    found = material.analysis.get("provenance") or {}
    return str(found.get("versions", {}).get("selectivity", "unknown"))


def printed(material: Material) -> str:
    """What the command line prints of the same record."""
    if material.ratio is not None:
        return ratio_text(material.ratio, 100, ascii_only=False)
    if not material.analysis["systems"]:
        return ""
    return analysis_text(material.analysis, 100, ascii_only=False)
