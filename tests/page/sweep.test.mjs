// The page of a sweep: its figures drawn, its summary that of summary.csv (computed in the program, by other code), failures told.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, folder, locus, numbers, open } from "./browser.mjs";

let launched;
let out;
before(async () => {
  launched = await browser();
  out = join(folder, "sweep");
  mkdirSync(out);
  try {
    locus("sweep", "models/unaligned.txtpb", "--set", "training.learning_rate=0.01,0.02,-1", "--set", "rules[tbptt:1].tbptt.depth=1,3", "--seeds", "3", "--updates", "30", "--quiet", "--out", out);
    assert.fail("a member fails, so the sweep says so");
  } catch (error) {
    assert.equal(error.status, 1);
  }
});
after(() => launched.close());

test("draws the frontier and each setting, with the numbers of summary.csv", async () => {
  const { page, complaints } = await open(launched, pathToFileURL(join(out, "report.html")).href);
  assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), ["curves", "frontier", "axis-0", "axis-1"]);
  const [, ...lines] = readFileSync(join(out, "summary.csv"), "utf8").trimEnd().split("\n").map((line) => line.split(","));
  const rows = await numbers(page, "frontier");
  assert.equal(rows.length, 2 * 2 * 4);
  assert.equal(rows.length, lines.length);
  rows.forEach((row, i) => {
    const line = table("summary.csv")[i];
    const columns = ["training.learning_rate", "rules[tbptt:1].tbptt.depth", "rule", "seeds", "completed", "mean", "q25", "median", "q75", "messages", "violations"];
    assert.deepEqual(row, columns.map((column) => line[column]));
  });
  // A setting of one rule is nobody else's: it neither names another rule's points nor has its best value there.
  const [one, other] = [await page.textContent("#axis-1 .takeaway"), await page.textContent(".headline")];
  assert.match(one, /^tbptt:1 does best, at depth = [13]: /);
  assert.doesNotMatch(other, /(bptt|rflo|eprop) \([^)]*depth/);
  const groups = await page.$$eval('#frontier g[aria-label="dot"], #frontier g[aria-label="member"]', (all) => all.map((group) => group.querySelectorAll("path, circle").length));
  assert.ok(groups.includes(rows.length), `a large dot for each combination and rule: ${groups}`);
  assert.ok(groups.includes(rows.length * 3), `a small one for each member and rule: ${groups}`);
  assert.match(await page.textContent("#failures"), /6 members failed6 members: training\.learning_rate is -1; must be finite and at least 0/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("fits 400 pixels, in the dark", async () => {
  const { page, complaints } = await open(launched, pathToFileURL(join(out, "report.html")).href, { viewport: { width: 400, height: 800 }, colorScheme: "dark" });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
  assert.deepEqual(complaints, []);
  await page.close();
});

/// The rows of a CSV without quotes, as objects.
function table(name) {
  const [head, ...lines] = readFileSync(join(out, name), "utf8").trimEnd().split("\n").map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((column, i) => [column, line[i]])));
}

