"""Result: what a run leaves, one Run a rule."""

from __future__ import annotations

import base64
import os
import pathlib
import tempfile
from functools import cached_property
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Sequence

import numpy as np

from locus import _core, frames
from locus.errors import UsageError
from locus.model import Model
from locus.neurobench import metrics
from locus.v1 import result_pb2
from locus.weights import Array, array, read_blocks

if TYPE_CHECKING:
    import pandas as pd


class Run:
    """One rule's run.

    Arrays are views of the result and read-only; they keep it alive.

    >>> import locus
    >>> run = locus.run(locus.example("tiny"), rules=["rflo"], updates=5)["rflo"]
    >>> run.status, len(run.losses)
    ('COMPLETED', 5)
    """

    def __init__(self, message: Any, model: Model | None, core: _core.Result | None, index: int) -> None:
        self.proto = message  # a locus.v1.Run
        self._model = model
        self._core = core
        self._index = index
        self._folder = pathlib.Path()  # where files of weights lie

    @property
    def rule(self) -> str:
        """The rule's name in the model, or the short form that was asked for."""
        return str(self.proto.rule)

    @property
    def kind(self) -> str:
        """The row of the rule table, whatever the name."""
        return str(self.proto.kind)

    @property
    def status(self) -> str:
        """COMPLETED, DIVERGED, LOCALITY_BROKEN or INTERRUPTED."""
        return str(result_pb2.Run.Status.Name(self.proto.status))

    @property
    def message(self) -> str:
        """The reason for an early end; otherwise empty."""
        return str(self.proto.message)

    @property
    def updates(self) -> int:
        """Updates committed."""
        return int(self.proto.updates)

    @property
    def fingerprint(self) -> str:
        """16 hex digits over losses, weights and counts."""
        return str(self.proto.fingerprint)

    @cached_property
    def losses(self) -> Array:
        """Loss of each update (updates)."""
        if self._core is not None:
            return self._core.losses(self._index)
        return np.asarray(self.proto.losses, dtype=float)

    @cached_property
    def accuracies(self) -> Array:
        """Part of the trials of each update whose class was predicted (updates); empty without classes."""
        if self._core is not None:
            return self._core.accuracies(self._index)
        return np.asarray(self.proto.accuracies, dtype=float)

    @property
    def accuracy(self) -> float:
        """Accuracy of the last updates, as many as the mean loss at the end has; NaN without classes."""
        return float(self.proto.accuracy) if self.proto.HasField("accuracy") else float("nan")

    @property
    def confusion(self) -> pd.DataFrame:
        """Trials of the last evaluation by class (rows) and predicted class (columns); without
        evaluations, the trials of the last updates."""
        evaluated = self.proto.HasField("evaluation_confusion")
        return frames.confusion(self.proto.evaluation_confusion if evaluated else self.proto.confusion)

    @cached_property
    def weights(self) -> dict[str, Any]:
        """Weights after the last commit, by projection: arrays (targets x sources), or for a sparse
        projection the tuple (rows, cols, row, col, values)."""
        if self._core is not None:
            return self._core.weights(self._index)
        return {each.projection: _stored(each, self._folder) for each in self.proto.weights}

    @cached_property
    def initial_weights(self) -> dict[str, Any]:
        """Weights before the first update, by projection."""
        model = self._require_model("initial_weights")
        session = _core.Session(model._spec(rules=["none"]), "none", "batched", 1, 1, None)
        return {name: session.weights(name) for name in self.weights}

    @property
    def changes(self) -> dict[str, Array]:
        """What was learnt: weights less initial weights, by projection; values of the entries where it is sparse."""
        before = self.initial_weights
        return {
            name: after[4] - before[name][4] if isinstance(after, tuple) else after - before[name]
            for name, after in self.weights.items()
        }

    @property
    def singular_values(self) -> dict[str, Array]:
        """Singular values of each projection's change, descending."""
        return {each.projection: np.asarray(each.singular_values, dtype=float) for each in self.proto.rank}

    @cached_property
    def records(self) -> dict[str, Any]:
        """Recorded quantities by name: an xarray.DataArray, or an array where xarray is missing.

        Dimensions: update, then tick (of quantities of ticks), then those of a sample.
        """
        if self._core is None:
            return {}
        return {name: _labelled(name, *values) for name, values in self._core.records(self._index).items()}

    def model(self) -> Model:
        """The model with what was learnt as its weights."""
        model = self._require_model("model").copy()
        for name, weights in self.weights.items():
            model._weights[name] = weights if isinstance(weights, tuple) else np.array(weights)
            next(p for p in model.proto.network.projections if p.name == name).weights.constant.value = 0
        return model

    def forward(self, inputs: Any, record: Sequence[str] = (), classes: Any = None) -> dict[str, Any]:
        """Shows trials to the learnt network, which does not learn; as Model.forward."""
        return self.model().forward(inputs, record, classes)

    def neurobench(self, inputs: Any = None, target: Any = None, classes: Any = None) -> dict[str, Any]:
        """What was learnt, under the names of NeuroBench's metrics; those that cannot be known are left out.

        Footprint [bytes], ParameterCount, ConnectionSparsity; measured on trials, by default the held-out
        arrays of the model: ClassificationAccuracy or MSE, R2, SMAPE (over the ticks with an error),
        ActivationSparsity, SynapticOperations of one trial (Effective_MACs, Effective_ACs, Dense).
        ``Locality`` has ours, of one trial of the run.

        >>> import locus
        >>> run = locus.run(locus.example("tiny"), rules=["rflo"])["rflo"]
        >>> run.neurobench()["Locality"]["TemporalViolations"]
        0.0
        """
        return metrics(self, inputs, target, classes)

    def _require_model(self, what: str) -> Model:
        if self._model is None:
            raise UsageError(f"{what}: this result was read from files, which do not hold the model")
        return self._model

    def __repr__(self) -> str:
        last = f", loss {self.losses[-1]:.4g}" if len(self.losses) else ""
        return f"Run {self.rule!r}: {self.status}, {self.updates} updates{last}"


