// The page of a sweep: its figures drawn, its summary that of summary.csv (computed in the program, by other code), failures told.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
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
  assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), ["frontier", "axis-0", "axis-1"]);
  const [, ...lines] = readFileSync(join(out, "summary.csv"), "utf8").trimEnd().split("\n").map((line) => line.split(","));
  const rows = await numbers(page, "frontier");
  assert.equal(rows.length, 2 * 2 * 4);
  assert.equal(rows.length, lines.length);
  rows.forEach((row, i) => {
    const [rate, depth, rule, ...rest] = lines[i];
    assert.deepEqual(row.slice(0, 3), [rule, rate, depth]);
    row.slice(3).forEach((value, k) => assert.ok(Math.abs(Number(value) - Number(rest[k])) <= 1e-12 * Math.abs(Number(rest[k])), `${rule}: ${value} is not ${rest[k]}`));
  });
  // A setting of one rule is nobody else's: it neither names another rule's points nor has its best value there.
  const [one, other] = [await page.textContent("#axis-1 .takeaway"), await page.textContent(".headline")];
  assert.match(one, /^tbptt:1 does best, at depth = [13]: /);
  assert.doesNotMatch(other, /(bptt|rflo|eprop) \([^)]*depth/);
  const dots = await page.$$eval('#frontier g[aria-label="dot"] path', (paths) => paths.length);
  assert.equal(dots, rows.length);
  assert.match(await page.textContent("#failures"), /6 members failed.*training\.learning_rate is -1; must be finite and at least 0/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("fits 400 pixels, in the dark", async () => {
  const { page, complaints } = await open(launched, pathToFileURL(join(out, "report.html")).href, { viewport: { width: 400, height: 800 }, colorScheme: "dark" });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
  assert.deepEqual(complaints, []);
  await page.close();
});
