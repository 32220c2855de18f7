"""Going through rows: what is run, what is kept, what is run again, and what says why not."""

from __future__ import annotations

import json
import math
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from selectivity.errors import InputError, NotConvergedError, StoppedError
from selectivity.validation import campaign as module
from selectivity.validation.context import RunOutput
from selectivity.validation.records import Computed
from selectivity.validation.replicas import by_name

TABLE = """
title = "T"
text = "t"
source = "s"
mark = "C"
[[stage]]
name = "shared"
title = "shared work"
compute = "work"
cpu_seconds = 30
settings = { n = 3, full = { n = 5 } }
[[row]]
id = "{id}"
title = "{id}"
unit = ""
criterion = "absolute"
tolerance = 0.1
compute = "mean"
stage = "shared"
cases = [
    { id = "good", target = 1.0, tier = "quick" },
    { id = "bad", target = 2.0, tier = "quick", known = "the target is wrong" },
    { id = "later", target = 1.0, tier = "default" },
    { id = "long", target = 1.0, tier = "full" },
]
[[row]]
id = "broken"
title = "broken"
unit = ""
criterion = "absolute"
tolerance = 0.1
target = 1.0
tier = "full"
compute = "fault"
[[row]]
id = "package"
title = "package"
unit = ""
criterion = "absolute"
tolerance = 0.1
target = 1.0
tier = "quick"
compute = "fault"
packages = ["no_such_package"]
[[row]]
id = "data"
title = "data"
unit = ""
criterion = "absolute"
tolerance = 0.1
target = 1.0
tier = "quick"
compute = "length"
needs = ["1k4c.pdb"]
"""


@pytest.fixture
def table(bench):
    """The bench with a section, and how often each of its functions was called."""
    bench.calls = {"piece": 0, "mean": 0, "fault": 0}

    def work(context):
        def make(key):
            bench.calls["piece"] += 1
            return {"x": np.array([0.9 + 0.1 * key])}

        return context.pieces(range(context.settings["n"]), make)

    def mean(context):
        bench.calls["mean"] += 1
        x = np.concatenate([piece["x"] for piece in context.stage()])
        return Computed(float(x.mean()), note=f"{x.size} of seed {context.seed}")

    def fault(context):
        bench.calls["fault"] += 1
        raise ZeroDivisionError("by zero")

    def length(context):
        return Computed(float(len(context.file("1k4c.pdb").read_text())))

    bench.section("s", TABLE, work=work, mean=mean, fault=fault, length=length)
    return bench


def verdicts(found) -> dict[str, str]:
    return {key.removeprefix("s."): outcome.verdict for key, outcome in found.items()}


def test_tiers_and_reasons(table):
    found = table.run(tier="quick")
    assert verdicts(found) == {
        "good": "pass",
        "bad": "fail",
        "later": "not run",
        "long": "not run",
        "broken": "not run",
        "package": "not run",
        "data": "not run",
    }
    assert found["s.bad"].reason.endswith("the target is wrong")
    assert found["s.later"].reason == "not part of --quick"
    assert found["s.long"].reason == "needs --full"
    assert "pip install selectivity[validation]" in found["s.package"].reason
    assert "https://files.rcsb.org/download/1K4C.pdb" in found["s.data"].reason
    assert all(o.computed is None for o in found.values() if o.verdict == "not run")


def test_what_is_finished_is_not_computed_again(table):
    first = table.run(tier="quick")
    assert table.calls == {"piece": 3, "mean": 2, "fault": 0}
    again = table.run(tier="quick")
    assert table.calls == {"piece": 3, "mean": 2, "fault": 0}
    assert again["s.good"].stored
    assert not first["s.good"].stored
    assert again["s.good"].computed == first["s.good"].computed
    table.run(tier="default")
    assert table.calls == {"piece": 3, "mean": 3, "fault": 0}


def test_a_result_of_another_tier_stands_where_the_tier_does_not_matter(table):
    """A row that an earlier, longer command computed is shown and says that it is stored."""
    table.run(tier="default")
    found = table.run(tier="quick")
    assert (found["s.later"].verdict, found["s.later"].stored) == ("pass", True)


def test_what_decides_a_result_decides_whether_it_holds(table):
    table.run(tier="quick")
    assert table.run(tier="quick", seed=7)["s.good"].computed.note == "3 of seed 7"
    assert table.calls["piece"] == 6
    full = table.run(tier="full", only=("good",))
    assert full["s.good"].computed.note == "5 of seed 2026"
    assert table.calls["piece"] == 11
    (table.folder / "s.json").write_text("{}")
    table.run(tier="quick", only=("good",))
    assert table.calls["piece"] == 14


def test_a_changed_target_is_judged_without_computing(table):
    table.run(tier="quick")
    before = dict(table.calls)
    text = TABLE.replace("target = 2.0", "target = 1.0")
    (table.folder / "s.toml").write_text(text)
    assert table.run(tier="quick")["s.bad"].verdict == "pass"
    assert table.calls == before


