#!/usr/bin/env python3
"""The program beside NumPy and PyTorch on the same work, from the same weights: rates, ratios, and whether the losses agree.

Usage: /usr/bin/python3 tests/bench/beside_python.py [PROGRAM]     (Debian: python3-numpy, python3-torch)

Works, all in float32 on one thread, leaky tanh, m = o = 8, T = 100, the sequence loss:
  RFLO online   a commit every tick, one trial
  BPTT          a commit at the end of a batch of 1 and of 32
The program runs twice, for few and for more updates; the difference is the time of the updates alone. Both others run the same updates in process.
Losses of the first updates must agree to 1e-3, or the script ends with an error.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np

try:
    import torch
except ImportError:
    torch = None

INPUTS = READOUTS = 8
TICKS = 100
LEAK = np.float32(0.1)
RATE = np.float32(0.01)


def draw(n, batch):
    generator = np.random.default_rng(1)
    normal = lambda *shape: generator.standard_normal(shape).astype(np.float32)
    return {
        "B": normal(n, INPUTS) / np.float32(np.sqrt(INPUTS)),
        "W": normal(n, n) * np.float32(1.2 / np.sqrt(n)),
        "A": normal(READOUTS, n) / np.float32(np.sqrt(n)),
        "R": normal(READOUTS, n) / np.float32(np.sqrt(READOUTS)),
        "x": normal(batch, TICKS, INPUTS),
        "y": normal(batch, TICKS, READOUTS),
    }


def matrix(values):
    numbers = ", ".join(repr(float(v)) for v in values.ravel())
    return f"{{ rows: {values.shape[0]} cols: {values.shape[1]} values: [{numbers}] }}"


def write_model(folder, data, rule):
    """The work as a model file with its weights beside it."""
    for name in "BWAR":
        np.save(os.path.join(folder, name + ".npy"), data[name])
    n, batch = data["W"].shape[0], data["x"].shape[0]
    online = rule == "rflo"
    weights = lambda name: f'weights {{ file {{ path: "{name}.npy" }} }}'
    feedback = f'feedback {{ {weights("R")} }}' if online else ""
    trials = "".join(f"trials {{ input {matrix(x)} target {matrix(y)} }}\n" for x, y in zip(data["x"], data["y"]))
    path = os.path.join(folder, "work.txtpb")
    with open(path, "w") as file:
        file.write(f"""name: "work" precision: FLOAT32
