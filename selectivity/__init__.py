"""Ion selectivity of potassium channels from explicit particles.

Rooms, in import order: ``forcefield`` (what the particles are), ``geometry`` (where the filter
is), ``system`` (what one simulation holds), ``engine`` (the numba kernels), ``sampling``,
``estimators``, ``permeation``, ``membrane``, then ``storage``, ``config``, ``report``,
``validation``, ``api`` and ``cli``. Each imports only from rooms before it.
"""

__version__ = "0.1.0"
