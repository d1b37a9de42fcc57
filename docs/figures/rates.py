#!/usr/bin/env python3
"""Each learning rule at its own best rate: chooses the rates of models/tasks and models/digits, and reports.

    python3 docs/figures/rates.py build/release/bin/locus choose [NAME...]   # some minutes a model
    python3 docs/figures/rates.py build/release/bin/locus report [NAME...]

`choose` runs every rule at every rate of RATES under the seeds 101, 102 and 103, takes the rate whose median over these
seeds is best (accuracy of evaluation trials, or their loss where trials have no class), and writes it into the model
file. Where the best rate is at an end, the next one beyond is tried too. The sweeps stay in build/rates, and the same
command goes on where it was. `report` is `locus sweep MODEL --seeds 5`, that is the seeds 1 to 5 with the rates of the file. The reported trials
have chosen nothing: those of a drawn task depend on the seed, and digits that are held out are not even there when rates
are chosen, since then 1,000 of the learnt digits are learnt and the other 200 evaluated.

Both write their tables into docs/benchmarks.md, between `<!-- table NAME rates -->` or `<!-- table NAME -->` and
`<!-- end -->`; `report` also writes its lines of the table in docs/tasks.md. Needs NumPy for the digits.
"""

import math
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

from benchmarks import human, loss, put, rows_of, size

ROOT = pathlib.Path(__file__).parent.parent.parent
RATES = ["0.0003", "0.001", "0.003", "0.01", "0.03"]
# where the best rate is at an end, the next one is tried too
BEYOND = {"0.0003": "0.0001", "0.0001": "0.00003", "0.03": "0.1", "0.1": "0.3"}
CHOOSING = ["--seed", "101", "--seeds", "3"]
REPORTING = ["--seeds", "5"]
LEARNT = 1000  # of the 1,200 learnt digits, where rates are chosen

SOURCES = {
    "add": "Pitis 2016; Marschall et al. 2020",
    "copy": "Graves et al. 2014; Menick et al. 2021",
    "flip_flop": "Sussillo & Barak 2013",
    "delayed_match": "Miller et al. 1996",
    "delayed_xor": "Kim et al. 2019",
    "ready_set_go": "Jazayeri & Shadlen 2010",
    "evidence_accumulation": "Morcos & Harvey 2016; Bellec et al. 2020",
    "mackey_glass": "Mackey & Glass 1977",
    "mimic": "Marschall et al. 2020",
    "digits_pixels": "Alpaydin & Kaynak 1998",
    "digits_rows": "Alpaydin & Kaynak 1998",
    "digits_spiking": "Alpaydin & Kaynak 1998",
}


def path_of(name):
    return f"models/digits/{name.removeprefix('digits_')}.txtpb" if name.startswith("digits_") else f"models/tasks/{name}.txtpb"


def rules_of(text):
    return re.findall(r'^rules { name: "([^"]+)"', text, flags=re.M)


def rate_of(text, rule):
    own = re.search(rf'^rules {{ name: "{re.escape(rule)}" .*learning_rate: (\S+) }}$', text, flags=re.M)
    return own.group(1) if own else re.search(r"learning_rate: (\S+)", text).group(1)


def with_rate(text, rule, rate):
    """The model's text, in which this rule has this learning rate."""
    line = re.search(rf'^rules {{ name: "{re.escape(rule)}" .* }}$', text, flags=re.M).group()
    bare = re.sub(r" learning_rate: \S+", "", line)
    return text.replace(line, f"{bare.removesuffix(' }')} learning_rate: {rate} }}")


