"""Model: a network, its task, its training and the rules that learn it."""

from __future__ import annotations

import copy
import os
import pathlib
from typing import Any, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from google.protobuf import json_format, text_format

from locus import _core
from locus.errors import Fault, ModelError, UsageError
from locus.v1 import inputs_pb2, model_pb2, record_pb2, training_pb2, weights_pb2
from locus.weights import Array, Form, Weights, entries_of, matrix

Rules = Sequence[str]
_INLINE = 100_000  # numbers of a matrix that a saved model holds itself


class Model:
    """A model as values and messages: built by name, loaded from a file, or both.

    ``proto`` is the live message, a locus.v1.Model: whatever has no function here is set there.
    Arrays of weights and trials stand beside it and are copied once, when the model is checked.

    >>> import locus
    >>> m = locus.Model("mine", seed=1)
    >>> m.input("in", 1); m.rate("rec", 8, "tanh", leak=0.2); m.readout("out", 1)
    >>> m.connect("in", "rec", locus.gaussian(1)); m.connect("rec", "rec", locus.gaussian(1.5))
    >>> m.connect("rec", "out", locus.gaussian(1), name="A")
    >>> m
    Model 'mine': in (1) -> rec (8) -> out (1), 3 projections, no task
    """

    def __init__(self, name: str = "model", seed: int = 0, precision: str = "float64") -> None:
        self.proto = model_pb2.Model(name=name, seed=seed)
        self.proto.precision = _enum(model_pb2.Model.Precision, precision, "precision")
        self.path = name + ".txtpb"  # whose folder has the files that the model names
        self._settings: list[str] = []
        self._weights: dict[str, Any] = {}  # arrays by projection
        self._trials: tuple[Array, Any, Any] | None = None
        self._held_out: tuple[Array, Any, Any] | None = None

    # ---- from elsewhere

    @classmethod
    def load(cls, path: str | os.PathLike[str], set: Iterable[str] = ()) -> Model:
        """The model of a file; ``set`` changes fields as ``--set`` does.

        >>> import locus
        >>> Model.load(locus.example("tiny"), set=["training.updates=3"]).proto.name
        'tiny'
        """
        path = os.fspath(path)
        data = pathlib.Path(path).read_bytes()
        _core.Spec(data, path, list(set), {}, None, None)  # every fault, with line and column
        model = cls.from_proto(_parse(data, path))
        model.path = path
        model._settings = list(set)
        if not model.proto.name:
            model.proto.name = pathlib.Path(path).stem
        return model

    @classmethod
    def from_text(cls, text: str) -> Model:
        """A model from protobuf text.

        >>> Model.from_text('name: "a"').proto.name
        'a'
        """
        return cls.from_proto(text_format.Parse(text, model_pb2.Model()))

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Model:
        """A model from a dict, in protobuf's JSON mapping.

        >>> Model.from_dict({"name": "a", "seed": 3}).proto.seed
        3
        """
        return cls.from_proto(json_format.ParseDict(fields, model_pb2.Model()))

    @classmethod
    def from_proto(cls, message: model_pb2.Model) -> Model:
        """A model with a copy of this message.

        >>> from locus.v1 import model_pb2
        >>> Model.from_proto(model_pb2.Model(name="a")).proto.name
        'a'
        """
        model = cls()
        model.proto.CopyFrom(message)
        model.path = (message.name or "model") + ".txtpb"
        return model

    # ---- the network

    def input(self, name: str, size: int = 1, constant: float | None = None) -> None:
        """Adds inputs: the task gives their activity, or they show a constant, which no trial has a column for."""
        inputs = self._population(name, size).input
        inputs.SetInParent()
        if constant is not None:
            inputs.constant = constant

    def rate(
        self,
        name: str,
        size: int,
        activation: str = "identity",
        leak: float = 1.0,
        initial: float | npt.ArrayLike | None = None,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
        noise: dict[str, Any] | None = None,
    ) -> None:
        """Adds rate neurons: h_t = (1 - leak) h_{t-1} + leak * activation(W h_{t-1} + B x_t + bias).

        ``bias`` is a number, one for each neuron, or the fields of Population.Bias; ``noise`` those of Population.Noise.

        >>> m = Model()
        >>> m.rate("rec", 2, "tanh", bias=[0.5, -0.5], noise={"stddev": 0.1})
        >>> list(m.proto.network.populations[0].rate.bias.value)
        [0.5, -0.5]
        """
        word = _enum(model_pb2.Population.Rate.Activation, activation, "activation")
        population = self._population(name, size)
        rate = population.rate
        rate.activation, rate.leak = word, leak
        if bias is not None:
            rate.bias.CopyFrom(_bias(bias, name))
        if noise is not None:
            population.noise.CopyFrom(_message(model_pb2.Population.Noise, noise, f"noise of {name}"))
        if initial is not None:
            rate.initial.extend(np.atleast_1d(np.asarray(initial, dtype=float)))

    def lif(
        self,
        name: str,
        size: int,
        *,
        tau_m: float,
        threshold: float,
        noise: dict[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """Adds spiking neurons; ``fields`` are those of Population.Lif (times in ms), ``noise`` those of Population.Noise.

        >>> m = Model()
        >>> m.lif("rec", 10, tau_m=20, threshold=0.6, adaptation={"tau": 200, "beta": 0.17})
        >>> m.proto.network.populations[0].lif.adaptation.beta
        0.17
        """
        lif = _message(model_pb2.Population.Lif, {"tau_m": tau_m, "threshold": threshold, **fields}, f"lif {name}")
        population = self._population(name, size)
        population.lif.CopyFrom(lif)
        if noise is not None:
            population.noise.CopyFrom(_message(model_pb2.Population.Noise, noise, f"noise of {name}"))

    def readout(
        self,
        name: str,
        size: int,
        tau_m: float | None = None,
        normalise_input: bool = False,
        bias: float | npt.ArrayLike | dict[str, Any] | None = None,
    ) -> None:
        """Adds readouts: y_t = A h_t + bias, or with ``tau_m`` [ms] a low-pass filter of it."""
        readout = self._population(name, size).readout
        readout.SetInParent()
        if tau_m is not None:
            readout.tau_m = tau_m
        if normalise_input:
            readout.normalise_input = True
        if bias is not None:
            readout.bias.CopyFrom(_bias(bias, name))

    def connect(
        self,
        source: str,
        target: str,
        weights: Weights,
        name: str | None = None,
        plastic: bool = True,
        learning_rate: float | None = None,
        delay: int | None = None,
        autapses: bool = True,
    ) -> None:
        """Adds synapses from one population to another.

        ``weights`` is a number for all of them, an array (target's size x source's size), a SciPy
        sparse matrix, or a form: gaussian(), normal(), aligned(), sparse_random().
        """
        projection = self.proto.network.projections.add(name=name or f"{source}-{target}", source=source, target=target)
        if not plastic:
            projection.plastic = False
        if learning_rate is not None:
            projection.learning_rate = learning_rate
        if delay is not None:
            projection.delay = delay
        if not autapses:
            projection.autapses = False
        if isinstance(weights, Form):
            projection.weights.CopyFrom(weights.message)
        elif np.isscalar(weights):
            projection.weights.constant.value = float(weights)  # type: ignore[arg-type]
        else:
            projection.weights.constant.value = 0  # the array takes its place
            self.weights[projection.name] = weights

    @property
    def weights(self) -> ArrayWeights:
        """Arrays of weights by projection: ``m.weights["W"] = w`` replaces what the model says."""
        return ArrayWeights(self)

    # ---- the task

    def trials(
        self,
        inputs: npt.ArrayLike,
        target: npt.ArrayLike | None = None,
        classes: npt.ArrayLike | None = None,
        held_out: Sequence[npt.ArrayLike] | None = None,
    ) -> None:
        """Recorded trials: inputs (trials x ticks x inputs) with targets (trials x ticks x readouts)
        or classes (trials), and held-out trials (inputs, targets or classes) for evaluations.

        A two-dimensional array of inputs has one input.
        """
        self._trials = _trials(inputs, target, classes)
        if held_out is not None:
            if len(held_out) != 2:
                raise UsageError(f"held_out has {len(held_out)} parts; must be 2: inputs, and targets or classes")
            labelled = classes is not None
            self._held_out = _trials(held_out[0], None if labelled else held_out[1], held_out[1] if labelled else None)
        ticks, channels = self._trials[0].shape[1:]
        recorded = self.proto.task.recorded
        for trials in (recorded.trials, recorded.evaluation_trials):
            del trials[:]
        # The arrays take the place of one trial without a spike, which the model needs to be whole.
        placeholder = model_pb2.Trial(sparse_input=weights_pb2.SparseMatrix(rows=ticks, cols=channels))
        placeholder_class = model_pb2.Trial()
        placeholder_class.CopyFrom(placeholder)
        placeholder_class.__setattr__("class", 0)
        recorded.trials.append(placeholder if target is None and classes is None else placeholder_class)
        if self._held_out is not None:
            recorded.evaluation_trials.append(placeholder_class)

    def student_teacher(self, teacher: Model, inputs: Iterable[dict[str, Any]] = ()) -> None:
        """The readouts of another network are the targets, by default for white noise."""
        fields = {"inputs": list(inputs)}
        task = _message(model_pb2.StudentTeacher, fields, "student_teacher")
        task.teacher.CopyFrom(teacher.message().network)
        self.proto.task.student_teacher.CopyFrom(task)

    def drawn(
        self, inputs: Iterable[dict[str, Any]], targets: Iterable[dict[str, Any]] = (), patterns: int | None = None
    ) -> None:
        """Inputs and targets from the random generator; dicts with the fields of locus.v1.Drawn."""
        fields: dict[str, Any] = {"inputs": list(inputs), "targets": list(targets)}
        if patterns is not None:
            fields["patterns"] = patterns
        self.proto.task.drawn.CopyFrom(_message(inputs_pb2.Drawn, fields, "drawn"))

    def train(self, **fields: Any) -> None:
        """Sets fields of the training (locus.v1.Training), flat.

        ``loss``, ``commit`` and ``locality`` are words; ``optimizer`` is "sgd", "adam" or a dict;
        ``schedule``, ``stop``, ``clip`` are dicts; ``evaluate_every`` and ``evaluation_trials`` set
        the evaluation.

        >>> m = Model(); m.train(loss="cross_entropy", window=1, batch=40, optimizer="adam", evaluate_every=100)
        >>> m.proto.training.evaluation.every
        100
        """
        training = training_pb2.Training()
        for name, word in (
            ("loss", training_pb2.Training.Loss),
            ("commit", training_pb2.Training.Commit),
            ("locality", training_pb2.Training.Locality),
        ):
            if name in fields:
                setattr(training, name, _enum(word, fields.pop(name), name))
        if "evaluate_every" in fields:
            training.evaluation.every = fields.pop("evaluate_every")
        if "evaluation_trials" in fields:
            training.evaluation.trials = fields.pop("evaluation_trials")
        if isinstance(fields.get("optimizer"), str):
            fields["optimizer"] = {fields["optimizer"]: {}}
        training.MergeFrom(_message(training_pb2.Training, fields, "train"))
        for each, _ in training.ListFields():  # what is given here replaces what was there
            self.proto.training.ClearField(each.name)
        self.proto.training.MergeFrom(training)

    def rule(self, name: str, **fields: Any) -> None:
        """Adds a rule with fields (locus.v1.Rule), where a short form such as "rflo" is not enough.

        >>> m = Model(); m.rule("slow", rflo={"trace_decay": 0.99})
        >>> m.proto.rules[0].rflo.trace_decay
        0.99
        """
        self.proto.rules.append(_message(model_pb2.Rule, {"name": name, **fields}, f"rule {name}"))

    def record(self, quantity: str, of: str, **fields: Any) -> None:
        """Records a quantity of a population or projection: "activity", "output", "weights", ..."""
        record = _message(record_pb2.Record, fields, "record")
        record.quantity = _enum(record_pb2.Record.Quantity, quantity, "quantity")
        if quantity.lower() in ("trace", "weights", "singular_values"):
            record.projection = of
        else:
            record.population = of
        self.proto.record.append(record)

    # ---- questions

    def message(self) -> model_pb2.Model:
        """The whole model as one message, its arrays included."""
        whole = model_pb2.Model()
        whole.CopyFrom(self.proto)
        for projection in whole.network.projections:
            if projection.name in self._weights:
                projection.weights.CopyFrom(_weights_message(self._weights[projection.name]))
        if self._trials is not None:
            recorded = whole.task.recorded
            del recorded.trials[:]
            del recorded.evaluation_trials[:]
            recorded.trials.extend(_trial_messages(self._trials))
            if self._held_out is not None:
                recorded.evaluation_trials.extend(_trial_messages(self._held_out))
        return whole

    def validate(self) -> list[Fault]:
        """Every fault of the model; empty for a valid one.

        >>> Model().validate()[0].field
        'network'
        """
        try:
            self._spec()
        except ModelError as error:
            return error.faults
        return []

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file: .txtpb for people, .binpb otherwise; large matrices stand beside it as .npy."""
        path = pathlib.Path(path)
        whole = self.message()
        for projection in whole.network.projections:
            array = self._weights.get(projection.name)
            if isinstance(array, np.ndarray) and array.size > _INLINE:
                file = f"{path.stem}.{projection.name}.npy"
                np.save(path.with_name(file), array)
                projection.weights.file.path = file
        if path.suffix in (".binpb", ".pb"):
            path.write_bytes(whole.SerializeToString(deterministic=True))
        else:
            path.write_text(text_format.MessageToString(whole), encoding="utf-8")

    def copy(self) -> Model:
        """An independent copy."""
        return copy.deepcopy(self)

    def _spec(
        self,
        rules: Rules | None = None,
        updates: int | None = None,
        seed: int | None = None,
        locality: str | None = None,
    ) -> _core.Spec:
        spec = _core.Spec(
            self.proto.SerializeToString(deterministic=True),
            str(pathlib.Path(self.path).with_suffix(".binpb")),
            self._settings,
            self._weights,
            self._trials,
            self._held_out,
        )
        spec.apply(list(rules) if rules is not None else None, updates, seed, locality)
        return spec

    def _population(self, name: str, size: int) -> model_pb2.Population:
        return self.proto.network.populations.add(name=name, size=size)

    def __repr__(self) -> str:
        network = self.proto.network
        kinds: dict[str, list[str]] = {"input": [], "rate": [], "readout": []}
        for population in network.populations:
            kind = population.WhichOneof("kind") or "rate"
            kinds["rate" if kind == "lif" else kind].append(f"{population.name} ({population.size})")
        layers = " -> ".join(", ".join(names) for names in kinds.values() if names) or "no neurons"
        task = self.proto.task.WhichOneof("kind")
        many = len(network.projections)
        projections = f"{many} projection{'' if many == 1 else 's'}"
        return f"Model {self.proto.name!r}: {layers}, {projections}, {task.replace('_', ' ') if task else 'no task'}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.message() == other.message() and self._settings == other._settings

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "proto": self.proto.SerializeToString(deterministic=True)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.proto = model_pb2.Model.FromString(state["proto"])


class ArrayWeights:
    """The arrays of a model's projections, by name; setting one checks its shape."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __setitem__(self, name: str, weights: Any) -> None:
        projection = next((p for p in self._model.proto.network.projections if p.name == name), None)
        if projection is None:
            names = ", ".join(p.name for p in self._model.proto.network.projections)
            raise UsageError(f"no projection is named {name}; there are {names or 'none'}")
        sizes = {p.name: p.size for p in self._model.proto.network.populations}
        wanted = (sizes.get(projection.target, 0), sizes.get(projection.source, 0))
        entries = entries_of(weights)
        given: Any = entries if entries is not None else np.array(weights, dtype=float, order="C")
        shape = entries[:2] if entries is not None else np.shape(weights)
        if tuple(shape) != wanted:
            raise UsageError(f"{name}: weights have shape {tuple(shape)}; must be {wanted}: target's size x source's size")
        self._model._weights[name] = given
        projection.weights.constant.value = 0

    def __getitem__(self, name: str) -> Any:
        return self._model._weights[name]

    def __contains__(self, name: str) -> bool:
        return name in self._model._weights

    def keys(self) -> list[str]:
        """Names of the projections with arrays."""
        return list(self._model._weights)


def example(name: str) -> str:
    """The path of a model that comes with the program: "tiny", "student_teacher", ...

    >>> example("tiny").endswith("tiny.txtpb")
    True
    """
    here = pathlib.Path(__file__).resolve()
    for root in here.parents:
        for folder in (root / "share" / "locus" / "models", root / "models"):
            if (folder / f"{name}.txtpb").exists():
                return str(folder / f"{name}.txtpb")
    raise UsageError(f"no model named {name} comes with the program")


def _parse(data: bytes, path: str) -> model_pb2.Model:
    if path.endswith((".binpb", ".pb")):
        return model_pb2.Model.FromString(data)
    return text_format.Parse(data.decode("utf-8-sig"), model_pb2.Model())


def _message(kind: Any, fields: dict[str, Any], where: str) -> Any:
    """A message with these fields (protobuf's JSON mapping); a wrong one is an error with its place."""
    try:
        return json_format.ParseDict(fields, kind())
    except json_format.ParseError as error:
        raise UsageError(f"{where}: {error}") from None


def _bias(given: float | npt.ArrayLike | dict[str, Any], name: str) -> model_pb2.Population.Bias:
    if isinstance(given, dict):
        return _message(model_pb2.Population.Bias, given, f"bias of {name}")
    return model_pb2.Population.Bias(value=np.atleast_1d(np.asarray(given, dtype=float)))


def _enum(words: Any, given: str, name: str) -> Any:
    word = given.upper()
    allowed = [each for each in words.keys() if each != "UNSPECIFIED"]
    if word not in allowed:
        raise UsageError(f"{name} is {given!r}; must be one of {', '.join(each.lower() for each in allowed)}")
    return words.Value(word)


def _trials(inputs: npt.ArrayLike, target: Any, classes: Any) -> tuple[Array, Any, Any]:
    if target is not None and classes is not None:
        raise UsageError("trials have a target or classes, not both")
    x = np.asarray(inputs, dtype=float)
    if x.ndim == 2:
        x = x[:, :, np.newaxis]
    if x.ndim != 3 or 0 in x.shape[:2]:
        raise UsageError(f"inputs have shape {x.shape}; must be trials x ticks x inputs, with a trial and a tick")
    y = None if target is None else np.asarray(target, dtype=float)
    if y is not None and y.ndim == 2:
        y = y[:, :, np.newaxis]
    if classes is None:
        return np.ascontiguousarray(x), y, None
    labels = np.asarray(classes)
    if not np.issubdtype(labels.dtype, np.integer):
        raise UsageError(f"classes have type {labels.dtype}; must be whole numbers from 0")
    return np.ascontiguousarray(x), None, labels.astype(np.int64)


def _trial_messages(trials: tuple[Array, Any, Any]) -> Iterable[model_pb2.Trial]:
    inputs, targets, classes = trials
    for k, x in enumerate(inputs):
        message = model_pb2.Trial(input=matrix(x))
        if targets is not None:
            message.target.CopyFrom(matrix(targets[k]))
        elif classes is not None:
            setattr(message, "class", int(classes[k]))
        yield message


def _weights_message(given: Any) -> weights_pb2.Weights:
    if not isinstance(given, tuple):
        return weights_pb2.Weights(dense=matrix(given))
    rows, cols, row, col, values = given
    return weights_pb2.Weights(sparse=weights_pb2.SparseMatrix(rows=rows, cols=cols, row=row, col=col, values=values))
