"""Rewards: of trials, of a function that supplies them, and of whoever drives a session; sessions whose model has no task."""

import pickle
import subprocess

import numpy as np
import pytest

import locus
from locus import local

X = np.random.default_rng(5).normal(size=(4, 6, 2))
REWARD = np.round(np.random.default_rng(6).normal(size=(4, 6)), 1) * (np.random.default_rng(7).random((4, 6)) < 0.6)
GAIN, KEPT, RATE = 0.4, 0.5, 0.05


def bare(**train):
    """A rate network without a readout, under a rule that learns from rewards alone."""
    m = locus.Model("rewarded", seed=3)
    m.input("in", 2)
    m.rate("rec", 3, "tanh", leak=GAIN)
    m.connect("in", "rec", locus.gaussian(1), name="B")
    m.connect("rec", "rec", locus.gaussian(1), name="W")
    rule = local.Rule("mine", signal="reward", reward="trials")
    e = rule.trace("e", lambda e: KEPT * e + local.activity * local.pre)
    rule.change(-local.reward * e)
    m.rule(rule)
    m.train(**{"batch": 2, "updates": 4, "learning_rate": RATE, "ticks": 6, **train})
    return m


def network(**train):
    m = bare(**train)
    m.trials(X, reward=REWARD)
    return m


def by_numpy(weights, updates):
    """Weights after so many updates of two trials, by the equations of the rule."""
    b, w = weights["B"].copy(), weights["W"].copy()
    for update in range(updates):
        change_b, change_w = np.zeros_like(b), np.zeros_like(w)
        for k in (2 * update % 4, 2 * update % 4 + 1):
            h, e_b, e_w = np.zeros(3), np.zeros_like(b), np.zeros_like(w)
            for t in range(6):
                before = h
                h = (1 - GAIN) * h + GAIN * np.tanh(w @ before + b @ X[k, t])
                e_b = KEPT * e_b + np.outer(h, X[k, t])
                e_w = KEPT * e_w + np.outer(h, before)
                change_b += REWARD[k, t] * e_b / 2
                change_w += REWARD[k, t] * e_w / 2
        b, w = b + RATE * change_b, w + RATE * change_w
    return b, w


def test_rewards_of_trials_are_those_that_numpy_gives():
    run = locus.run(network())["mine"]
    b, w = by_numpy(run.initial_weights, 4)
    assert np.abs(run.weights["B"] - b).max() < 1e-13 and np.abs(run.weights["W"] - w).max() < 1e-13
    assert np.abs(run.changes["W"]).max() > 1e-3


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("transport", ["batched", "mailbox"])
def test_the_program_gives_the_same_fingerprints(program, tmp_path, transport, precision):
    m = network()
    m.proto.precision = {"float64": 0, "float32": 1}[precision]
    m.save(tmp_path / "net.txtpb")
    here = locus.run(m, transport=transport)
    assert locus.run(m, transport=transport, threads=2).fingerprints == here.fingerprints
    assert locus.run(tmp_path / "net.txtpb", transport=transport).fingerprints == here.fingerprints
    words = [program, "run", tmp_path / "net.txtpb", "--transport", transport]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert f"mine={here['mine'].fingerprint}" in said
    silent = network()
    silent.proto.precision = m.proto.precision
    silent.trials(X, reward=0 * REWARD)
    assert locus.run(silent, transport=transport).fingerprints != here.fingerprints
    # a reward goes to each of the three neurons where it is not 0: no violation
    sent = here.ledger.query("channel == 'REWARD'").messages.sum()
    assert sent == 2 * 3 * np.count_nonzero(REWARD) and here.summary.spatial["mine"] == 0


def test_the_shipped_model_is_the_one_of_these_arrays(models):
    shipped = locus.Model.load(models / "rules" / "rewarded.txtpb")
    m = shipped.copy()
    spikes = [[(n + 3 * k, t) for n, t in zip([0, 1, 2, 0, 1, 2], [3, 4, 5, 9, 10, 11])] for k in range(2)]
    reward = np.zeros((2, 20))
    reward[:, 15] = 1, -1
    m.trials(locus.spikes(spikes, ticks=20, inputs=6), reward=reward)
    assert m.message().task == shipped.proto.task
    assert locus.run(m).fingerprints == locus.run(shipped).fingerprints


def test_rewards_given_to_a_session_are_those_of_the_trials():
    whole = locus.run(network())["mine"]
    net = locus.Session(network(), "mine")
    for update in range(4):
        at = slice(2 * update % 4, 2 * update % 4 + 2)
        assert np.isnan(net.learn(X[at], reward=REWARD[at]))
    assert net.fingerprint == whole.fingerprint and (net.weights["W"] == whole.weights["W"]).all()
    by_transport = []
    for transport in ("batched", "mailbox"):
        net = locus.Session(network(), "mine", transport=transport)
        for update in range(4):
            at = slice(2 * update % 4, 2 * update % 4 + 2)
            net.begin_trial()
            for t in range(net.ticks):
                net.step(X[at, t].T)
                if REWARD[at, t].any():
                    net.reward(REWARD[at, t])
            assert net.commit()
        by_transport.append(net)
    assert by_transport[0].fingerprint == whole.fingerprint
    assert by_transport[1].fingerprint == locus.run(network(), transport="mailbox")["mine"].fingerprint
    # trials without rewards teach nothing
    net = locus.Session(network(), "mine")
    before = net.weights["W"]
    net.learn(X[:2])
    assert (net.weights["W"] == before).all() and net.updates == 1


