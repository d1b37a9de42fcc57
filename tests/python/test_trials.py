"""Trials: masks, lengths, lists of spikes, shuffling, and functions that supply them."""

import pickle
import subprocess

import numpy as np
import pytest

import locus
from test_model import network


def classes_network(**train):
    m = locus.Model("classes", seed=2)
    m.input("one", constant=1)
    m.input("in", 2)
    m.rate("rec", 5, "tanh", leak=0.3)
    m.readout("out", 3)
    for a, b in (("one", "rec"), ("in", "rec"), ("rec", "rec"), ("rec", "out")):
        m.connect(a, b, locus.gaussian(1), name=f"{a}-{b}")
    m.train(**{"loss": "cross_entropy", "batch": 4, "updates": 6, "learning_rate": 0.1, "ticks": 7, **train})
    return m


X = np.random.default_rng(1).normal(size=(24, 7, 2))
DIGIT = np.arange(24) * 7 % 3
RULES = ["bptt", "rflo", "eprop"]


def written(m, tmp_path):
    """The model as its file, and loaded again."""
    m.save(tmp_path / "net.txtpb")
    return locus.Model.load(tmp_path / "net.txtpb")


# ---- functions that supply trials


def test_a_function_that_gives_recorded_trials_is_the_recorded_model():
    m = classes_network()
    m.trials(X, classes=DIGIT)
    supplied = classes_network()
    updates = []

    def fill(update, x, y):
        assert x.shape == (4, 7, 2) and y.shape == (4,) and y.dtype == np.int64 and not x.any()
        updates.append(update)
        x[:] = X[4 * update : 4 * update + 4]
        y[:] = DIGIT[4 * update : 4 * update + 4]

    supplied.supply(fill, classes=True)
    recorded, here = locus.run(m, rules=RULES), locus.run(supplied, rules=RULES)
    assert here.fingerprints == recorded.fingerprints
    assert (here.accuracies == recorded.accuracies).all(axis=None)
    assert updates == [0, 1, 2, 3, 4, 5] * 3
    for transport, threads in (("mailbox", 1), ("batched", 2)):
        again = locus.run(supplied, rules=RULES, transport=transport, threads=threads)
        assert again.fingerprints == locus.run(m, rules=RULES, transport=transport).fingerprints
    with locus.Session(supplied, "rflo") as net:
        assert (net.update(6) == here["rflo"].losses).all()


def test_a_function_may_give_targets_and_held_out_trials():
    m = network()
    x, y, *_ = m._trials
    m.train(evaluate_every=2)
    m.trials(x, target=y, held_out=(x[:3], y[:3]))
    supplied = network(ticks=6, evaluate_every=2, evaluation_trials=3)

    def fill(update, a, b):
        at = np.arange(2 * update, 2 * update + 2) % 4
        a[:], b[:] = x[at], y[at]

    def held_out(part, a, b):
        assert part == 0
        a[:], b[:] = x[:3], y[:3]

    supplied.supply(fill, held_out=held_out)
    here, recorded = locus.run(supplied, rules=["rflo"]), locus.run(m, rules=["rflo"])
    assert here.fingerprints == recorded.fingerprints
    assert here.evaluations.loss.tolist() == recorded.evaluations.loss.tolist()
    assert supplied.describe().count("trials that a program supplies") == 1
    assert supplied.forward(x)["out"].shape == (4, 6, 1)
    assert here["rflo"].model()._supplied is not None


