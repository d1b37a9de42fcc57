// The sentences of a comparison: a table of cases with what they must say. No browser.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

let finding;
let energy;
let components;
let palette;
before(async () => {
  const folder = mkdtempSync(join(tmpdir(), "locus-finding-"));
  const load = async (source, name) => {
    const outfile = join(folder, `${name}.mjs`);
    await build({ entryPoints: [source], outfile, bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"], logLevel: "error" });
    return import(pathToFileURL(outfile).href);
  };
  finding = await load("src/finding.ts", "finding");
  energy = await load("src/charts/energy.ts", "energy");
  components = await load("src/principal.ts", "principal");
  palette = await load("src/palette.ts", "palette");
});

/// Losses: a number, or one for each seed.
function rule(name, losses, spatial, temporal, more = {}) {
  const all = [losses].flat();
  const sorted = [...all].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { name, kind: name, loss: median, start: 8, bySeed: new Map(all.map((value, seed) => [String(seed), value])), spatial, temporal, violations: Math.max(spatial, temporal), messages: 1000 + spatial + temporal, kept: 100, ...more };
}

const kCases = [
  {
    what: "nothing has run",
    rules: () => [],
    says: "",
  },
  {
    what: "one rule, local",
    rules: () => [rule("rflo", 2, 0, 0)],
    says: "rflo ends at a loss of 2 with no message that breaks locality.",
  },
  {
    what: "the best breaks locality, and nothing cheaper is near",
    rules: () => [rule("bptt", 1, 500, 900), rule("eprop", 1.5, 40, 0), rule("rflo", 2, 0, 0)],
    says: "bptt ends lowest, at 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of it. Beside bptt, giving up messages back in time costs 1.5× the loss (eprop); giving up non-local wires as well costs 2× the loss (rflo); without learning the loss is 8×.",
  },
  {
    what: "a local rule comes near",
    rules: () => [rule("bptt", 1, 500, 900), rule("rflo", 1.08, 0, 0)],
    says: "rflo is the cheapest rule within 10 % of the lowest loss, 1 (bptt): it sends no message that breaks locality, against 900 of bptt. Beside bptt, giving up messages back in time and non-local wires costs 1.08× the loss (rflo); without learning the loss is 8×.",
  },
  {
    what: "a rule with fewer violations comes near",
    rules: () => [rule("bptt", 1, 500, 900), rule("eprop", 1.02, 40, 0)],
    says: "eprop is the cheapest rule within 10 % of the lowest loss, 1 (bptt): it sends 40 messages a trial that break locality, against 900 of bptt. Beside bptt, giving up messages back in time costs nothing that shows (eprop, 1.02× the loss); without learning the loss is 8×.",
  },
  {
    what: "the local rule ends lowest",
    rules: () => [rule("bptt", 2, 500, 900), rule("rflo", 1, 0, 0)],
    says: "rflo ends lowest, at 1, with no message that breaks locality. Beside bptt, giving up messages back in time and non-local wires costs nothing: rflo ends at 0.5× the loss; without learning the loss is 4×.",
  },
  {
    what: "two local rules: the one with fewer messages is the cheaper",
    rules: () => [rule("rflo", 1, 0, 0, { messages: 2000 }), rule("eprop:random", 1.05, 0, 0, { messages: 1000 })],
    says: "eprop:random is the cheapest rule within 10 % of the lowest loss, 1 (rflo): it sends 1.00k messages a trial against 2.00k.",
  },
  {
    what: "seeds: factors have quartiles, of ratios under the same seed",
    rules: () => [rule("bptt", [1, 2, 4, 1, 2], 500, 900), rule("rflo", [2, 4, 8, 3, 5], 0, 0)],
    says: "bptt ends lowest, at 2, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of it. Beside bptt, giving up messages back in time and non-local wires costs 2× [2, 2.5] the loss (rflo); without learning the loss is 4×.",
  },
  {
    what: "seeds that disagree show no cost",
    rules: () => [rule("bptt", [1, 1, 1, 1], 500, 900), rule("rflo", [0.8, 0.9, 1.3, 1.5], 0, 0)],
    says: "rflo is the cheapest rule within 10 % of the lowest loss, 1 (bptt): it sends no message that breaks locality, against 900 of bptt. Beside bptt, giving up messages back in time and non-local wires costs nothing that the seeds show (rflo, 1.1× [0.875, 1.35] the loss); without learning the loss is 8×.",
  },
  {
    what: "only non-local wires are given up where nobody looks back",
    rules: () => [rule("rtrl", 1, 900, 0), rule("rflo", 3, 0, 0)],
    says: "rtrl ends lowest, at 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of it. Beside rtrl, giving up non-local wires costs 3× the loss (rflo); without learning the loss is 8×.",
  },
  {
    what: "a step is held by its best rule",
    rules: () => [rule("bptt", 1, 500, 900), rule("tbptt:1", 4, 40, 0), rule("eprop", 2, 40, 0), rule("rflo", 6, 0, 0), rule("eprop:random", 5, 0, 0)],
    says: "bptt ends lowest, at 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of it. Beside bptt, giving up messages back in time costs 2× the loss (eprop); giving up non-local wires as well costs 5× the loss (eprop:random); without learning the loss is 8×.",
  },
];

for (const { what, rules, says } of kCases) {
  test(`headline: ${what}`, () => {
    assert.equal(finding.headlineOf(rules()), says);
  });
}

test("caveats: one seed, settings chosen by what is shown, feedback that is given", () => {
  const rules = [rule("bptt", 1, 1, 1), rule("rflo", 2, 0, 0)];
  const of = (conditions) => finding.caveatsOf(rules, { seeds: 5, settings: "given", givenFeedback: [], ...conditions }).map((text) => text.split(/[:,] /)[0]);
  assert.deepEqual(of({}), []);
  assert.deepEqual(of({ seeds: 1 }), ["One seed"]);
  assert.deepEqual(of({ settings: "shown" }), ["Each rule stands at the setting that does best among those shown"]);
  assert.deepEqual(of({ settings: "held out" }), ["Each rule stands at its best setting"]);
  assert.deepEqual(of({ incomplete: [{ name: "rflo", completed: 4, seeds: 5 }] }), ["rflo completed under 4 of 5 seeds; its figures are those of these 4"]);
  assert.deepEqual(of({ givenFeedback: ["rflo", "other"] }), ["The feedback of rflo is given by the model"]);
  assert.deepEqual(finding.caveatsOf([rules[0]], { seeds: 1, settings: "given", givenFeedback: [] }), [], "a rule alone is compared with nothing");
});

test("energy: what is saved, where, and what stays", () => {
  const parts = (name, ...values) => ({ name, parts: values.map((picojoules, i) => ({ rule: name, component: ["packets", "synaptic operations", "synaptic updates", "neurons"][i], picojoules })) });
  assert.equal(energy.energyTakeaway([parts("bptt", 500, 300, 100, 100), parts("rflo", 20, 300, 80, 100)]), "rflo takes 50 % less energy than bptt, saved at packets and synaptic updates; the largest part that is left is synaptic operations, 60 % of 500 pJ under rflo.");
  assert.equal(energy.energyTakeaway([parts("bptt", 10, 900, 50, 50), parts("rflo", 0, 900, 50, 50)]), "All rules take about the same energy, 1 nJ to 1.01 nJ a trial; the largest part that is left is synaptic operations, 90 % of 1 nJ under rflo.");
  assert.equal(energy.energyTakeaway([parts("rflo", 0, 900, 50, 50)]), "The largest part is synaptic operations, 90 % of 1 nJ.");
  assert.equal(energy.energyTakeaway([]), "");
});

test("principal components: an ellipse in a tilted plane of five neurons, and a small part outside of it", () => {
  const [u, v, w] = [[0.6, 0.8, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0.6, -0.8]];
  const angles = Array.from({ length: 40 }, (_, k) => (2 * Math.PI * k) / 40);
  const path = angles.map((t) => u.map((_, i) => 7 + 3 * Math.cos(t) * u[i] + Math.sin(t) * v[i] + 0.1 * Math.cos(3 * t) * w[i]));
  const { scores, explained } = components.principal(path);
  angles.forEach((t, k) => {
    assert.ok(Math.abs(Math.abs(scores[k][0]) - Math.abs(3 * Math.cos(t))) < 1e-9, `first component at ${t}`);
    assert.ok(Math.abs(Math.abs(scores[k][1]) - Math.abs(Math.sin(t))) < 1e-9, `second component at ${t}`);
  });
  assert.ok(Math.abs(explained - 10 / 10.01) < 1e-12, `${explained}`);
  assert.equal(components.principal([[1, 1, 1], [1, 1, 1]]).explained, 0);
});

test("styles: a rule has the same colour whatever stands beside it, and no two rules of a page are alike", () => {
  const rule = (kind, name = kind) => ({ kind, name });
  const all = [rule("bptt"), rule("tbptt", "tbptt:1"), rule("tbptt", "tbptt:5"), rule("rflo"), rule("eprop"), rule("eprop:random"), rule("rtrl"), rule("local", "oja")];
  const styles = palette.stylesOf(all);
  assert.equal(new Set(styles).size, all.length);
  for (const [i, one] of all.entries()) {
    const alone = palette.stylesOf([one])[0];
    assert.equal(palette.ruleColour(alone), palette.ruleColour(styles[i]), one.name);
  }
  assert.notEqual(palette.ruleDash(styles[1]), palette.ruleDash(styles[2]), "two depths of one colour differ in their dashes");
});
