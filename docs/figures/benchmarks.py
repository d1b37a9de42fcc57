"""The tables of docs/benchmarks.md, computed anew and written into it.

    python3 docs/figures/benchmarks.py build/release/bin/locus            # all of them; some minutes
    python3 docs/figures/benchmarks.py build/release/bin/locus unaligned  # one

Each table is one `locus sweep`; its command stands above it in the page. A table stands between two marks,
`<!-- table NAME -->` and `<!-- end -->`, so that a page can hold tables of other scripts too. Needs nothing but Python.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(__file__).parent.parent / "benchmarks.md"

# The words of each table's command, after `locus sweep`.
TABLES = {
    "unaligned": ["models/unaligned.txtpb", "--seeds", "8", "--updates", "500"],
    "student_teacher": ["models/student_teacher.txtpb", "--seeds", "8"],
    "sparse": ["models/sparse.txtpb", "--seeds", "8", "--updates", "300"],
    "ladder": ["models/ladder.txtpb", "--set", "training.learning_rate=0.05,0.1,0.2", "--seeds", "16", "--best"],
    "chip": ["models/chip.txtpb", "--seeds", "8"],
}


def human(text):
    """Three significant digits with a prefix, as the program writes counts; a dash for nothing."""
    if not text:
        return "–"
    value = float(text)
    for limit, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g}{prefix}"
    return f"{value:.3g}"


def size(count):
    return re.sub("([kMG]?)$", r" \1B", human(str(count)), count=1)


def loss(text):
    return f"{float(text):.3g}" if text and text != "nan" else "–"


def rows_of(folder, name):
    with open(folder / name, newline="") as file:
        return list(csv.DictReader(file))


def table(program, words):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "sweep", *words, "--quiet", "--out", folder], check=True)
        best = "--best" in words
        lines = rows_of(pathlib.Path(folder), "best.csv" if best else "summary.csv")
        members = rows_of(pathlib.Path(folder), "members.csv")
    chip = any(line["packets"] for line in lines)
    axes = [column for column in lines[0] if "." in column] if best else []
    head = ["rule", *(axis.split(".")[-1].replace("_", " ") for axis in axes), "done", "median loss", "quartiles", "mean ± SEM", "messages", "violations", "kept"]
    head += ["packets", "energy"] if chip else []
    text = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for line in lines:
        kept = next(int(m["history_bytes"]) + int(m["trace_bytes"]) for m in members if m["rule"] == line["rule"])
        cells = [
            line["rule"].removeprefix("'"),
            *(line[axis] for axis in axes),
            f"{line['completed']}/{line['seeds']}",
            loss(line["median"]),
            f"{loss(line['q25'])} to {loss(line['q75'])}",
            f"{loss(line['mean'])} ± {loss(line['sem'])}",
            human(line["messages"]),
            human(line["violations"]),
            size(kept),
        ]
        if chip:
            cells += [human(line["packets"]), f"{float(line['energy_pj']) / 1e6:.3g} µJ" if line["energy_pj"] else "–"]
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text)


def put(name, text):
    """Puts a text between the marks of its table."""
    block = f"<!-- table {name} -->\n\n{text}\n\n<!-- end -->"
    page, found = re.subn(rf"<!-- table {name} -->.*?<!-- end -->", lambda _: block, PAGE.read_text(), flags=re.S)
    if found != 1:
        sys.exit(f"docs/benchmarks.md has {found} places for the table {name}; must have 1")
    PAGE.write_text(page)


def main():
    program = sys.argv[1]
    for name in sys.argv[2:] or list(TABLES):
        made = table(program, TABLES[name])
        command = "locus sweep " + " ".join(TABLES[name])
        put(name, f"```\n{command}\n```\n\n{made}")
        print(command)


if __name__ == "__main__":
    main()
