#!/usr/bin/env python3
"""Draws what the shipped models do, for docs/gallery.md: spikes, rates, readouts beside their targets, learning curves.

    python3 docs/figures/gallery.py build/release/bin/locus docs/figures [MODEL...]

Runs each model (all that have such a picture, if none is named) with what is to be seen recorded: the model file and some `record` lines, nothing else.
Recording changes no bit of a run (docs/recording.md), so losses are those of `locus run` alone. Writes seen_MODEL.svg and prints the figures that the gallery
states. Needs nothing but Python; balanced takes half a minute and 400 MB for a while, the others seconds.
"""
import array
import ast
import csv
import math
import pathlib
import re
import subprocess
import sys
import tempfile

from picture import Picture, label

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
COLOUR = {"bptt": 0, "eprop": 1, "eprop:random": 2, "rflo": 3, "tbptt:1": 4, "tbptt:5:5": 4}
TARGET = 7


class Recording:
    """An .npy of a quantity of ticks: (updates, ticks, trials, neurons)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            file.read(8)
            header = ast.literal_eval(file.read(int.from_bytes(file.read(2), "little")).decode())
            self.values = array.array("d" if header["descr"] == "<f8" else "f")
            self.updates, self.ticks, self.trials, self.neurons = header["shape"]
            self.values.fromfile(file, self.updates * self.ticks * self.trials * self.neurons)

    def course(self, neuron, update=-1, trial=0):
        """One neuron's value at each tick."""
        update %= self.updates
        begin = (update * self.ticks * self.trials + trial) * self.neurons + neuron
        return self.values[begin : (update + 1) * self.ticks * self.trials * self.neurons : self.trials * self.neurons]

    def trains(self, update=-1, trial=0):
        """Ticks at which each neuron spikes, counted from 1."""
        return [[t + 1 for t, z in enumerate(self.course(n, update, trial)) if z] for n in range(self.neurons)]


class Seen:
    """A run of a shipped model with these lines of `record` behind it."""

    def __init__(self, program, model, records, *words):
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            for path in MODELS.iterdir():  # files that a model names lie beside it
                (folder / path.name).symlink_to(path)
            text = (MODELS / f"{model}.txtpb").read_text()
            made = folder / "seen.txtpb"
            made.write_text(text + "".join(f"record {{ {record} }}\n" for record in records))
            subprocess.run([program, "run", made, "--quiet", "--out", folder / "out", *words], check=True)
            self.losses, self.recordings, self.rates = {}, {}, {}
            with open(folder / "out" / "losses.csv", newline="") as file:
                for row in csv.DictReader(file):
                    self.losses.setdefault(row["rule"], []).append(float(row["loss"]))
            for path in sorted((folder / "out" / "record").glob("*/*.npy")):
                self.recordings[path.parent.name, path.stem] = Recording(path)
        self.dt = float(re.search(r"dt_ms: ([\d.]+)", text).group(1)) if "dt_ms" in text else 1
        print(f"{model}:", "; ".join(f"{rule} {loss[0]:.4g} to {loss[-1]:.4g} in {len(loss)}" for rule, loss in self.losses.items()), flush=True)

    def of(self, rule, name):
        return self.recordings[rule, name]


def smoothed(losses, points=150):
    """Means of equal stretches, as many as are whole: their middles and their values."""
    stretch = max(1, math.ceil(len(losses) / points))
    parts = [losses[k : k + stretch] for k in range(0, len(losses) - stretch + 1, stretch)]
    return [stretch * k + len(part) / 2 for k, part in enumerate(parts)], [sum(part) / len(part) for part in parts]


def span(values, log=False):
    low, high = min(values), max(values)
    if log:
        return low / 1.2, high * 1.2
    room = 0.08 * (high - low) or 1
    return low - room, high + room


def learning(picture, seen, left, top, width, height, log=True, title="loss", points=150):
    curves = {rule: smoothed(losses, points) for rule, losses in seen.losses.items()}
    panel = picture.panel(left, top, width, height, (0, max(len(losses) for losses in seen.losses.values())), span([y for _, ys in curves.values() for y in ys], log), log)
    panel.axis_y(title)
    panel.axis_x("update", 4)
    for rule, (xs, ys) in curves.items():
        panel.line(xs, ys, COLOUR[rule])
        if len(xs) < 12:
            panel.dots(xs, ys, COLOUR[rule])


