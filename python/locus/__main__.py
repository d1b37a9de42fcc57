"""python3 -m locus [MODEL]: trains a model under each of its rules and prints what each learnt and sent, as frames."""

from __future__ import annotations

import sys

import locus


def main() -> int:
    """Returns the exit code."""
    path = sys.argv[1] if len(sys.argv) > 1 else locus.example("student_teacher")
    try:
        r = locus.run(path, progress=True)
        print(r.summary[["updates", "loss_first", "loss_last", "messages", "spatial", "temporal", "max_lag"]].to_string())
        print("\nMessages by channel, in all and of those the ones that revisit an earlier tick:")
        table = r.ledger.assign(late=r.ledger.messages.where(r.ledger.lag > 0, 0))
        print(table.groupby(["rule", "channel"], sort=False)[["messages", "late"]].sum().to_string())
    except (locus.ModelError, locus.UsageError, locus.FileError, ImportError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
