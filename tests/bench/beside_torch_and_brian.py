#!/usr/bin/env python3
"""The Python package beside PyTorch and Brian2 on the same jobs, from the same weights: processor time, ratios, and whether numbers agree.

Usage: PYTHONPATH=build/release/python /usr/bin/python3 tests/bench/beside_torch_and_brian.py     (Debian: python3-torch, python3-brian)

Jobs, on one thread:
  pixels    n 64, tanh, leak 0.2, T 64, 2 inputs, 10 classes, batch 40, float32: a picture of 8 x 8 pixels, one a tick
  vowels    n 64, tanh, leak 0.5, T 29, 13 inputs, 9 classes, batch 27, float64: as long and as wide as the Japanese vowels
each under BPTT (PyTorch: autograd) and under RFLO (PyTorch: traces in place), with the cross-entropy of the last tick; inputs are drawn, since
time does not depend on them. Losses of all updates must agree, to 1e-10 in float64 and 1e-3 in float32.
  spiking   1,000 leaky integrate-and-fire neurons, 10 % connected, 1,000 ticks of spikes from 200 inputs, not learning (Brian2: NumPy code)
            Spikes of both must be the same. (Learning would be a program of one's own there.)
The time is that of the process (so that a busy machine matters little), the best of three; building and loading are not counted. Brian2's is that
of Network.run without its first call, which generates code.
"""

import time

import numpy as np

import locus

GOAL = 8.0
UPDATES = 60

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None
try:
    import brian2
except ImportError:
    brian2 = None

JOBS = {
    "pixels": {"leak": 0.2, "ticks": 64, "inputs": 2, "classes": 10, "batch": 40, "precision": "float32", "rate": 0.05},
    "vowels": {"leak": 0.5, "ticks": 29, "inputs": 13, "classes": 9, "batch": 27, "precision": "float64", "rate": 0.1},
}


def draw(job, n=64):
    """Weights, and the trials of all updates (some repeat)."""
    rng = np.random.default_rng(1)
    inputs, classes = job["inputs"], job["classes"]
    normal = lambda a, b, gain: rng.normal(0, gain / np.sqrt(b), (a, b)).astype(job["precision"]).astype(float)
    weights = {"B": normal(n, inputs, 1), "W": normal(n, n, 0.9), "A": normal(classes, n, 1), "R": normal(classes, n, 1)}
    trials = 10 * job["batch"]
    x = rng.random((trials, job["ticks"], inputs)).astype(job["precision"]).astype(float)
    return weights, x, rng.integers(0, classes, trials)


def timed(function):
    """The result, and the least processor time of three calls [s]."""
    least = np.inf
    for _ in range(3):
        before = time.process_time()
        result = function()
        least = min(least, time.process_time() - before)
    return result, least


def of_locus(job, rule, weights, x, digit):
    m = locus.Model("job", precision=job["precision"])
    m.input("in", job["inputs"])
    m.rate("rec", len(weights["W"]), "tanh", leak=job["leak"])
    m.readout("out", job["classes"])
    for name, source, target in (("B", "in", "rec"), ("W", "rec", "rec"), ("A", "rec", "out")):
        m.connect(source, target, weights[name], name=name)
    m.trials(x, classes=digit)
    m.train(loss="cross_entropy", window=1, batch=job["batch"], updates=UPDATES, learning_rate=job["rate"])
    m.rule("bptt", bptt={})
    m.rule("rflo", rflo={"feedback": [{"weights": {"dense": locus_matrix(weights["R"])}}]})
    return lambda: locus.run(m, rules=[rule], threads=1)[rule].losses


def locus_matrix(values):
    return {"rows": values.shape[0], "cols": values.shape[1], "values": values.ravel().tolist()}


def of_torch(job, rule, weights, x, digit):
    kind = getattr(torch, job["precision"])
    batch, leak, rate, ticks = job["batch"], job["leak"], job["rate"], job["ticks"]
    x, digit = torch.tensor(x, dtype=kind), torch.tensor(digit)

    def bptt():
        b, w, a = (torch.tensor(weights[name], dtype=kind, requires_grad=True) for name in "BWA")
        losses = []
        for update in range(UPDATES):
            at = slice(update % 10 * batch, update % 10 * batch + batch)
            h = torch.zeros(batch, len(w), dtype=kind)
            for t in range(ticks):
                h = (1 - leak) * h + leak * torch.tanh(h @ w.T + x[at, t] @ b.T)
            loss = torch.nn.functional.cross_entropy(h @ a.T, digit[at])
            loss.backward()
            with torch.no_grad():
                for each in (b, w, a):
                    each -= rate * each.grad
                    each.grad = None
            losses.append(loss.item())
        return np.array(losses)

    @torch.no_grad()
    def rflo():
        b, w, a, r = (torch.tensor(weights[name], dtype=kind) for name in "BWAR")
        losses = []
        for update in range(UPDATES):
            at = slice(update % 10 * batch, update % 10 * batch + batch)
            h = torch.zeros(batch, len(w), dtype=kind)
            trace_w, trace_b = torch.zeros(batch, *w.shape, dtype=kind), torch.zeros(batch, *b.shape, dtype=kind)
            for t in range(ticks):
                phi = torch.tanh(h @ w.T + x[at, t] @ b.T)
                gain = (leak * (1 - phi * phi))[:, :, None]
                trace_w.mul_(1 - leak).addcmul_(gain, h[:, None, :])
                trace_b.mul_(1 - leak).addcmul_(gain, x[at, t][:, None, :])
                h = (1 - leak) * h + leak * phi
            y = h @ a.T
            losses.append(torch.nn.functional.cross_entropy(y, digit[at]).item())
            error = torch.softmax(y, 1) - torch.nn.functional.one_hot(digit[at], y.shape[1])
            signal = error @ r
            w -= rate / batch * torch.einsum("bi,bij->ij", signal, trace_w)
            b -= rate / batch * torch.einsum("bi,bij->ij", signal, trace_b)
            a -= rate / batch * error.T @ h
        return np.array(losses)

    return bptt if rule == "bptt" else rflo


