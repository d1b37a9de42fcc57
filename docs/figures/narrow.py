#!/usr/bin/env python3
"""How RFLO and BPTT learn over narrow, lossy, slow wires and with weights of few bits: the table of docs/chip.md.

    python3 docs/figures/narrow.py build/release/bin/locus [--write]

Each line is a sweep of models/narrow.txtpb over five seeds; a cell is the median of the loss at the end. The command
prints the table; with --write it also replaces the one of docs/chip.md, between `<!-- table narrow -->` and
`<!-- end -->`. Some ten seconds.
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent
SEEDS = ["--seeds", "5"]
LINES = [  # what, rule, the field that is swept and its values, fields that are set
    ("ideal", "bptt", "training.learning_rate", ["0.02"], []),
    ("ideal", "rflo", "training.learning_rate", ["0.02"], []),
    ("FEEDBACK of so many bits", "rflo", "training.wires[0].bits", ["2", "3", "4", "6"], []),
    ("FEEDBACK, a part lost", "rflo", "training.wires[0].drop", ["0.01", "0.1", "0.5"], []),
    ("weights of so many bits, stochastic", "rflo", "training.synapse.weight_bits", ["6", "8", "10"], ["training.synapse.rounding=STOCHASTIC"]),
    ("weights of so many bits, nearest", "rflo", "training.synapse.weight_bits", ["6", "8", "10"], ["training.synapse.rounding=NEAREST"]),
    ("weights of so many bits, stochastic", "bptt", "training.synapse.weight_bits", ["6", "8", "10"], ["training.synapse.rounding=STOCHASTIC"]),
    ("weights of so many bits, nearest", "bptt", "training.synapse.weight_bits", ["6", "8", "10"], ["training.synapse.rounding=NEAREST"]),
    ("traces of so many bits, stochastic", "rflo", "training.synapse.trace_bits", ["2", "3", "4"], ["training.synapse.rounding=STOCHASTIC"]),
    ("traces of so many bits, nearest", "rflo", "training.synapse.trace_bits", ["2", "3", "4"], ["training.synapse.rounding=NEAREST"]),
]


def medians(program, rule, field, values, settings):
    with tempfile.TemporaryDirectory() as folder:
        words = [program, "sweep", "models/narrow.txtpb", "--rule", rule, *SEEDS, "--set", f"{field}={','.join(values)}"]
        for setting in settings:
            words += ["--set", setting]
        subprocess.run([*words, "--quiet", "--out", folder], check=True, cwd=ROOT)
        with open(pathlib.Path(folder) / "summary.csv", newline="") as file:
            return [(line[field], float(line["median"])) for line in csv.DictReader(file)]


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    table = ["| hardware | rule | median loss at the end |", "|---|---|---|"]
    for what, rule, field, values, settings in LINES:
        found = medians(program, rule, field, values, settings)
        cells = [f"{loss:.2g}" if what == "ideal" else f"{value}: {loss:.2g}" for value, loss in found]
        table.append(f"| {what} | {rule} | {', '.join(cells)} |")
        print(table[-1], flush=True)
    if "--write" not in sys.argv:
        return
    page = ROOT / "docs" / "chip.md"
    before, rest = page.read_text().split("<!-- table narrow -->\n")
    after = rest.split("<!-- end -->", 1)[1]
    page.write_text(before + "<!-- table narrow -->\n\n" + "\n".join(table) + "\n\n<!-- end -->" + after)


if __name__ == "__main__":
    main()
