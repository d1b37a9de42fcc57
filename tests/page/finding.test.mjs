// Sentences and numbers of charts that the page computes: cases with what they must say. No browser. (The headline is the program's.)
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

let data;
let energy;
let timeline;
let components;
let palette;
before(async () => {
  const folder = mkdtempSync(join(tmpdir(), "locus-finding-"));
  const load = async (source, name) => {
    const outfile = join(folder, `${name}.mjs`);
    await build({ entryPoints: [source], outfile, bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"], logLevel: "error" });
    return import(pathToFileURL(outfile).href);
  };
  data = await load("src/sweep_data.ts", "data");
  timeline = await load("src/charts/timeline.ts", "timeline");
  energy = await load("src/charts/energy.ts", "energy");
  components = await load("src/principal.ts", "principal");
  palette = await load("src/palette.ts", "palette");
});

test("timeline: an even load, and one that heaps at a tick", () => {
  const even = { name: "rflo", ticks: [10, 11, 9, 10].map((packets, k) => ({ tick: k + 1, packets, stages: 0 })) };
  const heap = { name: "bptt", ticks: [10, 10, 10, 10].map((packets, k) => ({ tick: k + 1, packets, stages: k === 3 ? 80 : 0 })) };
  assert.equal(timeline.timelineTakeaway([heap, even]), "The load of bptt heaps: 90 packets at tick 4, 3 times the mean of its ticks. That of rflo is the most even: at most 11 packets at tick 2, 1.1 times the mean of its ticks.");
  assert.equal(timeline.timelineTakeaway([even]), "The load of every rule is about even over a trial; at most, that of rflo, 11 packets at tick 2, 1.1 times the mean of its ticks.");
  assert.equal(timeline.timelineTakeaway([]), "");
});

test("sweep: medians of few numbers", () => {
  assert.equal(data.median([3, 1, 2]), 2);
  assert.equal(data.median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(data.median([])));
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
