"""NIR: networks of files spike for spike, refusals by name, and files of networks."""

import json
import subprocess
import sys

import numpy as np
import pytest

import locus
from conftest import shared

h5py = pytest.importorskip("h5py", reason="python3-h5py is not installed")
import locus.nir  # noqa: E402
from nir_cases import DT, Cases, write  # noqa: E402
from nir_interpreter import Interpreter  # noqa: E402

CASES = Cases()
SPIKING = [name for name in CASES.good if name != "linear_rnn"]


def shown(model, x, precision="float64"):
    """What each population of the network says at the ticks of the data, its lateness taken off (trials x ticks x neurons)."""
    late = max(model.late.values())
    model = model.copy()
    model.proto.precision = model.proto.Precision.Value(precision.upper())
    kinds = {p.name: p.WhichOneof("kind") for p in model.proto.network.populations}
    record = [name for name, kind in kinds.items() if kind != "input"]
    said = model.forward(np.pad(x[np.newaxis].astype(float), ((0, 0), (0, late), (0, 0))), record=record)
    return {name: said[name][0, model.late[name] : model.late[name] + len(x)] for name in record}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return CASES.files(tmp_path_factory.mktemp("nir"))


@pytest.mark.parametrize("reset", ["zero", "subtract"])
@pytest.mark.parametrize("name", SPIKING)
def test_spikes_are_those_of_the_file(files, name, reset):
    wanted = Interpreter(files[name], DT, reset).run(CASES.input)
    model = locus.nir.read(files[name], dt=DT, reset=reset)
    said = shown(model, CASES.input)
    spikes = 0
    for population, values in said.items():
        if population == "li":
            assert np.abs(values - wanted["li"]).max() < 1e-12
        else:
            assert (values == wanted[population]).all(), population
            spikes += values.sum()
    assert spikes > 10
    assert {p: v.sum() for p, v in shown(model, CASES.input, "float32").items() if p != "li"} == {
        p: v.sum() for p, v in said.items() if p != "li"
    }


def test_a_linear_network_needs_no_reset(files):
    wanted = Interpreter(files["linear_rnn"], DT).run(CASES.input)
    said = shown(locus.nir.read(files["linear_rnn"], dt=DT), CASES.input)
    assert np.abs(said["h"] - wanted["h"]).max() < 1e-12
    assert np.abs(said["output"] - wanted["output"]).max() < 1e-12


def test_the_interpreter_gives_the_golden_spikes(files):
    """The interpreter itself, against spikes that were written down."""
    golden = json.loads(shared("fixtures/nir_made/golden.json").read_text())
    for name, case in golden.items():
        for reset in ("zero", "subtract"):
            for node, events in case["runs"].get(reset, {}).items():
                said = Interpreter(files[name], DT, reset).run(CASES.input)
                if node in said and CASES.good[name][0].get(node, {}).get("type") in ("LIF", "CubaLIF", "IF"):
                    assert [[int(t) + 1, int(j)] for t, j in zip(*np.nonzero(said[node]))] == events, (name, reset, node)


@pytest.mark.parametrize(
    "file, framework, spikes, late, options",
    [
        ("bias_zero", "snntorch", 119, 0, {"reset": "zero"}),
        ("bias_zero", "norse", 118, 0, {"reset": "zero", "first_bias": False}),
        ("bias_zero", "spyx", 151, 1, {"reset": "subtract"}),
        ("noBias_subtract", "norse", 103, 0, {"reset": "zero"}),
        ("noBias_subtract", "spyx", 120, 1, {"reset": "subtract"}),
    ],
)
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_published_activities_come_out(file, framework, spikes, late, options, precision):
    """Hidden spikes of three frameworks, as their authors published them; Spyx is a tick late."""
    folder = shared("fixtures/nir")
    published = np.load(folder / f"published_{framework}_noDelay_{file}.npy")
    model = locus.nir.read(folder / f"braille_noDelay_{file}.nir", dt=1e-4, **options)
    said = shown(model, np.load(folder / "braille_input.npy"), precision)
    assert published.sum() == spikes
    assert (said["lif1.lif"] == np.roll(published, -late, 0)).all()


@pytest.mark.parametrize("key", ["bias_zero:zero", "bias_zero:subtract", "bias_zero:zero:previous", "noBias_subtract:subtract:previous"])
def test_outputs_of_published_networks(key):
    folder = shared("fixtures/nir")
    golden = json.loads((folder / "golden.json").read_text())[f"braille_noDelay_{key}"]
    model = locus.nir.read(folder / golden["file"], dt=golden["dt"], reset=golden["reset"], current=golden["current"])
    said = shown(model, np.load(folder / golden["input"]))
    assert [[int(t) + 1, int(j)] for t, j in zip(*np.nonzero(said["lif2"]))] == golden["output_spikes_tick_neuron"]


