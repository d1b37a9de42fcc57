"""Results as pandas frames; pandas is imported when the first one is made."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

from locus import _core

if TYPE_CHECKING:
    import pandas as pd

_CHIP = ("on_core", "packets", "unicast_packets", "hops", "unicast_hops", "tree_hops")


def pandas() -> Any:
    """The module pandas; an error that names Debian's package where it is missing."""
    try:
        import pandas
    except ImportError:
        raise ImportError("frames need pandas (Debian: python3-pandas)") from None
    return pandas


def table(text: str) -> pd.DataFrame:
    """A table of comma-separated values that the library writes."""
    return pandas().read_csv(io.StringIO(text), float_precision="round_trip", dtype={"rule": str, "fingerprint": str, "cause": str})


def ledger(message: Any) -> pd.DataFrame:
    """Messages by rule, channel and lag, over the whole run, and whether they are local; with a chip their packets."""
    rows: list[tuple[Any, ...]] = []
    on_chip = any(run.HasField("chip") for run in message.runs)
    for run in message.runs:
        for k, entry in enumerate(run.ledger.entries):
            channel = _word(entry, "channel")
            row = (run.rule, channel, entry.lag, _core.is_local(channel, entry.lag, entry.core_local), entry.messages, entry.scalars, entry.bytes)
            # entries of a chip are those of the ledger, in the same order
            rows.append((*row, *(getattr(run.chip.entries[k], name) for name in _CHIP)) if on_chip else row)
    columns = ["rule", "channel", "lag", "local", "messages", "scalars", "bytes", *(_CHIP if on_chip else ())]
    return pandas().DataFrame(rows, columns=columns)


def ledger_per_trial(message: Any) -> pd.DataFrame:
    """The ledger with counts of one trial, as means over all trials of the rule's run."""
    whole = ledger(message)
    trials = {run.rule: max(1, run.ledger.trials) for run in message.runs}
    counts = [name for name in whole.columns if name not in ("rule", "channel", "lag", "local")]
    whole[counts] = whole[counts].div(whole.rule.map(trials), axis=0)
    return whole


def losses(runs: dict[str, Any]) -> pd.DataFrame:
    """One column a rule, one row an update; NaN after the end of a rule."""
    pd = pandas()
    return pd.DataFrame({rule: pd.Series(run.losses) for rule, run in runs.items()}).rename_axis("update")


def accuracies(runs: dict[str, Any]) -> pd.DataFrame:
    """One column a rule, one row an update; empty where no trial has a class."""
    pd = pandas()
    return pd.DataFrame({rule: pd.Series(run.accuracies, dtype=float) for rule, run in runs.items()}).rename_axis("update")


def evaluations(message: Any) -> pd.DataFrame:
    """Mean loss and accuracy of the evaluation trials by rule and update; NaN without classes."""
    rows = [
        (run.rule, each.update, each.loss, each.accuracy if each.HasField("accuracy") else math.nan)
        for run in message.runs
        for each in run.evaluations
    ]
    return pandas().DataFrame(rows, columns=["rule", "update", "loss", "accuracy"])


def confusion(message: Any) -> pd.DataFrame:
    """Trials by class (rows) and predicted class (columns), from a locus.v1.Confusion."""
    pd = pandas()
    cells = [(cell.actual, cell.predicted, cell.trials) for cell in message.cells]
    table = pd.DataFrame(cells, columns=["actual", "predicted", "trials"])
    return table.pivot_table(index="actual", columns="predicted", values="trials", aggfunc="sum", fill_value=0)


def alignment(message: Any) -> pd.DataFrame:
    """Changes of rules beside each other along each run; projection "" is all plastic synapses.

    Missing values are NaN.
    """
    names = ["cosine", "norm_ratio", "sign_agreement"]
    rows = [
        (run.rule, each.update, each.rule, getattr(each, "with"), each.projection, *_optional(each, names))
        for run in message.runs
        for each in run.alignment
    ]
    return pandas().DataFrame(rows, columns=["run", "update", "rule", "with", "projection", *names])


