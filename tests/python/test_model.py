"""Model: building, loading, arrays, errors."""

import copy
import pickle

import numpy as np
import pytest

import locus


def network(**train):
    m = locus.Model("net", seed=3)
    m.input("in", 2)
    m.rate("rec", 5, "tanh", leak=0.3)
    m.readout("out", 1)
    m.connect("in", "rec", locus.gaussian(1), name="B")
    m.connect("rec", "rec", locus.gaussian(1.2), name="W")
    m.connect("rec", "out", locus.gaussian(1), name="A")
    rng = np.random.default_rng(0)
    m.trials(rng.normal(size=(4, 6, 2)), target=rng.normal(size=(4, 6, 1)))
    m.train(loss="sequence", batch=2, updates=4, learning_rate=0.05, **train)
    return m


def test_a_model_built_here_is_the_one_of_its_text(tmp_path):
    m = network()
    m.save(tmp_path / "net.txtpb")
    assert locus.Model.load(tmp_path / "net.txtpb").proto == m.message()
    m.save(tmp_path / "net.binpb")
    assert locus.Model.load(tmp_path / "net.binpb").proto == m.message()
    here = locus.run(m, rules=["bptt", "rflo"]).fingerprints
    assert locus.run(tmp_path / "net.txtpb", rules=["bptt", "rflo"]).fingerprints == here


def test_signs_and_paces_of_rules():
    m = network(optimizer={"sgd": {"momentum": 0.5}, "weight_decay": 0.001})
    m.connect("rec", "rec", np.full((5, 5), 0.25), name="late", delay=2, sign="non_negative", weight_max=0.5)
    m.rule("slow", rflo={}, learning_rate=0.01, optimizer={"adam": {}})
    m.rule("bptt", bptt={})
    result = locus.run(m)
    learnt = result["slow"].weights["late"]
    assert learnt.min() >= 0 and learnt.max() <= 0.5 and np.any(learnt != 0.25)
    m.weights["late"] = -np.ones((5, 5))
    with pytest.raises(locus.ModelError, match="NON_NEGATIVE"):
        locus.run(m)


def test_large_arrays_are_saved_beside_the_model(tmp_path):
    m = network()
    m.proto.network.populations[1].size = 400
    w = np.random.default_rng(1).normal(size=(400, 400)) / 20
    m.weights["W"] = w
    m.save(tmp_path / "net.txtpb")
    assert (tmp_path / "net.W.npy").exists()
    assert len((tmp_path / "net.txtpb").read_text()) < 20_000
    assert locus.run(tmp_path / "net.txtpb", rules=["rflo"]).fingerprints == locus.run(m, rules=["rflo"]).fingerprints


def test_arrays_are_weights_exactly():
    m = network()
    w = np.random.default_rng(2).normal(size=(5, 5))
    m.weights["W"] = w.astype(">f8")
    run = locus.run(m, rules=["none"])["none"]
    assert (run.weights["W"] == w).all()
    assert not run.weights["W"].flags.writeable


def test_sparse_matrices_are_sparse_projections():
    sparse = pytest.importorskip("scipy.sparse")
    m = network()
    w = sparse.csr_matrix(np.diag([1.0, 2, 3, 4, 5]))
    m.weights["W"] = w
    r = locus.run(m, rules=["rflo"])
    rows, cols, row, col, values = r["rflo"].initial_weights["W"]
    assert (rows, cols) == (5, 5)
    assert (sparse.coo_matrix((values, (row, col)), shape=(5, 5)) != w).nnz == 0
    axon = r.ledger.query("channel == 'AXON'").messages.sum()
    assert axon == 4 * 2 * (6 * 10 + 5 * 5 + 6 * 5)  # updates x lanes x (B + W, from tick 2, + A)


def leaky(m, leak):
    """Another leak for the rate neurons."""
    other = locus.Model()
    other.rate("rec", 5, "tanh", leak=leak)
    m.proto.network.populations[1].rate.CopyFrom(other.proto.network.populations[0].rate)


