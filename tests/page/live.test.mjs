// The live page: fed while the run goes on, to its end and beyond, with what result.json says then.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, folder, numbers, open, program, root } from "./browser.mjs";

let launched;
before(async () => (launched = await browser()));
after(() => launched.close());

/// Runs that are to be seen while they go on take some seconds on an idle machine: a browser needs one to look.
/// Starts a run with a live page; its address, once it is printed, and a promise of its end.
async function start(out, ...options) {
  // The browser goes first where both want the processor: on a busy machine the run would end before anything is drawn of it.
  const run = spawn("nice", ["-n", "19", program, "run", "models/unaligned.txtpb", "--threads", "1", "--out", out, ...options, "--serve"], { cwd: root });
  const ended = new Promise((resolve) => run.on("exit", resolve));
  const first = await new Promise((resolve) => run.stdout.once("data", (text) => resolve(String(text).split("\n")[0])));
  assert.match(first, /^live: http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  return { run, ended, address: first.slice("live: ".length) };
}

test("follows the run, and stays when it has ended", async (context) => {
  const out = join(folder, "live");
  const { run, ended, address } = await start(out, "--updates", "200000", "--rule", "rflo", "--rule", "tbptt:1");
  context.after(() => run.kill("SIGKILL"));
  const page = await launched.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  const updates = async () => Number((await page.textContent("#status")).match(/, ([\d,]+) updates? of/)?.[1].replaceAll(",", "") ?? 0);
  await page.waitForFunction(() => /Live: rflo, [\d,]+ updates? of 200,000/.test(document.querySelector("#status")?.textContent ?? ""));
  const early = await updates();
  await page.locator("#memory summary").click();
  await page.waitForFunction((before) => !document.querySelector("#status").textContent.includes(`, ${before.toLocaleString("en")} updates`), early);
  assert.equal(await page.$$eval("#memory details[open]", (all) => all.length), 1, "what was opened stays open");
  assert.equal(await ended, 0);
  await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("The run has ended"));
  const json = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
  const text = await page.textContent("#provenance");
  for (const run of json.runs) assert.ok(text.includes(run.fingerprint), `${run.rule} is complete`);
  // Curves are thinned; what is said of their ends is what the report says.
  const report = await launched.newPage();
  await report.goto(pathToFileURL(join(out, "report.html")).href);
  for (const place of [".headline", ".comparison", ".balance"])
    assert.deepEqual(await page.$$eval(place, (all) => all.map((one) => one.textContent)), await report.$$eval(place, (all) => all.map((one) => one.textContent)), place);
  await report.close();
  const points = await numbers(page, "losses");
  const { rule, losses } = json.runs[0];
  const own = points.filter((row) => row[0] === rule); // of all of them: the table ends at 500 rows
  assert.ok(own.length >= 250 && own.length <= 500, `${own.length} points of ${losses.length}`);
  const stretch = Number(own[1][1]);
  const mean = losses.slice(0, stretch).reduce((sum, x) => sum + x, 0) / stretch;
  assert.ok(Math.abs(Number(own[0][2]) / mean - 1) < 1e-9, `${own[0][2]} is not ${mean}`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("goes from model to model", async (context) => {
  const { run, ended, address } = await start(join(folder, "several"), "models/student_teacher.txtpb", "--updates", "200000", "--rule", "rflo", "--quiet");
  context.after(() => run.kill("SIGKILL"));
  const page = await launched.newPage();
  await page.goto(address);
  const status = (start) => page.waitForFunction((text) => document.querySelector("#status")?.textContent.startsWith(text), start, { timeout: 120_000 });
  await status("Live: model 1 of 2, unaligned: rflo, ");
  await status("Live: model 2 of 2, student_teacher: ");
  assert.equal(await page.textContent("h1"), "student_teacher");
  assert.equal(await page.title(), "student_teacher - locus, live");
  assert.equal(await ended, 0);
  await status("The run has ended; this page shows what it left of model 2 of 2, student_teacher");
  await page.close();
});

test("says that a run was interrupted, and outlives it", async (context) => {
  const { run, ended, address } = await start(join(folder, "cut"), "--updates", "100000000", "--rule", "rflo", "--quiet");
  context.after(() => run.kill("SIGKILL"));
  const { page, complaints } = await open(launched, address);
  await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("Live: rflo, "));
  run.kill("SIGINT");
  assert.equal(await ended, 130);
  await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("The run was interrupted; this page shows what it left"));
  const rows = await numbers(page, "losses"); // nobody serves this page any more
  assert.ok(rows.length > 0);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("notices that the program is gone", async (context) => {
  const { run, ended, address } = await start(join(folder, "killed"), "--updates", "100000000", "--rule", "rflo", "--quiet");
  context.after(() => run.kill("SIGKILL"));
  const page = await launched.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.querySelector("#status")?.textContent.startsWith("Live: rflo, "));
  run.kill("SIGKILL");
  await ended;
  await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("The connection to the program has ended before"));
  await page.close();
});

test("answers nobody who does not know its address", async (context) => {
  const { run, ended, address } = await start(join(folder, "guarded"), "--updates", "1000000", "--quiet");
  context.after(() => run.kill("SIGKILL")); // were it to go on
  const wrong = address.replace(/[0-9a-f]{32}/, "0".repeat(32));
  assert.equal((await fetch(wrong)).status, 404);
  assert.equal((await fetch(address, { method: "POST" })).status, 405);
  // A page from elsewhere that knows the address all the same: its Origin gives it away.
  const page = await launched.newPage();
  await page.goto("about:blank");
  const opened = await page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  }), address.replace("http", "ws") + "live");
  assert.equal(opened, false);
  await page.close();
  run.kill("SIGINT");
  assert.equal(await ended, 130);
});
