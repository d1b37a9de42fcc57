"""Result: what a run leaves, one Run a rule."""

from __future__ import annotations

import base64
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any, Iterator, Mapping

import numpy as np

from locus import _core, frames
from locus.errors import UsageError
from locus.model import Model
from locus.outcome import Run
from locus.v1 import result_pb2

if TYPE_CHECKING:
    import pandas as pd


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
        self._runs = {run.rule: Run(run, model, core, k, message.seed) for k, run in enumerate(message.runs)}

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
        """Messages by rule, channel and lag over the whole run; ``local``: in space and time.

        >>> import locus
        >>> r = locus.run(locus.example("tiny"), rules=["rflo", "bptt"], updates=3)
        >>> r.ledger.query("not local").groupby("rule").messages.sum().index.tolist()
        ['bptt']
        """
        return frames.ledger(self.proto)

    @property
    def ledger_per_trial(self) -> pd.DataFrame:
        """The ledger with counts of one trial."""
        return frames.ledger_per_trial(self.proto)

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
        """Run.neurobench of a rule.

        >>> import locus
        >>> locus.run(locus.example("tiny"), updates=2).neurobench("rflo")["ParameterCount"]
        8
        """
        return self[rule].neurobench(inputs, target, classes)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Writes what ``locus run --out FOLDER`` writes.

        >>> import locus, os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     locus.run(locus.example("tiny"), updates=2).save(folder); sorted(os.listdir(folder))
        ['ledger.csv', 'losses.csv', 'report.html', 'result.binpb', 'result.json']
        """
        if self._core is None:
            raise UsageError("save: this result was read from files; copy them")
        self._core.save(os.fspath(folder))

    def report(self) -> str:
        """The report page, HTML that needs nothing else.

        >>> import locus
        >>> "<html" in locus.run(locus.example("tiny"), updates=2).report()
        True
        """
        if self._page is None:
            self._page = self._core.page() if self._core is not None else _page_of(self._path)
        return self._page

    def to_json(self) -> str:
        """The text of result.json on one line, weights included.

        >>> import json, locus
        >>> json.loads(locus.run(locus.example("tiny"), updates=2).to_json())["model"]
        'tiny'
        """
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


def _copy(weights: Any) -> Any:
    return tuple(np.array(w) if isinstance(w, np.ndarray) else w for w in weights) if isinstance(weights, tuple) else np.array(weights)