test("draws curves with bands, with the numbers of curves.csv", async () => {
  const { page, complaints } = await open(launched, pathToFileURL(join(out, "report.html")).href);
  const all = table("curves.csv");
  const rows = await numbers(page, "curves");
  assert.equal(rows.length, 4 * 30, "each rule at one setting");
  for (const [rate, depth, rule, update, seeds, mean, sd, sem, q25, median, q75] of rows) {
    const same = all.find((line) => line.rule === rule && line["training.learning_rate"] === rate && line["rules[tbptt:1].tbptt.depth"] === depth && line.update === update);
    assert.deepEqual([seeds, mean, sd, sem, q25, median, q75].map(Number), [same.seeds, same.mean, same.sd, same.sem, same.q25, same.median, same.q75].map(Number), `${rule}, update ${update}`);
  }
  const { lines, bands } = await page.$eval("#curves .canvas svg", (svg) => ({ lines: svg.querySelectorAll('g[aria-label="line"]').length, bands: svg.querySelectorAll('g[aria-label="area"]').length }));
  assert.deepEqual([lines, bands], [4, 4]);
  assert.match((await page.$$eval(".caveat", (all) => all.map((one) => one.textContent))).join("\n"), /Each rule stands at the setting that does best among those shown, which flatters it\./);
  assert.match(await page.textContent(".headline"), /Beside bptt, giving up .*quartiles [\d.]+ to [\d.]+/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("leads from every member to its page", async () => {
  const { page } = await open(launched, pathToFileURL(join(out, "report.html")).href);
  const folders = new Set(table("members.csv").filter((line) => line.status === "COMPLETED").map((line) => `${line.member}/report.html`));
  assert.equal(folders.size, 12);
  const dots = await page.$$eval("#frontier svg a", (links) => links.map((link) => link.getAttribute("href") ?? link.getAttributeNS("http://www.w3.org/1999/xlink", "href")));
  assert.deepEqual(new Set(dots), folders);
  await page.locator("#members summary").click();
  await page.waitForSelector("#members tbody a"); // a table is made when it is opened
  const links = await page.$$eval("#members tbody a", (all) => all.map((link) => link.getAttribute("href")));
  assert.equal(links.length, 12 * 4);
  assert.deepEqual(new Set(links), folders);
  await page.locator("#members tbody a").first().click();
  await page.waitForFunction(() => document.querySelector(".kind")?.textContent === "locus: learning rules as counted messages");
  await page.close();
});

test("sorts its table by keyboard", async () => {
  const { page } = await open(launched, pathToFileURL(join(out, "report.html")).href);
  const medians = table("summary.csv").map((line) => Number(line.median)).sort((a, b) => a - b);
  const column = await page.$$eval("#summary thead th", (heads) => heads.findIndex((head) => head.textContent === "median"));
  const shown = () => page.$$eval("#summary tbody tr", (rows, at) => rows.map((row) => row.children[at].textContent), column);
  const expected = medians.map((x) => String(Number(x.toPrecision(4))));
  await page.locator("#summary thead button", { hasText: "median" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await shown(), expected);
  assert.equal(await page.locator("#summary thead th").nth(column).getAttribute("aria-sort"), "ascending");
  await page.keyboard.press("Enter");
  assert.deepEqual(await shown(), [...expected].reverse());
  // A column of texts that are numbers, and one of parts.
  await page.locator("#summary thead button", { hasText: "learning_rate" }).click();
  const rates = await page.$$eval("#summary tbody tr", (rows) => rows.map((row) => Number(row.children[0].textContent)));
  assert.deepEqual(rates, [...rates].sort((a, b) => a - b));
  await page.close();
});

test("prints light, with its tables whole", async () => {
  const { page } = await open(launched, pathToFileURL(join(out, "report.html")).href, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  assert.ok((await page.pdf({ format: "A4" })).length > 20000);
  await page.close();
});

test("is made again by `locus report`, to the byte", () => {
  const page = readFileSync(join(out, "report.html"));
  locus("report", out);
  assert.deepEqual(readFileSync(join(out, "report.html")), page);
});

test("shows the best settings over seeds that did not choose them, with chip and evaluation", async () => {
  const best = join(folder, "best");
  mkdirSync(best);
  locus("sweep", "models/chip.txtpb", "--set", "training.learning_rate=0.01,0.03", "--set", "training.evaluation.every=5", "--set", "training.evaluation.trials=4", "--seeds", "4", "--updates", "20", "--rule", "bptt", "--rule", "rflo", "--best", "--quiet", "--out", best);
  const json = JSON.parse(readFileSync(join(best, "sweep.json"), "utf8"));
  assert.deepEqual([json.best.choosingSeeds, json.best.reportingSeeds], [["1", "2"], ["3", "4"]]);
  for (const viewport of [{ width: 1200, height: 900 }, { width: 400, height: 800 }]) {
    const { page, complaints } = await open(launched, pathToFileURL(join(best, "report.html")).href, { viewport });
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), ["curves", "evaluation", "frontier", "energy-frontier", "axis-0"]);
    const rows = await numbers(page, "evaluation");
    const expected = json.best.rules.flatMap((choice) => choice.curves.filter((curve) => curve.evaluation).flatMap((curve) => curve.median.map((median, k) => [choice.rule, String(curve.update[k]), "2", String(median)])));
    assert.deepEqual(rows.map((row) => [row[3], row[4], row[5], row[10]]), expected);
    assert.match(await page.textContent(".caveat"), /^2 seeds: quartiles over so few say little\.$/);
    const steps = await page.$$eval("#steps tbody tr", (all) => all.map((row) => row.children[1].textContent));
    assert.deepEqual(steps, ["bptt", "rflo", "–"]);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width);
    const cut = await page.$$eval(".canvas svg text", (texts) => texts.filter((text) => text.textContent && (text.getBoundingClientRect().right > innerWidth || text.getBoundingClientRect().left < 0)).map((text) => text.textContent));
    assert.deepEqual(cut, [], "no label is cut");
    assert.deepEqual(complaints, []);
    await page.close();
  }
  // on paper the widest table, with a column for each figure of the chip, is whole
  const { page } = await open(launched, pathToFileURL(join(best, "report.html")).href, { viewport: { width: 794, height: 1123 } });
  await page.emulateMedia({ media: "print" });
  assert.ok((await page.$$eval("#summary thead th", (cells) => cells.length)) >= 18);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 794);
  await page.close();
});

test("shows accuracies where trials have classes, and lists the recordings", async () => {
  const model = join(folder, "classes.txtpb");
  const trial = (field, k) => `${field} { input { rows: 2 cols: 2 values: [${k % 2}, ${(k + 1) % 2}, ${(0.1 * k).toFixed(1)}, 0.5] } class: ${k % 2} }`;
  const all = (field) => [0, 1, 2, 3].map((k) => trial(field, k)).join("\n");
  writeFileSync(model, `name: "classes" seed: 1
network {
  populations { name: "in" size: 2 input {} } populations { name: "rec" size: 5 rate { activation: TANH leak: 0.5 } } populations { name: "out" size: 2 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.8 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
task { recorded { ${all("trials")} ${all("evaluation_trials")} } }
training { loss: CROSS_ENTROPY ticks: 2 batch: 2 updates: 20 learning_rate: 0.2 evaluation { every: 5 trials: 4 } }
rules { name: "bptt" bptt {} } rules { name: "rflo" rflo {} }
record { name: "y" quantity: OUTPUT population: "out" }
`);
  const classes = join(folder, "classes");
  mkdirSync(classes);
  locus("sweep", model, "--seeds", "4", "--best-by", "accuracy", "--quiet", "--out", classes);
  const json = JSON.parse(readFileSync(join(classes, "sweep.json"), "utf8"));
  assert.equal(json.best.byAccuracy, true);
  for (const options of [{ viewport: { width: 1280, height: 900 } }, { viewport: { width: 400, height: 800 }, colorScheme: "dark" }]) {
    const { page, complaints } = await open(launched, pathToFileURL(join(classes, "report.html")).href, options);
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), ["curves", "evaluation", "accuracy-curves", "accuracy-evaluation", "frontier", "accuracy-frontier"]);
    const rows = await numbers(page, "accuracy-evaluation");
    const expected = json.best.rules.flatMap((choice) => choice.curves.filter((curve) => curve.evaluation && curve.accuracy).flatMap((curve) => curve.median.map((median, k) => [choice.rule, String(curve.update[k]), String(median)])));
    assert.ok(expected.length >= 8);
    assert.deepEqual(rows.map((row) => [row[0], row[1], row[7]]), expected);
    const heads = await page.$$eval("#summary thead th", (all) => all.map((head) => head.textContent));
    assert.ok(heads.includes("accuracy") && heads.includes("evaluation accuracy"), heads.join());
    assert.match(await page.textContent("#steps thead"), /accuracy/);
    assert.ok((await page.$$eval(".caveat", (all) => all.map((one) => one.textContent))).some((text) => text.includes("chosen by the accuracy of evaluation trials under seeds 1, 2,")));
    await page.locator("#recordings summary").click();
    await page.waitForSelector("#recordings tbody tr");
    const files = await page.$$eval("#recordings tbody tr", (all) => all.map((row) => row.children[row.children.length - 1].textContent));
    assert.deepEqual(files, json.members.flatMap((member) => member.recordings));
    assert.equal(files.length, 8);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= options.viewport.width);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});
