"""The living cell: what keeps its ions in place, and what happens when that stops.

Works without a simulation. V = φ_in − φ_out in volt, concentrations in mM (mol/m³), currents
outward positive in A/m², temperature in K and never a default.
"""
