"""What docs/flip-flop.md ends in: runs its blocks as they stand, writes what the last one prints into the page, and draws flip_flop.svg.

    python3 docs/figures/flip_flop.py build/release/bin/locus [FOLDER]    # two minutes; FOLDER: where a run before left its results

Needs NumPy for the page's arrays. The printed lines stand between `<!-- table reached -->` and `<!-- end -->`.
"""

import math
import pathlib
import re
import subprocess
import sys
import tempfile

from benchmarks import rows_of
from gallery import COLOUR
from picture import Picture

PAGE = pathlib.Path(__file__).parent.parent / "flip-flop.md"
RULES = ["bptt", "eprop", "rflo"]


def run(program, folder):
    """Every block of the page in its order. Returns what the last one prints."""
    blocks = re.findall(r"^```(python|sh|textproto)\n(.*?)^```", PAGE.read_text(), flags=re.M | re.S)
    python = [text for kind, text in blocks if kind == "python"]
    shell = [text.replace("locus ", f"{program} ", 1).replace("python3", sys.executable) for kind, text in blocks if kind == "sh"]
    (folder / "flip-flop.txtpb").write_text(next(text for kind, text in blocks if kind == "textproto"))
    (folder / "rates.py").write_text(python[1])
    subprocess.run([sys.executable, "-c", python[0]], cwd=folder, check=True)
    for command in shell:
        subprocess.run(["bash", "-c", command], cwd=folder, check=True)
    return subprocess.run([sys.executable, "-c", python[2]], cwd=folder, check=True, capture_output=True, text=True).stdout


def by_rate(picture, choosing):
    rates = sorted({float(row["training.learning_rate"]) for row in choosing})
    panel = picture.panel(60, 40, 330, 200, (math.log10(rates[0]) - 0.15, math.log10(rates[-1]) + 0.15), (0, 100))
    panel.axis_y("choosing trials: accuracy [%]")
    panel.axis_x(labels=False)
    for rate in rates:
        picture.text(panel.at_x(math.log10(rate)), 256, f"{rate:g}", "q m")
    picture.text(390, 272, "learning rate", "q e")
    panel.line(panel.x, (25, 25), 7, dashed=True)
    for rule in RULES:
        rows = [row for row in choosing if row["rule"] == rule and row["evaluation_accuracy_mean"]]
        rows.sort(key=lambda row: float(row["training.learning_rate"]))
        xs = [math.log10(float(row["training.learning_rate"])) for row in rows]
        ys = [100 * float(row["evaluation_accuracy_mean"]) for row in rows]
        panel.line(xs, ys, COLOUR[rule])
        panel.dots(xs, ys, COLOUR[rule])


def by_seed(picture, reported, summary):
    panel = picture.panel(470, 40, 230, 200, (-0.5, len(RULES) - 0.5), (0, 100))
    panel.axis_y("reported trials: accuracy [%]")
    panel.axis_x(labels=False)
    panel.line(panel.x, (25, 25), 7, dashed=True)
    picture.text(700, panel.at_y(25) - 5, "chance", "q e")
    for k, rule in enumerate(RULES):
        picture.text(panel.at_x(k), 256, rule, "q m")
        ys = [100 * float(row["evaluation_accuracy"]) for row in reported if row["rule"] == rule]
        panel.dots([k - 0.12] * len(ys), ys, COLOUR[rule])
        row = next(row for row in summary if row["rule"] == rule)
        mean, sem = (100 * float(row[f"evaluation_accuracy_{what}"]) for what in ("mean", "sem"))
        panel.line((k + 0.04, k + 0.24), (mean, mean), COLOUR[rule])
        at = panel.at_x(k + 0.14)  # a bar goes straight up, which line() would thin out
        picture.add(f'<path class="l c{COLOUR[rule]}" d="M{at:.1f} {panel.at_y(mean - sem):.1f}V{panel.at_y(mean + sem):.1f}"/>')


def main():
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else made)
        printed = run(pathlib.Path(sys.argv[1]).resolve(), folder)
        choosing = rows_of(folder / "results/choosing", "summary.csv")
        reported = rows_of(folder / "results/reported", "members.csv")
        summary = rows_of(folder / "results/reported", "summary.csv")
    block = f"<!-- table reached -->\n\n```\n{printed}```\n\n<!-- end -->"
    page, found = re.subn("<!-- table reached -->.*?<!-- end -->", lambda _: block, PAGE.read_text(), flags=re.S)
    if found != 1:
        sys.exit(f"docs/flip-flop.md has {found} places for what is reached; must have 1")
    PAGE.write_text(page)
    picture = Picture(730, 300, "Accuracy by learning rate on the trials that choose, and by seed on the trials that are reported, of BPTT, e-prop and RFLO")
    by_rate(picture, choosing)
    by_seed(picture, reported, summary)
    picture.legend(60, 292, [(rule, COLOUR[rule], False) for rule in RULES])
    picture.write(PAGE.parent / "figures" / "flip_flop.svg")


if __name__ == "__main__":
    main()