network {{
  populations {{ name: "in" size: {INPUTS} input {{}} }}
  populations {{ name: "rec" size: {n} rate {{ activation: TANH leak: {float(LEAK)!r} }} }}
  populations {{ name: "out" size: {READOUTS} readout {{}} }}
  projections {{ name: "B" source: "in" target: "rec" {weights("B")} }}
  projections {{ name: "W" source: "rec" target: "rec" {weights("W")} }}
  projections {{ name: "A" source: "rec" target: "out" {weights("A")} }}
}}
task {{ recorded {{ {trials} }} }}
training {{ loss: SEQUENCE batch: {batch} learning_rate: {float(RATE)!r} commit: {"EVERY_TICK" if online else "END_OF_BATCH"} }}
rules {{ name: "rule" {rule} {{ {feedback} }} }}
""")
    return path


def run_program(program, path, updates):
    """Losses, and processor time of the whole process."""
    before = os.times()
    done = subprocess.run([program, "run", path, "--updates", str(updates), "--threads", "1", "--json"],
                          capture_output=True, text=True, check=True)
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return json.loads(done.stdout)["runs"][0]["losses"], seconds


def numpy_rflo(data):
    b, w, a, r = (data[k].copy() for k in "BWAR")
    n = w.shape[0]

    def update():
        h, p, q = np.zeros(n, np.float32), np.zeros_like(w), np.zeros_like(b)
        loss = 0.0
        for x, y in zip(data["x"][0], data["y"][0]):
            phi = np.tanh(w @ h + b @ x)
            gain = LEAK * (1 - phi * phi)
            np.multiply(p, 1 - LEAK, out=p)
            p += np.outer(gain, h)
            np.multiply(q, 1 - LEAK, out=q)
            q += np.outer(gain, x)
            h = (1 - LEAK) * h + LEAK * phi
            error = a @ h - y
            loss += float(error @ error) / (2 * TICKS)
            epsilon = error / np.float32(TICKS)
            signal = RATE * (r.T @ epsilon)
            w[...] -= signal[:, None] * p
            b[...] -= signal[:, None] * q
            a[...] -= RATE * np.outer(epsilon, h)
        return loss

    return update


def numpy_bptt(data):
    b, w, a = (data[k].copy() for k in "BWA")
    n, batch = w.shape[0], data["x"].shape[0]
    x, y = data["x"].transpose(1, 2, 0), data["y"].transpose(1, 2, 0)  # a lane a column

    def update():
        h = np.zeros((TICKS + 1, n, batch), np.float32)
        gain = np.empty((TICKS, n, batch), np.float32)
        for t in range(TICKS):
            phi = np.tanh(w @ h[t] + b @ x[t])
            gain[t] = LEAK * (1 - phi * phi)
            h[t + 1] = (1 - LEAK) * h[t] + LEAK * phi
        error = a @ h[1:] - y
        loss = float((error * error).sum()) / (2 * TICKS * batch)
        epsilon = error / np.float32(TICKS)
        back = a.T @ epsilon
        delta, g = np.zeros((n, batch), np.float32), np.empty_like(gain)
        for t in reversed(range(TICKS)):
            delta += back[t]
            g[t] = gain[t] * delta
            delta = (1 - LEAK) * delta + w.T @ g[t]
        step = RATE / np.float32(batch)
        flat = lambda all_ticks: all_ticks.transpose(1, 0, 2).reshape(all_ticks.shape[1], -1)
        w[...] -= step * (flat(g) @ flat(h[:-1]).T)
        b[...] -= step * (flat(g) @ flat(x).T)
        a[...] -= step * (flat(epsilon) @ flat(h[1:]).T)
        return loss

    return update


def torch_rflo(data):
    b, w, a, r, x, y = (torch.from_numpy(data[k].copy()) for k in ("B", "W", "A", "R", "x", "y"))
    n, leak, rate = w.shape[0], float(LEAK), float(RATE)

    def update():
        with torch.no_grad():
            h, p, q = torch.zeros(n), torch.zeros_like(w), torch.zeros_like(b)
            loss = 0.0
            for t in range(TICKS):
                phi = torch.tanh(w @ h + b @ x[0, t])
                gain = leak * (1 - phi * phi)
                p.mul_(1 - leak).addr_(gain, h)
                q.mul_(1 - leak).addr_(gain, x[0, t])
                h = (1 - leak) * h + leak * phi
                error = a @ h - y[0, t]
                loss += float(error @ error) / (2 * TICKS)
                epsilon = error / TICKS
                signal = (r.T @ epsilon)[:, None]
                w.addcmul_(signal, p, value=-rate)
                b.addcmul_(signal, q, value=-rate)
                a.addr_(epsilon, h, alpha=-rate)
            return loss

    return update


def torch_bptt(data):
    b, w, a = (torch.from_numpy(data[k].copy()).requires_grad_() for k in "BWA")
    x, y = torch.from_numpy(data["x"]), torch.from_numpy(data["y"])
    batch, leak, rate = x.shape[0], float(LEAK), float(RATE)

    def update():
        h, loss = torch.zeros(batch, w.shape[0]), 0.0
        for t in range(TICKS):
            h = (1 - leak) * h + leak * torch.tanh(h @ w.T + x[:, t] @ b.T)
            error = h @ a.T - y[:, t]
            loss = loss + (error * error).sum()
        loss = loss / (2 * TICKS * batch)
        loss.backward()
        with torch.no_grad():
            for parameter in (b, w, a):
                parameter -= rate * parameter.grad
                parameter.grad = None
        return float(loss)

    return update


def rate_of(update, losses, budget=1.0):
    """Updates a second of processor time; checks the first losses against the program's."""
    for k, expected in enumerate(losses[:3]):
        met = update()
        if not abs(met - expected) <= 1e-3 * expected:
            sys.exit(f"loss of update {k}: {met}, the program's is {expected}")
    count, start = 0, time.process_time()
    while count < 2 or time.process_time() - start < budget:
        update()
        count += 1
    return count / (time.process_time() - start)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/bin/locus"
    if torch:
        torch.set_num_threads(1)
    print(f"{'work':<22}{'locus':>10}{'NumPy':>10}{'PyTorch':>10}   updates/s   {'x NumPy':>8}{'x PyTorch':>10}")
    behind = 0
    for rule, n, batch in [("rflo", 64, 1), ("rflo", 256, 1), ("rflo", 1024, 1), ("bptt", 64, 1), ("bptt", 256, 1),
                           ("bptt", 1024, 1), ("bptt", 64, 32), ("bptt", 256, 32), ("bptt", 1024, 32)]:
        data = draw(n, batch)
        with tempfile.TemporaryDirectory() as folder:
            path = write_model(folder, data, rule)
            few = 3
            losses, base = run_program(program, path, few)
            more = few + max(5, int(4e9 / (n * n * TICKS * batch)))  # a second or more
            _, longer = run_program(program, path, more)
        own = (more - few) / (longer - base)
        numpy_rate = rate_of((numpy_rflo if rule == "rflo" else numpy_bptt)(data), losses)
        torch_rate = rate_of((torch_rflo if rule == "rflo" else torch_bptt)(data), losses) if torch else float("nan")
        behind += own < numpy_rate or own < torch_rate
        print(f"{rule + f' n={n} batch={batch}':<22}{own:>10.4g}{numpy_rate:>10.4g}{torch_rate:>10.4g}{'':>15}"
              f"{own / numpy_rate:>8.2f}{own / torch_rate:>10.2f}", flush=True)
    print("ahead everywhere" if behind == 0 else f"behind in {behind}")


if __name__ == "__main__":
    # One thread for NumPy's BLAS too: it reads this when it is loaded.
    if os.environ.get("OMP_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    main()
