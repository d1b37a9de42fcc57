#!/usr/bin/env python3
"""Draws the figure of docs/rules.md from its table of all rules in one order.

    locus rules --markdown > build/rules.md && python3 docs/figures/order.py build/rules.md docs/figures

Needs python3-matplotlib. Writes SVG.
"""
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the choice of what draws

plt.rcParams.update({
    "font.size": 8, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "figure.constrained_layout.use": True,
    "svg.hashsalt": "locus", "svg.fonttype": "none",
})
CLASSES = {"no violation": "#2e8b57", "breaks space": "#8e6c8a", "breaks space and time": "#d1495b", "breaks space; sensitivities stay on cores": "#1b6ca8"}


def table_of(page):
    """The rows of the table under the heading of the order: (rule, messages, space, core, time, kept)."""
    section = page.split("## All rules in one order")[1]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            yield cells[0].strip("`"), *(int(cells[k]) for k in (1, 3, 4, 5, 6))


def main():
    page, target = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
    figure, axis = plt.subplots(figsize=(7.2, 4))
    seen = {}
    for rule, messages, space, core, time, kept in table_of(page):
        if messages == 0:
            continue  # nothing is learnt
        name = "breaks space and time" if time else "breaks space; sensitivities stay on cores" if core else "breaks space" if space else "no violation"
        place = (kept, messages)
        shift = 7 * seen.get(place, 0)
        seen[place] = seen.get(place, 0) + 1
        axis.scatter(kept, messages, color=CLASSES[name], s=22)
        axis.annotate(rule, place, xytext=(4, 3 + shift), textcoords="offset points", fontsize=6.5)
    for name, colour in CLASSES.items():
        axis.scatter([], [], color=colour, s=22, label=name)
    axis.set(xscale="log", yscale="log", xlabel="numbers that a replica keeps (traces and history)", ylabel="messages of learning in a trial")
    axis.legend(fontsize=7)
    figure.savefig(target / "order.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
