"""The page in headless Chromium: no console message, nothing loaded, the slider moves the marker.

Skipped where there is no Chromium.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from selectivity import api
from tests.report.page.page_data import read

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
)  # fmt: skip

pytestmark = [
    pytest.mark.validate,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def page(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a finished tiny run."""
    return api.report(finished_run, tmp_path_factory.mktemp("page")).page


def browse(page: Path, *options: str, hash: str = "") -> subprocess.CompletedProcess[str]:
    """Open a page with a fresh profile; standard error holds the console."""
    profile = page.parent / "profile"
    assert BROWSER is not None
    command = [BROWSER, *QUIET, f"--user-data-dir={profile}", *options, f"{page.as_uri()}{hash}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def console(found: subprocess.CompletedProcess[str]) -> list[str]:
    """Messages of the page's console."""
    return [line for line in found.stderr.splitlines() if "CONSOLE" in line]


def state(dom: str) -> tuple[str | None, str | None, list[str | None]]:
    """Place of the marker, of the slider's text, and of the pictures that are shown."""
    elements = read(dom).elements
    marker = next(a for _, a in elements if a.get("id") == "marker")
    slider = next(a for _, a in elements if a.get("id") == "slider")
    shown = [a.get("data-z") for _, a in elements if a.get("class") == "shot now"]
    return marker.get("data-z"), slider.get("aria-valuetext"), shown


def with_script(page: Path, name: str, more: str) -> Path:
    """A copy of the page whose script, allowed by its digest, does something more."""
    text = page.read_text(encoding="utf-8")
    script = read(text).scripts[0]
    old, new = (
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()
        for s in (script, script + more)
    )
    copy = page.with_name(name)
    copy.write_text(text.replace(old, new).replace(script, script + more), encoding="utf-8")
    return copy


def test_the_console_is_silent_and_the_hash_moves_the_marker(page: Path) -> None:
    stops = [a["data-z"] for _, a in read(page.read_text("utf-8")).elements if "data-x" in a]
    for z in (stops[0], stops[-1]):
        found = browse(page, "--dump-dom", hash=f"#z={z}")
        assert console(found) == []
        at, text, shown = state(found.stdout)
        assert at == z
        assert shown == [z]
        assert text is not None
        assert text.startswith("z = ")


def test_a_moved_slider_moves_the_marker(page: Path) -> None:
    more = "slider=document.getElementById('slider');slider.value=1;"
    copy = with_script(page, "moved.html", f"{more}slider.dispatchEvent(new Event('input'));")
    found = browse(copy, "--dump-dom")
    elements = read(page.read_text(encoding="utf-8")).elements
    stops = [a["data-z"] for _, a in elements if "data-x" in a]
    assert console(found) == []
    assert state(found.stdout)[0] == stops[1]
    assert state(found.stdout)[2] == [stops[1]]


def test_what_would_load_is_refused_and_heard(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    copy = page.with_name("loading.html")
    copy.write_text(
        text.replace("<main>", '<main><img src="http://127.0.0.1:9/x.png">'), encoding="utf-8"
    )
    assert any("Content Security Policy" in line for line in console(browse(copy, "--dump-dom")))


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out_of_the_window(page: Path, width: int) -> None:
    """A frame of that width reports how wide its contents are."""
    told = "document.title='wide '+document.documentElement.scrollWidth;"
    inner = with_script(page, f"inner{width}.html", told)
    outer = page.with_name(f"outer{width}.html")
    outer.write_text(
        f'<iframe src="{inner.name}" style="width:{width}px;height:900px;border:0"></iframe>'
        "<script>onload=()=>{document.body.append(frames[0].document.title)}</script>",
        encoding="utf-8",
    )
    found = browse(outer, "--dump-dom", "--allow-file-access-from-files")
    reported = re.search(r"wide (\d+)", found.stdout)
    assert reported is not None
    assert int(reported[1]) <= width


def test_it_prints(page: Path) -> None:
    target = page.with_name("print.pdf")
    browse(page, f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
    assert target.read_bytes().count(b"/Type /Page\n") >= 2
