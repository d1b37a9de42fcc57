"""run, resume, Session: the numbers of the program, callbacks, signals, threads."""

import concurrent.futures
import gc
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import locus
from test_model import network


@pytest.mark.parametrize("model", ["tiny", "student_teacher", "evidence"])
@pytest.mark.parametrize("transport, threads", [("batched", 1), ("batched", 2), ("mailbox", 1)])
def test_fingerprints_are_those_of_the_program(program, models, tmp_path, model, transport, threads):
    path = models / f"{model}.txtpb"
    subprocess.run(
        [program, "run", path, "--updates", "3", "--transport", transport, "--out", tmp_path, "--quiet"], check=True
    )
    wanted = {run["rule"]: run["fingerprint"] for run in json.load(open(tmp_path / "result.json"))["runs"]}
    assert locus.run(path, updates=3, transport=transport, threads=threads).fingerprints == wanted


def test_frames_say_what_the_files_say(program, models, tmp_path):
    pandas = pytest.importorskip("pandas")
    subprocess.run([program, "run", models / "tiny.txtpb", "--updates", "3", "--out", tmp_path, "--quiet"], check=True)
    r = locus.run(models / "tiny.txtpb", updates=3)
    written = pandas.read_csv(tmp_path / "ledger.csv")
    pandas.testing.assert_frame_equal(r.ledger.drop(columns="local"), written, check_dtype=False)
    losses = pandas.read_csv(tmp_path / "losses.csv", float_precision="round_trip").pivot(index="update", columns="rule", values="loss")
    for rule in losses.columns:
        assert (r.losses[rule].to_numpy() == losses[rule].to_numpy()).all()
    assert locus.read(tmp_path).fingerprints == r.fingerprints
    for name, w in locus.read(tmp_path)["rflo"].weights.items():
        assert (w == r["rflo"].weights[name]).all()


def test_alignment_says_what_the_file_says(program, models, tmp_path):
    pandas = pytest.importorskip("pandas")
    words = ["--updates", "4", "--compare", "2", "--set", "compare.batches=2", "--set", "compare.curvature=true"]
    subprocess.run([program, "run", models / "tiny.txtpb", *words, "--out", tmp_path, "--quiet"], check=True)
    r = locus.read(tmp_path)
    for name in ("alignment", "scatter", "curvature"):
        written = pandas.read_csv(tmp_path / f"{name}.csv", float_precision="round_trip", keep_default_na=False)
        frame = getattr(r, name)
        assert len(frame) > 0 and list(frame.columns) == list(written.columns)
        for column in frame.columns:
            numbers = pandas.to_numeric(written[column], errors="coerce") if frame[column].dtype.kind == "f" else written[column]
            pandas.testing.assert_series_equal(frame[column], numbers, check_dtype=False)
    m = network()
    m.train(updates=2)
    m.compare(1, ["rflo"])
    found = locus.run(m, rules=["rflo"]).alignment
    assert set(found["with"]) == {"bptt"} and set(found["update"]) == {0, 1, 2}


def test_accuracy_of_classes(tmp_path):
    pytest.importorskip("pandas")
    generator = np.random.default_rng(3)
    x = generator.standard_normal((12, 6, 2))
    classes = np.arange(12) % 3
    m = locus.Model("classes", seed=2)
    m.input("in", 2)
    m.rate("rec", 5, "tanh", leak=0.3)
    m.readout("out", 3)
    for source, target, name in (("in", "rec", "B"), ("rec", "rec", "W"), ("rec", "out", "A")):
        m.connect(source, target, locus.gaussian(gain=1), name=name)
    m.trials(x, classes=classes, held_out=(x[:7], classes[:7]))
    m.train(loss="cross_entropy", batch=12, updates=12, learning_rate=0.5, evaluate_every=6)
    r = locus.run(m, rules=["bptt", "rflo"], out=tmp_path)
    run = r["bptt"]
    forward = run.forward(x[:7])["out"]
    right = (forward.sum(axis=1).argmax(axis=1) == classes[:7]).mean()
    assert r.evaluations.query("rule == 'bptt'").accuracy.iloc[-1] == right
    assert run.accuracies.shape == (12,) and run.accuracy == pytest.approx(run.accuracies[-1:].mean())
    assert r.summary.accuracy["bptt"] == run.accuracy
    assert (r.accuracies["bptt"].to_numpy() == run.accuracies).all()
    assert run.confusion.to_numpy().sum() == 7
    with locus.Session(m, "bptt") as net:
        net.update(12)
        assert (net.accuracies == run.accuracies).all()
    assert (locus.read(tmp_path)["bptt"].accuracies == run.accuracies).all()


