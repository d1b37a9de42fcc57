"""The digits: what the first program of a newcomer says, and PyTorch's numbers."""

import json
import subprocess

import numpy as np
import pytest

import locus
from conftest import shared


def test_forms_of_the_digits():
    pixels, digit = locus.data.digits()
    rows, same = locus.data.digits("rows")
    spikes, _ = locus.data.digits("spikes")
    assert pixels.shape == (1797, 64, 1) and rows.shape == (1797, 8, 8) and spikes.shape == (1797, 40, 8)
    assert (pixels.reshape(1797, 8, 8) == rows).all() and (digit == same).all()
    assert pixels.min() == 0 and pixels.max() == 1 and set(np.unique(spikes)) == {0, 1}
    assert np.bincount(digit[:1200]).min() > 100
    assert (spikes.reshape(1797, 8, 5, 8).sum(axis=2) == np.rint(5 * rows)).all()
    with pytest.raises(locus.UsageError, match="must be pixels, rows or spikes"):
        locus.data.digits("columns")


PROGRAM = """
import locus, numpy as np

x, digit = locus.data.digits()
m = locus.Model("digits", seed=1)
m.input("pixel", 1)
m.input("one", constant=1)
m.rate("rec", 64, "tanh", leak=0.2)
m.readout("digit", 10)
m.connect("pixel", "rec", locus.gaussian(gain=1), name="B")
m.connect("one", "rec", 0.0, name="b")
m.connect("rec", "rec", locus.gaussian(gain=0.9), name="W")
m.connect("rec", "digit", locus.gaussian(gain=1), name="A")
m.trials(x[:1200], classes=digit[:1200], held_out=(x[1200:], digit[1200:]))
m.train(loss="cross_entropy", window=1, batch=40, updates=UPDATES, learning_rate=0.003, optimizer="adam", evaluate_every=100)

r = locus.run(m, rules=["bptt", "tbptt:1", "rflo", "eprop"], progress=True)
print(r.summary)
r.ledger.query("lag > 0").groupby("rule").messages.sum()
r.losses.rolling(20).mean().plot(logy=True)
W = r["bptt"].weights["W"]
y = r["rflo"].forward(x[1200:], record=["digit"])["digit"]
r.save("results")
"""


@pytest.fixture
def drawn_in_memory(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)


def test_the_first_program_learns_as_far_as_each_rule_can(drawn_in_memory):
    names = {}
    exec(PROGRAM.replace("UPDATES", "1500"), names)
    r, x, digit = names["r"], names["x"], names["digit"]
    assert names["y"].shape == (597, 64, 10) and names["W"].shape == (64, 64)
    accuracy = {rule: run.forward(x[1200:], classes=digit[1200:])["accuracy"] for rule, run in r.items()}
    last = r.evaluations.groupby("rule").accuracy.last()
    assert all(last[rule] == value for rule, value in accuracy.items())
    # BPTT comes to 75 to 83 %. What the others reach moves by 10 points and more with the last bits of the arithmetic.
    assert accuracy["bptt"] > 0.73 and min(accuracy.values()) > 0.2 and max(accuracy, key=accuracy.get) == "bptt", accuracy
    assert set(r.ledger.query("lag > 0").groupby("rule").messages.sum().index) == {"bptt"}
    assert r.neurobench("bptt")["ClassificationAccuracy"] == accuracy["bptt"]


def test_the_first_programs_model_file_gives_its_fingerprints(drawn_in_memory, program, tmp_path):
    names = {}
    exec(PROGRAM.replace("UPDATES", "5"), names)
    names["m"].save("digits.binpb")
    rules = [f"--rule={rule}" for rule in names["r"]]
    subprocess.run([program, "run", "digits.binpb", *rules, "--out", "out", "--quiet"], check=True)
    wanted = {run["rule"]: run["fingerprint"] for run in json.loads((tmp_path / "out" / "result.json").read_text())["runs"]}
    assert names["r"].fingerprints == wanted == locus.read("results").fingerprints


def test_bptt_is_that_of_pytorch():
    golden = json.loads(shared("fixtures/data/digits_bptt_torch.json").read_text())
    rows, digit = locus.data.digits("rows")
    m = locus.Model("rows")
    m.input("row", 8)
    m.input("one", constant=1)
    m.rate("rec", 16, "tanh", leak=golden["leak"])
    m.readout("digit", 10)
    b = np.array(golden["B"])
    m.connect("row", "rec", b[:, :8], name="B")
    m.connect("one", "rec", b[:, 8:], name="b")
    m.connect("rec", "rec", golden["W"], name="W")
    m.connect("rec", "digit", golden["A"], name="A")
    m.trials(rows[:1200], classes=digit[:1200])
    m.train(loss="cross_entropy", window=1, batch=40, updates=30, learning_rate=golden["learning_rate"])
    run = locus.run(m, rules=["bptt"])["bptt"]
    assert np.abs(run.losses - golden["losses"]).max() < 1e-13
    after = {name: np.array(values) for name, values in golden["after"].items()}
    assert np.abs(np.hstack([run.weights["B"], run.weights["b"]]) - after["B"]).max() < 1e-13
    assert np.abs(run.weights["W"] - after["W"]).max() < 1e-13 and np.abs(run.weights["A"] - after["A"]).max() < 1e-13
