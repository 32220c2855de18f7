"""How long and how finely a system is sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SamplingPlan:
    """Lengths in sweeps (one trial move per mobile molecule on average), per window and replica.

    Parameters
    ----------
    seed : int
        Root of every random stream.
    replicas : int
        Independent replicas; even ones start as the first ion, odd ones as the last.
    states_per_gap : int
        Intermediate steps of the identity ladder between two neighbouring ions.
    equilibration, adaptation, production : int
        Sweeps with tuning at fixed starting identity, with adaptive identity weights, and with
        everything frozen.
    stride : int
        Sweeps between two stored samples and between two resamplings of the identity.
    exchange_every : int
        Sweeps between two rounds of exchange between neighbouring windows.
    trajectory_every : int
        Sweeps for one trajectory of all molecules together (hybrid Monte Carlo), on average; 0 for
        none.
    trajectory_steps : int
        Steps of a trajectory on average.
    frames_every : int
        Sweeps between two frames, the coordinates of every window, rounded down to whole rounds of
        exchange; 0 keeps none. Frames change nothing that is sampled.
    segments : int
        Parts into which production is cut; each is stored whole, and a resumed run continues
        after the last complete one.
    precision : {"mixed", "double"}
        Pair energies in float32 with float64 sums, or everything in float64.
    """

    seed: int = 2026
    replicas: int = 8
    states_per_gap: int = 5
    equilibration: int = 2_000
    adaptation: int = 4_000
    production: int = 20_000
    stride: int = 10
    exchange_every: int = 20
    trajectory_every: int = 10
    trajectory_steps: int = 20
    frames_every: int = 1_000
    segments: int = 4
    precision: Literal["mixed", "double"] = "mixed"

    @property
    def sweeps(self) -> int:
        """All sweeps of a window and replica."""
        return self.equilibration + self.adaptation + self.production

    @property
    def rounds(self) -> int:
        """Rounds of exchange in one segment."""
        return max(1, self.production // self.segments // self.exchange_every)

    @property
    def trajectory(self) -> tuple[int, int]:
        """Sweeps for one trajectory, and its mean number of steps."""
        return self.trajectory_every, self.trajectory_steps

    def keeps_frame(self, n: int) -> bool:
        """Whether the n-th round of production (from 1, over all segments) ends with a frame."""
        if self.frames_every == 0:
            return False
        return n % max(1, self.frames_every // self.exchange_every) == 0
