"""run, resume and sweep: what the commands of the same names do."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence, Union

from locus import _core
from locus.errors import UsageError
from locus.model import Model
from locus.result import Result
from locus.v1 import result_pb2

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Progress:
    """Where a run is: what a callback gets."""

    rule: str
    update: int  # updates committed
    updates: int  # of the rule's whole run
    loss: float | None  # of the last update
    seconds: float  # since the run began
    messages: int  # of the rule so far


Callback = Callable[[Progress], Union[bool, None]]
Path = Union[str, "os.PathLike[str]"]


def run(
    model: Model | Path,
    rules: Sequence[str] | None = None,
    *,
    updates: int | None = None,
    seed: int | None = None,
    threads: int = 0,
    transport: str = "batched",
    locality: str | None = None,
    progress: bool | Callback | None = None,
    every: int | None = None,
    out: Path | None = None,
    checkpoint: Path | None = None,
    checkpoint_every: int = 0,
    rank: bool = False,
) -> Result:
    """Trains a model under each of its rules, from the same weights and on the same data.

    ``rules``: names of the model's rules or short forms ("bptt", "tbptt:5", "rflo:0.9", "eprop");
    by default the model's. ``threads``: 0 takes what the machine has; results are the same bits for
    any number. ``progress``: True writes a line to stderr where that is a terminal or a notebook; a
    function gets a Progress at most every 50 ms (``every=1``: after every update) and ends the run
    there, as INTERRUPTED, by returning False. ``out``: also writes the files of ``locus run --out``.
    ``checkpoint``: a file that resume() goes on from. ``rank``: also ranks of large projections.

    Raises ModelError with every fault of the model, UsageError, and what the callback raises;
    Ctrl-C raises KeyboardInterrupt.

    >>> import locus
    >>> r = locus.run(locus.example("tiny"), rules=["rflo", "bptt"], updates=10)
    >>> bool(r.summary.temporal["rflo"] == 0), bool(r.summary.temporal["bptt"] > 0)
    (True, True)
    """
    model = model if isinstance(model, Model) else Model.load(model)
    spec = model._spec(rules, updates, seed, locality)
    core = _run(spec, progress, every, threads, transport, rank, checkpoint, checkpoint_every, None)
    result = Result(result_pb2.Result.FromString(core.bytes()), model, core)
    if out is not None:
        result.save(out)
    return result


def resume(
    model: Model | Path,
    checkpoint: Path,
    rules: Sequence[str] | None = None,
    *,
    updates: int | None = None,
    seed: int | None = None,
    threads: int = 0,
    transport: str = "batched",
    progress: bool | Callback | None = None,
) -> Result:
    """The run whose checkpoint this is, to its end; results are those of a run without a break.

    ``model``, ``rules``, ``updates`` and ``seed`` must be those of the run.

    >>> import locus, tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "run.ckpt")
    ...     whole = locus.run(locus.example("tiny"), rules=["rflo"], checkpoint=file)
    ...     again = locus.resume(locus.example("tiny"), file, rules=["rflo"])
    >>> whole.fingerprints == again.fingerprints
    True
    """
    model = model if isinstance(model, Model) else Model.load(model)
    spec = model._spec(rules, updates, seed, None)
    core = _run(spec, progress, None, threads, transport, False, None, 0, os.fspath(checkpoint))
    return Result(result_pb2.Result.FromString(core.bytes()), model, core)


def sweep(
    model: Model | Path,
    axes: Mapping[str, Sequence[Any]],
    seeds: int = 1,
    *,
    rules: Sequence[str] = (),
    updates: int | None = None,
    threads: int = 0,
    out: Path | None = None,
) -> pd.DataFrame:
    """Every combination of some fields' values, each with several seeds: one row a member and rule.

    ``axes``: {"training.learning_rate": [0.01, 0.1]}; fields as ``locus sweep --set`` names them.

    >>> import locus
    >>> s = locus.sweep(locus.example("tiny"), {"training.learning_rate": [0.01, 0.1]}, rules=["rflo"], updates=3)
    >>> len(s)
    2
    """
    from locus import frames

    with tempfile.TemporaryDirectory() as scratch:
        if isinstance(model, Model):
            path = os.path.join(scratch, f"{model.proto.name or 'model'}.binpb")
            model.save(path)
        else:
            path = os.fspath(model)
        if out is not None:
            os.makedirs(out, exist_ok=True)
        lines = _core.sweep(
            path,
            [(name, [_text(value) for value in values]) for name, values in axes.items()],
            seeds,
            list(rules),
            updates,
            threads or os.cpu_count() or 1,
            None if out is None else os.fspath(out),
        )
    return frames.pandas().DataFrame(lines)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _run(
    spec: _core.Spec,
    progress: bool | Callback | None,
    every: int | None,
    threads: int,
    transport: str,
    rank: bool,
    checkpoint: Path | None,
    checkpoint_every: int,
    resume_from: str | None,
) -> _core.Result:
    if every not in (None, 1):
        raise UsageError(f"every is {every}; must be 1, or left out: progress is then at most every 50 ms")
    line = ProgressLine() if progress is True else None
    shown: Callback | None = line if line is not None else progress if callable(progress) else None

    def call(at: dict[str, Any]) -> bool | None:
        assert shown is not None
        return shown(Progress(updates=spec.updates, **at))

    try:
        return _core.run(
            spec,
            threads=threads,
            transport=transport,
            rank_of_large=rank,
            progress=None if shown is None else call,
            interval=0.0 if every == 1 else 0.05,
            checkpoint=None if checkpoint is None else os.fspath(checkpoint),
            checkpoint_every=checkpoint_every,
            resume=resume_from,
        )
    finally:
        if line is not None:
            line.close()


class ProgressLine:
    """One line on stderr that shows where a run is, in a terminal or in a notebook."""

    def __init__(self) -> None:
        self._last = 0.0
        self._width = 0
        self._shows = sys.stderr.isatty() or "ipykernel" in sys.modules

    def __call__(self, at: Progress) -> None:
        now = time.monotonic()
        if not self._shows or now - self._last < 0.2:
            return
        self._last = now
        loss = "" if at.loss is None else f"  loss {at.loss:.4g}"
        text = f"{at.rule}  {at.update}/{at.updates}{loss}"
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def close(self) -> None:
        """Clears the line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