def test_a_result_that_was_changed_is_refused(tmp_path):
    locus.run(network(), rules=["rflo"], out=tmp_path)
    assert locus.read(tmp_path / "result.json").fingerprints == locus.read(tmp_path).fingerprints
    text = json.loads((tmp_path / "result.json").read_text())
    text["runs"][0]["losses"][-1] = 1e-9
    (tmp_path / "result.json").write_text(json.dumps(text))
    with pytest.raises(locus.ModelError, match="changed after it was written"):
        locus.read(tmp_path / "result.json")


def test_a_run_is_what_numpy_says():
    """Losses and weights of one update of BPTT, by a forward pass and differences in NumPy."""
    m = network()
    m.train(updates=1, batch=4)
    run = locus.run(m, rules=["bptt"])["bptt"]
    w = {name: np.array(value) for name, value in run.initial_weights.items()}
    x, y, *_ = m._trials

    def loss(w):
        h, total = np.zeros((4, 5)), 0.0
        for t in range(6):
            h = 0.7 * h + 0.3 * np.tanh(h @ w["W"].T + x[:, t] @ w["B"].T)
            total += ((h @ w["A"].T - y[:, t]) ** 2).sum() / (2 * 6)
        return total / 4

    assert run.losses[0] == pytest.approx(loss(w), rel=1e-13)
    for name, change in run.changes.items():
        at = (1, 0) if name != "A" else (0, 3)
        up, down = ({k: v.copy() for k, v in w.items()} for _ in range(2))
        up[name][at] += 1e-6
        down[name][at] -= 1e-6
        assert change[at] == pytest.approx(-0.05 * (loss(up) - loss(down)) / 2e-6, rel=1e-6)


def test_views_keep_the_result_alive():
    r = locus.run(network(), rules=["rflo"])
    w = r["rflo"].weights["W"]
    wanted = w.sum()
    del r
    gc.collect()
    locus.run(network(), rules=["bptt"])
    assert w.sum() == wanted


def test_session_steps_are_a_run_bit_by_bit():
    whole = locus.run(network(), rules=["rflo"], updates=7)["rflo"]
    net = locus.Session(network(), "rflo")
    losses = np.concatenate([net.update(3), net.update(4)])
    assert (losses == whole.losses).all()
    assert (net.weights["W"] == whole.weights["W"]).all()


@pytest.mark.parametrize("train", [{"loss": "sequence", "warmup_ticks": 2}, {"loss": "final"}, {"loss": "sum", "window": 3}])
@pytest.mark.parametrize("rule", ["bptt", "rflo"])
def test_trials_of_ones_own_are_a_run_bit_by_bit(train, rule):
    m = network()
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(6, 6, 2)), rng.normal(size=(6, 6, 1))
    m.trials(x, target=y)
    m.train(batch=2, updates=3, **train)
    whole = locus.run(m, rules=[rule])[rule]
    net = locus.Session(m, rule)
    losses = [net.learn(x[2 * k : 2 * k + 2], y[2 * k : 2 * k + 2]) for k in range(3)]
    assert (np.array(losses) == whole.losses).all()
    assert all((net.weights[name] == w).all() for name, w in whole.weights.items())
    assert net.fingerprint == whole.fingerprint


def test_a_world_may_answer():
    m = network()
    by_transport = []
    for transport in ("batched", "mailbox"):
        net = locus.Session(m, "rflo", transport=transport, lanes=1)
        for _ in range(5):
            net.begin_trial()
            x = np.ones(2)
            for _ in range(net.ticks):
                y = net.step(x)
                net.teach([0.5])
                x = np.array([1.0, 1 - y[0]])
            assert net.commit()
        by_transport.append(net.weights["W"])
    assert np.abs(by_transport[0] - by_transport[1]).max() < 1e-12
    with pytest.raises(locus.OrderError):
        net.teach([0.5])


