"""from_state_dict: networks of PyTorch and snnTorch, their outputs, and what has no place here."""

import numpy as np
import pytest

import locus
from conftest import ROOT

GOLDEN = np.load(ROOT / "tests" / "python" / "torch_rnn.npz")  # weights, inputs, and outputs in float64, by PyTorch


def golden(network):
    names = [name.split("/", 1)[1] for name in GOLDEN.files if name.startswith(network + "/")]
    tensors = {name: GOLDEN[f"{network}/{name}"] for name in names}
    return tensors.pop("x"), tensors.pop("y"), tensors


@pytest.mark.parametrize("network, activation", [("rnn_tanh", "tanh"), ("rnn_relu", "relu"), ("rnn_no_bias", "tanh")])
def test_outputs_are_those_of_pytorch(network, activation):
    x, y, tensors = golden(network)
    m = locus.from_state_dict(tensors, activation=activation)
    assert np.abs(m.forward(x[np.newaxis])["out"][0] - y).max() < 1e-13
    assert [p.name for p in m.proto.network.projections] == [name for name in m.weights.keys()]
    assert set(m.weights.keys()) == set(tensors)


def test_tensors_archives_and_cells_are_taken(tmp_path):
    class Tensor:
        """What PyTorch's tensors offer."""

        def __init__(self, value):
            self._value = value

        def detach(self):
            return self

        def cpu(self):
            return self

        def numpy(self):
            return self._value

    x, y, tensors = golden("rnn_tanh")
    wanted = locus.from_state_dict(tensors).message()
    assert locus.from_state_dict({name: Tensor(value) for name, value in tensors.items()}).message() == wanted
    np.savez(tmp_path / "net.npz", **tensors)
    assert locus.from_state_dict(tmp_path / "net.npz").message() == wanted
    cell = {name.replace("_l0", ""): value for name, value in tensors.items()}
    assert np.abs(locus.from_state_dict(cell).forward(x[np.newaxis])["out"][0] - y).max() < 1e-13


def test_what_was_learnt_goes_back_by_name():
    x, y, tensors = golden("rnn_tanh")
    m = locus.from_state_dict(tensors)
    m.trials(x[np.newaxis], target=y[np.newaxis] + 0.5)
    m.train(loss="sequence", updates=3, learning_rate=0.1)
    run = locus.run(m, rules=["bptt"])["bptt"]
    learnt = locus.state_dict(run)
    assert {name: value.shape for name, value in learnt.items()} == {name: value.shape for name, value in tensors.items()}
    assert (learnt["rnn.bias_hh_l0"] == run.weights["rnn.bias_hh_l0"][:, 0]).all()
    again = locus.from_state_dict(learnt)
    assert np.abs(again.forward(x[np.newaxis])["out"] - run.forward(x[np.newaxis])["out"]).max() < 1e-15
    assert all((learnt[name] != tensors[name]).any() for name in tensors)