def test_a_network_of_one_neuron():
    folder = shared("fixtures/nir")
    golden = json.loads((folder / "golden.json").read_text())["lif_norse:zero"]
    x = np.zeros((golden["ticks"], 1))
    x[np.array(golden["input_spike_ticks"]) - 1] = 1
    said = shown(locus.nir.read(folder / "lif_norse.nir", dt=1e-4, reset="zero"), x)
    assert [[int(t) + 1, int(j)] for t, j in zip(*np.nonzero(said["1"]))] == golden["output_spikes_tick_neuron"]
    assert locus.nir.read(folder / "lif_rockpool.nir", dt=1e-4, reset="zero").late == {"input": 0, "1_LIFNeuronTorch": 0}


@pytest.mark.parametrize("name", CASES.bad)
def test_refusals_name_the_node(tmp_path, name):
    nodes, edges, said = CASES.bad[name]
    path = tmp_path / f"{name}.nir"
    write(path, nodes, edges)
    with pytest.raises(locus.ModelError) as error:
        locus.nir.read(path, dt=DT, reset="zero")
    assert str(error.value).startswith(f"{path}: error: ")
    assert said in str(error.value)
    assert error.value.faults[0].file == str(path)


def test_a_published_file_is_refused():
    """Its inner edges name nodes that are not there."""
    with pytest.raises(locus.ModelError, match='edge .lif, lin. of lif1 names "lif", which is no node; did you mean "lif1"') as error:
        locus.nir.read(shared("fixtures/nir") / "braille_noDelay_bias_zero_subgraph.nir", dt=1e-4, reset="zero")
    assert len(error.value.faults) == 4


def test_names_of_nodes_reach_no_terminal_as_commands(tmp_path):
    nodes, edges = CASES.good["integrate_and_fire"]
    renamed = {("if\x1b[2J\n" if name == "if" else name): node for name, node in nodes.items()}
    renamed["if\x1b[2J\n"] = {**renamed["if\x1b[2J\n"], "v_threshold": np.zeros(6)}
    write(tmp_path / "odd.nir", renamed, [tuple("if\x1b[2J\n" if end == "if" else end for end in edge) for edge in edges])
    with pytest.raises(locus.ModelError) as error:
        locus.nir.read(tmp_path / "odd.nir", dt=DT, reset="zero")
    assert "if?[2J?.v_threshold is 0" in str(error.value) and "\x1b" not in str(error.value)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    nodes, edges = CASES.good["lif_recurrent"]
    broken = {**nodes, "lif1": {**nodes["lif1"], "tau": nodes["lif1"]["tau"] * 0.01}, "lif2": {**nodes["lif2"], "v_threshold": np.zeros(3)}}
    write(tmp_path / "broken.nir", broken, edges)
    with pytest.raises(locus.ModelError) as error:
        locus.nir.read(tmp_path / "broken.nir", dt=DT, reset="zero")
    assert [fault.field for fault in error.value.faults] == ["lif1.tau", "lif2.v_threshold"]


def test_dt_and_reset_have_no_default(files):
    with pytest.raises(locus.UsageError, match="(?s)dt is not given.*reset is not given.*119 spikes.*151.*48.6 to 95.0"):
        locus.nir.read(files["nested"])
    with pytest.raises(locus.UsageError) as error:
        locus.nir.read(files["linear_rnn"])
    assert "reset" not in str(error.value)  # of a network without spikes
    for wrong in ({"dt": 0.0}, {"dt": float("nan")}, {"reset": "none"}, {"current": "next"}):
        with pytest.raises(locus.UsageError, match=f"{next(iter(wrong))} is "):
            locus.nir.read(files["nested"], **{"dt": DT, "reset": "zero", **wrong})


def test_files_that_are_no_nir(tmp_path):
    (tmp_path / "text.nir").write_text("no HDF5")
    with pytest.raises(locus.FileError, match="text.nir: cannot be read as HDF5"):
        locus.nir.read(tmp_path / "text.nir", dt=DT)
    with pytest.raises(locus.FileError, match="absent.nir"):
        locus.nir.read(tmp_path / "absent.nir", dt=DT)
    with h5py.File(tmp_path / "other.nir", "w") as file:
        file["data"] = [1, 2]
    with pytest.raises(locus.ModelError, match="/node is missing"):
        locus.nir.read(tmp_path / "other.nir", dt=DT)


