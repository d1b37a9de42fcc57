"""run, resume and sweep: what the commands of the same names do."""

from __future__ import annotations

import argparse
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
from locus.v1 import model_pb2, result_pb2

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Progress:
    """Where a run is: what a callback gets.

    >>> import locus
    >>> seen = []
    >>> r = locus.run(locus.example("tiny"), rules=["rflo"], updates=3, every=1, progress=lambda at: seen.append(at.update))
    >>> seen[-1]
    3
    """

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
    stop: Mapping[str, Any] | None = None,
) -> Result:
    """Trains a model under each of its rules, from the same weights and on the same data.

    ``rules``: names of the model's rules or short forms ("bptt", "tbptt:5", "rflo:0.9", "eprop");
    by default the model's. ``threads``: 0 takes what the machine has; results are the same bits for
    any number. ``progress``: True writes a line to stderr where that is a terminal or a notebook; a
    function gets a Progress at most every 50 ms (``every=1``: after every update) and ends the run
    there, as INTERRUPTED, by returning False. ``out``: also writes the files of ``locus run --out``.
    ``checkpoint``: a file that resume() and ``locus resume`` go on from; it holds the model. ``rank``: also
    ranks of large projections. ``stop``: when a rule ends early, the fields of locus.v1.Stop
    ({"loss_below": 0.01}), in place of the model's.

    Raises ModelError with every fault of the model, UsageError, and what the callback raises;
    Ctrl-C raises KeyboardInterrupt.

    >>> import locus
    >>> r = locus.run(locus.example("tiny"), rules=["rflo", "bptt"], updates=10)
    >>> bool(r.summary.temporal["rflo"] == 0), bool(r.summary.temporal["bptt"] > 0)
    (True, True)
    """
    model = model if isinstance(model, Model) else Model.load(model)
    if stop is not None:
        model = model.copy()
        model.train(stop=dict(stop))
    kept = model  # as a checkpoint holds it
    request = None
    if checkpoint is not None and model._supplied is None:
        kept = _in_one_message(model)
        request = _request_of(kept, rules, updates, seed, locality, transport, rank)
    spec = kept._spec(rules, updates, seed, locality)
    core = _run(spec, progress, every, threads, transport, rank, checkpoint, checkpoint_every, None, request)
    result = Result(result_pb2.Result.FromString(core.bytes()), model, core)
    if out is not None:
        result.save(out)
    return result


def _in_one_message(model: Model) -> Model:
    """The model with its arrays in its message, as a checkpoint holds it."""
    whole = Model.from_proto(model.message())
    whole.path, whole._settings = model.path, model._settings
    return whole


def _request_of(
    model: Model,
    rules: Sequence[str] | None,
    updates: int | None,
    seed: int | None,
    locality: str | None,
    transport: str,
    rank: bool,
) -> tuple[list[str], str, bytes]:
    """What the program would be asked for: the words after `locus run`, the model's name, its bytes."""
    path = model._wire_path()
    words = [path, *(f"--set={each}" for each in model._settings), *(f"--rule={each}" for each in rules or ())]
    given = {"updates": updates, "seed": seed, "locality": locality, "transport": transport}
    words += [f"--{name}={value}" for name, value in given.items() if value is not None]
    return [*words, *(["--rank"] if rank else [])], path, model.proto.SerializeToString(deterministic=True)


def resume(
    checkpoint: Path,
    model: Model | Path | None = None,
    rules: Sequence[str] | None = None,
    *,
    updates: int | None = None,
    seed: int | None = None,
    threads: int = 0,
    transport: str | None = None,
    progress: bool | Callback | None = None,
) -> Result:
    """The run whose checkpoint this is, to its end; results are those of a run without a break.

    The file is one of run(), or of `locus run --checkpoint`: it holds the model, and says which rules,
    updates and seed were asked for. ``updates``: another number of them. A checkpoint that another
    program has kept holds no model: then ``model``, ``rules`` and ``seed`` must be given, as they were.

    >>> import locus, tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "run.ckpt")
    ...     whole = locus.run(locus.example("tiny"), rules=["rflo"], checkpoint=file)
    ...     again = locus.resume(file)
    >>> whole.fingerprints == again.fingerprints
    True
    """
    path = os.fspath(checkpoint)
    if model is None:
        words, name, data = _core.open_checkpoint(path)
        asked = _asked(words)
        if asked.weights:
            raise UsageError("the run began with --weights; only `locus resume` goes on with it")
        settings = [*asked.set, *([f"compare.every={asked.compare}"] if asked.compare else [])]
        spec = _core.spec_of_checkpoint(path, settings)
        spec.apply(asked.rule, asked.updates if updates is None else updates, asked.seed, asked.locality)
        transport = transport or asked.transport
        model = Model.from_proto(model_pb2.Model.FromString(_core.wire_form(data, name, settings)))
        model.path = name
        rank = asked.rank
    else:
        model = model if isinstance(model, Model) else Model.load(model)
        spec = model._spec(rules, updates, seed, None)
        rank = False
    core = _run(spec, progress, None, threads, transport or "batched", rank, None, 0, path, None)
    return Result(result_pb2.Result.FromString(core.bytes()), model, core)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    """What of the words after `locus run` bears on the numbers of a run."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--rule", action="append")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--updates", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--locality")
    parser.add_argument("--transport", default="batched")
    parser.add_argument("--weights")
    parser.add_argument("--compare")
    parser.add_argument("--rank", action="store_true")
    return parser.parse_known_args(list(words))[0]


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

    ``axes``: {"training.learning_rate": [0.01, 0.1]}; fields as ``locus sweep --set`` names them. Columns
    are those of members.csv that ``locus sweep --out`` writes (docs/results.md); counts are of one trial.
    ``out``: also the folder of the members' results, which a later sweep with the same folder takes.
    Ctrl-C raises KeyboardInterrupt.

    >>> import locus
    >>> s = locus.sweep(locus.example("tiny"), {"training.learning_rate": [0.01, 0.1]}, rules=["rflo"], updates=3)
    >>> s["training.learning_rate"].tolist(), s.status.tolist()
    ([0.01, 0.1], ['COMPLETED', 'COMPLETED'])
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
        text = _core.sweep(
            path,
            [(name, [_text(value) for value in values]) for name, values in axes.items()],
            seeds,
            list(rules),
            updates,
            threads or os.cpu_count() or 1,
            None if out is None else os.fspath(out),
        )
    return frames.table(text)


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
    request: tuple[list[str], str, bytes] | None,
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
            request=request,
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