@pytest.mark.parametrize("kinds", [{"mask": True}, {"lengths": True}, {"mask": True, "lengths": True}])
def test_a_function_may_give_masks_and_lengths(kinds):
    weights = np.random.default_rng(4).integers(0, 3, size=(24, 7, 1)) / 2.0
    ticks = 3 + np.arange(24) * 5 % 5
    m = classes_network(evaluate_every=3)
    given = {"mask": weights if "mask" in kinds else None, "lengths": ticks if "lengths" in kinds else None}
    held = {"inputs": X[:3], "classes": DIGIT[:3], **{name: None if part is None else part[:3] for name, part in given.items()}}
    m.trials(X, classes=DIGIT, held_out=held, **given)
    supplied = classes_network(evaluate_every=3, evaluation_trials=3)

    def fill(update, x, y, **more):
        assert set(more) == set(kinds)
        own = slice(len(x) * update, len(x) * update + len(x))
        x[:], y[:] = X[own], DIGIT[own]
        for name, part in more.items():
            assert (part == {"mask": 1, "lengths": 7}[name]).all()
            part[:] = given[name][own]

    supplied.supply(fill, classes=True, held_out=fill, **kinds)
    recorded, here = locus.run(m, rules=RULES), locus.run(supplied, rules=RULES)
    assert here.fingerprints == recorded.fingerprints
    assert here.evaluations.loss.tolist() == recorded.evaluations.loss.tolist()
    assert here.fingerprints != locus.run(plain_classes(), rules=RULES).fingerprints
    # a session of such a model learns from arrays that weigh their errors
    with locus.Session(supplied, "rflo") as net, locus.Session(m, "rflo") as same:
        part = {name: None if values is None else values[4:8] for name, values in given.items()}
        assert [net.learn(X[4:8], classes=DIGIT[4:8], **part) for _ in range(3)] == [same.learn(X[4:8], classes=DIGIT[4:8], **part) for _ in range(3)]
        assert net.fingerprint == same.fingerprint


def plain_classes():
    m = classes_network()
    m.trials(X, classes=DIGIT)
    return m


def test_faults_and_errors_of_a_function_come_through(tmp_path):
    m = classes_network()

    def raises(update, x, y):
        if update == 2:
            raise ZeroDivisionError("mine")

    m.supply(raises, classes=True)
    with pytest.raises(ZeroDivisionError, match="mine"):
        locus.run(m, rules=["rflo"])
    with pytest.raises(ZeroDivisionError, match="mine"):
        locus.Session(m, "rflo").update(5)

    def nan(update, x, y):
        x[1, 2, 1] = np.nan

    def wrong_class(update, x, y):
        y[3] = 3

    for fill, field, allowed in ((nan, "task.supplied.x[1, 2, 1]", "must be finite"), (wrong_class, "task.supplied.y[3]", "must be 0 .. 2")):
        m.supply(fill, classes=True)
        with pytest.raises(locus.ModelError) as error:
            locus.run(m, rules=["rflo"])
        assert (error.value.faults[0].field, error.value.faults[0].allowed) == (field, allowed)
    m.supply(lambda update, x, y: (x, y), classes=True)
    with pytest.raises(locus.UsageError, match="returned tuple; must write into x and y, and return nothing"):
        locus.run(m, rules=["rflo"])
    m.supply(lambda update, x, y: None, classes=True)
    for call in (lambda: m.save(tmp_path / "m.txtpb"), m.message, lambda: locus.sweep(m, {"training.learning_rate": [1]})):
        with pytest.raises(locus.UsageError, match="no part of a message or a file"):
            call()
    with pytest.raises(locus.UsageError, match="no checkpoint"):
        locus.run(m, rules=["rflo"], checkpoint=tmp_path / "c")
    m.proto.training.ClearField("ticks")
    with pytest.raises(locus.UsageError, match="training.ticks is not given"):
        locus.run(m, rules=["rflo"])


def test_a_function_has_its_own_arithmetic_and_may_be_slow_in_threads():
    m = classes_network()
    smallest = []
    m.supply(lambda update, x, y: smallest.append(float(np.float64(1e-310) / 2)), classes=True)
    locus.run(m, rules=["rflo"], threads=2)
    assert smallest and all(value == 5e-311 for value in smallest)


def some_trials(update, x, y):
    x[:] = np.random.default_rng(update).normal(size=x.shape)


def test_models_with_a_function_are_copied_and_pickled():
    m = classes_network()
    m.supply(some_trials, classes=True)
    other = pickle.loads(pickle.dumps(m))
    assert other == m and locus.run(other, rules=["rflo"]).fingerprints == locus.run(m, rules=["rflo"]).fingerprints
    other.trials(X, classes=DIGIT)
    assert other != m and other._supplied is None
    other.drawn([{"white_noise": {}}], [{"class": 1}])
    assert other.proto.task.WhichOneof("kind") == "drawn" and other._trials is None


# ---- masks, lengths, spikes, shuffling