@pytest.mark.parametrize(
    "break_it, field, said",
    [
        (lambda m: m.weights.__setitem__("W", np.where(np.eye(5) > 0, np.nan, 1)), "W[0, 0]", "finite"),
        (lambda m: m.trials(np.ones((2, 6, 2)), classes=[0, 1]), "trials.classes[1]", "0 .. 0"),
        (lambda m: m.trials(np.ones((2, 6, 3)), target=np.ones((2, 6, 1))), "task.recorded.trials[0]", "2"),
        (lambda m: leaky(m, 1.5), "network.populations[1].rate.leak", "at most 1"),
        (lambda m: m.train(batch=0), "training.batch", "at least 1"),
    ],
)
def test_a_fault_names_its_field_and_what_is_allowed(break_it, field, said):
    m = network()
    break_it(m)
    with pytest.raises(locus.ModelError) as error:
        locus.run(m, rules=["rflo"])
    fault = error.value.faults[0]
    assert fault.field.startswith(field), fault
    assert said in fault.text
    assert m.validate()[0].field == fault.field


def test_wrong_arguments_say_what_is_allowed():
    m = network()
    with pytest.raises(locus.UsageError, match=r"shape \(4, 4\); must be \(5, 5\)"):
        m.weights["W"] = np.ones((4, 4))
    with pytest.raises(locus.UsageError, match="no projection is named V"):
        m.weights["V"] = np.ones((4, 4))
    with pytest.raises(locus.UsageError, match="identity, tanh"):
        m.rate("more", 3, "sine")
    with pytest.raises(locus.UsageError, match="not both"):
        m.trials(np.ones((1, 2, 2)), target=np.ones((1, 2, 1)), classes=[0])
    with pytest.raises(locus.UsageError, match="rflo"):
        locus.run(m, rules=["rlfo"])
    with pytest.raises(locus.UsageError, match="lerning_rate"):
        m.train(lerning_rate=1)


def test_copies_and_pickles_are_equal_and_apart():
    m = network()
    m.weights["W"] = np.eye(5)
    for other in (copy.deepcopy(m), pickle.loads(pickle.dumps(m))):
        assert other == m
        assert locus.run(other, rules=["rflo"]).fingerprints == locus.run(m, rules=["rflo"]).fingerprints
        other.proto.seed = 9
        assert other != m


def test_matrices_of_the_schema_come_back_bit_by_bit():
    a = np.random.default_rng(0).normal(size=(3, 7))
    assert (locus.array(locus.matrix(a)) == a).all()
    assert list(locus.matrix(a).values) == a.ravel().tolist()


def test_fields_are_words_arrays_and_forms_as_python_has_them():
    m, plain = network(), network()
    r = np.random.default_rng(4).normal(size=(1, 5))
    m.train(wires={"channel": "feedback", "bits": np.int64(4), "range": np.float64(2)}, synapse={"weight_bits": 8, "range": 2, "rounding": "stochastic"})
    plain.train(wires=[{"channel": "FEEDBACK", "bits": 4, "range": 2}], synapse={"weightBits": 8, "range": 2, "rounding": "STOCHASTIC"})
    m.rule("mine", rflo={"feedback": {"weights": r, "learn": {"decay": 0.01}}})
    plain.rule("mine", rflo={"feedback": [{"weights": {"dense": {"rows": 1, "cols": 5, "values": r.ravel().tolist()}}, "learn": {"decay": 0.01}}]})
    m.rule("drawn", rflo={"feedback": [{"weights": locus.gaussian(2)}]})
    plain.rule("drawn", rflo={"feedback": [{"weights": {"gaussian": {"gain": 2}}}]})
    assert m.proto == plain.proto
    del m.proto.training.wires[:]
    assert locus.run(m, rules=["drawn"]).summary.spatial["drawn"] == 0
    with pytest.raises(locus.UsageError, match="rule x, rflo, feedback, weights: the array has 1 dimensions; must be 2"):
        m.rule("x", rflo={"feedback": {"weights": r[0]}})
    with pytest.raises(locus.UsageError, match='train, synapse: no field is named "bits"; there are preset, weight_bits, range'):
        m.train(synapse={"bits": 8})
    with pytest.raises(locus.UsageError, match="train: .*COARSE"):
        m.train(synapse={"rounding": "coarse"})
