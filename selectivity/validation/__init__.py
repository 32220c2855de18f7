"""Holds the program against every number outside it that it can be held against.

``records`` what a row, a stage and a result are; ``catalogue`` the rows, read from the data files
of ``sections/``; ``context`` what a row is computed from, with its stored pieces; ``store`` where
results lie and ``digest`` what decides whether a stored one holds; ``judge`` the verdict;
``campaign`` goes through the rows; ``table`` lines, CSV and JSON, ``summary`` the report in short
and as Markdown, ``page`` the HTML page; ``data_files`` what of others a row may need.

What sections share. Small systems: ``small`` makes them ready to move, ``move_cases``,
``file_cases`` and ``water`` hold some with the densities that they must sample, ``exact`` their
integrals, ``statistics`` tests of series, ``quench`` minima, ``periodic`` pair sums,
``openmm_witness`` and ``langevin`` the same in OpenMM. Samples: ``replicas`` of a stage and their
mean, ``fixed_ion`` one chain with one ion, ``shells`` and ``hydrates`` waters about it,
``filter_sites`` and ``filter_profiles`` distances and profiles of filters, ``run_samples`` and
``single_file`` what a run file sampled. Records of a run: ``legs`` free energies of cages,
``run_ratios`` ratios. ``hydration_figures`` and ``filter_pictures`` draw.

A row is added in ``sections/``: a table ``NAME.toml`` of targets with their sources beside a module
``NAME.py`` whose functions take a :class:`~selectivity.validation.context.Context` and return a
:class:`~selectivity.validation.records.Computed`; ``catalogue.SECTIONS`` holds their order. No
parameter of the model is ever set by what stands here.
"""
