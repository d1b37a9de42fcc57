#!/usr/bin/env python3
"""Puts what the benchmarks print into docs/performance.md: its tables, and speed.svg with rates of the program and of its limits over n, T, batch and
synapses; and spikes.svg with the time of a tick over its spikes, for which the rows "h cost" are enough.

    build/bench/bin/locus_bench > build/bench.txt; python3 docs/figures/speed.py build/bench.txt docs/figures

The roofline of (a) is measured here: weight and trace of n * n synapses, scaled in place by NumPy, the same bytes read and written as a synapse-step.
Needs python3-matplotlib and python3-numpy.
"""
import pathlib
import re
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the choice of what draws
import numpy as np

COST = "h cost f32, spikes a tick"
COLOURS = {"f64": "#1b6ca8", "f32": "#d1495b", "BPTT": "#1b6ca8", "tBPTT(1)": "#d1495b", "RFLO": "#2e8b57", "e-prop": "#8e6c8a"}
plt.rcParams.update({
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "figure.constrained_layout.use": True,
    "svg.hashsalt": "locus", "svg.fonttype": "none", "axes.titlesize": 9, "lines.linewidth": 1.4,
})


def read(path):
    """(work, arguments) -> (rate, limit, ratio, goal)."""
    found = {}
    for line in pathlib.Path(path).read_text().splitlines():
        match = re.match(r"(.*?)((?:/\d+)*)\s+([a-z-]+)\s+(\S+)\s+(\S+)\s+(\S+) \(.*\)\s+([\d.]+)", line)
        if match:
            arguments = tuple(int(word) for word in match[2].split("/")[1:])
            found[re.split(", (?:n|synapses)", match[1])[0], arguments] = tuple(float(match[k]) for k in (4, 5, 6, 7))
    return found


def cell(rates):
    """The ratio; bold where it misses its goal."""
    if rates is None:
        return ""
    text = f"{rates[2]:.2f}"
    return text if rates[2] >= rates[3] else f"**{text}**"


def tables(found):
    """Markdown: ratios of (a) to (c) by size, the rest line by line."""
    goals = [rates for (work, _), rates in found.items() if work != COST and rates[3] > 0]  # the rest is there to be seen
    lines = [f"Of {len(goals)} goals {sum(rates[2] >= rates[3] for rates in goals)} are reached. Bold: missed.", ""]
    for letter, head in (("a", "n"), ("b", "n/batch"), ("c", "n/T/batch"), ("t", "n/batch")):
        works = [work for work in dict.fromkeys(work for work, arguments in found if arguments) if work.startswith(letter + " ")]
        if not works:
            continue
        lines += [f"| ({letter}) {head} | " + " | ".join(work[2:] for work in works) + " |", "|---" * (len(works) + 1) + "|"]
        for arguments in dict.fromkeys(arguments for work, arguments in found if work in works):
            lines.append(f"| {'/'.join(map(str, arguments))} | " + " | ".join(cell(found.get((work, arguments))) for work in works) + " |")
        lines.append("")
    lines += ["| | rate/s | limit/s | ratio | goal |", "|---|---|---|---|---|"]
    for (work, arguments), rates in found.items():
        if (work[0] in "defgh" or not arguments) and work != COST:
            name = f"({work[0]}) {work[2:]}" + (f", {'/'.join(map(str, arguments))}" if arguments else "")
            lines.append(f"| {name} | {rates[0]:.3g} | {rates[1]:.3g} | {cell(rates)} | {f'{rates[3]:.2f}' if rates[3] > 0 else ''} |")
    lines += ["", "![Rates over n, T, batch and synapses, program and limit](figures/speed.svg)"]
    return "\n".join(lines)


def write_tables(found, page):
    text = page.read_text()
    begin, end = "<!-- tables: docs/figures/speed.py -->\n", "\n<!-- end of tables -->"
    first, last = text.index(begin) + len(begin), text.index(end)
    page.write_text(text[:first] + tables(found) + text[last:])


def roofline(n, dtype):
    """Synapse-steps a second if weight and trace were only read and written: the best of some passes."""
    columns = np.ones(2 * n * n, dtype)
    best, spent = 1e9, 0.0
    while spent < 0.5:
        start = time.process_time()
        np.multiply(columns, dtype(1), out=columns)
        took = time.process_time() - start
        best, spent = min(best, took), spent + took
    return n * n / best


def plot(axes, points, colour, label, marker="o"):
    x = sorted(points)
    axes.loglog(x, [points[k][0] for k in x], marker + "-", color=colour, label=label, markersize=3.5)
    axes.loglog(x, [points[k][1] for k in x], "--", color=colour, alpha=0.6, linewidth=1)