def test_progress_may_end_a_run_and_its_errors_come_through():
    seen = []

    def until_three(at):
        seen.append(at)
        return at.update < 3

    r = locus.run(network(), rules=["rflo"], updates=50, progress=until_three, every=1)
    assert (r["rflo"].status, r["rflo"].updates) == ("INTERRUPTED", 3)
    assert seen[-1].updates == 50 and seen[-1].update == 3 and seen[-1].loss == r["rflo"].losses[2] and seen[-1].messages > 0

    # the rules that follow do not begin, whatever update the rule was at
    r = locus.run(network(), rules=["rflo", "bptt"], updates=3, progress=lambda at: at.update < 3, every=1)
    assert (list(r), r["rflo"].status) == (["rflo"], "COMPLETED")

    def fails(at):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        locus.run(network(), rules=["rflo"], updates=50, progress=fails, every=1)
    with pytest.raises(ZeroDivisionError, match="mine"):
        locus.run(network(), rules=["rflo", "bptt"], updates=1, progress=lambda at: at.update == 0 or fails(at), every=1)


def test_callbacks_have_their_own_arithmetic():
    smallest = []
    locus.run(network(), rules=["rflo"], updates=3, progress=lambda at: smallest.append(float(np.float64(1e-310) / 2)), every=1)
    assert smallest and all(value == 5e-311 for value in smallest)


@pytest.mark.parametrize(
    "call",
    [
        "locus.run(network(), rules=['bptt'], updates=2_000_000_000, threads=1)",
        "locus.Session(network(), 'bptt').update(2_000_000_000)",
        "locus.sweep(network(), {'training.learning_rate': [0.1]}, rules=['bptt'], updates=100_000_000, threads=1)",
    ],
)
def test_ctrl_c_ends_a_run_soon(call):
    code = (
        "import locus, sys, time\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_model import network\n"
        "print('ready', flush=True)\n"
        f"try: {call}\n"
        "except KeyboardInterrupt: print('interrupted', flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, os.path.dirname(__file__)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.5)
    before = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert child.stdout.readline() == "interrupted\n"
    assert time.monotonic() - before < 1  # 0.05 to 0.06 s where nothing else runs
    assert child.wait(10) == 0


def test_runs_in_threads_are_runs_alone():
    alone = {seed: locus.run(network(), rules=["bptt"], updates=200, seed=seed, threads=1).fingerprints for seed in range(4)}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        together = dict(
            zip(alone, pool.map(lambda s: locus.run(network(), rules=["bptt"], updates=200, seed=s, threads=1).fingerprints, alone))
        )
    assert together == alone


def test_a_run_lets_other_threads_work():
    counts = [0]
    stop = threading.Event()

    def count():
        while not stop.is_set():
            counts[0] += 1

    other = threading.Thread(target=count)
    other.start()
    before = counts[0]
    locus.run(network(), rules=["bptt"], updates=3000, threads=1)
    during = counts[0] - before
    stop.set()
    other.join()
    assert during > 0


def test_evaluations_show_all_held_out_trials():
    m = network()
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(5, 6, 2)), rng.normal(size=(5, 6, 1))
    m.trials(rng.normal(size=(2, 6, 2)), target=rng.normal(size=(2, 6, 1)), held_out=(x, y))
    m.train(loss="sequence", evaluate_every=1, updates=1)
    run = locus.run(m, rules=["bptt"])["bptt"]
    error = run.forward(x)["out"] - y
    assert run.proto.evaluations[-1].loss == pytest.approx((error**2).sum(axis=2).mean() / 2, rel=1e-12)


def test_recorded_evaluation_trials_are_what_the_network_says_of_them():
    m = network()
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(35, 6, 2)), rng.normal(size=(35, 6, 1))
    m.trials(rng.normal(size=(2, 6, 2)), target=rng.normal(size=(2, 6, 1)), held_out=(x, y))
    m.train(loss="sequence", evaluate_every=2, updates=3)
    m.record("output", "out", evaluation=True)
    m.record("activity", "rec", evaluation=True, trial=33, first_update=3)
    run = locus.run(m, rules=["bptt"])["bptt"]
    said = run.records["out-output-evaluation"]
    assert said.shape == (3, 6, 35, 1)  # before updates 0 and 2, and at the end
    shown = run.forward(x, record=("out", "rec"))
    assert np.abs(np.moveaxis(np.asarray(said)[-1], 1, 0) - shown["out"]).max() < 1e-13
    assert np.abs(np.asarray(said)[0] - np.asarray(said)[-1]).max() > 0
    assert np.abs(np.asarray(run.records["rec-activity-evaluation"])[0, :, 0] - shown["rec"][33]).max() < 1e-13