@pytest.mark.parametrize(
    "given",
    [
        {"mask": np.random.default_rng(2).integers(0, 3, size=(24, 7, 1))},
        {"mask": np.random.default_rng(2).integers(0, 2, size=(24, 7))},
        {"lengths": 3 + np.arange(24) % 5},
        {"lengths": 3 + np.arange(24) % 5, "mask": np.random.default_rng(2).integers(0, 2, size=(24, 7, 1))},
        {"shuffle": True},
    ],
)
def test_what_trials_have_is_what_their_file_has(program, tmp_path, given):
    m = classes_network(updates=9)
    m.trials(X, classes=DIGIT, **given)
    loaded = written(m, tmp_path)
    assert loaded.proto.task.recorded.shuffle == given.get("shuffle", False)
    here = locus.run(m, rules=RULES).fingerprints
    assert locus.run(loaded, rules=RULES).fingerprints == here
    assert locus.run(m, rules=RULES, transport="mailbox").fingerprints == locus.run(loaded, rules=RULES, transport="mailbox").fingerprints
    plain = classes_network(updates=9)
    plain.trials(X, classes=DIGIT)
    assert locus.run(plain, rules=RULES).fingerprints != here
    said = subprocess.run([program, "run", tmp_path / "net.txtpb", "--rule", "rflo"], capture_output=True, text=True, check=True).stdout
    assert f"rflo={here['rflo']}" in said


def test_shuffled_trials_are_shuffled_after_loading_and_learning(tmp_path):
    m = classes_network(updates=9)
    m.trials(X, classes=DIGIT, shuffle=True)
    learnt = locus.run(m, rules=["rflo"])["rflo"].model()
    assert learnt.proto.task.recorded.shuffle
    loaded = written(m, tmp_path)
    loaded.trials(X, classes=DIGIT)
    assert not loaded.proto.task.recorded.shuffle


def test_masked_targets_are_those_that_numpy_weighs():
    m = network()
    x, y, *_ = m._trials
    mask = np.random.default_rng(8).integers(0, 2, size=(4, 6, 1)).astype(float)
    mask[:, -1] = 1
    m.trials(x, target=y, mask=mask)
    m.train(loss="sequence", batch=4, updates=1)
    error = m.forward(x)["out"] - y
    each = (error**2 * mask).sum(axis=(1, 2)) / (2 * mask.sum(axis=(1, 2)))
    assert locus.run(m, rules=["bptt"])["bptt"].losses[0] == pytest.approx(each.mean(), rel=1e-12)


def test_a_list_of_arrays_is_trials_of_their_lengths():
    m, other = classes_network(), classes_network()
    lengths = 3 + np.arange(24) % 5
    m.trials([X[k, :n] for k, n in enumerate(lengths)], classes=DIGIT)
    other.trials(X, classes=DIGIT, lengths=lengths)
    assert locus.run(m, rules=RULES).fingerprints == locus.run(other, rules=RULES).fingerprints
    said = m.forward([X[k, :n] for k, n in enumerate(lengths)])["out"]
    assert np.abs(said[4, -7:] - m.forward(X[4:5])["out"][0]).max() < 1e-14 and lengths[4] == 7
    shorter = m.forward(X[0:1, :3])["out"]
    assert lengths[0] == 3 and np.abs(said[0, -3:] - shorter[0]).max() < 1e-14 and not said[0, :4].any()
    with pytest.raises(locus.UsageError, match=r"target of trial 1 has shape \(3, 1\); must be \(4, 1\)"):
        m.trials([X[k, :n] for k, n in enumerate(lengths)], target=[np.ones((3, 1))] * 24)


