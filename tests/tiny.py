"""A run of a few seconds: a short filter with its droplet, far from converged."""

TINY = """\
title: tiny
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  cage:
    kind: filter
    structure: kcsa
    composition: "[W X]"
    interior: [-0.4 angstrom, 0.6 angstrom]
    caps: [0, 0]
    reference: bulk
  bulk:
    kind: droplet
    waters: 4
    radius: 4 angstrom
    wall: 10 kcal/mol/angstrom^2
sampling:
  seed: 11
  replicas: 4
  states_per_gap: 3
  equilibration: 100
  adaptation: 200
  production: 1200
  stride: 10
  exchange_every: 50
  segments: 3
membrane:
  preset: neuron
"""

SHORT = ("sampling.replicas=2", "sampling.production=300")
"""Changes that make it shorter still."""