def test_results_are_pickled_whole():
    r = locus.run(network(), rules=["rflo"])
    other = pickle.loads(pickle.dumps(r))
    assert other.fingerprints == r.fingerprints
    assert (other["rflo"].weights["W"] == r["rflo"].weights["W"]).all()
    assert other.report() == r.report()
    assert r._repr_html_().startswith("<iframe")


def test_a_broken_run_resumes_with_the_same_bits(tmp_path):
    whole = locus.run(network(), rules=["bptt", "rflo"], updates=40)
    file = tmp_path / "run.ckpt"
    locus.run(
        network(), rules=["bptt", "rflo"], updates=40, checkpoint=file, checkpoint_every=5, every=1,
        progress=lambda at: at.update < 17,
    )  # fmt: skip
    assert locus.resume(file, network(), rules=["bptt", "rflo"], updates=40).fingerprints == whole.fingerprints
    assert locus.resume(file).fingerprints == whole.fingerprints  # the file holds the model and what was asked for


def test_the_program_resumes_what_was_begun_here(program, tmp_path):
    """And the other way round; with weights that stand in a file beside the model."""
    m = network()
    np.save(tmp_path / "w.npy", np.random.default_rng(3).normal(size=(5, 5)) / 3)
    m.proto.network.projections[1].weights.file.path = "w.npy"
    m.path = str(tmp_path / "net.txtpb")
    m.weights["B"] = np.random.default_rng(4).normal(size=(5, 2))
    whole = locus.run(m, rules=["bptt", "rflo"], updates=40, seed=9)
    file = tmp_path / "run.ckpt"
    part = locus.run(m, rules=["bptt", "rflo"], updates=40, seed=9, checkpoint=file, checkpoint_every=5, every=1,
                     progress=lambda at: at.update < 17)  # fmt: skip
    assert part["bptt"].status == "INTERRUPTED"
    os.remove(tmp_path / "w.npy")
    assert locus.resume(file).fingerprints == whole.fingerprints
    done = subprocess.run([program, "resume", file], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(f"{rule}={fingerprint}" in done.stdout for rule, fingerprint in whole.fingerprints.items()), done.stdout

    m = network(optimizer="adam")  # whose moments a rule that has ended must keep, to go on
    longer = locus.run(m, rules=["rflo"], updates=30)
    locus.run(m, rules=["rflo"], updates=10, checkpoint=file)
    assert locus.resume(file, updates=30).fingerprints == longer.fingerprints

    m = network()
    m.save(tmp_path / "net.txtpb")
    theirs = tmp_path / "theirs.ckpt"
    words = ["--rule", "rflo", "--updates", "10", "--seed", "5", "--checkpoint", theirs, "--checkpoint-every", "3", "--quiet"]
    subprocess.run([program, "run", tmp_path / "net.txtpb", *words], check=True)
    begun = tmp_path / "begun.ckpt"
    weights = ["--weights", tmp_path / "first:rflo", "--checkpoint", begun, "--checkpoint-every", "3", "--quiet"]
    subprocess.run([program, "run", tmp_path / "net.txtpb", *words[:4], "--quiet", "--out", tmp_path / "first"], check=True)
    subprocess.run([program, "run", tmp_path / "net.txtpb", *words[:4], *weights], check=True)
    with pytest.raises(locus.UsageError, match="--weights; only `locus resume`"):
        locus.resume(begun)
    os.remove(tmp_path / "net.txtpb")
    assert locus.resume(theirs, updates=30).fingerprints == locus.run(network(), rules=["rflo"], updates=30, seed=5).fingerprints


def test_memory_stays_flat():
    def resident():
        return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    if "libasan" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("AddressSanitizer keeps what was freed")
    m = network()
    for _ in range(50):
        locus.run(m, rules=["rflo"])["rflo"].weights["W"].sum()
    gc.collect()
    before = resident()
    for _ in range(200):
        locus.run(m, rules=["rflo"])["rflo"].weights["W"].sum()
    gc.collect()
    assert resident() - before < 1 << 20


def test_a_sweep_is_a_row_a_member(tmp_path):
    s = locus.sweep(network(), {"training.learning_rate": [0.01, 0.1]}, seeds=2, rules=["rflo"], updates=3)
    assert len(s) == 4
    alone = locus.run(network(), rules=["rflo"], updates=3, seed=3)
    m = network()
    m.train(learning_rate=0.1)
    assert set(s.fingerprint) >= {locus.run(m, rules=["rflo"], updates=3, seed=3)["rflo"].fingerprint}
    assert alone["rflo"].updates == 3
