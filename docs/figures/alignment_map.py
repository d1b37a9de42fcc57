#!/usr/bin/env python3
"""Draws how rules align on some tasks, as Marschall, Cho and Savin do (JMLR 2020;21(135), their heat map): the cosine
between the changes of every pair of rules at the same weights and data, as a mean over the comparisons of one run.

    python3 docs/figures/alignment_map.py build/release/bin/locus docs/figures [MODEL...]

Runs each model under BPTT alone, with `compare` for all rules that it can have (RTRL and its restrictions only where they are offered), and
reads alignment.csv. Nothing is computed here but means. Without models it takes those of docs/benchmarks.md, the
paper's two tasks and two models of this project, and writes their tables into that page, each between
`<!-- table NAME alignment -->` and `<!-- end -->`. Writes alignment_map.svg. Needs python3-matplotlib.
"""
import collections
import concurrent.futures
import csv
import pathlib
import subprocess
import sys
import tempfile

import matplotlib

from benchmarks import put

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the choice of what draws

MODELS = ["models/tasks/add.txtpb", "models/tasks/mimic.txtpb", "models/student_teacher.txtpb", "models/sparse.txtpb"]

RULES = ["bptt", "rtrl", "rtrl:reach:2", "rtrl:paths:4", "tbptt:5", "tbptt:1", "eprop", "eprop:random", "rflo"]
UPDATES, EVERY, BATCHES = 400, 100, 2
plt.rcParams.update({
    "font.size": 9, "figure.constrained_layout.use": True, "svg.hashsalt": "locus", "svg.fonttype": "none", "axes.titlesize": 9,
})


def alignments(program, model, folder):
    """Mean cosines by pair over the comparisons of BPTT's run, and the rules that were compared."""
    for rules in (RULES, [rule for rule in RULES if not rule.startswith("rtrl")]):
        out = folder / model.stem
        words = [program, "run", str(model), "--rule", "bptt", "--updates", str(UPDATES), "--quiet", "--threads", "1", "--out", str(out)]
        listed = ", ".join(f'"{rule}"' for rule in rules)
        words += ["--compare", str(EVERY), "--set", f"compare.rules=[{listed}]", "--set", f"compare.batches={BATCHES}"]
        ran = subprocess.run(words, capture_output=True, text=True)
        if ran.returncode == 0:
            break
        if "rtrl" not in ran.stderr or "rtrl" not in rules:
            sys.exit(ran.stderr)
    cosines = collections.defaultdict(list)
    with open(out / "alignment.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["projection"] == "" and row["cosine"] != "":
                cosines[row["rule"], row["with"]].append(float(row["cosine"]))
    means = {(rule, rule): 1.0 for rule in rules}
    for (rule, other), values in cosines.items():
        means[rule, other] = means[other, rule] = sum(values) / len(values)
    return means, rules


def table(name, rules, square):
    head = f"| {name} | " + " | ".join(rules) + " |\n|---|" + "---|" * len(rules)
    return "\n".join([head, *(f"| {rule} | " + " | ".join(f"{value:.2f}" for value in row) + " |" for rule, row in zip(rules, square))])


def main(program, figures, *models):
    of_page = not models
    models = [pathlib.Path(model) for model in models or MODELS]
    columns = min(2, len(models))
    rows = -(-len(models) // columns)
    drawn, panels = plt.subplots(rows, columns, figsize=(5.0 * columns, 4.8 * rows), squeeze=False)
    panels = panels.ravel()
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor() as side_by_side:
            found = list(side_by_side.map(lambda model: alignments(program, model, pathlib.Path(folder)), models))
        for panel, model, (means, rules) in zip(panels, models, found):
            square = [[means.get((rule, other), float("nan")) for other in rules] for rule in rules]
            image = panel.imshow(square, cmap="PuOr_r", vmin=-1, vmax=1)
            panel.set_xticks(range(len(rules)), rules, rotation=60, ha="right")
            panel.set_yticks(range(len(rules)), rules)
            panel.set_title(model.stem)
            for i, row in enumerate(square):
                for j, value in enumerate(row):
                    panel.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=7, color="white" if abs(value) > 0.7 else "black")
            print(f"\n{table(model.stem, rules, square)}", flush=True)
            if of_page:
                put(f"{model.stem} alignment", table(model.stem, rules, square))
    for panel in panels[len(models):]:
        panel.axis("off")
    drawn.colorbar(image, ax=panels.tolist(), label="cosine", shrink=0.8)
    drawn.savefig(pathlib.Path(figures) / "alignment_map.svg", metadata={"Date": None})


if __name__ == "__main__":
    main(*sys.argv[1:])
