"""The only room with numba: arrays of plain numbers go in, sweeps change them in place.

``arrays`` what kernels work on; ``pack`` the door, from a topology to arrays, ``pack_model`` its
larger half; ``delta`` the fast pair sum; ``onebody`` tethers, orientation and walls; ``metropolis``
the one acceptance rule; ``moves`` of one molecule or of the single file; ``water`` with ``places``
and ``growth``, where waters come and go; ``forces`` and ``trajectory``, all molecules together;
``identity`` and ``sweep`` the sampler; ``energy`` the slow reference in NumPy; ``flags`` how all of
it is compiled.
"""