def test_training_is_that_of_pytorch():
    """BPTT against PyTorch's autograd, biases included: one step of plain descent."""
    torch = pytest.importorskip("torch", reason="python3-torch is not installed")
    x, y, tensors = golden("rnn_tanh")
    net = torch.nn.ModuleDict({"rnn": torch.nn.RNN(3, 5), "out": torch.nn.Linear(5, 2)}).double()
    net.load_state_dict({name: torch.tensor(value) for name, value in tensors.items()})
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    goal = torch.tensor(y + 0.5)
    m = locus.from_state_dict(net.state_dict())
    m.trials(x[np.newaxis], target=y[np.newaxis] + 0.5)
    m.train(loss="sequence", updates=20, learning_rate=0.1)
    run = locus.run(m, rules=["bptt"])["bptt"]
    for update in range(20):
        hidden, _ = net["rnn"](torch.tensor(x)[:, None])
        loss = ((net["out"](hidden)[:, 0] - goal) ** 2).sum() / (2 * len(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert abs(loss.item() - run.losses[update]) < 1e-13
    for name, value in locus.state_dict(run).items():
        assert np.abs(value - net.state_dict()[name].numpy()).max() < 1e-13


def snn(seed=3, alpha=True, diagonal=False):
    rng = np.random.default_rng(seed)
    normal = lambda *shape: rng.normal(0, 1 / np.sqrt(shape[-1]), shape)
    tensors = {"fc1.weight": 2 * normal(6, 4), "fc1.bias": 0.1 * normal(6), "lif1.beta": np.array(0.8), "lif1.threshold": np.array(1.0),
               "lif1.reset_mechanism_val": np.array(0), "lif1.graded_spikes_factor": np.array(1.0),
               "fc2.weight": 2 * normal(3, 6), "fc2.bias": 0.1 * normal(3), "lif2.beta": np.linspace(0.5, 0.9, 3),
               "lif2.threshold": np.array(0.7)}  # fmt: skip
    if alpha:
        tensors.update({"lif1.alpha": np.array(0.6), "lif2.alpha": np.array(0.3)})
    if diagonal:
        tensors["lif1.recurrent.V"] = normal(6)
    else:
        tensors.update({"lif1.recurrent.weight": normal(6, 6), "lif1.recurrent.bias": 0.1 * normal(6)})
    x = (rng.random((60, 4)) < 0.3) * 1.0
    return tensors, x


def simulate(t, x, reset):
    """RSynaptic or RLeaky, and a layer behind it, as snnTorch writes them."""
    v1, i1, z1 = np.zeros(6), np.zeros(6), np.zeros(6)
    v2, i2, z2 = np.zeros(3), np.zeros(3), np.zeros(3)
    hidden, out = [], []
    recurrent = np.diag(t["lif1.recurrent.V"]) if "lif1.recurrent.V" in t else t["lif1.recurrent.weight"]

    def layer(v, i, z, arrived, name):
        i = t.get(f"{name}.alpha", 0.0) * i + arrived
        v = t[f"{name}.beta"] * v + i - (z * t[f"{name}.threshold"] if reset == "subtract_next_tick" else 0)
        z = (v > t[f"{name}.threshold"]) * 1.0
        if reset == "subtract":
            v = v - z * t[f"{name}.threshold"]
        if reset == "zero":
            v = v * (1 - z)
        return v, i, z

    for row in x:
        arrived = t["fc1.weight"] @ row + t["fc1.bias"] + recurrent @ z1 + t.get("lif1.recurrent.bias", 0.0)
        v1, i1, z1 = layer(v1, i1, z1, arrived, "lif1")
        v2, i2, z2 = layer(v2, i2, z2, t["fc2.weight"] @ z1 + t["fc2.bias"], "lif2")
        hidden.append(z1)
        out.append(z2)
    return np.array(hidden), np.array(out)


@pytest.mark.parametrize("reset", ["zero", "subtract", "subtract_next_tick"])
@pytest.mark.parametrize("alpha, diagonal", [(True, False), (False, False), (True, True)])
def test_spikes_are_those_of_snntorch(reset, alpha, diagonal):
    tensors, x = snn(alpha=alpha, diagonal=diagonal)
    tensors["lif1.reset_mechanism_val"] = np.array(reset == "zero")
    hidden, out = simulate(tensors, x, reset)
    m = locus.from_state_dict(tensors, input="fc1", recurrent="lif1", readout="fc2", output="lif2", reset=reset)
    said = m.forward(np.pad(x, ((0, 1), (0, 0)))[np.newaxis], record=["lif1", "lif2"])
    assert hidden.sum() > 20 and out.sum() > 5
    assert (said["lif1"][0, :60] == hidden).all()
    assert (said["lif2"][0, m.late["lif2"] :] == out).all()


def test_a_readout_may_follow_spikes():
    tensors, x = snn()
    tensors = {name: value for name, value in tensors.items() if not name.startswith("lif2")}
    m = locus.from_state_dict(tensors, input="fc1", recurrent="lif1", readout="fc2", reset="subtract")
    hidden, _ = simulate({**tensors, "lif2.beta": 0, "lif2.threshold": 1}, x, "subtract")
    assert np.abs(m.forward(x[np.newaxis])["fc2"][0] - (hidden @ tensors["fc2.weight"].T + tensors["fc2.bias"])).max() < 1e-13


def test_spiking_layers_need_a_reset():
    tensors, _ = snn()
    with pytest.raises(locus.UsageError, match="(?s)reset is not given.*subtract_next_tick.*reset_delay=False"):
        locus.from_state_dict(tensors, input="fc1", recurrent="lif1", readout="fc2", output="lif2")
    with pytest.raises(locus.ModelError, match="lif1.reset_mechanism_val is 0, subtract; and reset is zero"):
        locus.from_state_dict(tensors, input="fc1", recurrent="lif1", readout="fc2", output="lif2", reset="zero")


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda t: t.update({"rnn.weight_ih_l1": np.eye(5)}), "rnn.weight_ih_l1 is of a further layer or direction"),
        (lambda t: t.update({"rnn.weight_hh_l0_reverse": np.eye(5)}), "rnn.weight_hh_l0_reverse is of a further layer"),
        (lambda t: t.update({"rnn.weight_hh_l0": np.ones((15, 5))}), "rnn.weight_hh_l0 has shape .15, 5., a GRU's"),
        (lambda t: t.update({"rnn.weight_hh_l0": np.ones((20, 5))}), "rnn.weight_hh_l0 has shape .20, 5., an LSTM's"),
        (lambda t: t.update({"norm.weight": np.ones(5)}), "norm.weight has no place in the network"),
        (lambda t: t.pop("out.weight"), "out.weight is missing"),
        (lambda t: t.update({"out.weight": np.ones((2, 4))}), r"out.weight has shape .2, 4.; must be .2, 5.: out x rnn"),
        (lambda t: t.update({"out.bias": np.ones(3)}), "out.bias has 3 numbers; must have 1 or 2"),
        (lambda t: t.update({"rnn.bias_hh_l0": np.array([1, 2, np.inf, 4, 5])}), r"rnn.bias_hh_l0\[2\] is inf; must be finite"),
    ],
)
def test_what_has_no_place_is_named(change, said):
    _, _, tensors = golden("rnn_tanh")
    change(tensors)
    with pytest.raises(locus.ModelError, match=said):
        locus.from_state_dict(tensors)
