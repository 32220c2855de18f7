"""The notebook that walks a newcomer through the API: clean as it lies, and it runs."""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path

import pytest

from selectivity import resources

NAME = "newcomer.ipynb"


def cells() -> list[dict]:
    text = (resources.folder("analysis") / NAME).read_text(encoding="utf-8")
    return json.loads(text)["cells"]


def test_it_is_kept_without_outputs_and_goes_through_the_api() -> None:
    code = [cell for cell in cells() if cell["cell_type"] == "code"]
    assert len(code) > 8
    assert not [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None]
    imported = set()
    for node in ast.walk(ast.parse("\n".join("".join(cell["source"]) for cell in code))):
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module, *(alias.name for alias in node.names)))
    used = {names for names in imported if str(names[0]).startswith("selectivity")}
    assert used == {("selectivity", "api"), ("selectivity", "membrane")}


@pytest.mark.validate
def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat", reason="extra test: nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="extra test: nbclient is not installed")
    pytest.importorskip("ipykernel", reason="extra test: ipykernel is not installed")
    kernel = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
              "display_name": "this Python", "language": "python"}  # fmt: skip
    place = tmp_path / "jupyter" / "kernels" / "this"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path / 'jupyter'}{os.pathsep}")
    notebook = nbformat.read(resources.folder("analysis") / NAME, as_version=4)
    nbformat.validate(notebook)
    work = {"metadata": {"path": str(tmp_path)}}
    client = nbclient.NotebookClient(notebook, timeout=600, kernel_name="this", resources=work)
    client.execute()
    shown = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    said = "".join(out["text"] for out in shown if out["output_type"] == "stream")
    assert "converged: True" in said
    assert "temperature" in said  # the mistake, answered
    assert "mV" in said
    assert any("image/png" in out.get("data", {}) for out in shown)
    assert (tmp_path / "newcomer/first.run/results/report/report.html").is_file()
