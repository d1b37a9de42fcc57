#!/usr/bin/env python3
"""The program beside NumPy and PyTorch on the same work, from the same weights: rates, ratios, and whether the losses agree.

Usage: /usr/bin/python3 tests/bench/beside_python.py [PROGRAM]     (Debian: python3-numpy, python3-torch)

Works, all in float32 on one thread, leaky tanh, m = o = 8, T = 100, the sequence loss:
  RFLO online   a commit every tick, one trial
  BPTT          a commit at the end of a batch of 1 and of 32
and the paper's scale, a linear student and teacher of n = m = o = 16, T = 20, batch 32, the final loss, white noise drawn as it goes: BPTT, tBPTT(1),
RFLO and e-prop (RFLO's trace once a source, e-prop's a transposed one, in all three). Their losses are compared on recorded noise.
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
LINEAR_RATE = np.float32(0.01)


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


def draw_linear(n, ticks, batch):
    generator = np.random.default_rng(1)
    normal = lambda *shape: generator.standard_normal(shape).astype(np.float32)
    square = lambda gain: normal(n, n) * np.float32(gain / np.sqrt(n))
    data = {name: square(gain) for name, gain in (("B", 1), ("W", 0.7), ("A", 1), ("R", 1), ("TB", 1), ("TW", 0.7), ("TA", 1))}
    data["x"] = normal(batch, ticks, n)
    h = np.zeros((batch, n), np.float32)
    for t in range(ticks):
        h = h @ data["TW"].T + data["x"][:, t] @ data["TB"].T
    data["y"] = np.zeros((batch, ticks, n), np.float32)  # what ticks without an error ask for is ignored
    data["y"][:, -1] = h @ data["TA"].T
    return data


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


def write_linear_model(folder, data, rule, white_noise):
    """The paper's scale: trained on the recorded trials, or on white noise beside the teacher."""
    for name in ("B", "W", "A", "R", "TB", "TW", "TA"):
        np.save(os.path.join(folder, name + ".npy"), data[name])
    batch, ticks, n = data["x"].shape
    weights = lambda name: f'weights {{ file {{ path: "{name}.npy" }} }}'
    network = lambda prefix: f"""populations {{ name: "in" size: {n} input {{}} }}
  populations {{ name: "rec" size: {n} rate {{ activation: IDENTITY leak: 1 }} }}
  populations {{ name: "out" size: {n} readout {{}} }}
  projections {{ name: "B" source: "in" target: "rec" {weights(prefix + "B")} }}
  projections {{ name: "W" source: "rec" target: "rec" {weights(prefix + "W")} }}
  projections {{ name: "A" source: "rec" target: "out" {weights(prefix + "A")} }}"""
    trials = "".join(f"trials {{ input {matrix(x)} target {matrix(y)} }}\n" for x, y in zip(data["x"], data["y"]))
    task = f"student_teacher {{ teacher {{ {network('T')} }} }}" if white_noise else f"recorded {{ {trials} }}"
    detail = {"tbptt": "depth: 1 stride: 1", "rflo": f"trace_decay: 0.5 feedback {{ {weights('R')} }}"}.get(rule, "")
    path = os.path.join(folder, "noise.txtpb" if white_noise else "recorded.txtpb")
    with open(path, "w") as file:
        file.write(f"""name: "work" precision: FLOAT32
network {{ {network("")} }}
task {{ {task} }}
training {{ loss: FINAL {f"ticks: {ticks}" if white_noise else ""} batch: {batch}
  learning_rate: {float(LINEAR_RATE) if not white_noise else 1e-7!r} commit: END_OF_BATCH }}
rules {{ name: "rule" {rule} {{ {detail} }} }}
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


def numpy_linear(data, rule, white_noise):
    b, w, a, tb, tw, ta, r = (data[k].copy() for k in ("B", "W", "A", "TB", "TW", "TA", "R"))
    batch, ticks, n = data["x"].shape
    generator = np.random.default_rng(2)
    step = np.float32(1e-7 if white_noise else LINEAR_RATE) / np.float32(batch)

    def update():
        x = generator.standard_normal((ticks, n, batch), np.float32) if white_noise else data["x"].transpose(1, 2, 0)
        h, taught = np.zeros((ticks + 1, n, batch), np.float32), np.zeros((n, batch), np.float32)
        for t in range(ticks):
            h[t + 1] = w @ h[t] + b @ x[t]
            taught = tw @ taught + tb @ x[t]
        error = a @ h[-1] - ta @ taught
        if rule == "rflo":
            p, q = np.zeros_like(taught), np.zeros_like(taught)
            for t in range(ticks):
                p = np.float32(0.5) * p + h[t]
                q = np.float32(0.5) * q + x[t]
            g = r.T @ error
            dw, db = g @ p.T, g @ q.T
        else:
            g = a.T @ error
            dw, db = np.zeros_like(w), np.zeros_like(b)
            for t in reversed(range(ticks - 1 if rule == "tbptt" else 0, ticks)):
                dw += g @ h[t].T
                db += g @ x[t].T
                g = w.T @ g if rule == "bptt" else np.diag(w)[:, None] * g
        a[...] -= step * (error @ h[-1].T)
        w[...] -= step * dw
        b[...] -= step * db
        return float((error * error).sum()) / (2 * batch)

    return update


def torch_linear(data, rule, white_noise):
    b, w, a = (torch.from_numpy(data[k].copy()).requires_grad_() for k in "BWA")
    tb, tw, ta, r, fixed = (torch.from_numpy(data[k]) for k in ("TB", "TW", "TA", "R", "x"))
    batch, ticks, n = fixed.shape
    rate = 1e-7 if white_noise else float(LINEAR_RATE)

    def update():
        x = torch.randn(batch, ticks, n) if white_noise else fixed
        h = taught = p = q = torch.zeros(batch, n)
        with torch.set_grad_enabled(rule == "bptt"):
            states = []
            for t in range(ticks):
                states.append(h)
                if rule == "tbptt" and t == ticks - 1:
                    torch.set_grad_enabled(True)
                if rule == "rflo":
                    p, q = 0.5 * p + h, 0.5 * q + x[:, t]
                h = h @ w.T + x[:, t] @ b.T
        with torch.no_grad():
            for t in range(ticks):
                taught = taught @ tw.T + x[:, t] @ tb.T
            target = taught @ ta.T
        if rule in ("bptt", "tbptt"):
            loss = ((h @ a.T - target) ** 2).sum() / (2 * batch)
            loss.backward()
            steps = [parameter.grad for parameter in (b, w, a)]
        else:
            with torch.no_grad():
                error = h @ a.T - target
                loss = (error ** 2).sum() / (2 * batch)
                g = error @ (r if rule == "rflo" else a)
                db, dw = torch.zeros_like(b), torch.zeros_like(w)
                if rule == "rflo":
                    db, dw = g.T @ q, g.T @ p
                else:
                    for t in reversed(range(ticks)):
                        db += g.T @ x[:, t]
                        dw += g.T @ states[t]
                        g = g * torch.diagonal(w)
                steps = [db / batch, dw / batch, error.T @ h / batch]
        with torch.no_grad():
            for parameter, change in zip((b, w, a), steps):
                parameter -= rate * change
                parameter.grad = None
        return float(loss)

    return update


def check(update, losses):
    """The first losses are the program's."""
    for k, expected in enumerate(losses[:3]):
        met = update()
        if not abs(met - expected) <= 1e-3 * expected:
            sys.exit(f"loss of update {k}: {met}, the program's is {expected}")


def rate_of(update, budget=1.0):
    """Updates a second of processor time."""
    update()
    count, start = 0, time.process_time()
    while count < 2 or time.process_time() - start < budget:
        update()
        count += 1
    return count / (time.process_time() - start)


def rate_of_program(program, path, more):
    """Losses of three updates, and updates a second of processor time: what `more` of them take beyond those."""
    losses, base = run_program(program, path, 3)
    _, longer = run_program(program, path, 3 + more)
    return losses, more / (longer - base)


def show(work, own, others):
    """Prints a line; whether the program is behind."""
    print(f"{work:<28}{own:>10.4g}" + "".join(f"{rate:>10.4g}" for rate in others) + f"{'':>15}"
          + "".join(f"{own / rate:>10.2f}" for rate in others), flush=True)
    return any(own < rate for rate in others)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/bin/locus"
    if torch:
        torch.set_num_threads(1)
    print(f"{'work':<28}{'locus':>10}{'NumPy':>10}{'PyTorch':>10}   updates/s   {'x NumPy':>10}{'x PyTorch':>10}")
    behind = 0
    for rule, n, batch in [("rflo", 64, 1), ("rflo", 256, 1), ("rflo", 1024, 1), ("bptt", 64, 1), ("bptt", 256, 1),
                           ("bptt", 1024, 1), ("bptt", 64, 32), ("bptt", 256, 32), ("bptt", 1024, 32)]:
        data = draw(n, batch)
        with tempfile.TemporaryDirectory() as folder:
            path = write_model(folder, data, rule)
            losses, own = rate_of_program(program, path, max(40, int(2e10 / (n * n * TICKS * batch))))  # some seconds
        makers = [numpy_rflo if rule == "rflo" else numpy_bptt] + ([torch_rflo if rule == "rflo" else torch_bptt] if torch else [])
        others = [make(data) for make in makers]
        for other in others:
            check(other, losses)
        behind += show(f"{rule} n={n} batch={batch}", own, [rate_of(other) for other in others])
    for rule in ("bptt", "tbptt", "rflo", "eprop"):
        data = draw_linear(16, 20, 32)
        makers = [numpy_linear] + ([torch_linear] if torch else [])
        with tempfile.TemporaryDirectory() as folder:
            losses, _ = run_program(program, write_linear_model(folder, data, rule, False), 3)
            for make in makers:
                check(make(data, rule, False), losses)
            _, own = rate_of_program(program, write_linear_model(folder, data, rule, True), 30000)
        behind += show(f"linear {rule} n=16 T=20 batch=32", own, [rate_of(make(data, rule, True)) for make in makers])
    print("ahead everywhere" if behind == 0 else f"behind in {behind}")


if __name__ == "__main__":
    # One thread for NumPy's BLAS too: it reads this when it is loaded.
    if os.environ.get("OMP_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    main()