@pytest.mark.parametrize("text", ["", "{}", '{"key": 1}', "\x00"])
def test_a_damaged_result_is_computed_again(table, text):
    table.run(tier="quick")
    (table.out / "rows" / "s.good.json").write_text(text)
    assert verdicts(table.run(tier="quick"))["good"] == "pass"
    assert table.calls["mean"] == 3


def test_a_damaged_piece_is_made_again(table):
    table.run(tier="quick")
    (piece,) = table.out.glob("stages/*/1.npz")
    piece.write_bytes(piece.read_bytes()[:40])
    (table.out / "rows" / "s.good.json").unlink()
    assert table.run(tier="quick")["s.good"].verdict == "pass"
    assert table.calls["piece"] == 4


def test_an_error_of_a_row_fails_it_and_is_not_kept(table, monkeypatch):
    monkeypatch.delenv("SELECTIVITY_DEBUG", raising=False)
    for n in (1, 2):
        found = table.run(tier="full", only=("broken",))["s.broken"]
        assert found.verdict == "fail"
        assert found.reason == "internal error: ZeroDivisionError: by zero"
        assert table.calls["fault"] == n
    monkeypatch.setenv("SELECTIVITY_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        table.run(tier="full", only=("broken",))


def test_a_stage_that_fails_is_tried_once(table, monkeypatch):
    """By the first row that reads it; the others fail with the same reason, and so anew later."""
    monkeypatch.delenv("SELECTIVITY_DEBUG", raising=False)
    tried = []

    def work(context):
        tried.append(1)
        raise NotConvergedError("sample longer")

    table.modules["s"].work = work
    for n in (1, 2):
        found = table.run(tier="quick")
        assert (found["s.good"].reason, found["s.bad"].verdict) == ("sample longer", "fail")
        assert len(tried) == n


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [("good", {"good"}), ("s.", {"good", "bad", "later", "long"}), ("s.*d", {"good", "bad"}),
     ("l?ng", {"long"})],
)  # fmt: skip
def test_only(table, pattern, rows):
    found = table.run(tier="full", only=(pattern,))
    done = {key for key, verdict in verdicts(found).items() if verdict in ("pass", "fail")}
    assert done - {"broken"} == rows
    assert all(o.reason for o in found.values() if o.verdict == "not run")


def test_patterns_and_folders_that_are_not_there(table, tmp_path: Path):
    with pytest.raises(InputError, match="names no row"):
        table.run(only=("nothing",))
    with pytest.raises(InputError, match="names no row"):
        table.run(only=("",))
    with pytest.raises(InputError, match="is a folder"):
        table.run(data=tmp_path / "nowhere")


def test_data(table, tmp_path: Path):
    (tmp_path / "1k4c.pdb").write_text("x")
    assert table.run(tier="quick", data=tmp_path)["s.data"].verdict == "pass"
    (tmp_path / "1k4c.pdb").write_text("xxx")
    assert table.run(tier="quick", data=tmp_path)["s.data"].verdict == "fail"


def test_a_stop_loses_the_piece_in_hand_and_the_same_command_continues(table):
    stop = threading.Event()

    def progress(share: float) -> None:
        if table.calls["piece"] == 2:
            stop.set()

    table.listener = replace(table.listener, progress=progress)
    stopped = table.run(stop, tier="quick")
    assert table.calls == {"piece": 2, "mean": 1, "fault": 0}
    assert {o.verdict for o in stopped.values()} == {"not run"}
    assert "the same command continues" in stopped["s.good"].reason
    assert not list(table.out.glob("stages/*.json"))
    table.listener = module.Listener()
    assert verdicts(table.run(tier="quick"))["good"] == "pass"
    assert table.calls == {"piece": 3, "mean": 3, "fault": 0}


def test_figures_that_fail_cost_no_row(table, monkeypatch):
    """The section after it is gone through, and the reason is kept; a stop is one here too."""
    monkeypatch.delenv("SELECTIVITY_DEBUG", raising=False)

    def pictures(found):
        assert list(found) == ["shared"]
        raise ZeroDivisionError("by zero")

    table.modules["s"].pictures = pictures
    table.section("t", ONE, odd=lambda context: Computed(1.0))
    campaign = table.campaign(tier="quick")
    rows = {o.row.id: o.verdict for o in module.carry_out(campaign)}
    assert (rows["s.good"], rows["t.odd"]) == ("pass", "reported")
    assert campaign.undrawn == {"s": "internal error: ZeroDivisionError: by zero"}
    assert campaign.figures == {}

    def stopped(found):
        raise StoppedError("stopped")

    table.modules["s"].pictures = stopped
    campaign = table.campaign(tier="quick")
    assert len(module.carry_out(campaign)) == 8
    assert campaign.stop.is_set()
    assert campaign.undrawn == {}


