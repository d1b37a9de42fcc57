#!/usr/bin/env python3
"""Draws the figures of docs/theory.md from the CSV files that `locus reproduce --out DIR` writes.

    locus reproduce --out build/claims && python3 docs/figures/draw.py build/claims docs/figures

Every curve is read from a file; nothing is computed here but quantiles and the flow field of the phase portrait,
whose formula is the mode flow of docs/theory.md. Needs python3-matplotlib. Writes SVG and PNG.
"""
import collections
import csv
import pathlib
import sys
import textwrap

import matplotlib

matplotlib.use("Agg")
import matplotlib.ticker
import matplotlib.pyplot as plt  # after the choice of what draws
import numpy as np

COLOURS = {"bptt": "#1b6ca8", "tbptt:1": "#d1495b", "rflo": "#2e8b57", "eprop": "#8e6c8a", "eprop:random": "#c98a1b", "rtrl": "#555555"}
plt.rcParams.update({
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "figure.constrained_layout.use": True,
    "svg.hashsalt": "locus", "svg.fonttype": "none", "axes.titlesize": 9, "lines.linewidth": 1.4,
})


def rows(source, name):
    with open(source / name, newline="") as file:
        return list(csv.DictReader(file))


def column(table, name):
    return np.array([float(row[name]) for row in table])


def groups(table, *names):
    found = collections.OrderedDict()
    for row in table:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def save(figure, target, name, caption):
    lines = textwrap.wrap(caption, int(17.5 * figure.get_figwidth()))
    figure.supxlabel("\n".join(lines), fontsize=7.5, color="#333333", x=0.01, ha="left")
    figure.savefig(target / f"{name}.svg", metadata={"Date": None})
    figure.savefig(target / f"{name}.png", dpi=150, metadata={"Software": None})
    plt.close(figure)


def flow(a, b, w, feedback, decay, teacher=(1.0, 1.0, 0.7)):
    """-Delta a, -Delta b of the mode flow; feedback None: BPTT."""
    p, ps, ws = a * b, teacher[0] * teacher[1], teacher[2]
    da = a * b**2 / (1 - w**2) - ps * b / (1 - w * ws)
    if feedback is None:
        db = a * (p / (1 - w**2) - ps / (1 - w * ws))
    else:
        db = feedback * (p / (1 - decay * w) - ps / (1 - decay * ws))
    return -da, -db


def phase_portraits(source, target):
    paths = groups(rows(source, "detour.trajectories.csv"), "rule", "source")
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.9), sharey=True)
    grid_a, grid_b = np.meshgrid(np.linspace(-2.5, 2.5, 18), np.linspace(-2.5, 2.5, 18))
    for axis, (rule, feedback, decay) in zip(axes, (("bptt", None, 0), ("rflo", -1, 0.5))):
        da, db = flow(grid_a, grid_b, 0.7, feedback, decay)
        speed = np.hypot(da, db) + 1e-9
        axis.quiver(grid_a, grid_b, da / speed, db / speed, color="#bbbbbb", scale=30, width=0.003, headwidth=4)
        for branch in (np.linspace(0.38, 2.6, 80), np.linspace(-2.6, -0.38, 80)):
            label = "optimal manifold ab = p*" if branch[0] > 0 else None
            axis.plot(branch, 1 / branch, color="black", linewidth=2, label=label)
        if feedback is None:
            axis.plot(0, 0, "s", color="black", markersize=6, label="saddle a = b = 0")
        for kind, style, width in (("theory", "-", 2.2), ("simulation", ":", 1.6)):
            path = paths[(rule, kind)]
            colour = COLOURS[rule] if kind == "theory" else "#e08e0b"
            axis.plot(column(path, "a"), column(path, "b"), style, color=colour, linewidth=width, label=f"{rule}, {kind}")
        axis.plot(1, 1, "o", color="white", markeredgecolor="black", markersize=6, label="start (1, 1, 0.6)")
        end = paths[(rule, "theory")][-1]
        axis.plot(float(end["a"]), float(end["b"]), "*", color=COLOURS[rule], markeredgecolor="black", markersize=11, label="end")
        axis.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xlabel="readout strength a [1]", title=rule)
        axis.legend(loc="lower right" if rule == "bptt" else "upper left", fontsize=6.5, frameon=True, framealpha=0.9)
    axes[0].set_ylabel("input strength b [1]")
    save(figure, target, "phase",
         "Teacher (1, 1, 0.7). Grey: direction of the flow in the plane w = 0.7; paths are projected onto it. BPTT stays on the near branch; RFLO (feedback -1, decay 0.5) ends on the opposite one.")


