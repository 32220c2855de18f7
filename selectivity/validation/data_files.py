"""Reference files of others that the program does not carry, and where a user gets them."""

_SPCE = (
    "the sample configurations of https://www.nist.gov/mml/csd/chemical-informatics-group/"
    "spce-water-reference-calculations-10a-cutoff"
)
_LJ = (
    "the sample configurations of https://www.nist.gov/mml/csd/chemical-informatics-group/"
    "lennard-jones-fluid-reference-calculations-cuboid-cell"
)
_PDB = "https://files.rcsb.org/download/{}.pdb, saved in small letters"

FILES: dict[str, str] = {
    **{f"nist_spce_sample_config_periodic{i}.xyz": _SPCE for i in range(1, 5)},
    **{f"nist_lj_sample_config_periodic{i}.xyz": _LJ for i in range(1, 5)},
    **{f"{name}.pdb": _PDB.format(name.upper()) for name in ("1k4c", "3ldc", "5vke")},
}
"""File -> where it comes from."""
