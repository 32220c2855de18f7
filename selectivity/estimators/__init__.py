"""Numbers from samples: correlation, MBAR, WHAM, profiles, barriers and convergence.

``correlation`` effective samples of a series; ``mbar`` free energies and the sample denominators of
mixture states; ``wham`` the second witnesses; ``profile`` free-energy profiles of all ions on one
common zero; ``alchemical`` the same without a coordinate; ``barrier`` wells, maxima and the
levelling function; ``convergence`` the verdict.
"""
