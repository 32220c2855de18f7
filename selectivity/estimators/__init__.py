"""Numbers from samples: correlation, MBAR, WHAM, profiles, barriers and convergence.

``correlation`` effective samples of a series; ``mbar`` free energies of many states; ``mixture``
what a sample weighs for every identity; ``weights`` those of a whole replica, with means along z;
``wham`` the second witnesses; ``profile`` free-energy profiles of all ions on one common zero;
``alchemical`` the same without a coordinate; ``hydration`` coordination along the axis;
``occupancy`` the number and the places of waters in a file that is open to them; ``barrier``
wells, maxima and the levelling function; ``mixing`` round trips and exchange; ``turnover`` the
same for the number of waters; ``starts`` and ``memory`` whether replicas agree however they began;
``convergence`` the verdict.
"""