def rate(trains, begin, end, width, dt):
    """Spikes a second and neuron, in bins of `width` ticks: their middles [ticks] and rates [Hz]."""
    counts = [0] * ((end - begin) // width)
    for train in trains:
        for time in train:
            if begin < time <= begin + width * len(counts):
                counts[(time - begin - 1) // width] += 1
    return [begin + width * (k + 0.5) for k in range(len(counts))], [1000 * count / (len(trains) * width * dt) for count in counts]


def first_and_last(updates, population, quantity="ACTIVITY", more="trial: 0 numbers: FLOAT32"):
    """Lines that record it in the first and in the last update."""
    return [f'name: "{population}-first" quantity: {quantity} population: "{population}" last_update: 0 {more}',
            f'name: "{population}-last" quantity: {quantity} population: "{population}" first_update: {updates - 1} {more}']


def draw_pattern_generation(program):
    updates = 2000
    errors = [line.replace("out-", "error-") for line in first_and_last(updates, "out", "ERROR")]
    seen = Seen(program, "pattern_generation", first_and_last(updates, "rec") + first_and_last(updates, "out", "OUTPUT") + errors, "--updates", str(updates))
    picture = Picture(980, 560, "Pattern generation: spikes, population rate and readout in the first and the last update, and the loss.")
    ticks = (0, 1000)
    for column, when in enumerate(("first", "last")):
        left = 60 + 330 * column
        trains = seen.of("eprop", f"rec-{when}").trains()
        panel = picture.panel(left, 30, 300, 200, ticks, (0, 1))
        panel.title("spikes of every second neuron, update 1" if when == "first" else f"update {updates:,}")
        panel.raster(trains[::2], [0] * 50)
        panel.axis_x(labels=False)
        panel = picture.panel(left, 265, 300, 70, ticks, (0, 70))
        panel.axis_y("Hz, in 20 ms" if when == "first" else "", 2)
        panel.axis_x(labels=False)
        panel.line(*rate(trains, 0, 1000, 20, seen.dt), 5)
        output = seen.of("eprop", f"out-{when}").course(0)
        target = [y - e for y, e in zip(output, seen.of("eprop", f"error-{when}").course(0))]
        panel = picture.panel(left, 375, 300, 140, ticks, (-0.8, 1.3))
        panel.axis_y("readout and target" if when == "first" else "")
        panel.axis_x("ms", 4)
        panel.line(range(1, 1001), target, TARGET, dashed=True)
        panel.line(range(1, 1001), output, 1)
        print(f"  update {when}: {1000 * sum(map(len, trains)) / (len(trains) * 1000 * seen.dt):.3g} Hz")
    learning(picture, seen, 745, 30, 215, 200)
    picture.legend(745, 300, [("readout", 1, False), ("target", TARGET, True)])
    return picture


def softmax(values):
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    return [power / sum(powers) for power in powers]


def draw_evidence(program):
    updates = 306  # five trials take turns: the last update is of the first one's trial
    names = ("in", "lif", "alif")
    records = [line for name in names for line in first_and_last(updates, name)] + first_and_last(updates, "out", "OUTPUT")
    seen = Seen(program, "evidence", records, "--updates", str(updates))
    picture = Picture(980, 560, "Evidence accumulation: input spikes, spikes of neurons with a fixed and with an adaptive threshold, what the readouts say, and the loss.")
    ticks = (0, 2250)
    # 10 inputs each: cues to the left, cues to the right, the recall, noise.
    rows = [("in", 40, [5] * 10 + [6] * 10 + [3] * 10 + [7] * 10, "inputs, update 1"), ("lif", 50, [0] * 50, "25 of the neurons with a fixed threshold"),
            ("alif", 50, [1] * 50, "25 of those whose threshold adapts")]
    for column, when in enumerate(("first", "last")):
        left, top = 60 + 330 * column, 30
        for name, size, colours, title in rows:
            shown = size if name == "in" else size // 2
            panel = picture.panel(left, top, 300, 3 * shown, ticks, (0, 1))
            panel.shade(2100, 2250)
            panel.title(title if when == "first" else f"update {updates}" if name == "in" else "")
            trains = seen.of("eprop", f"{name}-{when}").trains()
            panel.raster(trains[:: size // shown], colours[:: size // shown])
            panel.axis_x(labels=False)
            top += 3 * shown + 30
            print(f"  {name}, update {when}: {1000 * sum(map(len, trains)) / (size * 2250):.3g} Hz")
        output = seen.of("eprop", f"out-{when}")
        said = [softmax(pair)[1] for pair in zip(output.course(0), output.course(1))]
        panel = picture.panel(left, top, 300, 120, ticks, (0, 1))
        panel.shade(2100, 2250)
        panel.axis_y("softmax of the second readout" if when == "first" else "", 2)
        panel.axis_x("ms", 5)
        panel.line(range(1, 2251), said, 1)
    learning(picture, seen, 745, 30, 215, 200, title="loss, means of five trials", points=61)
    for k, (name, colour) in enumerate((("cues to the left", 5), ("cues to the right", 6), ("recall", 3), ("noise", 7))):
        picture.legend(745, 300 + 20 * k, [(name, colour, False)])
    return picture


def draw_spiking_student_teacher(program):
    updates = 300
    errors = [line.replace("out-", "error-") for line in first_and_last(updates, "out", "ERROR")]
    seen = Seen(program, "spiking_student_teacher", first_and_last(updates, "rec") + first_and_last(updates, "out", "OUTPUT") + errors)
    picture = Picture(980, 520, "A spiking student and teacher: spikes and readouts of the student before and after learning under bptt and rflo, and the loss of each rule.")
    shown = [("bptt", "first", "60 neurons, update 1"), ("bptt", "last", f"bptt, update {updates}"), ("rflo", "last", f"rflo, update {updates}")]
    for column, (rule, when, title) in enumerate(shown):
        left = 60 + 225 * column
        trains = seen.of(rule, f"rec-{when}").trains()
        panel = picture.panel(left, 30, 200, 180, (0, 200), (0, 1))
        panel.title(title)
        panel.raster(trains, [0] * 60)
        panel.axis_x(labels=False)
        for readout in range(2):
            output = seen.of(rule, f"out-{when}").course(readout)
            target = [y - e for y, e in zip(output, seen.of(rule, f"error-{when}").course(readout))]
            panel = picture.panel(left, 245 + 125 * readout, 200, 95, (0, 200), (-2.2, 2.2))
            panel.axis_y("" if column else f"readout {readout + 1}", 3)
            panel.axis_x("ms" if readout else "", 4, labels=readout == 1)
            panel.line(range(1, 201), target, TARGET, dashed=True)
            panel.line(range(1, 201), output, COLOUR[rule] if column else 5)
        print(f"  {rule}, {when}: {1000 * sum(map(len, trains)) / (60 * 200):.3g} Hz in trial 0")
    learning(picture, seen, 765, 30, 200, 180, points=60)
    for k, rule in enumerate(seen.losses):
        picture.legend(765, 280 + 20 * k, [(rule, COLOUR[rule], False)])
    picture.legend(765, 380, [("target", TARGET, True)])
    return picture


def spread(train):
    """The coefficient of variation of a neuron's intervals."""
    gaps = [b - a for a, b in zip(train, train[1:])]
    mean = sum(gaps) / len(gaps)
    return math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1)) / mean


def draw_balanced(program):
    begin, end = 3000, 7000  # ticks of 0.1 ms
    seen = Seen(program, "balanced", ['name: "E" quantity: ACTIVITY population: "E" numbers: FLOAT32', 'name: "I" quantity: ACTIVITY population: "I" numbers: FLOAT32'])
    trains = {name: seen.of("still", name).trains() for name in ("E", "I")}
    picture = Picture(980, 480, "A balanced network: spikes of 80 of its neurons, the rate of each population in every millisecond, and how rates and intervals spread.")
    window = (begin, end)
    panel = picture.panel(60, 30, 600, 240, window, (0, 1))
    panel.title("spikes of 64 excitatory and 16 inhibitory neurons")
    panel.raster(trains["E"][:64] + trains["I"][:16], [5] * 64 + [6] * 16)
    panel.axis_x(labels=False)
    rates = {name: rate(trains[name], begin, end, 10, seen.dt) for name in trains}
    panel = picture.panel(60, 310, 600, 120, (begin * seen.dt, end * seen.dt), (0, 1.1 * max(y for _, ys in rates.values() for y in ys)))
    panel.axis_y("spikes a second and neuron [Hz], in every ms", 3)
    panel.axis_x("ms", 6)
    for (name, (xs, ys)), colour in zip(rates.items(), (5, 6)):
        panel.line([x * seen.dt for x in xs], ys, colour)
    picture.legend(500, 303, [("E", 5, False), ("I", 6, False)])
    ticks = seen.of("still", "E").ticks
    hertz = [1000 * len(train) / (ticks * seen.dt) for train in trains["E"]]
    spreads = [spread(train) for train in trains["E"] if len(train) >= 5]
    whole = [k - 0.5 for k in range(math.ceil(max(hertz)) + 2)]  # rates are whole numbers: spikes in a second
    for top, height, values, name, edges in ((30, 160, hertz, "excitatory neurons by rate [Hz]", whole), (290, 140, spreads, "and by variation of intervals", [k / 12 for k in range(25)])):
        counts = [sum(1 for value in values if low <= value < high) for low, high in zip(edges, edges[1:])]
        panel = picture.panel(745, top, 215, height, (edges[0], edges[-1]), (0, 1.1 * max(counts)))
        panel.axis_y(name, 3)
        panel.axis_x("", 5)
        panel.bars(edges, counts, 5)
    mean = {name: 1000 * sum(map(len, own)) / (len(own) * ticks * seen.dt) for name, own in trains.items()}
    print(f"  E {mean['E']:.4g} Hz, I {mean['I']:.4g} Hz, mean CV of intervals {sum(spreads) / len(spreads):.3g} of {len(spreads)} neurons of E with 5 spikes and more")
    return picture


def beside_targets(program, model, updates, readout, titles, ticks, height, words, axis="tick", shown=None, domain=(-1, 1)):
    """A row a rule: what its readout says in the last update, beside the target."""
    records = [f'name: "output" quantity: OUTPUT population: "{readout}" first_update: {updates - 1} numbers: FLOAT32',
               f'name: "error" quantity: ERROR population: "{readout}" first_update: {updates - 1} numbers: FLOAT32']
    seen = Seen(program, model, records)
    rules = list(seen.losses)
    picture = Picture(980, 46 + (height + 28) * len(rules), words)
    for row, rule in enumerate(rules):
        output = seen.of(rule, "output")
        error = seen.of(rule, "error")
        lines = [(output.course(n), error.course(n)) for n in range(output.neurons)]
        targets = [[y - e for y, e in zip(*line)] for line in lines]
        panel = picture.panel(60, 30 + (height + 28) * row, 600, height, shown or ticks, domain)
        panel.axis_y(f"{rule}: {titles}" if row == 0 else rule, 3)
        last = row + 1 == len(rules)
        panel.axis_x(axis if last else "", 8, labels=last)
        xs = [ticks[0] + (ticks[1] - ticks[0]) * t / (output.ticks - 1) for t in range(output.ticks)]
        for target in targets:
            panel.line(xs, target, TARGET, dashed=True)
        for n, (ys, _) in enumerate(lines):
            panel.line(xs, ys, COLOUR[rule] if len(lines) == 1 else (5, 6, 3)[n])
    learning(picture, seen, 745, 30, 215, 200)
    for k, rule in enumerate(rules):
        picture.legend(745, 290 + 20 * k, [(rule, COLOUR[rule], False)])
    picture.legend(745, 300 + 20 * len(rules), [("target", TARGET, True)])
    return picture


def draw_sines(program):
    return beside_targets(program, "sines", 2000, "out", "the readout in the last trial", (1, 100), 64, "Sines: the readout of each rule in its last trial beside the target, and the loss.", domain=(-1.4, 1.4))


def draw_sunspots(program):
    return beside_targets(program, "sunspots", 1000, "next", "next year's number / 100, as foreseen in the last pass", (1701, 2008), 64, "Sunspots: each year's number as each rule's network foresees it, beside the true one, and the loss.", axis="year", shown=(1900, 2008), domain=(0, 2))


def draw_sparse(program):
    return beside_targets(program, "sparse", 2000, "choice", "the three readouts after the first cue", (1, 20), 64, "Sparse: the three readouts of each rule's network after the first of three cues, beside their targets, and the loss.", domain=(-0.4, 1.2))


def main():
    program, target = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    known = {name.removeprefix("draw_"): draw for name, draw in globals().items() if name.startswith("draw_")}
    for model in sys.argv[3:] or known:
        known[model](program).write(target / f"seen_{model}.svg")


if __name__ == "__main__":
    main()