def draw_cost(found, target):
    """Microseconds a tick over spikes a tick, and the straight line through them: what a tick costs by itself, and what a spike adds."""
    points = {arguments[0]: 1e6 / rates[0] for (work, arguments), rates in found.items() if work == COST}
    x = sorted(points)
    y = [points[k] for k in x]
    slope, start = np.polyfit(x, y, 1)
    figure, axes = plt.subplots(figsize=(5, 3))
    axes.plot(x, start + slope * np.array(x), "-", color=COLOURS["f64"], linewidth=1, label=f"{start:.0f} µs and {slope:.2f} µs a spike")
    axes.plot(x, y, "o", color=COLOURS["f32"], markersize=4, label="measured")
    axes.set(xlabel="spikes a tick, each to 1,000 synapses", ylabel="µs a tick", ylim=(0, None),
             title="10,000 inputs onto 10,000 spiking neurons, float32")
    axes.legend(fontsize=7.5)
    axes.grid(True, which="major", color="#e8e8e8", linewidth=0.6)
    figure.savefig(target / "spikes.svg", metadata={"Date": None})
    figure.savefig(pathlib.Path(sys.argv[1]).with_suffix(".spikes.png"), dpi=120)  # to look at


def main():
    found = read(sys.argv[1])
    target = pathlib.Path(sys.argv[2])
    if any(work == COST for work, _ in found):
        draw_cost(found, target)
    if not any(work.startswith("a ") for work, _ in found):
        return  # a part of a run: the tables wait for a whole one
    write_tables(found, target.parent / "performance.md")
    figure, ((online, bptt), (ticks, batch), (sparse, unused)) = plt.subplots(3, 2, figsize=(8, 8.5))
    unused.remove()
    for kind, dtype in (("f64", np.float64), ("f32", np.float32)):
        points = {arguments[0]: rates for (work, arguments), rates in found.items() if work == f"a online RFLO {kind}"}
        plot(online, points, COLOURS[kind], kind)
        sizes = [n for n in sorted(points) if n >= 256]  # below, NumPy's call takes longer than its work
        online.loglog(sizes, [roofline(n, dtype) for n in sizes], ":", color=COLOURS[kind], linewidth=1)
        for width in (1, 32):
            points = {arguments[0]: tuple(rate * width for rate in rates[:2]) for (work, arguments), rates in found.items()
                      if work == f"b BPTT {kind}" and arguments[1] == width}
            plot(bptt, points, COLOURS[kind], f"{kind}, batch {width}", "o" if width == 1 else "s")
    online.set(title="(a) RFLO online: synapse-steps/s over n", xlabel="n")
    bptt.set(title="(b) BPTT: trials/s over n", xlabel="n")
    for rule in ("BPTT", "tBPTT(1)", "RFLO", "e-prop"):
        of = {arguments: rates for (work, arguments), rates in found.items() if work == f"c {rule} f32"}
        plot(ticks, {t: rates for (n, t, b), rates in of.items() if n == 16 and b == 32}, COLOURS[rule], rule)
        plot(batch, {b: tuple(b * rate for rate in rates[:2]) for (n, t, b), rates in of.items() if n == 16 and t == 20}, COLOURS[rule], rule)
    for kind in ("f64", "f32"):
        for work in ("forward", "RFLO online"):
            points = {arguments[0]: rates for (name, arguments), rates in found.items() if name == f"d sparse {work} {kind}"}
            plot(sparse, points, COLOURS[kind], f"{work}, {kind}", "o" if work == "forward" else "s")
    sparse.set(title="(d) 10,000 units: ticks/s over synapses a neuron", xlabel="synapses a neuron, in B and in W")
    ticks.set(title="(c) n = 16, batch 32, float32: updates/s over T", xlabel="T")
    batch.set(title="(c) n = 16, T = 20, float32: trials/s over batch", xlabel="batch")
    for axes in (online, bptt, ticks, batch, sparse):
        axes.legend(fontsize=7.5)
        axes.grid(True, which="major", color="#e8e8e8", linewidth=0.6)
    figure.supxlabel("Solid: the program. Dashed: the limit written by hand. Dotted: reading and writing weight and trace and nothing else (NumPy).",
                     fontsize=7.5, color="#333333", x=0.01, ha="left")
    figure.savefig(target / "speed.svg", metadata={"Date": None})
    figure.savefig(pathlib.Path(sys.argv[1]).with_suffix(".png"), dpi=120)  # to look at


if __name__ == "__main__":
    main()
