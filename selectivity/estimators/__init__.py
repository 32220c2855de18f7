"""Numbers from samples: correlation, MBAR, WHAM, profiles, barriers and convergence.

``correlation`` effective samples of a series; ``mbar`` free energies of many states from a table,
``separable`` those of the windows of a replica without one, ``newton`` the method of both and
``cells`` their start from histograms; ``mixture`` what a sample weighs for every identity;
``weights`` those of a whole replica, with means along z; ``profile`` free-energy profiles of all
ions on one common zero, ``binned`` the same from histograms, ``wham`` the second witnesses;
``alchemical`` the same without a coordinate; ``hydration`` coordination along the axis;
``occupancy`` the number and the places of waters in a file that is open to them; ``barrier``
wells, maxima and the levelling function; ``mixing`` round trips and exchange; ``turnover`` the
same for the number of waters; ``starts`` and ``memory`` whether replicas agree however they began;
``convergence`` the verdict.
"""