def test_spikes_are_trials_of_zeros_and_ones(tmp_path):
    shown = np.random.default_rng(3).random(size=(24, 7, 2)) < 0.3
    pairs = [[(neuron, tick + 1) for tick, neuron in zip(*np.nonzero(trial))] for trial in shown]
    spikes = locus.spikes(pairs, ticks=7, inputs=2)
    assert (spikes.dense() == shown).all()
    m, other = classes_network(), classes_network()
    m.trials(spikes, classes=DIGIT)
    other.trials(shown, classes=DIGIT)
    here = locus.run(m, rules=RULES).fingerprints
    assert here == locus.run(other, rules=RULES).fingerprints == locus.run(written(m, tmp_path), rules=RULES).fingerprints
    assert (m.forward(spikes)["out"] == other.forward(shown)["out"]).all()
    with pytest.raises(locus.UsageError, match="a spike of trial 1 is of neuron 2 at tick 1; must be neurons 0 .. 1, ticks 1 .. 7"):
        locus.spikes([[(0, 1)], [(2, 1)]], ticks=7, inputs=2)
    m.trials(locus.spikes([[(0, 1), (0, 1)]] * 4, ticks=7, inputs=2), classes=[0] * 4)
    assert "task.recorded.trials[0]" in m.validate()[0].field


# ---- trials of a session


@pytest.mark.parametrize("given", [{}, {"lengths": 3 + np.arange(24) % 5}, {"mask": np.random.default_rng(2).integers(0, 2, size=(24, 7, 1))}])
@pytest.mark.parametrize("rule", ["bptt", "rflo"])
def test_trials_that_a_session_gets_are_a_run_bit_by_bit(rule, given):
    m = classes_network()
    m.trials(X, classes=DIGIT, **given)
    whole = locus.run(m, rules=[rule])[rule]
    net = locus.Session(m, rule)
    parts = [slice(4 * k, 4 * k + 4) for k in range(6)]
    losses = [net.learn(X[at], classes=DIGIT[at], **{name: part[at] for name, part in given.items()}) for at in parts]
    assert losses == whole.losses.tolist() and net.fingerprint == whole.fingerprint
    assert (net.accuracies == whole.accuracies).all()
    # a trial that began late has no part in what follows
    net = locus.Session(m, rule)
    for at in parts[:3]:
        net.learn(X[at], classes=DIGIT[at], **{name: part[at] for name, part in given.items()})
    assert (net.update(3) == whole.losses[3:]).all()


def test_a_session_says_what_is_wrong_with_its_trials():
    m = classes_network()
    m.trials(X, classes=DIGIT)
    net = locus.Session(m, "rflo")
    for given, said in (
        ({"inputs": X[:3], "classes": DIGIT[:3]}, r"learn\(\) got 3 trials; must be 4"),
        ({"inputs": X[:4]}, "trial 0 has no target"),
        ({"inputs": X[:4], "classes": DIGIT[:4], "mask": np.ones((4, 7))}, "trial 0 has a mask; the model must have such a trial"),
        ({"inputs": X[:4], "classes": DIGIT[:4], "lengths": [7, 7, 5, 7]}, "trial 2 has fewer ticks"),
    ):
        with pytest.raises(locus.UsageError, match=said):
            net.learn(**given)
    for given, field in (
        ({"inputs": X[:4], "classes": [0, 1, 2, 3]}, "trials.classes[3]"),
        ({"inputs": X[:4, :, :1], "classes": DIGIT[:4]}, "trials[0].input"),
        ({"inputs": X[:4], "target": np.ones((4, 7, 2))}, "trials[0].target"),
        ({"inputs": np.where(X[:4] > 2, np.inf, X[:4]), "classes": DIGIT[:4]}, "trials.input["),
    ):
        with pytest.raises(locus.ModelError) as error:
            net.learn(**given)
        assert error.value.faults[0].field.startswith(field), error.value
    assert net.updates == 0


def test_a_sessions_result_and_model():
    m = network()
    whole = locus.run(m, rules=["rflo"])
    net = locus.Session(m, "rflo")
    net.update(4)
    result = net.result()
    assert result.fingerprints == whole.fingerprints and list(result) == ["rflo"]
    assert result.summary.loss_last["rflo"] == whole.summary.loss_last["rflo"]
    assert "<html" in result.report() and (result["rflo"].weights["W"] == whole["rflo"].weights["W"]).all()
    x = np.random.default_rng(5).normal(size=(3, 6, 2))
    assert (net.forward(x)["out"] == whole["rflo"].forward(x)["out"]).all()
    net.weights["W"] = np.zeros((5, 5))
    assert not net.weights["W"].any() and not net.model().weights["W"].any()
    assert set(net.weights) == {"B", "W", "A"}
    net.begin_trial()
    with pytest.raises(locus.OrderError):
        net.result()