def test_a_reward_may_come_beside_targets():
    m = bare(loss="sequence")
    m.readout("out", 1)
    m.connect("rec", "out", locus.gaussian(1), name="A")
    nets = [locus.Session(m, "mine", lanes=1) for _ in range(2)]
    for net, together in zip(nets, (True, False)):
        net.begin_trial()
        for t in range(6):
            y = net.step(X[0, t])
            if together:
                net.teach(0 * y, reward=REWARD[0, t])
            else:
                net.reward(REWARD[0, t])
                net.teach(0 * y)
        assert net.commit()
    assert nets[0].fingerprint == nets[1].fingerprint
    other = locus.Session(m, "bptt", lanes=1)
    other.begin_trial()
    y = other.step(X[0, 0])
    with pytest.raises(locus.UsageError, match="listens to no rewards"):
        other.teach(0 * y, reward=1)


def test_a_function_may_give_rewards():
    m = bare()
    calls = []

    def fill(update, x, y, reward):
        assert reward.shape == (2, 6) and not reward.any()
        calls.append(update)
        at = slice(2 * update % 4, 2 * update % 4 + 2)
        x[:], reward[:] = X[at], REWARD[at]

    m.supply(fill, reward=True)
    for transport in ("batched", "mailbox"):
        assert locus.run(m, transport=transport).fingerprints == locus.run(network(), transport=transport).fingerprints
    assert calls == [0, 1, 2, 3] * 2

    def wrong(update, x, y, reward):
        reward[1, 3] = np.inf

    m.supply(wrong, reward=True)
    with pytest.raises(locus.ModelError) as error:
        locus.run(m)
    assert (error.value.faults[0].field, error.value.faults[0].what) == ("task.supplied.reward[1, 3]", "is inf")
    m.supply(lambda update, x, y: None)
    with pytest.raises(locus.ModelError, match="gives no rewards"):
        locus.run(m)


def test_rules_without_an_ear_for_rewards_take_no_notice():
    m, plain = network(evaluate_every=2), bare(evaluate_every=2)
    del plain.proto.rules[:]
    for each in (m, plain):
        each.readout("out", 1)
        each.connect("rec", "out", locus.gaussian(1), name="A")
    plain.trials(X, target=X[:, :, :1], held_out=(X, X[:, :, :1]))
    m.trials(X, target=X[:, :, :1], reward=REWARD, held_out={"inputs": X, "target": X[:, :, :1], "reward": REWARD})
    assert locus.run(m, rules=["bptt"]).fingerprints == locus.run(plain, rules=["bptt"]).fingerprints
    other = pickle.loads(pickle.dumps(m))
    assert other == m and locus.run(other).fingerprints == locus.run(m).fingerprints


def test_what_is_wrong_with_rewards_is_named():
    m = network()
    with pytest.raises(locus.UsageError, match=r"reward has shape \(4, 5\); must be \(4, 6\) trials x ticks"):
        m.trials(X, reward=REWARD[:, :5])
    m.trials(X, reward=np.where(np.arange(6) == 4, np.nan, REWARD))
    assert m.validate()[0].field == "trials.reward[0][4, 0]"
    m.trials(X, reward=np.ones((4, 6, 2)))
    fault = m.validate()[0]
    assert fault.field == "task.recorded.trials[0].reward.cols" and "one reward a tick" in fault.text
    m.trials(X)
    with pytest.raises(locus.ModelError, match="gives no rewards"):
        locus.run(m)


# ---- sessions whose model has no task


def test_a_world_needs_no_task():
    """Inputs and rewards from outside, against the run of the same trials."""
    m = bare()
    m.proto.training.ClearField("learning_rate")
    m.proto.training.ClearField("updates")
    net = locus.Session(m, "mine", learning_rate=RATE)
    for update in range(4):
        at = slice(2 * update % 4, 2 * update % 4 + 2)
        net.learn(X[at], reward=REWARD[at])
    assert net.fingerprint == locus.run(network())["mine"].fingerprint
    assert net.result().summary.updates["mine"] == 4 and net.forward(X, record=["rec"])["rec"].shape == (4, 6, 3)
    with pytest.raises(locus.OrderError, match="has no task"):
        net.update()


def test_a_world_has_a_schedule_without_end():
    weights = []
    for updates in (6, 0):  # of a model whose schedule is over with the last of them, and of one that names none
        m = bare()
        m.proto.training.updates = updates
        m.proto.training.schedule.warmup = 4
        net = locus.Session(m, "mine", learning_rate=RATE)
        steps = []
        for _ in range(6):
            before = net.weights["W"]
            net.learn(X[:2], reward=REWARD[:2])
            steps.append(np.abs(net.weights["W"] - before).max())
        assert steps[4] > 2 * steps[0]
        weights.append(net.weights["W"])
    assert (weights[0] == weights[1]).all()


def test_a_taught_session_needs_no_task_either():
    m = bare(loss="sequence")
    del m.proto.rules[:]
    m.readout("out", 1)
    m.connect("rec", "out", locus.gaussian(1), name="A")
    new = m.copy()
    m.trials(X, target=X[:, :, 1:])
    whole = locus.run(m, rules=["rflo"])["rflo"]
    net = locus.Session(new, "rflo")
    for update in range(4):
        at = slice(2 * update % 4, 2 * update % 4 + 2)
        net.begin_trial()
        for t in range(net.ticks):
            net.step(X[at, t].T)
            net.teach(X[at, t, 1:].T)
        net.commit()
    assert net.fingerprint == whole.fingerprint
    new.proto.training.ClearField("ticks")
    with pytest.raises(locus.UsageError, match=r"Session: the model has no task, and training.ticks is not given; must be"):
        locus.Session(new, "rflo")
