"""Holds the program against every number outside it that it can be held against.

``records`` what a row, a stage and a result are; ``catalogue`` the rows, read from the data files
of ``sections/``; ``context`` what a row is computed from, with its stored pieces; ``digest`` what
decides a stored result; ``judge`` the verdict; ``campaign`` goes through the rows; ``table`` lines,
CSV and JSON; ``page`` the HTML page. ``small``, ``exact``, ``statistics`` and ``quench`` are what
sections share: small systems ready to move, their integrals, tests of series, and minima.

A row is added in ``sections/``: a table ``NAME.toml`` of targets with their sources beside a module
``NAME.py`` whose functions take a :class:`~selectivity.validation.context.Context` and return a
:class:`~selectivity.validation.records.Computed`; ``catalogue.SECTIONS`` holds their order. No
parameter of the model is ever set by what stands here.
"""
