"""Where sampling hands its blocks: straight into the run folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.folder import RunFolder
from selectivity.storage.segment import write_segment

if TYPE_CHECKING:
    from selectivity.sampling.checkpoint import Snapshot


@dataclass(frozen=True)
class FolderSink:
    """Callable that stores what it is given as the next segment of ``folder``.

    It keeps no state: threads may share it, and it travels to other processes by pickle. Whoever
    uses it holds the folder's lock.
    """

    folder: RunFolder
    provenance: dict[str, Any] = field(default_factory=dict)

    def __call__(self, snapshot: Snapshot, samples: ReplicaSamples | None) -> Path:
        """Store one segment; errors as :func:`selectivity.storage.segment.write_segment`."""
        return write_segment(self.folder, snapshot, samples, self.provenance)