def eigenvalues(source, target):
    by_rule = groups(rows(source, "rates.rates.csv"), "rule")
    figure, axes = plt.subplots(1, len(by_rule), figsize=(7.6, 3.0), sharey=True)
    for axis, ((rule,), table) in zip(axes, by_rule.items()):
        s = column(table, "s")
        for sign in (s < 0, s > 0):
            axis.plot(s[sign], column(table, "re1")[sign], color=COLOURS[rule], label="first" if s[sign][0] > 0 else None)
            axis.plot(s[sign], column(table, "re2")[sign], "--", color=COLOURS[rule], label="second" if s[sign][0] > 0 else None)
        axis.axhline(0, color="black", linewidth=0.8)
        axis.fill_between([-3, 3], 0, 20, color="#f3d9d9", linewidth=0)
        axis.set(title=rule, xlabel="s = a on the manifold [1]", xlim=(-3, 3))
        axis.set_yscale("symlog", linthresh=1)
        axis.set_ylim(-300, 20)
        axis.axvline(-1, color="grey", linewidth=0.6, linestyle=":")
        axis.axvline(1, color="grey", linewidth=0.6, linestyle=":")
    axes[0].set_ylabel("real part [1/(updates \u00b7 \u03b7)]")
    axes[0].legend(loc="center", fontsize=7)
    save(figure, target, "eigenvalues",
         "Linearised flow on the optimal manifold, teacher (1, 1, 0.7); feedback 1, decay 0.5. Red: unstable. Dotted: s = \u00b1\u221a|p*|. The third eigenvalue is 0.")


def trajectories(source, target):
    paths = groups(rows(source, "detour.trajectories.csv"), "rule", "source")
    figure, axes = plt.subplots(2, 2, figsize=(7.2, 4.6), sharex=True)
    for side, rule in enumerate(("bptt", "rflo")):
        told, seen = paths[(rule, "theory")], paths[(rule, "simulation")]
        for part, colour in (("a", "#1b6ca8"), ("b", "#d1495b"), ("w", "#2e8b57")):
            axes[0, side].plot(column(told, "time"), column(told, part), color=colour, label=f"{part}, mode ODE")
            axes[0, side].plot(column(seen, "time")[::2], column(seen, part)[::2], "o", markersize=2.6, color=colour, label=f"{part}, simulation")
        axes[1, side].semilogy(column(told, "time"), np.maximum(column(told, "loss"), 1e-12), color="black", label="mode ODE")
        axes[1, side].semilogy(column(seen, "time")[::2], np.maximum(column(seen, "loss")[::2], 1e-12), "o", markersize=2.6, color="#e08e0b", label="simulation")
        axes[0, side].set_title(rule)
        axes[1, side].set(xlabel=r"time [updates $\cdot\,\eta$]", ylim=(1e-12, 10))
    axes[0, 0].set_ylabel("mode (a, b, w) [1]")
    axes[1, 0].set_ylabel("loss [1]")
    axes[0, 0].legend(fontsize=6.5, ncols=2, loc="center right")
    axes[0, 0].set_xlim(-0.2, 8)
    axes[1, 0].legend(fontsize=7)
    save(figure, target, "trajectories",
         "From (1, 1, 0.6), teacher (1, 1, 0.7), feedback -1, decay 0.5. Lines: predicted. Dots: simulated, T = 60, \u03b7 = 0.01. Losses below 1e-12 are drawn at 1e-12.")


