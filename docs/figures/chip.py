#!/usr/bin/env python3
"""Runs the what-if of docs/chip.md and draws its figure: which share of the messages leaves its core, and how the
packets of learning grow with the ticks of a trial and with the neurons.

    python3 docs/figures/chip.py build/release/bin/locus docs/figures

Every point is a run of models/chip.txtpb with other ticks or neurons, or a placement of such a run on another mesh;
nothing is computed here but counts per trial. Prints the numbers, writes chip.svg. Needs python3-matplotlib.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the choice of what draws

COLOURS = {"bptt": "#1b6ca8", "tbptt:1": "#d1495b", "rflo": "#2e8b57", "eprop": "#8e6c8a"}
plt.rcParams.update({
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "figure.constrained_layout.use": True,
    "svg.hashsalt": "locus", "svg.fonttype": "none", "axes.titlesize": 9, "lines.linewidth": 1.4,
})


def locus(program, *words):
    return json.loads(subprocess.run([program, *words], check=True, capture_output=True, text=True).stdout)


def run(program, model, folder, ticks=20, neurons=60, mesh=4):
    """The result of the model with other numbers: n rate neurons and 4 readouts fill mesh x mesh cores."""
    text = model.read_text()
    text = text.replace("ticks: 20", f"ticks: {ticks}").replace('name: "rec" size: 60', f'name: "rec" size: {neurons}')
    text = re.sub(r"cost_file: .*\n", "", text)
    text = re.sub(r"mesh \{[^}]*\}", f"mesh {{ width: {mesh} height: {mesh} }}", text)
    text = re.sub(r"neurons_per_core: \d+", f"neurons_per_core: {(neurons + 4) // mesh**2}", text)
    path = folder / f"t{ticks}n{neurons}.txtpb"
    path.write_text(text)
    return locus(program, "run", str(path), "--updates", "1", "--json")


def per_trial(run, number):
    return number / int(run["ledger"]["trials"])


def learning(run):
    return per_trial(run, int(run["chip"]["packets"]) - int(run["chip"]["forwardPackets"]))


def leaving(run):
    return 100 * int(run["chip"]["unicastPackets"]) / int(run["ledger"]["messages"])


def main():
    program, target = sys.argv[1], pathlib.Path(sys.argv[2])
    model = pathlib.Path(__file__).parents[2] / "models" / "chip.txtpb"
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        result = folder / "result.json"
        result.write_text(json.dumps(run(program, model, folder)))
        panels = [
            ("cores", [(mesh**2, locus(program, "place", str(result), "--json", "--mesh", f"{mesh}x{mesh}", "--neurons-per-core", str(64 // mesh**2)))
                       for mesh in (1, 2, 4, 8)], leaving),
            ("ticks of a trial (T)", [(ticks, run(program, model, folder, ticks=ticks)) for ticks in (5, 10, 20, 40, 80)], learning),
            ("rate neurons (n)", [(neurons, run(program, model, folder, neurons=neurons)) for neurons in (12, 28, 60, 124)], learning),
        ]
    for axis, (label, points, of) in zip(axes, panels):
        print(label, *(f"{x:>10}" for x, _ in points))
        for k, rule in enumerate(COLOURS):
            values = [of(one["runs"][k]) for _, one in points]
            print(f"{rule:>20}", *(f"{value:>10.4g}" for value in values))
            axis.plot([x for x, _ in points], values, "o-", color=COLOURS[rule], markersize=3, label=rule)
        axis.set_xscale("log", base=2)
        axis.set_xticks([x for x, _ in points], [str(x) for x, _ in points])
        axis.set_xlabel(label)
    axes[0].set_ylabel("messages that leave their core [%]")
    axes[0].set_ylim(0, 100)
    for axis in axes[1:]:
        axis.set_yscale("log")
    axes[1].set_ylabel("packets of learning a trial")
    axes[0].legend()
    figure.savefig(target / "chip.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
