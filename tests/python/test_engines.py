"""Engines of chips: what locus.fits and learn_on_engine say is what `locus fits` says."""

import json
import subprocess

import pytest

import locus
from test_model import network

pytest.importorskip("pandas")


def said_by(program, *words):
    done = subprocess.run([program, "fits", *words, "--json"], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_fits_are_those_of_the_program(program, models):
    path = models / "student_teacher.txtpb"
    engines, rules = ["loihi1", "loihi2", "reckon"], ["rflo", "bptt"]
    theirs = said_by(program, path, *(f"--engine={each}" for each in engines), *(f"--rule={each}" for each in rules), "--range", "signal=0.5")
    ours = locus.fits(path, engines, rules=rules, ranges={"signal": 0.5})
    for kind in ("fits", "gives_up_delays", "cores", "synapse_bits", "rule", "engine"):
        assert ours.summary[kind].tolist() == [one[kind] for one in theirs], kind
    assert ours.summary.fits.tolist() == [False, False, True, False, False, False]
    lacks = [[one["rule"], one["engine"], lack["what"], ", ".join(lack["of"]), lack["count"]] for one in theirs for lack in one["lacks"]]
    assert ours.lacks[["rule", "engine", "what", "of", "count"]].values.tolist() == lacks
    products = [p for one in theirs for b in one["bindings"] for p in b["products"]]
    assert ours.products.mantissa.tolist() == [p["mantissa"] for p in products]
    assert ours.products.exponent.tolist() == [p["exponent"] for p in products]
    assert ours.products.factors.tolist() == [", ".join(p["factors"]) for p in products]
    assert ours.products.changes.tolist() == [p["changes"] for p in products]
    held = [each for one in theirs for b in one["bindings"] for each in (*b["accesses"], *b["variables"])]
    assert ours.held["step"].tolist() == pytest.approx([each["step"] for each in held], rel=1e-12)
    assert ours.held.assumed.tolist() == [each["assumed"] for each in held]
    many = sum(len(one["approximations"]) + sum(len(b["approximations"]) for b in one["bindings"]) for one in theirs)
    assert len(ours.approximations) == many > 0


def test_what_is_learnt_on_an_engine_is_what_the_program_says(program, models):
    path = models / "sines.txtpb"
    theirs = said_by(program, path, "--engine=loihi2", "--rule=rflo", "--learn", "--updates=5", "--range", "weight=-2:2")[0]
    ours = locus.learn_on_engine(path, "loihi2", "rflo", updates=5, ranges={"weight": (-2, 2)})
    assert ours.rule.tolist() == pytest.approx(theirs["exact"], rel=1e-9)
    assert ours.engine.tolist() == pytest.approx(theirs["on_engine"], rel=1e-9)
    assert (ours.rule != ours.engine).any()


def test_a_rule_of_ones_own_on_an_engine_of_ones_own(models, tmp_path):
    m = network()
    rule = locus.local.Rule("hebb")
    rule.change(-locus.local.activity * locus.local.pre)
    m.rule(rule)
    text = (models / "engines" / "loihi2.txtpb").read_text()
    (tmp_path / "mine.txtpb").write_text(text.replace('name: "Loihi 2"', 'name: "Mine"'))
    found = locus.fits(m, ["loihi2", str(tmp_path / "mine.txtpb")])
    assert found.summary.engine.tolist() == ["Loihi 2", "Mine"] and found.summary.fits.nunique() == 1
    assert repr(found) == "hebb fits Loihi 2; hebb fits Mine"


@pytest.mark.parametrize(
    "call, what",
    [
        (lambda: locus.fits(network(), "loihi", rules=["rflo"]), 'no engine is named "loihi"; must be one of loihi1, loihi2, reckon, or a path'),
        (lambda: locus.fits(network(), "loihi2", rules=["rflo"], ranges={"signal": (1, 2)}), r"ranges: signal is 1 .. 2; must be"),
        (lambda: locus.fits(network(), "loihi2", rules=["rflo"], ranges={"signal": "x"}), "ranges: signal is 'x'; must be a size, or"),
        (lambda: locus.fits(network(), "loihi2", rules=["rlfo"]), "rflo"),
        (lambda: locus.learn_on_engine(network(), "loihi1", "rflo"), "rflo does not fit Loihi 1"),
    ],
)
def test_what_is_no_engine_is_said(call, what):
    with pytest.raises(locus.UsageError, match=what):
        call()