class Result(Mapping[str, Run]):
    """The runs of a model's rules, in their order.

    >>> import locus
    >>> r = locus.run(locus.example("tiny"), updates=3)
    >>> list(r) == list(r.summary.index)
    True
    """

    def __init__(self, message: Any, model: Model | None = None, core: _core.Result | None = None, path: str = "") -> None:
        self.proto = message  # a locus.v1.Result without weights
        self._source = model
        self._core = core
        self._path = path
        self._page: str | None = None  # once made
        self._runs = {run.rule: Run(run, model, core, k) for k, run in enumerate(message.runs)}

    def __getitem__(self, rule: str) -> Run:
        try:
            return self._runs[rule]
        except KeyError:
            raise KeyError(f"no rule named {rule}; there are {', '.join(self._runs)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def summary(self) -> pd.DataFrame:
        """One row a rule: status, losses, messages and violations of one trial, bytes kept."""
        return frames.summary(self.proto)

    @property
    def losses(self) -> pd.DataFrame:
        """One column a rule, one row an update."""
        return frames.losses(self._runs)

    @property
    def accuracies(self) -> pd.DataFrame:
        """One column a rule, one row an update: the part of the trials whose class was predicted."""
        return frames.accuracies(self._runs)

    @property
    def evaluations(self) -> pd.DataFrame:
        """Loss and accuracy of the evaluation trials by rule and update."""
        return frames.evaluations(self.proto)

    @property
    def alignment(self) -> pd.DataFrame:
        """Cosine, norm ratio and sign agreement of the changes of rules along each run."""
        return frames.alignment(self.proto)

    @property
    def scatter(self) -> pd.DataFrame:
        """Bias and noise of those changes over batches."""
        return frames.scatter(self.proto)

    @property
    def curvature(self) -> pd.DataFrame:
        """The largest eigenvalue of the Hessian along each run."""
        return frames.curvature(self.proto)

    @property
    def ledger(self) -> pd.DataFrame:
        """Messages by rule, channel and lag over the whole run."""
        return frames.ledger(self.proto)

    @property
    def ranks(self) -> pd.DataFrame:
        """Rank of each projection's change, by rule."""
        return frames.ranks(self.proto)

    @property
    def rates(self) -> pd.DataFrame:
        """Firing rates of spiking populations."""
        return frames.rates(self.proto)

    @property
    def packets(self) -> pd.DataFrame:
        """Packets and hops on the model's chip."""
        return frames.packets(self.proto)

    @property
    def model(self) -> str:
        """Name of the model."""
        return str(self.proto.model)

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.proto.seed)

    @property
    def version(self) -> str:
        """Version of the program."""
        return str(self.proto.version)

    @property
    def commit(self) -> str:
        """Commit of the program."""
        return str(self.proto.commit)

    @property
    def settings(self) -> list[str]:
        """Fields that were changed, "path=value"."""
        return list(self.proto.settings)

    @property
    def fingerprints(self) -> dict[str, str]:
        """Fingerprint of each rule."""
        return {rule: run.fingerprint for rule, run in self._runs.items()}

    def neurobench(self, rule: str, inputs: Any = None, target: Any = None, classes: Any = None) -> dict[str, Any]:
        """Run.neurobench of a rule."""
        return self[rule].neurobench(inputs, target, classes)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes what ``locus run --out FOLDER`` writes."""
        if self._core is None:
            raise UsageError("save: this result was read from files; copy them")
        self._core.save(os.fspath(folder))

    def report(self) -> str:
        """The report page, HTML that needs nothing else."""
        if self._page is None:
            self._page = self._core.page() if self._core is not None else _page_of(self._path)
        return self._page

    def to_json(self) -> str:
        """The text of result.json on one line, weights included."""
        if self._core is None:
            raise UsageError("to_json: this result was read from files; result.json is one of them")
        return self._core.json()

    def _repr_html_(self) -> str:
        page = base64.b64encode(self.report().encode()).decode()
        return (
            f'<iframe src="data:text/html;base64,{page}" sandbox="allow-scripts" '
            'style="width:100%;height:640px;border:0" title="locus report"></iframe>'
        )

    def __repr__(self) -> str:
        return f"Result of {self.model!r}: " + "; ".join(repr(run) for run in self._runs.values())

    def __getstate__(self) -> dict[str, Any]:
        weights = [{k: _copy(w) for k, w in run.weights.items()} for run in self._runs.values()]
        records = [dict(run.records) for run in self._runs.values()]
        page = self.report()
        return {"proto": self.proto.SerializeToString(), "model": self._source, "weights": weights, "records": records,
                "page": page}  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(result_pb2.Result.FromString(state["proto"]), state["model"])  # type: ignore[misc]
        for run, weights, records in zip(self._runs.values(), state["weights"], state["records"]):
            run.__dict__["weights"] = weights
            run.__dict__["records"] = records
        self._page = state["page"]


def read(path: str | os.PathLike[str]) -> Result:
    """The result that ``locus run --out`` or ``Result.save`` wrote: a folder, or its result.binpb or result.json.

    Raises ModelError where it was changed after it was written.

    >>> import locus, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     locus.run(locus.example("tiny"), rules=["eprop"], updates=2).save(folder)
    ...     locus.read(folder)["eprop"].updates
    2
    """
    file = pathlib.Path(path)
    message = result_pb2.Result.FromString(_core.read(os.fspath(path)))
    result = Result(message, path=str(file))
    for run in result.values():
        run._folder = file if file.is_dir() else file.parent
    return result


def _page_of(result: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "report.html")
        _core.write_page(result, page)
        return pathlib.Path(page).read_text(encoding="utf-8")


def _stored(weights: Any, folder: pathlib.Path) -> Any:
    """Weights of a result's message, whatever form they have."""
    form = weights.WhichOneof("form")
    if form == "matrix":
        return array(weights.matrix)
    if form == "file":
        file = folder / weights.file
        return np.load(file) if file.suffix == ".npy" else _entries(read_blocks(file))
    return _entries(weights.sparse)


def _entries(sparse: Any) -> Any:
    return (sparse.rows, sparse.cols, np.asarray(sparse.row), np.asarray(sparse.col), np.asarray(sparse.values))


def _labelled(name: str, updates: list[int], values: Array) -> Any:
    try:
        import xarray
    except ImportError:
        return values
    middle = ["tick", "trial", "neuron"] if values.ndim == 4 else ["target", "source"] if values.ndim == 3 else ["value"]
    return xarray.DataArray(values, dims=["update", *middle[: values.ndim - 1]], coords={"update": updates}, name=name)


def _copy(weights: Any) -> Any:
    return tuple(np.array(w) if isinstance(w, np.ndarray) else w for w in weights) if isinstance(weights, tuple) else np.array(weights)
