"""The tutorial: every cell runs, and every picture has something in it. And the line of progress, where people see it."""

import base64
import json
import os
import pty
import subprocess
import sys

import numpy as np
import pytest

from conftest import ROOT


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook with the outputs of its cells."""
    for module in ("nbconvert", "ipykernel", "matplotlib"):
        pytest.importorskip(module, reason=f"python3-{module} is not installed")
    folder = tmp_path_factory.mktemp("notebook")
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=300",
         "--ExecutePreprocessor.kernel_name=python3", "--output-dir", folder, ROOT / "docs" / "tutorial.ipynb"],
        capture_output=True, text=True, env={**os.environ, "HOME": str(folder), "MPLBACKEND": "module://matplotlib_inline.backend_inline"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "tutorial.ipynb").read_text())["cells"]


def outputs(cells, kind):
    return [each["data"][kind] for cell in cells for each in cell.get("outputs", []) if kind in each.get("data", {})]


def test_pictures_have_something_in_them(executed):
    from io import BytesIO

    import matplotlib.image

    pictures = outputs(executed, "image/png")
    assert len(pictures) == 6
    for picture in pictures:
        pixels = matplotlib.image.imread(BytesIO(base64.b64decode(picture)))[..., :3]
        colours = np.unique((pixels.reshape(-1, 3) * 255).astype(int), axis=0)
        assert len(colours) > 50 and (pixels < 0.9).any(axis=2).mean() > 0.01


def test_tables_and_the_report_are_shown(executed):
    pages = ["".join(page) for page in outputs(executed, "text/html")]
    assert any("<table" in page and "tbptt:5" in page and "temporal" in page for page in pages)
    assert sum("<iframe" in page and 'title="locus report"' in page for page in pages) == 1


def test_the_committed_notebook_has_no_outputs():
    cells = json.loads((ROOT / "docs" / "tutorial.ipynb").read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


RUN = """
import sys, time
sys.path.insert(0, sys.argv[1])
import locus
from test_model import network
locus.run(network(), rules=["rflo"], updates=int(sys.argv[2]), progress=True, threads=1)
print("end")
"""


def test_a_terminal_shows_one_line_of_progress():
    master, slave = pty.openpty()
    child = subprocess.Popen([sys.executable, "-c", RUN, os.path.dirname(__file__), "100000"], stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the terminal's other end is closed
            break
        if not part:
            break
        shown += part
    assert child.wait(60) == 0
    text = shown.decode()
    assert "\rrflo  " in text and "/100000  loss " in text
    assert "\n" not in text  # it stays on its line,
    assert text.endswith("\r") and text.rstrip("\r").endswith(" ")  # and leaves nothing on it


def test_a_file_gets_no_progress():
    done = subprocess.run([sys.executable, "-c", RUN, os.path.dirname(__file__), "2000"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("end\n", "")


def test_a_notebook_shows_progress_and_clears_it(executed):
    """The converter keeps what is left on a line after its carriage returns: blanks, as wide as the longest text was."""
    shown = "".join("".join(each["text"]) for cell in executed for each in cell.get("outputs", []) if each.get("name") == "stderr")
    assert shown.strip() == "" and len(shown) > len("tbptt:5  400/400")
