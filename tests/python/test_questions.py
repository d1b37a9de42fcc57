"""Questions to a model: costs without a run, theory, biases that were learnt, settings, and the tables' columns."""

import json
import subprocess

import numpy as np
import pytest

import locus
from test_model import network

pandas = pytest.importorskip("pandas")


def test_costs_are_those_of_a_run_where_nothing_is_zero():
    m = network()
    rules = ["bptt", "tbptt:2", "rflo", "eprop", "rtrl"]
    info, summary = m.info(rules), locus.run(m, rules=rules).summary
    assert list(info.index) == rules
    for column in ("messages", "spatial", "temporal", "max_lag", "history_bytes", "trace_bytes"):
        assert (info[column] == summary[column]).all(), column
    assert (info.memory_bytes > 1e6).all()


def test_a_description_is_that_of_the_program(program, models):
    said = subprocess.run([program, "info", models / "tiny.txtpb"], capture_output=True, text=True, check=True).stdout
    plain = [line for line in said.splitlines() if "sha256" not in line]  # of the text there, of the wire form here
    assert [line for line in locus.Model.load(models / "tiny.txtpb").describe().splitlines() if "sha256" not in line] == plain
    bare = network()  # names no rules
    assert "rules: none" in bare.describe() and bare.validate() == []
    with pytest.raises(locus.UsageError, match="names no rules"):
        bare.info()


def test_a_prediction_is_that_of_the_program(program, models):
    path = models / "student_teacher.txtpb"
    words = [program, "theory", path, "--updates", "30", "--rule", "bptt", "--rule", "rflo", "--json"]
    said = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    p = locus.Model.load(path, set=["training.updates=30"]).predict(rules=["bptt", "rflo"])
    text = json.dumps(said)
    losses = p.losses.query("rule == 'rflo'")
    assert losses["update"].tolist()[-1] == 30 and len(losses) == 6
    for kind in ("modes", "expected", "simulated"):
        assert repr(float(losses[kind].iloc[-1]))[:12] in text, kind
    assert len(p.modes) == 2 * p.modes["mode"].nunique() and p.modes.filter(like="simulated").notna().all(axis=None)
    assert p.notes == {}
    with pytest.raises(locus.UsageError, match="linear|identity|IDENTITY|final|FINAL"):
        network().predict(rules=["bptt"])


def test_biases_that_were_learnt_are_in_the_model(tmp_path):
    m = network()
    m.proto.network.populations[1].rate.bias.value.append(0.1)
    m.proto.network.populations[2].readout.bias.value.append(0)
    run = locus.run(m, rules=["bptt"])["bptt"]
    learnt = run.model()
    assert (learnt.weights["rec.bias"] == run.weights["rec.bias"][:, 0]).all() and run.changes["rec.bias"].any()
    x = m._trials.inputs
    h = np.zeros((4, 5))
    for t in range(6):
        h = 0.7 * h + 0.3 * np.tanh(h @ run.weights["W"].T + x[:, t] @ run.weights["B"].T + run.weights["rec.bias"][:, 0])
    y = h @ run.weights["A"].T + run.weights["out.bias"][:, 0]
    assert np.abs(run.forward(x)["out"][:, -1] - y).max() < 1e-13
    learnt.save(tmp_path / "learnt.txtpb")
    assert (locus.Model.load(tmp_path / "learnt.txtpb").forward(x)["out"] == run.forward(x)["out"]).all()
    whole = locus.run(m, rules=["bptt"], updates=2)["bptt"].model()
    assert locus.run(whole, rules=["none"])["none"].weights["rec.bias"].tolist() == locus.run(m, rules=["bptt"], updates=2)["bptt"].weights["rec.bias"].tolist()
    with pytest.raises(locus.UsageError, match=r"rec.bias: biases have shape \(4,\); must be \(5,\)"):
        m.weights["rec.bias"] = np.ones(4)


def test_first_weights_are_those_of_the_runs_seed():
    m = network()
    m.record("trace", "W")
    m.compare(2, ["rflo"])
    run = locus.run(m, rules=["rflo"], seed=9)["rflo"]
    still = locus.run(m, rules=["none"], seed=9)["none"]
    for name, w in still.weights.items():
        assert (run.initial_weights[name] == w).all() and (run.changes[name] == run.weights[name] - w).all()
    assert (run.initial_weights["W"] != locus.run(m, rules=["none"])["none"].weights["W"]).any()


