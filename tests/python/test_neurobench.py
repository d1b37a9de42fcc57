"""NeuroBench's names: figures against NumPy and against the ledger."""

import numpy as np
import pytest

import locus
from test_model import network


def held_out():
    m = network()
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(5, 6, 2)), rng.normal(size=(5, 6, 1))
    m.trials(rng.normal(size=(4, 6, 2)), target=rng.normal(size=(4, 6, 1)), held_out=(x, y))
    m.train(loss="sequence", evaluate_every=2, warmup_ticks=2)
    return m, x, y


def test_figures_of_a_rate_network():
    m, x, y = held_out()
    r = locus.run(m, rules=["bptt", "rflo"])
    found = r.neurobench("bptt")
    answer = r["bptt"].forward(x)["out"][:, 2:]
    assert found["MSE"] == pytest.approx(((answer - y[:, 2:]) ** 2).mean(), rel=1e-12)
    assert found["MSE"] == pytest.approx(2 * r["bptt"].proto.evaluations[-1].loss, rel=1e-12)  # the program's own figure
    assert found["R2"] == pytest.approx(1 - ((answer - y[:, 2:]) ** 2).sum() / ((y[:, 2:] - y[:, 2:].mean()) ** 2).sum())
    assert found["SMAPE"] == pytest.approx(200 * (np.abs(answer - y[:, 2:]) / (np.abs(answer) + np.abs(y[:, 2:]))).mean())
    assert found["ParameterCount"] == 5 * 2 + 5 * 5 + 5
    assert found["Footprint"] == 8 * (40 + 5)
    assert found["ConnectionSparsity"] == 0 and found["ActivationSparsity"] == 0
    assert found["SynapticOperations"] == {"Effective_MACs": 6 * 10 + 5 * 25 + 6 * 5, "Effective_ACs": 0.0, "Dense": 6 * 40}
    assert "ClassificationAccuracy" not in found
    summary = r.summary
    for name, column in (("Messages", "messages"), ("SpatialViolations", "spatial"), ("TemporalViolations", "temporal"),
                         ("MaxLag", "max_lag"), ("HistoryBytes", "history_bytes"), ("TraceBytes", "trace_bytes")):  # fmt: skip
        assert r.neurobench("rflo")["Locality"][name] == summary[column]["rflo"]
    assert found["Locality"]["MaxLag"] == 5


def test_operations_are_those_of_the_ledger():
    """Spikes, sparse wires and a delay: what a run that does not learn counts."""
    scipy_sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(8)
    m = locus.Model("spikes", seed=4)
    m.input("in", 3)
    m.lif("lif", 20, tau_m=20, threshold=0.5)
    m.rate("rec", 4, "relu")
    m.readout("out", 2)
    m.connect("in", "lif", locus.gaussian(2), name="B")
    m.connect("lif", "lif", scipy_sparse.random(20, 20, 0.2, random_state=1, format="csr"), name="W")
    m.connect("lif", "rec", locus.gaussian(1), name="V", delay=3)
    m.connect("rec", "out", locus.gaussian(1), name="A")
    x = (rng.random((7, 15, 3)) < 0.4) * 1.0
    m.trials(x, classes=rng.integers(0, 2, 7))
    m.train(batch=7, updates=1, learning_rate=0, loss="cross_entropy", window=4)
    run = locus.run(m, rules=["none"])["none"]
    found = run.neurobench(x, classes=np.zeros(7, dtype=int))
    operations = found["SynapticOperations"]
    dendrites = sum(e.messages for e in run.proto.ledger.entries if e.channel == run.proto.ledger.entries[0].DESCRIPTOR.fields_by_name["channel"].enum_type.values_by_name["DENDRITE"].number)
    assert (operations["Effective_ACs"] + operations["Effective_MACs"]) * 7 == pytest.approx(dendrites, abs=1e-6)
    said = run.forward(x, record=["lif", "rec", "out"])
    assert operations["Effective_MACs"] == pytest.approx((said["rec"] != 0).sum() * 2 / 7)
    assert operations["Dense"] == 15 * (60 + 400 + 80 + 8)
    assert found["ConnectionSparsity"] == pytest.approx(320 / 548)
    assert found["ActivationSparsity"] == pytest.approx(((said["lif"] == 0).sum() + (said["rec"] == 0).sum()) / (7 * 15 * 24))
    assert found["ClassificationAccuracy"] == (said["out"][:, -4:].sum(axis=1).argmax(axis=1) == 0).mean()
    assert "MSE" not in found


def test_unknown_ones_are_left_out():
    found = locus.run(network(), rules=["rflo"]).neurobench("rflo")
    assert set(found) == {"Footprint", "ParameterCount", "ConnectionSparsity", "Locality"}
    assert "MSE" not in locus.run(network(), rules=["rflo"]).neurobench("rflo", np.ones((1, 6, 2)))