def test_what_will_be_done_is_said_before_it_is_done(table):
    plans, stages = [], []
    table.listener = module.Listener(
        plan=lambda rows, seconds: plans.append((rows, seconds)),
        stage=lambda stage, seconds: stages.append((stage.name, seconds, dict(table.calls))),
    )
    table.run(tier="quick")
    table.run(tier="quick")
    (table.out / "rows" / "s.good.json").unlink()
    table.run(tier="quick")
    assert plans == [(2, 30.0), (0, 0), (1, 0.0)]
    assert stages == [("shared", 30.0, {"piece": 0, "mean": 1, "fault": 0})]


def test_a_number_that_json_lacks_comes_back(bench):
    def odd(context):
        return Computed(1.0, math.nan, math.inf, math.nan)

    bench.section("s", ONE, odd=odd)
    first, again = bench.run(tier="quick")["s.odd"], bench.run(tier="quick")["s.odd"]
    assert again.stored
    assert math.isnan(again.computed.error)
    assert math.isinf(again.computed.dof)
    assert (first.verdict, again.verdict) == ("reported", "reported")


ONE = """
title = "T"
text = "t"
[[row]]
id = "odd"
title = "odd"
unit = ""
source = "s"
mark = "M"
criterion = "reported"
tier = "quick"
compute = "odd"
"""

RUN = """
title = "T"
text = "t"
source = "s"
mark = "C"
[[stage]]
name = "droplet"
title = "a droplet"
run = "s.yaml"
settings = { set = ["sampling.production=100"] }
[[row]]
id = "dg"
title = "dg"
unit = "kJ/mol"
criterion = "range"
low = -200.0
high = 0.0
tier = "quick"
compute = "dg"
stage = "droplet"
"""
DROPLET = """\
title: droplet
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  bulk: {kind: droplet, waters: 4, radius: 4 angstrom, wall: 10 kcal/mol/angstrom^2}
sampling: {replicas: 2, equilibration: 50, adaptation: 50, production: 50, stride: 10,
  exchange_every: 50, segments: 2}
"""


def test_a_stage_may_be_a_run_file(bench, kernels):
    """Its samples lie in a run folder of the output; rows read its analysis."""
    from selectivity.api.running import Options
    from selectivity.api.validate import _runner

    def dg(context):
        output: RunOutput = context.stage()
        assert set(output.samples()) == {"bulk"}
        assert output.samples()["bulk"][0].z.shape == (1, 10)
        (leg,) = output.analysis()["alchemical"]
        return Computed(leg["dg_kJ_mol"], leg["error_kJ_mol"], leg["replicas"] - 1.0)

    (bench.folder / "s.yaml").write_text(DROPLET)
    bench.section("s", RUN, dg=dg)
    bench.runner = _runner(Options(executor="serial"), bench.listener, threading.Event())
    first = bench.run(tier="quick")["s.dg"]
    assert first.verdict == "pass", first.reason
    (folder,) = bench.out.glob("runs/s-droplet-*/")
    resolved = json.loads(next(folder.glob("*resolved*")).read_text())
    assert "sampling.seed=2026" in json.dumps(resolved)
    other = bench.run(tier="quick", seed=5)["s.dg"]
    assert other.computed.value != first.computed.value
    assert len(list(bench.out.glob("runs/s-droplet-*/"))) == 2
    bench.runner = None
    assert bench.run(tier="quick", seed=5)["s.dg"].stored


def test_pieces_on_several_threads_are_the_same(table):
    """All pieces are begun before the first one ends, in any order: the numbers stay."""
    n, done = 4, []
    together = threading.Barrier(n, timeout=20)

    def make(key):
        together.wait()
        done.append(key)
        return {"x": np.random.default_rng(key).normal(size=3)}

    context = replace(_context(table.campaign()), workers=n)
    found = context.pieces(range(n), make)
    assert sorted(done) == list(range(n))
    for key, piece in enumerate(found):
        assert np.array_equal(piece["x"], np.random.default_rng(key).normal(size=3))


def test_pieces_of_named_replicas(table, tmp_path: Path):
    def make(name, number):
        return {"x": np.array([ord(name), number])}

    context = replace(_context(table.campaign()), folder=tmp_path, settings={"replicas": 2})
    found = by_name(context, ["b", "a"], make)
    rows = {name: [piece["x"].tolist() for piece in pieces] for name, pieces in found.items()}
    assert rows == {"b": [[98, 0], [98, 1]], "a": [[97, 0], [97, 1]]}
    stored = sorted(path.name for path in tmp_path.glob("*.npz"))
    assert stored == ["a-0.npz", "a-1.npz", "b-0.npz", "b-1.npz"]


def test_a_piece_that_fails_ends_the_others(table):
    calls = []

    def make(key):
        calls.append(key)
        if key == 0:
            raise ZeroDivisionError("by zero")
        time.sleep(0.005)  # so that what is left could not be over before the error is seen
        return {"x": np.zeros(1)}

    context = replace(_context(table.campaign()), workers=2)
    with pytest.raises(ZeroDivisionError):
        context.pieces(range(1000), make)
    assert len(calls) < 1000


def _context(campaign):
    """Of the first row, which has no folder: nothing is stored."""
    section = campaign.sections[0]
    return module._context(campaign, section, section.rows[0])