def test_settings_of_a_loaded_model_are_its_fields(models, tmp_path):
    m = locus.Model.load(models / "tiny.txtpb", set=["training.updates=3", "rules[rflo].rflo.trace_decay=0.5"])
    assert m.proto.training.updates == 3
    assert next(r for r in m.proto.rules if r.name == "rflo").rflo.trace_decay == 0.5
    m.train(updates=5)
    assert locus.run(m, rules=["bptt"])["bptt"].updates == 5
    m.save(tmp_path / "tiny.txtpb")
    assert locus.Model.load(tmp_path / "tiny.txtpb").proto.training.updates == 5
    (tmp_path / "here").mkdir()
    m = network()
    m.proto.network.projections[1].weights.file.path = "w.npy"
    m.save(tmp_path / "here" / "net.txtpb")
    np.save(tmp_path / "here" / "w.npy", np.eye(5))
    np.save(tmp_path / "w.npy", 2 * np.eye(5))  # a setting may name a file outside of the model's folder
    m = locus.Model.load(tmp_path / "here" / "net.txtpb", set=[f"network.projections[W].weights.file.path={tmp_path / 'w.npy'}"])
    for model in (m, m.copy()):
        assert (locus.run(model, rules=["none"])["none"].weights["W"] == 2 * np.eye(5)).all()


def test_a_text_that_is_no_model_is_refused_with_its_place():
    with pytest.raises(locus.ModelError) as error:
        locus.Model.from_text('name: "a"\nnetwork { populatons {} }')
    assert (error.value.faults[0].line, error.value.faults[0].column) == (2, 11)
    with pytest.raises(locus.UsageError, match="from_dict: .*populatons"):
        locus.Model.from_dict({"network": {"populatons": []}})


def test_the_summary_is_that_of_the_program_and_of_a_sweep():
    for updates in (3, 40, 200):  # means of 1, 4 and 10 updates
        m = network()
        s = locus.run(m, rules=["bptt", "rflo"], updates=updates).summary
        row = locus.sweep(m, {}, rules=["bptt", "rflo"], updates=updates).set_index("rule")
        for ours, theirs in (("loss_first", "first"), ("loss_last", "last"), ("messages", "messages"), ("temporal", "temporal"),
                             ("rank", "rank"), ("effective_rank", "effective_rank"), ("history_bytes", "history_bytes")):  # fmt: skip
            assert np.allclose(s[ours], row[theirs], rtol=1e-15, atol=0), (updates, ours)


def test_a_sweep_has_the_columns_of_the_program(program, tmp_path):
    m = network()
    m.save(tmp_path / "net.txtpb")
    words = [program, "sweep", tmp_path / "net.txtpb", "--set", "training.learning_rate=0.01,0.1", "--seeds", "2", "--rule", "rflo",
             "--out", tmp_path / "theirs"]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True)
    theirs = pandas.read_csv(tmp_path / "theirs" / "members.csv", float_precision="round_trip", dtype={"fingerprint": str})
    ours = locus.sweep(tmp_path / "net.txtpb", {"training.learning_rate": [0.01, 0.1]}, seeds=2, rules=["rflo"])
    assert list(ours.columns) == list(theirs.columns)
    same = [name for name in ours.columns if name != "member"]
    pandas.testing.assert_frame_equal(ours[same], theirs[same], check_dtype=False)


def test_the_ledger_says_what_is_local_and_what_a_trial_sends():
    m = network()
    r = locus.run(m, rules=["bptt", "rflo", "eprop"])
    broken = r.ledger.query("not local").groupby("rule").messages.sum().reindex(list(r)).fillna(0)
    for rule, run in r.items():
        assert broken[rule] == run.proto.ledger.violations
    within = locus.run(locus.example("modular"), rules=["rtrl:core"], updates=1)
    spatial = within.ledger.query("not local").messages.sum()  # without sensitivities, which stay on cores
    assert spatial == within["rtrl:core"].proto.ledger.violations > 0
    per_trial = r.ledger_per_trial.groupby("rule").messages.sum()
    assert all(per_trial[rule] == r.summary.messages[rule] for rule in r)


def test_a_chips_packets_stand_beside_the_messages(models):
    r = locus.run(models / "chip.txtpb", updates=2)
    columns = ["on_core", "packets", "unicast_packets", "hops", "unicast_hops", "tree_hops"]
    assert list(r.ledger.columns[-6:]) == columns
    assert (r.ledger[["rule", "channel", "lag", *columns]].reset_index(drop=True) == r.packets).all(axis=None)
    assert (r.ledger.on_core + r.ledger.unicast_packets == r.ledger.messages).all()


def test_a_run_ends_where_it_is_told_to():
    m = network()
    full = locus.run(m, rules=["bptt"], updates=60)["bptt"]
    stopped = locus.run(m, rules=["bptt"], updates=60, stop={"loss_below": float(full.losses[20]) * 1.0001})["bptt"]
    assert stopped.updates <= 21 and (stopped.losses == full.losses[: stopped.updates]).all()
    assert not m.proto.training.HasField("stop")