def sweep(program, words, place, folder):
    """The lines of summary.csv and members.csv. Members that are in the folder are not run again."""
    # exit 1: some members failed, which the tables say
    done = subprocess.run([program, "sweep", *words, "--quiet", "--out", folder], cwd=place, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return rows_of(folder, "summary.csv"), rows_of(folder, "members.csv")


def rule_name(line):
    return line["rule"].removeprefix("'")


def is_choice(members):
    return any(member.get("evaluation_accuracy") for member in members)


def place_of_choosing(name):
    """A folder with the model, where rates are chosen: no rule has one yet, and digits that are held out are not there."""
    place = ROOT / "build/rates" / name
    shutil.rmtree(place / "models", ignore_errors=True)
    shutil.copytree(ROOT / path_of(name).rpartition("/")[0], (place / path_of(name)).parent)
    model = place / path_of(name)
    model.write_text(re.sub(r"^(rules .*) learning_rate: \S+ }$", r"\1 }", model.read_text(), flags=re.M))
    if not name.startswith("digits_"):
        return place
    import numpy as np

    for path in model.parent.glob("*_learnt.np[yz]"):
        held_out = path.with_name(path.name.replace("learnt", "held_out"))
        arrays = np.load(path)
        if path.suffix == ".npy":
            np.save(path, arrays[:LEARNT])
            np.save(held_out, arrays[LEARNT:])
        else:
            arrays = dict(arrays)
            np.savez(path, **{key: array[:LEARNT] for key, array in arrays.items()})
            np.savez(held_out, **{key: array[LEARNT:] for key, array in arrays.items()})
    return place


def score(members):
    """The median over seeds, to be as high as possible; minus infinity where a seed did not complete."""
    if any(member["status"] != "COMPLETED" for member in members):
        return -math.inf
    if is_choice(members):
        return statistics.median(float(member["evaluation_accuracy"]) for member in members)
    return -statistics.median(float(member["evaluation"]) for member in members)


def scores_of(program, name, place, rule):
    """The score of each rate, and whether it is an accuracy. Goes on where an earlier command stopped."""
    field = f"rules[{rule}].learning_rate"
    scores, rates, choice = {}, RATES, False
    while rates:
        words = [path_of(name), "--rule", rule, "--set", f"{field}={','.join(rates)}", *CHOOSING]
        _, members = sweep(program, words, place, place / re.sub(r"\W", "_", rule))
        choice = choice or is_choice(members)
        scores |= {rate: score([member for member in members if member[field] == rate]) for rate in rates}
        tried = sorted(scores, key=float)
        best = max(tried, key=lambda rate: scores[rate])
        rates = [BEYOND[best]] if best in (tried[0], tried[-1]) and BEYOND.get(best) not in (None, *tried) else []
    return scores, choice


def choose(program, name):
    place = place_of_choosing(name)
    file = ROOT / path_of(name)
    text = file.read_text()
    found = {rule: scores_of(program, name, place, rule) for rule in rules_of(text)}
    tried = sorted({rate for scores, _ in found.values() for rate in scores}, key=float)
    table = ["| rule | " + " | ".join(tried) + " |", "|---" * (len(tried) + 1) + "|"]
    for rule, (scores, choice) in found.items():
        best = max(scores, key=lambda rate: scores[rate])
        if scores[best] == -math.inf:
            sys.exit(f"{name}: {rule} completes at no rate")
        text = with_rate(text, rule, best)
        cells = {rate: f"{100 * s:.1f} %" if choice else loss(str(-s)) for rate, s in scores.items() if s != -math.inf}
        cells[best] = f"**{cells[best]}**"
        table.append(f"| {rule} | " + " | ".join(cells.get(rate, "–" if rate in scores else "") for rate in tried) + " |")
        print(name, table[-1], flush=True)
    file.write_text(text)
    put(f"{name} rates", "\n".join(table))


def mean_and_error(values, scale=1):
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0
    return scale * statistics.mean(values), scale * error


def line_of_tasks(name):
    """The line of this model in docs/tasks.md, and that page."""
    page = (ROOT / "docs/tasks.md").read_text()
    lines = re.findall(rf"^\| \[{name}\]\(.*$", page, flags=re.M)
    if len(lines) != 1:
        sys.exit(f"docs/tasks.md has {len(lines)} lines of {name}; must have 1")
    return lines[0], page


def constant_of(program, name):
    """Chance level, and loss of the best constant: as `locus info` says them, or of the digits that are held out."""
    if name.startswith("digits_"):
        import numpy as np

        classes = np.load(ROOT / "models/digits/classes_held_out.npy")
        parts = np.bincount(classes) / len(classes)
        return f"{100 / len(parts):.4g} %", f"{-(parts * np.log(parts)).sum():.6g}"
    text = subprocess.run([program, "info", path_of(name)], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    text = " ".join(text.split())
    best = re.search(r"loss of the best constant output ([0-9.e-]+)", text)
    chance = re.search(r"chance level ([0-9.]+) %", text)
    return f"{chance.group(1)} %" if chance else "–", best.group(1) if best else "–"


def report(program, name):
    words = [path_of(name), *REPORTING]
    lines, members = sweep(program, words, ROOT, ROOT / "build/rates" / name / "report")
    text = (ROOT / path_of(name)).read_text()
    choice = is_choice(members)
    head = ["rule", "rate", "done", *(["accuracy"] if choice else []), "loss of evaluation trials", "messages", "violations", "kept"]
    table = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    reached = {}
    for line in lines:
        own = [member for member in members if member["rule"] == line["rule"] and member["status"] == "COMPLETED"]
        if not own:
            table.append(f"| {rule_name(line)} | {rate_of(text, rule_name(line))} | 0/{line['seeds']} |" + " – |" * (len(head) - 3))
            continue
        losses = mean_and_error([float(member["evaluation"]) for member in own])
        cells = [rule_name(line), rate_of(text, rule_name(line)), f"{len(own)}/{line['seeds']}"]
        reached[rule_name(line)] = f"{losses[0]:.3g} ± {losses[1]:.1g}"
        if choice:
            right = mean_and_error([float(member["evaluation_accuracy"]) for member in own], 100)
            reached[rule_name(line)] = f"{right[0]:.1f} ± {right[1]:.1f} %"
            cells.append(reached[rule_name(line)])
        kept = max(int(member["history_bytes"]) + int(member["trace_bytes"]) for member in own)
        cells += [f"{losses[0]:.3g} ± {losses[1]:.1g}", human(line["messages"]), human(line["violations"]), size(kept)]
        table.append("| " + " | ".join(cells) + " |")
        print(name, table[-1], flush=True)
    put(name, f"```\nlocus sweep {' '.join(words)}\n```\n\n" + "\n".join(table))
    return reached


def put_in_tasks(program, name, reached):
    old, page = line_of_tasks(name)
    rules = ["bptt", "tbptt:5", "tbptt:1", "eprop", "eprop:random", "rflo"]
    cells = [f"[{name}](../{path_of(name)})", SOURCES[name], *constant_of(program, name), *(reached.get(rule, "") for rule in rules)]
    (ROOT / "docs/tasks.md").write_text(page.replace(old, "| " + " | ".join(cells) + " |"))


def main():
    program, what, *names = sys.argv[1:]
    program = str(pathlib.Path(program).resolve())
    for name in names or list(SOURCES):
        if what == "choose":
            choose(program, name)
        elif what == "report":
            put_in_tasks(program, name, report(program, name))
        else:
            sys.exit("say choose or report")


if __name__ == "__main__":
    main()