def test_links_and_other_types_are_refused(tmp_path, files):
    def changed(name, change):
        path = tmp_path / f"{name}.nir"
        path.write_bytes(files["nested"].read_bytes())
        with h5py.File(path, "r+") as file:
            change(file["node/nodes"])
        with pytest.raises(locus.ModelError) as error:
            locus.nir.read(path, dt=DT, reset="zero")
        return str(error.value)

    def external(nodes):
        del nodes["fc1"]
        nodes["fc1"] = h5py.ExternalLink("/etc/passwd", "/")

    def compound(nodes):
        del nodes["fc1/weight"]
        nodes["fc1"].create_dataset("weight", data=np.zeros((6, 4), dtype=[("a", "f8"), ("b", "f8")]))

    def elsewhere(nodes):
        del nodes["fc1/weight"]
        nodes["fc1"].create_dataset("weight", shape=(6, 4), dtype="f8", external=[("/etc/passwd", 0, 192)])

    def loop(nodes):
        nodes["layer/nodes/again"] = nodes["layer"]

    assert "fc1 of the graph is a link; a NIR file must hold its own nodes" in changed("external", external)
    assert "fc1.weight has no numbers" in changed("compound", compound)
    assert "fc1.weight lies in another file" in changed("elsewhere", elsewhere)
    assert "is a graph within 16 others" in changed("loop", loop)


def test_weights_are_those_of_the_file(files):
    """float32 numbers become float64 without rounding; of gains the rows tell, and the notes say so."""
    model = locus.nir.read(files["lif_recurrent"], dt=DT, reset="zero")
    assert (model.weights["fc1"] == CASES.w1.astype(np.float32)).all()
    assert (model.weights["rec"] == CASES.rec.astype(np.float32)).all()
    assert "lif1: LIF of 6, decay 0.95, rows as in the file, late by 0" in model.notes
    folded = locus.nir.read(files["gains_not_one"], dt=DT, reset="zero")
    assert np.allclose(folded.weights["fc1"], 0.455 * CASES.w1.astype(np.float32).astype(float), rtol=1e-14)
    assert any("gain 0.455 folded into its rows; learning rates are those of folded weights" in note for note in folded.notes)
    delayed = locus.nir.read(files["delay_of_three_ticks"], dt=DT, reset="zero")
    assert "fc1: delayed by 3 ticks" in delayed.notes
    assert delayed.late == {"input": 0, "lif1": 0, "lif2": 1}


@pytest.mark.parametrize("name", CASES.good)
def test_export_and_import(tmp_path, files, name):
    """Export a network that was imported, import it again: the same spikes, and weights bit for bit where the gain is 1."""
    model = locus.nir.read(files[name], dt=DT, reset="subtract")
    locus.nir.write(model, tmp_path / "again.nir")
    again = locus.nir.read(tmp_path / "again.nir", dt=DT, reset="subtract")
    first, second = shown(model, CASES.input), shown(again, CASES.input)
    assert list(first) == list(second)
    for population in first:
        assert np.abs(first[population] - second[population]).max() < 1e-12
    assert model.weights.keys() == again.weights.keys()
    for projection in model.weights.keys():
        assert (model.weights[projection] == again.weights[projection]).all()
    with h5py.File(tmp_path / "again.nir") as file:
        assert file["node/metadata/dt"][()] == b"0.0001"
        assert file["node/metadata/reset"][()] == (b"none" if name == "linear_rnn" else b"subtract")


def test_what_nir_does_not_have_is_refused(tmp_path):
    m = locus.Model("mine", seed=1)
    m.input("in", 2)
    m.rate("rec", 4, "tanh", leak=0.5)
    m.lif("lif", 3, tau_m=20, threshold=1, refractory=2, adaptation={"tau": 100, "beta": 0.1})
    m.readout("out", 1)
    size = {"in": 2, "rec": 4, "lif": 3, "out": 1}
    for a, b in (("in", "rec"), ("rec", "rec"), ("rec", "lif"), ("lif", "rec"), ("lif", "out")):
        m.connect(a, b, np.ones((size[b], size[a])))
    with pytest.raises(locus.ModelError) as error:
        locus.nir.write(m, tmp_path / "mine.nir")
    text = str(error.value)
    for part in ("population rec has the activation TANH", "lif is refractory for 2 ms", "lif has adaptation",
                 "lif has the reset SUBTRACT_NEXT_TICK", "a cycle through several populations"):  # fmt: skip
        assert part in text
    assert not (tmp_path / "mine.nir").exists()


def test_what_was_learnt_is_exported(tmp_path, files):
    model = locus.nir.read(files["li_readout"], dt=DT, reset="zero")
    model.trials(CASES.input[np.newaxis].astype(float), target=np.ones((1, 120, 3)))
    model.train(loss="sequence", updates=5, learning_rate=0.01)
    run = locus.run(model, rules=["bptt"])["bptt"]
    locus.nir.write(run, tmp_path / "learnt.nir")
    again = locus.nir.read(tmp_path / "learnt.nir", dt=DT, reset="zero")
    assert (again.weights["fc2"] == run.weights["fc2"]).all()
    assert (run.weights["fc2"] != model.weights["fc2"]).any()


