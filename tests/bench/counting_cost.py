#!/usr/bin/env python3
"""What counting costs: the share of a trial's instructions that are the ledger's, by callgrind.

    cmake --preset release -B build/counting -DCMAKE_CXX_FLAGS=-g -DLOCUS_TESTS=OFF
    cmake --build build/counting --target locus_core_x86-64-v3
    /usr/bin/python3 tests/bench/counting_cost.py [PROGRAM] [FOLDER OF THE CORE LIBRARY]

Callgrind does not know AVX-512, so core is the library for AVX2, built with line numbers. An instruction counts as counting where its line is of the
door, the ledger, the traffic by neuron, or one of the functions that count what passes, or stands in one of those that only count; all else is the
work.
Works: those of beside_python.py. Goals: 2 % from n = 256 on, 10 % at n = 4.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from beside_python import draw, write_model

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ("core/wire/door.h", "core/wire/door.cc", "core/wire/ledger.h", "core/wire/ledger.cc", "core/wire/budget.h", "core/wire/traffic.h",
         "core/transport/record.h", "core/kernel/count.h")
WHOLE = ("count_nonzero", "count_said", "count_sent")  # with what is inlined into them
FUNCTIONS = {
    "core/transport/columns/sending.cc": ("count_said", "count_sent", "count"),
    "core/transport/columns/learners.cc": ("count_errors",),
    "core/transport/columns/runs.cc": ("pass_sent", "pass_posts"),
    "core/transport/columns/sweeps.cc": ("pass_replayed", "pass_all", "sent_at"),
}


def counting_lines():
    """Of each file, the lines that count: None for all of them."""
    found = {name: None for name in FILES}
    for name, functions in FUNCTIONS.items():
        lines, inside = set(), False
        for number, text in enumerate((ROOT / name).read_text().splitlines(), 1):
            if not text.startswith((" ", "}", "//")) and any(re.search(rf"\b{function}\(.*{{$", text) for function in functions):
                inside = True
            if inside:
                lines.add(number)
            if text == "}":
                inside = False
        assert lines, f"{name} counts nowhere"
        found[name] = lines
    return found


def share_of(profile, counting):
    """(instructions that count, all instructions) of a callgrind profile written without compression."""
    file, function, skip, counted, total = "", "", False, 0, 0
    for line in profile.read_text().splitlines():
        if line.startswith(("fl=", "fi=", "fe=")):
            file = line[3:]
        elif line.startswith("fn="):
            function = line[3:]
        elif line.startswith("calls="):
            skip = True  # the next line is what the callee costs, which stands with the callee
        elif line[:1].isdigit():
            number, cost = (int(word) for word in line.split()[:2])
            if skip:
                skip = False
                continue
            total += cost
            if any(name in function for name in WHOLE) or any(
                    file.endswith(name) and (lines is None or number in lines) for name, lines in counting.items()):
                counted += cost
    return counted, total


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/release/bin/locus"
    library = sys.argv[2] if len(sys.argv) > 2 else "build/counting/levels/glibc-hwcaps/x86-64-v3"
    counting = counting_lines()
    environment = {**os.environ, "LD_LIBRARY_PATH": str(pathlib.Path(library).resolve())}
    print(f"{'rule':<6}{'n':>6}{'batch':>7}{'counting':>12}{'all':>14}{'share':>9}   instructions of the trials of two updates")
    for rule, batch in [("rflo", 1), ("bptt", 1), ("bptt", 32)]:
        for n in [4, 16, 64, 256, 1024]:
            with tempfile.TemporaryDirectory() as folder:
                model = write_model(folder, draw(n, batch), rule)
                profile = pathlib.Path(folder) / "profile"
                subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", "--compress-strings=no", "--compress-pos=no",
                                "--toggle-collect=locus::Trial<*>::run(*", "--toggle-collect=locus::Trial<*>::commit_batch(*",
                                program, "run", model, "--updates", "2", "--threads", "1", "--quiet"],
                               env=environment, check=True, capture_output=True)
                counted, total = share_of(profile, counting)
            print(f"{rule:<6}{n:>6}{batch:>7}{counted:>12}{total:>14}{100 * counted / total:>8.2f}%", flush=True)


if __name__ == "__main__":
    main()
