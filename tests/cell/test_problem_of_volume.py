"""The guided problem of the volume: what it says, and its figures."""

from tests.problem import problem


def test_working(tmp_path, capsys):
    assert problem("volume").main(["--out", str(tmp_path)]) == 0
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
