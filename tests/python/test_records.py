"""What a run records, and what a network says of trials that it does not learn from."""

import numpy as np
import pytest

import locus
from test_model import network


def test_records_are_arrays(models):
    m = network()
    m.record("activity", "rec", every_updates=2)
    m.record("weights", "W")
    run = locus.run(m, rules=["rflo"], updates=4)["rflo"]
    activity, weights = run.records["rec-activity"], run.records["W-weights"]
    assert activity.shape == (2, 6, 5, 2) or activity.shape == (2, 6, 2, 5)
    assert weights.shape == (4, 5, 5)
    assert (np.asarray(weights)[-1] == run.weights["W"]).all()
    xarray = pytest.importorskip("xarray")
    if isinstance(activity, xarray.DataArray):
        assert activity.dims == ("update", "tick", "trial", "neuron") and activity.shape == (2, 6, 2, 5)
        assert activity.coords["update"].values.tolist() == [0, 2] and activity.coords["tick"].values.tolist() == [1, 2, 3, 4, 5, 6]
        assert activity.attrs == {"rule": "rflo", "seed": 3, "fingerprint": run.fingerprint}


def test_recorded_spikes_are_trains_of_neo():
    pytest.importorskip("neo", reason="python3-neo is not installed")
    m = locus.Model("spikes", seed=2)
    m.input("in", 2)
    m.lif("lif", 4, tau_m=10, threshold=0.5)
    m.readout("out", 1)
    for a, b in (("in", "lif"), ("lif", "lif"), ("lif", "out")):
        m.connect(a, b, locus.gaussian(1.5))
    m.trials(np.random.default_rng(1).normal(size=(3, 30, 2)), target=np.zeros((3, 30, 1)))
    m.train(batch=3, updates=1, ticks=30, dt_ms=0.5)
    m.record("activity", "lif", first_tick=11)
    run = locus.run(m, rules=["none"])["none"]
    seen = np.asarray(run.records["lif-activity"])[0]  # ticks x trials x neurons
    trains = run.spiketrains("lif-activity")
    assert len(trains) == 3 and all(len(trial) == 4 for trial in trains) and seen.any()
    for trial in range(3):
        for neuron in range(4):
            assert np.allclose(trains[trial][neuron].magnitude, 0.5 * (11 + np.flatnonzero(seen[:, trial, neuron])))
    with pytest.raises(locus.UsageError, match="no record is named rec; there are lif-activity"):
        run.spiketrains("rec")


def test_forward_is_inference_with_what_was_learnt():
    m = network()
    run = locus.run(m, rules=["bptt"])["bptt"]
    x = np.random.default_rng(5).normal(size=(3, 6, 2))
    y = run.forward(x, record=("out", "rec"))
    h = np.zeros((3, 5))
    for t in range(6):
        h = 0.7 * h + 0.3 * np.tanh(h @ run.weights["W"].T + x[:, t] @ run.weights["B"].T)
        assert np.abs(y["rec"][:, t].reshape(3, 5) - h).max() < 1e-13
        assert np.abs(y["out"][:, t].reshape(3) - (h @ run.weights["A"].T).ravel()).max() < 1e-13


def test_forward_of_a_model_with_rules_settings_and_held_out_trials(models):
    """The trials that forward shows take the place of everything that belongs to the model's own."""
    m = network()
    x = np.random.default_rng(5).normal(size=(3, 6, 2))
    m.trials(x, target=np.ones((3, 6, 1)), held_out=(x, np.ones((3, 6, 1))))
    m.train(evaluate_every=2, evaluation_trials=2)
    m.rule("mine", bptt={})
    run = locus.run(m, updates=2)["mine"]
    assert run.forward(x)["out"].shape == (3, 6, 1)
    loaded = locus.Model.load(models / "tiny.txtpb", set=["training.updates=7", "training.batch=2"])
    assert loaded.forward(np.ones((4, 3, 1)))["out"].shape == (4, 3, 1)
    loaded.compare(1, ["rflo"])
    assert loaded.forward(np.ones((4, 3, 1)))["out"].shape == (4, 3, 1)
    with pytest.raises(locus.UsageError, match="no population of neurons is named in; there are rec, out"):
        m.forward(x, record=["in"])
    with pytest.raises(locus.UsageError, match=r"classes have shape \(2,\); must be \(3,\)"):
        m.forward(x, classes=[0, 0])


def test_forward_with_and_without_the_noise_of_neurons():
    m = locus.Model("noisy", seed=3)
    m.input("in", 2)
    m.rate("rec", 5, "tanh", leak=0.3, noise={"stddev": 0.1})
    m.readout("out", 1)
    for a, b in (("in", "rec"), ("rec", "rec"), ("rec", "out")):
        m.connect(a, b, locus.gaussian(1), name=a + b)
    x = np.random.default_rng(5).normal(size=(3, 6, 2))
    noisy, quiet = m.forward(x, record=["rec"])["rec"], m.forward(x, record=["rec"], noise=False)["rec"]
    m.proto.network.populations[1].ClearField("noise")
    assert (quiet == m.forward(x, record=["rec"])["rec"]).all()
    assert 0.005 < np.abs(noisy - quiet)[:, 0].mean() < 0.03  # leak 0.3 of 0.1, less where tanh is flat