def spectra(source, target):
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.2))
    table = [row for row in rows(source, "rank-order.spectra.csv") if row["source"] == "expectation"]
    for (rule,), some in groups(table, "rule").items():
        by_index = [column(part, "sigma_w") / np.array([float(first["sigma_w"]) for first in groups(some, "index")[("1",)]])
                    for part in groups(some, "index").values()]
        index = np.arange(1, len(by_index) + 1)
        low, middle, high = (np.maximum([np.quantile(part, q) for part in by_index], 1e-18) for q in (0.1, 0.5, 0.9))
        axes[0].semilogy(index, middle, "o-", markersize=3, color=COLOURS[rule], label=rule)
        axes[0].fill_between(index, low, high, color=COLOURS[rule], alpha=0.2, linewidth=0)
    axes[0].set(xlabel="index of singular value", ylabel=r"$\sigma_i/\sigma_1$ of $W_K - W_0$ [1]", title="o = 1, n = 12: median and 10-90% of 20 seeds", ylim=(1e-18, 2))
    axes[0].legend(fontsize=7)
    styles = {"dense linear": ("o-", COLOURS["rflo"]), "tanh": ("s-", COLOURS["tbptt:1"]), "sparse W (a third)": ("^-", COLOURS["bptt"])}
    for (case,), some in groups(rows(source, "low-rank.spectra.csv"), "case").items():
        if case not in styles:
            continue
        sigma = column(some, "sigma_w")
        axes[1].semilogy(column(some, "index"), np.maximum(sigma / sigma[0], 1e-18), styles[case][0], color=styles[case][1], markersize=3, label=case)
    axes[1].set(xlabel="index of singular value", title="rflo, o = 1: where the bound ends", ylim=(1e-18, 2))
    axes[1].legend(fontsize=7)
    save(figure, target, "spectra", "Singular values of what a rule has learnt. RFLO learns one direction a readout in the dense linear network, more where tanh or a mask breaks the bound.")


def curves(source, target):
    figure, axis = plt.subplots(figsize=(5.6, 3.5))
    for (rule,), table in groups(rows(source, "rank-order.curves.csv"), "rule").items():
        first = {seed: float(part[0]["loss"]) for (seed,), part in groups(table, "seed").items()}
        by_update = groups(table, "update")
        update = np.array([float(key[0]) for key in by_update])
        share = [np.array([float(row["loss"]) / first[row["seed"]] for row in part]) for part in by_update.values()]
        low, middle, high = ([np.quantile(part, q) for part in share] for q in (0.25, 0.5, 0.75))
        axis.semilogy(update, middle, color=COLOURS[rule], label=rule)
        axis.fill_between(update, low, high, color=COLOURS[rule], alpha=0.2, linewidth=0)
    axis.axhline(0.01, color="black", linewidth=0.7, linestyle=":")
    axis.text(axis.get_xlim()[1], 0.0105, "converged below", fontsize=7, ha="right", va="bottom")
    axis.set(xlabel="update", ylabel="expected loss over the first [1]")
    axis.legend(fontsize=7, ncols=2)
    save(figure, target, "curves", "Unaligned students, o = 1, n = 12: median and quartiles over 20 seeds, exact expectation.")


def locality(source, target):
    table = rows(source, "locality.locality_against_learning.csv")
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 3.6), sharey=True)
    for axis, kind in zip(axes, ("spatial", "temporal")):
        def place(row):
            return max(float(row[f"{kind}_violations"]), 100), float(row["last_loss"])

        line = [row for row in table if row["rule"].startswith("tbptt") or row["rule"] == "bptt"]
        line.sort(key=lambda row: float(row["depth"]))
        axis.plot(*zip(*(place(row) for row in line)), "-", color="#9db8cc", zorder=1, label=r"tBPTT($\tau$), $\tau$ = 1 ... T")
        for row in table:
            x, y = place(row)
            base = row["rule"] if row["rule"] in COLOURS else "tbptt:1"
            axis.plot(x, y, "o", color=COLOURS[base], markersize=6 if row["rule"] in COLOURS else 4, zorder=2,
                      label=row["rule"] if row["rule"] in COLOURS else None)
            if row["rule"].startswith("tbptt") and row["rule"] != "tbptt:1":
                axis.annotate(row["rule"].split(":")[1], (x, y), textcoords="offset points", xytext=(4, 4), fontsize=6.5)
        axis.set_xscale("log")
        axis.set_yscale("log")
        axis.set_ylim(0.02, 0.2)
        axis.axvline(100, color="grey", linewidth=0.6, linestyle=":")
        axis.set_xticks([100, 1e3, 1e4, 1e5], ["none", "10\u00b3", "10\u2074", "10\u2075"])
        axis.set_yticks([0.02, 0.05, 0.1, 0.2], ["0.02", "0.05", "0.1", "0.2"])
        axis.yaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
        axis.set_xlabel(f"{kind} violations per update [messages]")
    axes[0].set_ylabel("loss, mean of the last 20 updates [1]")
    axes[1].legend(fontsize=7, loc="best")
    save(figure, target, "locality", "What locality costs: one mark a rule, numbers are depths \u03c4. n = 12, m = 3, o = 2, T = 20, batch 16, the same weights and data for all.")


