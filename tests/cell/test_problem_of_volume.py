"""The guided problem of the volume: what it says, and its figures."""

import importlib.util

from selectivity import resources


def script(name):
    path = resources.folder("analysis") / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_working(tmp_path, capsys):
    assert script("problem_volume").main(["--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "1.618034" in text
    assert "| v_mV | -72.5881058137 | -72.588105816 |" in text
    assert "without bound" in text
    assert "too fast" in text
    assert "The first ends at Donnan: 0.41 mV" in text
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == [
        "volume_donnan.png",
        "volume_pause.png",
        "volume_pump.png",
        "volume_sensitivities.png",
    ]
