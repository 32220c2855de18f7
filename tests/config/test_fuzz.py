"""Whatever stands in a run file, `check` answers with its cost or with problems at their places.

The quick tests try 500 files, those under the mark ``validate`` more than 10,000 wrong ones.
"""

import contextlib
import io
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import strategies as st

from selectivity.cli.main import answer
from tests.config.mutations import KEYS, MUTATIONS, VALUES, mutated
from tests.fuzzing import cases, try_all

SMALL = (Path(__file__).parent / "small.yaml").read_bytes()
WIDE = (Path(__file__).parent / "wide.yaml").read_bytes()
LINES = SMALL.splitlines()
SLOW = 20.0
"""CPU seconds that no answer may take."""
_PROBLEM = re.compile(r"(?:selectivity: )?(?:run\.yaml|--set .*?):(\d+):(\d+): .+?: .+")


def told(content: bytes, folder: Path, *options: str) -> int:
    """Exit code of ``check`` on a file of that content: 0 or 2, and then problems with places."""
    (folder / "run.yaml").write_bytes(content)
    out, err, before = io.StringIO(), io.StringIO(), time.process_time()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = answer(["check", "run.yaml", *options])
    said = err.getvalue()
    assert time.process_time() - before < SLOW
    assert "Traceback" not in said
    assert code in (0, 2), said
    if code == 0:
        assert "of CPU time" in out.getvalue()
        assert said == ""
        return code
    assert out.getvalue() == ""
    rows = len(content.decode("utf-8", "replace").splitlines()) + 1
    for line in said.removesuffix("\n").split("\n"):
        match = _PROBLEM.fullmatch(line)
        assert match is not None, said
        assert 1 <= int(match[1]) <= rows
        assert int(match[2]) >= 1
        assert line.isprintable()
        assert len(line) < 2000
    return code


@cases(308, 12_500)
def test_spoiled_files(tmp_path: Path, count: int, capsys) -> None:
    seen: Counter[int] = Counter()

    def case(base: bytes, steps: list[tuple[str, float, float]]) -> None:
        seen[told(mutated(base, steps), tmp_path)] += 1

    share = st.floats(0.0, 1.0, exclude_max=True)
    usual = sorted(MUTATIONS.keys() - {"bomb"})  # which takes seconds to read
    often = [*usual, *usual, "bomb"] if count > 1000 else usual
    step = st.tuples(st.sampled_from(often), share, share)
    steps = st.lists(step, min_size=1, max_size=4)
    try_all(count, case, st.sampled_from([SMALL, SMALL, WIDE]), steps)
    assert seen[2] > 0.8 * count
    with capsys.disabled():
        if count > 1000:
            print(f"\n{seen[2]} wrong run files and {seen[0]} sound ones")


@pytest.mark.parametrize("kind", range(12))
def test_bombs(tmp_path: Path, kind: int) -> None:
    assert told(MUTATIONS["bomb"](SMALL, (kind + 0.5) / 12.0, 0.3), tmp_path) == 2


@cases(100, 1_000)
def test_any_text(tmp_path: Path, count: int) -> None:
    text = st.text(max_size=80).map(lambda t: t.encode("utf-8", "surrogatepass"))

    def case(content: bytes) -> None:
        told(content, tmp_path)

    try_all(count, case, st.one_of(text, st.binary(max_size=200)))


@cases(50, 500)
def test_lines_shuffled_or_dropped(tmp_path: Path, count: int) -> None:
    def case(order: list[int], kept: int) -> None:
        told(b"\n".join(LINES[i] for i in order[:kept]), tmp_path)

    try_all(count, case, st.permutations(range(len(LINES))), st.integers(0, len(LINES)))


OVERRIDES = [
    *KEYS, "membrane.preset", "membrane.permeability.Cl", "membrane.concentrations.K.inside",
    "sampling.replicas", "sampling.stride", "sampling.seed", "sampling.states_per_gap",
    "systems.kcsa", "systems.kcsa.kind", "systems.kcsa.composition", "systems.kcsa.tether",
    "systems.kcsa.reservoir", "systems.kcsa.windows.lower", "systems.kcsa.windows.spacing",
    "systems.kcsa.windows.force_constant", "systems.kcsa.orientation", "systems.kcsa.caps",
    "systems.kcsa.reference", "systems.kcsa.forcefield", "systems.kcsa.structure",
    "systems.bulk.waters", "systems.bulk.radius", "systems.bulk.sampling.production",
    "systems.bulk.kind", "systems.", ".", "..", "systems..kind",
]  # fmt: skip


@cases(30, 1_500)
def test_overrides(tmp_path: Path, count: int) -> None:
    def case(key: str, value: str) -> None:
        told(SMALL, tmp_path, "--set", f"{key}={value}")

    try_all(count, case, st.sampled_from(OVERRIDES), st.sampled_from(VALUES))