def alignment(source, target):
    by_rule = groups(rows(source, "unaligned.alignment.csv"), "rule")
    modes = groups(rows(source, "unaligned.modes.csv"), "rule")
    figure, axes = plt.subplots(2, len(by_rule), figsize=(7.6, 4.6), sharex=True, sharey="row")
    for side, ((rule,), table) in enumerate(by_rule.items()):
        for kind, style in (("expectation", "-"), ("simulation", ":")):
            some = [row for row in table if row["source"] == kind]
            for part, colour in (("input", "#1b6ca8"), ("recurrent", "#d1495b"), ("output", "#2e8b57"), ("feedback", "#c98a1b")):
                if part == "feedback" and rule != "rflo":
                    continue
                axes[0, side].plot(column(some, "time"), column(some, part), style, color=colour, label=part if kind == "expectation" and side == len(by_rule) - 1 else None)
        for (index,), some in groups(modes[(rule,)], "mode").items():
            colour = "#1b6ca8" if float(index) == 1 else "#d1495b"
            axes[1, side].plot(column(some, "time"), column(some, "p_ode"), color=colour, label=f"mode {index}, ODE" if side == 0 else None)
            axes[1, side].plot(column(some, "time")[::3], column(some, "p")[::3], "o", color=colour, markersize=2.5, label=f"mode {index}, trained" if side == 0 else None)
        axes[0, side].set_title(rule)
        axes[1, side].set_xlabel(r"time [updates $\cdot\,\eta$]")
    axes[0, 0].set_ylabel("alignment [1]")
    axes[1, 0].set_ylabel("p = ab [1]")
    axes[0, -1].legend(fontsize=7)
    axes[1, 0].legend(fontsize=6.5)
    save(figure, target, "alignment", "A small unaligned student of 8, teacher of 4 modes. Above: solid expectation, dotted simulation. Below: the two largest modes and their ODEs from p = 0.1 p*.")


def placement(source, target):
    figure, axes = plt.subplots(1, 3, figsize=(7.6, 3.2))
    table = rows(source, "placement.cores.csv")
    styles = {"modules": ("o-", COLOURS["bptt"]), "greedy": ("s--", COLOURS["rflo"]), "random": ("^:", COLOURS["tbptt:1"])}
    for (cores,), some in groups(table, "cores").items():
        by_size = groups(some, "neurons_per_core")
        size = np.array([float(key[0]) for key in by_size])
        style, colour = styles[cores]
        for axis, name in zip(axes, ("cosine", "loss_left", "learning_packets")):
            values = [column(part, name) for part in by_size.values()]
            axis.plot(size, [part.mean() for part in values], style, color=colour, markersize=4, label=cores)
            if name != "learning_packets":
                axis.fill_between(size, [part.min() for part in values], [part.max() for part in values], color=colour, alpha=0.15, linewidth=0)
        exact = [np.maximum(column(part, "exact_rtrl_learning_packets").mean(), 1) for part in by_size.values()]
        axes[2].plot(size, exact, style, color=colour, markersize=3, alpha=0.4, label=f"{cores}, exact RTRL")
    axes[0].axhline(column(table, "eprop_cosine").mean(), color=COLOURS["eprop"], linewidth=0.9, linestyle=":", label="e-prop")
    for axis, words in zip(axes, ("cosine with the gradient [1]", "loss left, over the first [1]", "packets of learning a trial")):
        axis.set_xscale("log", base=2)
        axis.set_xticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
        axis.set(xlabel="neurons a core", ylabel=words)
    axes[2].set_yscale("log")
    axes[0].legend(fontsize=6.5)
    axes[2].legend(fontsize=6)
    save(figure, target, "placement",
         "RTRL within cores (rtrl:core) on four modules of eight neurons. Lines: means; bands: all seeds. Left: the first change of W. No sensitivity leaves a core; what packets are left carry the error. Faint: exact RTRL on the same cores.")


def main():
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for draw in (phase_portraits, eigenvalues, trajectories, spectra, curves, locality, alignment, placement):
        draw(source, target)


if __name__ == "__main__":
    main()