def test_a_network_of_spikes_learns_with_a_readout(files):
    """Published networks end in spikes; a readout of them is what rules need. Without learning the ledger is the closed form."""
    model = locus.nir.read(files["cuba_recurrent_biases"], dt=DT, reset="zero", readout=float("inf"))
    model.trials(np.pad(CASES.input[np.newaxis].astype(float), ((0, 0), (0, 1), (0, 0))), classes=[2])
    model.train(loss="cross_entropy", window=1, updates=20, learning_rate=0.01)
    # the error comes in the last tick, where no neuron is near its threshold: e-prop needs its filter
    model.proto.rules.add(name="filtered").eprop.filter_tau = 20
    r = locus.run(model, rules=["bptt", "filtered", "none"])
    # the signal of e-prop comes over the readout's own weights, so that it ends at the layer before it
    for rule, learning in (("bptt", ("fc1", "rec", "fc2", "fc2.bias")), ("filtered", ("fc2", "fc2.bias"))):
        assert (r[rule].status, r[rule].updates) == ("COMPLETED", 20)
        assert all(np.abs(r[rule].changes[name]).max() > 0 for name in learning)
        assert "lif2-output" in r[rule].weights and not np.any(r[rule].changes["lif2-output"])
    spikes = shown(model, CASES.input)
    constants = 120 + 1  # ticks; the biases' inputs speak in every one of them
    synapses = constants * (6 + 6) + (constants - 1) * 3
    synapses += CASES.input.sum() * 6
    late = max(model.late.values())
    padded = model.forward(np.pad(CASES.input[np.newaxis].astype(float), ((0, 0), (0, late), (0, 0))), record=["lif1", "lif2"])
    synapses += padded["lif1"][0, :-1].sum() * (6 + 3) + padded["lif2"].sum()
    axon = r.ledger.query("rule == 'none' and channel == 'AXON'").messages.sum()
    assert axon == 20 * synapses
    assert spikes["lif1"].sum() > 0


def test_nirdata_keeps_spikes(tmp_path):
    rng = np.random.default_rng(3)
    spikes = {"lif1": (rng.random((3, 50, 4)) < 0.2) * 1.0, "layer.lif": (rng.random((3, 51, 2)) < 0.1) * 1.0}
    locus.nir.write_data(tmp_path / "data.nir", spikes, dt=DT, late={"layer.lif": 1})
    again = locus.nir.read_data(tmp_path / "data.nir", dt=DT)
    assert (again["lif1"] == spikes["lif1"]).all()
    assert (again["layer.lif"] == spikes["layer.lif"][:, 1:]).all()
    with h5py.File(tmp_path / "data.nir") as file:
        events = file["nodes/lif1/observables/spikes"]
        assert events.attrs["__type__"] == "EventData" and events.attrs["n_neurons"] == 4
        assert events["idx"].shape == events["time"].shape == (3, int(spikes["lif1"].sum(axis=(1, 2)).max()))
    with pytest.raises(locus.UsageError, match="whole tick"):
        locus.nir.read_data(tmp_path / "data.nir", dt=1.3 * DT)


def test_the_command(tmp_path, files):
    def command(*arguments):
        return subprocess.run([sys.executable, "-m", "locus.nir", *map(str, arguments)], capture_output=True, text=True)

    np.save(tmp_path / "x.npy", CASES.input)
    out = tmp_path / "net.txtpb"
    done = command(files["nested"], out, "--dt", DT, "--reset", "zero", "--trials", tmp_path / "x.npy", "--report")
    assert done.returncode == 0, done.stderr
    assert "layer.lif: LIF of 6, decay 0.95, rows as in the file, late by 0" in done.stdout
    assert "# layer.lif: LIF of 6, decay 0.95, rows as in the file, late by 0\n" in out.read_text()
    again = locus.Model.load(out)
    assert again.proto.network == locus.nir.read(files["nested"], dt=DT, reset="zero", name="net").message().network
    assert locus.run(out, rules=["none"])["none"].status == "COMPLETED"
    lacking = command(files["nested"], out)
    assert lacking.returncode == 2 and "dt is not given" in lacking.stderr
    assert command(tmp_path / "absent.nir", out, "--dt", DT).returncode == 1


def test_without_h5py_the_package_is_named(tmp_path):
    code = "import sys; sys.modules['h5py'] = None\nimport locus.nir\nlocus.nir.read('a.nir', dt=1e-3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ImportError: locus.nir needs h5py (Debian: python3-h5py)" in done.stderr
