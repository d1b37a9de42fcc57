"""Rules built in Python: their text means what was written, and a run of them is that of the text and of the table's row."""

import pickle
import random

import numpy as np
import pytest

import locus
from locus import local
from test_model import network

NAMES = ["pre", "activity", "gain", "signal", "weight", "own_weight", "current", "leak"]


def drawn(rng, depth):
    """A term and its value, written by the same operators of Python over terms and over numbers."""
    values = {name: 0.3 + 0.17 * k for k, name in enumerate(NAMES)}
    if depth == 0 or rng.random() < 0.15:
        if rng.random() < 0.4:
            number = rng.choice([2, 0.5, -1.25, 1e-7, -3, 1e20])
            return number, number
        name = rng.choice(NAMES)
        return getattr(local, name), values[name]
    (a, x), (b, y) = drawn(rng, depth - 1), drawn(rng, depth - 1)
    kind = rng.randrange(7)
    if kind == 0:
        return a + b, x + y
    if kind == 1:
        return a - b, x - y
    if kind == 2:
        return a * b, x * y
    if kind == 3 and y != 0:
        return a / b, x / y
    if kind == 4:
        return -a, -x
    if kind == 5:
        return local.maximum(a, b), max(x, y)
    return abs(a), abs(x)


def test_a_text_means_what_was_written():
    rng = random.Random(1)
    values = {name: 0.3 + 0.17 * k for k, name in enumerate(NAMES)}
    written = 0
    for _ in range(2000):
        expression, value = drawn(rng, rng.randrange(1, 6))
        if not isinstance(expression, local.Term):
            continue
        written += 1
        assert eval(str(expression), {"max": max, "abs": abs}, values) == value, str(expression)
    assert written > 1000


def trained(updates):
    m = network()
    m.train(updates=updates)
    return m


def rflo(signal="feedback", **fields):
    rule = local.Rule("mine", signal=signal, **fields)
    decay = rule.constant("lambda", 0.5)
    p = rule.trace("p", lambda p: decay * p + local.gain * local.pre)
    rule.change(local.signal * p)
    return rule


def test_the_built_rule_is_the_row_of_the_table():
    m = trained(5)
    m.rule("row", rflo={"trace_decay": 0.5})
    m.rule(rflo())
    r = locus.run(m, transport="mailbox")
    assert list(r) == ["row", "mine"]
    assert r["mine"].fingerprint == r["row"].fingerprint
    assert r.summary.messages["mine"] == r.summary.messages["row"] and r.summary.spatial["mine"] == 0
    text = trained(5)
    text.rule("mine", local={
        "constant": [{"name": "lambda", "value": 0.5}], "trace": [{"name": "p", "next": "lambda*p + gain*pre"}],
        "change": ["signal*p"], "signal": "FEEDBACK",
    })  # fmt: skip
    for transport in ("mailbox", "batched"):
        assert locus.run(text, transport=transport)["mine"].fingerprint == locus.run(m, ["mine"], transport=transport)["mine"].fingerprint


def test_where_the_signal_comes_from_is_counted():
    m = trained(3)
    m.rule(rflo("symmetric", learning_rate=0.5))
    r = locus.run(m)
    assert r.summary.spatial["mine"] > 0 and m.proto.rules[0].learning_rate == 0.5
    hebb = local.Rule("hebb")
    hebb.change(-local.activity * local.pre)
    m.rule(hebb)
    assert m.info(["hebb"]).spatial["hebb"] == 0 and "signal" not in str(hebb)


def test_rewards_ends_and_includes_are_those_of_the_text():
    built, text = trained(3), trained(3)
    rule = local.Rule("mine", signal="reward", reward="trial_loss")
    e = rule.trace("e", lambda e: 0.5 * e + local.activity * local.pre)
    rule.change(-local.reward * e, on="end")
    built.rule(rule)
    built.rule(local.Rule("bcm", include="bcm"))
    text.rule("mine", local={
        "trace": [{"name": "e", "next": "0.5*e + activity*pre"}], "change_on_end": ["-reward*e"], "signal": "REWARD", "reward": "TRIAL_LOSS",
    })  # fmt: skip
    text.rule("bcm", local={"include": "bcm"})
    assert list(built.proto.rules) == list(text.proto.rules)
    r = locus.run(built)
    assert r.fingerprints == locus.run(text).fingerprints
    assert r["mine"].changes["W"].any() and r.summary.spatial["mine"] == 0


def test_a_saved_model_and_a_setting_have_the_rule(tmp_path):
    m = trained(3)
    m.rule(rflo())
    m.save(tmp_path / "m.txtpb")
    again = locus.Model.load(tmp_path / "m.txtpb")
    assert again.proto.rules[0] == rflo().proto
    assert locus.run(again).fingerprints == locus.run(pickle.loads(pickle.dumps(m))).fingerprints
    other = locus.Model.load(tmp_path / "m.txtpb", set=["rules.mine.local.constant.lambda.value=0.9"])
    assert locus.run(other).fingerprints != locus.run(again).fingerprints


@pytest.mark.parametrize(
    "call, what",
    [
        (lambda: local.Rule("mine", signal="axon"), "signal is 'axon'; must be one of none, feedback, symmetric, reward"),
        (lambda: local.Rule("mine", "reward", reward="none"), "reward is 'none'; must be one of trials, tick_loss, trial_loss"),
        (lambda: local.Rule("mine", speed=1), 'rule mine: .*"speed"'),
        (lambda: local.Rule("mine").trace("x", 1, at="axon"), "trace x: at is 'axon'; must be one of synapse, source, target"),
        (lambda: local.Rule("mine").change(local.pre, on="spike"), "on is 'spike'; must be one of tick, pre_spike, post_spike, error, end"),
        (lambda: local.pre + "x", "a part of a rule is 'x'; must be a number or a term"),
        (lambda: local.pre**0.5, "the power is 0.5; must be 1 .. 8"),
        (lambda: local.pre if local.pre else 0, "pre has no value in Python"),
        (lambda: network().rule(local.Rule("mine"), learning_rate=1), "rule mine: has learning_rate beside it"),
    ],
)
def test_wrong_rules_are_refused(call, what):
    with pytest.raises(locus.UsageError, match=what):
        call()


def test_a_name_that_no_synapse_knows_is_the_models_fault():
    m = network()
    rule = local.Rule("mine")
    rule.change(local.Term("weights") * local.pre)
    m.rule(rule)
    fault = m.validate()[0]
    assert fault.field == "rules[0].local.change[0]" and "TRANSPORT would carry them" in fault.allowed


def test_terms_take_numbers_of_numpy():
    assert str(np.float64(0.5) * local.pre) in ("0.5*pre",) and str(local.pre * np.float32(2)) == "pre*2"