def beside_torch():
    """Rows of both jobs; whether all reach the goal."""
    ratios = []
    for name, job in JOBS.items():
        weights, x, digit = draw(job)
        for rule in ("bptt", "rflo"):
            ours, own = timed(of_locus(job, rule, weights, x, digit))
            theirs, other = timed(of_torch(job, rule, weights, x, digit))
            apart = np.abs(ours - theirs).max()
            assert apart < (1e-10 if job["precision"] == "float64" else 1e-3), f"{name}, {rule}: losses are {apart:.2g} apart"
            ratios.append(other / own)
            print(f"{name:8} {rule:5} locus {own / UPDATES * 1e3:8.3f} ms   PyTorch {other / UPDATES * 1e3:8.3f} ms an update"
                  f"   {other / own:6.1f} x   losses {ours[0]:.4f} .. {ours[-1]:.4f}, at most {apart:.1e} apart")  # fmt: skip
    return ratios


def beside_brian():
    """One row: the same spikes."""
    n, inputs, ticks = 1000, 200, 1000
    rng = np.random.default_rng(2)
    source, target = np.nonzero(rng.random((n, n)) < 0.1)
    strength = rng.choice([-0.25, 0.125], len(source), p=[0.4, 0.6])
    drive = rng.choice([0.125, 0.25, 0.5], (n, inputs)) * (rng.random((n, inputs)) < 0.2)
    shown = rng.random((ticks, inputs)) < 0.05
    tau = 16.0  # ms

    m = locus.Model("spiking")
    m.input("in", inputs)
    m.lif("lif", n, tau_m=tau, threshold=1.0)
    m.connect("in", "lif", drive, name="B")
    m.connect("lif", "lif", locus.one_to_one(np.ones(n)), name="W")
    sparse = m.proto.network.projections[1].weights.sparse
    for field, values in (("row", target), ("col", source), ("values", strength)):
        del getattr(sparse, field)[:]
        getattr(sparse, field).extend(values.tolist())
    x = shown[np.newaxis].astype(float)
    ours, own = timed(lambda: m.forward(x, record=["lif"])["lif"][0])

    b = brian2
    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = 1 * b.ms
    group = b.NeuronGroup(n, "v : 1\narrived : 1\nspike : 1", threshold="v >= 1", reset="spike = 1",
                          namespace={"decay": np.exp(-1 / tau)})  # fmt: skip
    group.run_regularly("v = arrived + decay * v - spike\nspike = 0\narrived = 0", when="groups")
    # What arrives is heard in the next tick there; inputs are heard in their own tick here, so that all is a tick later there.
    when, which = np.nonzero(shown)
    spikes = b.SpikeGeneratorGroup(inputs, which, when * b.ms)
    synapses = []
    for before, i, j, strengths in ((group, source, target, strength), (spikes, *np.nonzero(drive.T), drive.T[np.nonzero(drive.T)])):
        synapses.append(b.Synapses(before, group, "w : 1", on_pre="arrived_post += w"))
        synapses[-1].connect(i=i, j=j)
        synapses[-1].w = strengths
    monitor = b.SpikeMonitor(group)
    network = b.Network(group, spikes, *synapses, monitor)
    network.store()
    network.run(2 * b.ms)
    network.restore()
    before = time.process_time()
    network.run((ticks + 1) * b.ms)
    other = time.process_time() - before
    theirs = np.zeros((ticks, n))
    theirs[np.rint(monitor.t / b.ms).astype(int) - 1, monitor.i] = 1
    differ = int((ours != theirs).sum())
    print(f"spiking        locus {own * 1e3:8.1f} ms   Brian2  {other * 1e3:8.1f} ms for {ticks} ticks   {other / own:6.1f} x"
          f"   {int(ours.sum())} spikes, {differ} of them differ")  # fmt: skip
    assert differ == 0, "spikes differ"


if __name__ == "__main__":
    if torch is None:
        print("PyTorch is not here (Debian: python3-torch)")
    else:
        reached = beside_torch()
        print(f"least ratio {min(reached):.1f}, goal {GOAL:g}: {'reached' if min(reached) >= GOAL else 'MISSED'}")
    if brian2 is None:
        print("Brian2 is not here (Debian: python3-brian)")
    else:
        beside_brian()