def scatter(message: Any) -> pd.DataFrame:
    """Bias and noise of each rule's change over batches, relative to the exact gradient."""
    names = ["bias", "noise"]
    rows = [
        (run.rule, each.update, each.rule, each.projection, *_optional(each, names))
        for run in message.runs
        for each in run.scatter
    ]
    return pandas().DataFrame(rows, columns=["run", "update", "rule", "projection", *names])


def curvature(message: Any) -> pd.DataFrame:
    """The largest eigenvalue of the Hessian along each run."""
    names = ["update", "largest_eigenvalue", "residual", "products"]
    rows = [(run.rule, *(getattr(each, name) for name in names)) for run in message.runs for each in run.curvature]
    return pandas().DataFrame(rows, columns=["run", *names])


def ranks(message: Any) -> pd.DataFrame:
    """Rank and effective rank of the change of each projection, by rule."""
    rows = [(run.rule, each.projection, each.rank, each.effective_rank) for run in message.runs for each in run.rank]
    return pandas().DataFrame(rows, columns=["rule", "projection", "rank", "effective_rank"])


def rates(message: Any) -> pd.DataFrame:
    """Firing rates of spiking populations [Hz], of the first and of the last update."""
    rows = [(run.rule, each.population, each.first_hz, each.last_hz) for run in message.runs for each in run.rates]
    return pandas().DataFrame(rows, columns=["rule", "population", "first_hz", "last_hz"])


def packets(message: Any) -> pd.DataFrame:
    """Packets and hops on the chip by rule, channel and lag; empty without a chip."""
    rows = [
        (run.rule, _word(entry, "channel"), entry.lag, *(getattr(entry, name) for name in _CHIP))
        for run in message.runs
        for entry in run.chip.entries
    ]
    return pandas().DataFrame(rows, columns=["rule", "channel", "lag", *_CHIP])


def summary(message: Any) -> pd.DataFrame:
    """One row a rule; counts are those of one trial.

    Losses are means over as many updates as in the program's table: a tenth of the run's, from 1 to
    10. The accuracy is that of the last updates, NaN where no trial has a class. The ranks are those of
    the change of the recurrent weights; of several projections, the one of highest rank.
    """
    rows = []
    window = min(10, max(1, message.outline.training.updates // 10))
    recurrent = _recurrent(message.outline)
    for run in message.runs:
        book = run.ledger
        trials = max(1, book.trials)
        losses = list(run.losses)
        ranks = [each for each in run.rank if each.projection in recurrent]
        highest = max(ranks, key=lambda each: int(each.rank)) if ranks else None
        rows.append(
            {
                "rule": run.rule,
                "status": _word(run, "status"),
                "updates": run.updates,
                "loss_first": _mean(losses[:window]),
                "loss_last": _mean(losses[-window:]),
                "accuracy": run.accuracy if run.HasField("accuracy") else math.nan,
                "messages": book.messages / trials,
                "spatial": book.spatial_violations / trials,
                "temporal": book.temporal_violations / trials,
                "max_lag": book.max_lag,
                "stalled": book.stalled_ticks / trials,
                "history_bytes": book.history_bytes,
                "trace_bytes": book.trace_bytes,
                "rank": math.nan if highest is None else highest.rank,
                "effective_rank": math.nan if highest is None else highest.effective_rank,
            }
        )
    return pandas().DataFrame(rows).set_index("rule") if rows else pandas().DataFrame()


def _recurrent(outline: Any) -> set[str]:
    """Names of the projections between rate or spiking populations."""
    neurons = {p.name for p in outline.populations if p.kind == "rate"}
    return {p.name for p in outline.projections if p.source in neurons and p.target in neurons}


def _optional(message: Any, names: list[str]) -> list[float]:
    """Values of fields with presence; NaN where they are missing."""
    return [getattr(message, name) if message.HasField(name) else math.nan for name in names]


def _word(message: Any, field: str) -> str:
    """The name of an enumeration's value."""
    return str(message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[getattr(message, field)].name)


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan
