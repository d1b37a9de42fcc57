// The report page in a real browser: every chart drawn, its numbers those of result.json, usable by keyboard, in the dark, on a narrow screen, on
// paper, and safe with names that mean harm.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, folder, locus, numbers, open, renamed, root, run } from "./browser.mjs";

const kFigures = ["reach", "losses", "trade", "lags", "channels", "singular", "memory", "network"];
const kNonLocal = new Set(["TRANSPORT", "ADJOINT", "INFLUENCE", "GATHER", "CLIP"]);

let launched;
let result;
let sparse;
let chip;
before(async () => {
  launched = await browser();
  chip = run("models/chip.txtpb", "--updates", "20");
  result = run("models/student_teacher.txtpb");
  sparse = run("models/sparse.txtpb", "--updates", "100");
});
after(() => launched.close());

function close(actual, expected, what) {
  assert.ok(Math.abs(Number(actual) - expected) <= 1e-9 * Math.abs(expected), `${what}: ${actual} is not ${expected}`);
}

test("draws every chart without a complaint and asks nobody for anything", async () => {
  for (const { address } of [result, sparse]) {
    const { page, complaints } = await open(launched, address);
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), kFigures);
    for (const id of kFigures) {
      const { marks, width, height, label } = await page.$eval(`#${id} .canvas svg`, (svg) => {
        const box = svg.getBoundingClientRect();
        return { marks: svg.querySelectorAll("path, rect, circle, line").length, width: box.width, height: box.height, label: svg.getAttribute("aria-label") };
      });
      assert.ok(marks >= 4 && width > 300 && height > 60, `${id} is drawn: ${marks} marks, ${width} x ${height}`);
      assert.ok(label.length > 20, `${id} says what it shows`);
      assert.ok(!/NaN|undefined|Infinity/.test(await page.$eval(`#${id}`, (figure) => figure.outerHTML)), `${id} holds only numbers`);
    }
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("shows how rules compare at the same weights", async () => {
  const compared = run("models/student_teacher.txtpb", "--updates", "20", "--compare", "10");
  for (const options of [{}, { viewport: { width: 400, height: 800 } }, { colorScheme: "dark" }]) {
    const { page, complaints } = await open(launched, compared.address, options);
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), [...kFigures.slice(0, 6), "alignment", "alignments", ...kFigures.slice(6)]);
    const all = compared.json.runs.flatMap((each) => each.alignment.map((one) => ({ run: each.rule, ...one })));
    const rows = await numbers(page, "alignment");
    assert.equal(rows.length, Math.min(500, all.length));
    rows.forEach(([of, update, rule, other, projection, cosine, ratio, signs], i) => {
      const one = all[i];
      assert.deepEqual([of, update, rule, other, projection], [one.run, String(one.update), one.rule, one.with, one.projection || "all"]);
      close(cosine, one.cosine, "cosine");
      close(ratio, one.normRatio, "norm ratio");
      close(signs, one.signAgreement, "sign agreement");
    });
    for (const [of, rule, other, mean, points] of await numbers(page, "alignments")) {
      const pair = all.filter((one) => one.run === of && one.projection === "" && [one.rule, one.with].includes(rule) && [one.rule, one.with].includes(other));
      close(mean, pair.reduce((sum, one) => sum + one.cosine, 0) / pair.length, `${rule} with ${other}`);
      assert.equal(Number(points), pair.length);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing is wider than the page");
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("shows a rule whose feedback learns along its own run alone", async () => {
  const { json, address } = run("models/learned_feedback.txtpb", "--updates", "4", "--compare", "2");
  const { page, complaints } = await open(launched, address);
  const rows = await numbers(page, "alignments");
  for (const ran of json.runs) {
    const compared = new Set(rows.filter((row) => row[0] === ran.rule).flatMap((row) => [row[1], row[2]]));
    for (const name of ["learns", "learns and decays"]) assert.equal(compared.has(name), ran.rule === name, `${name} along ${ran.rule}`);
    assert.ok(compared.has("bptt") && compared.has("fixed"));
  }
  assert.match(await page.textContent("#alignments"), /A rule whose feedback learns is compared along its own run alone/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("shows the numbers of result.json", async () => {
  const { page } = await open(launched, result.address);
  const runs = result.json.runs;
  const perTrial = (run, count) => Number(count) / Number(run.ledger.trials);
  const sum = (run, matches) => run.ledger.entries.filter(matches).reduce((total, entry) => total + perTrial(run, entry.messages), 0);
  const named = (name) => runs.find((run) => run.rule === name);

  const losses = await numbers(page, "losses");
  assert.equal(losses.length, 500); // the first 500 of them
  for (const [rule, update, loss] of losses) assert.equal(Number(loss), named(rule).losses[Number(update)]);

  for (const [rule, lag, near, far] of await numbers(page, "reach")) {
    const at = (breaks) => (entry) => entry.lag === Number(lag) && kNonLocal.has(entry.channel) === breaks;
    close(near, sum(named(rule), at(false)), `${rule}, lag ${lag}, near`);
    close(far, sum(named(rule), at(true)), `${rule}, lag ${lag}, far`);
  }
  const byChannel = await numbers(page, "channels");
  assert.equal(byChannel.length, runs.length * 9);
  for (const [rule, channel, wires, messages] of byChannel) {
    close(messages, sum(named(rule), (entry) => entry.channel === channel), `${rule}, ${channel}`);
    assert.equal(wires === "non-local", kNonLocal.has(channel));
  }
  let lagMessages = 0;
  for (const [, , , messages] of await numbers(page, "lags")) lagMessages += Number(messages);
  close(lagMessages, runs.reduce((total, run) => total + perTrial(run, run.ledger.messages), 0), "messages by lag, together");

  for (const [rule, violations, spatial, temporal, loss, depth] of await numbers(page, "trade")) {
    close(violations, perTrial(named(rule), named(rule).ledger.violations), `${rule}: violations`);
    close(spatial, perTrial(named(rule), named(rule).ledger.spatialViolations), `${rule}: in space`);
    close(temporal, perTrial(named(rule), named(rule).ledger.temporalViolations), `${rule}: in time`);
    const last = named(rule).losses.slice(-10);
    close(loss, last.reduce((total, x) => total + x, 0) / 10, `${rule}: loss at the end`);
    assert.equal(Number(depth), named(rule).depth);
  }
  for (const [rule, history, traces] of await numbers(page, "memory")) {
    assert.equal(history, named(rule).ledger.historyBytes);
    assert.equal(traces, named(rule).ledger.traceBytes);
  }
  const singular = await numbers(page, "singular");
  assert.equal(singular.length, runs.flatMap((run) => run.rank.flatMap((rank) => rank.singularValues)).length);
  for (const [projection, rule, order, value] of singular)
    assert.equal(Number(value), named(rule).rank.find((rank) => rank.projection === projection).singularValues[Number(order) - 1]);
  assert.deepEqual(await numbers(page, "network"), [
    ["B", "in", "rec", "32", "yes", "0.005"],
    ["W", "rec", "rec", "64", "yes", "0.005"],
    ["A", "rec", "out", "32", "yes", "0.005"],
  ]);
  const text = await page.textContent("#provenance");
  for (const part of [result.json.modelSha256, result.json.commit, ...runs.map((run) => run.fingerprint)]) assert.ok(text.includes(part), part);
  await page.close();
});

test("draws the numbers that it lists", async () => {
  const { page } = await open(launched, result.address);
  // Memory: bars as long as their bytes. Reach: as many bars as lags with messages, on each side.
  const bars = await page.$$eval('#memory g[aria-label="bar"] rect', (rects) => rects.map((rect) => Number(rect.getAttribute("width"))).filter((width) => width > 0));
  const kept = result.json.runs.flatMap((run) => [Number(run.ledger.historyBytes), Number(run.ledger.traceBytes)]).filter((size) => size > 0);
  assert.equal(bars.length, kept.length);
  bars.forEach((width, i) => assert.ok(Math.abs(width / bars[0] - kept[i] / kept[0]) < 0.02 * (kept[i] / kept[0]), `bar ${i}`));
  const sides = await page.$$eval('#reach g[aria-label="rect"]', (groups) =>
    groups.map((group) => [...group.querySelectorAll("rect")].filter((rect) => Number(rect.getAttribute("height")) > 0).length),
  );
  const lags = (breaks) =>
    result.json.runs.flatMap((run) => [...new Set(run.ledger.entries.filter((entry) => kNonLocal.has(entry.channel) === breaks).map((entry) => entry.lag))]).length;
  const near = sides.filter((_, i) => i < sides.length / 2).reduce((total, count) => total + count, 0);
  const far = sides.filter((_, i) => i >= sides.length / 2).reduce((total, count) => total + count, 0);
  assert.deepEqual([near, far], [lags(false), lags(true)]);
  await page.close();
});

test("says what the figures carry", async () => {
  const { page } = await open(launched, result.address);
  const { runs } = result.json;
  const last = (name) => runs.find((run) => run.rule === name).losses.slice(-10).reduce((total, x) => total + x, 0);
  const headline = await page.textContent(".headline");
  assert.match(headline, /^rflo ends lowest, at a loss of [\d.]+, with no message that breaks locality\. Beside bptt, giving up messages back in time costs /);
  assert.match(await page.textContent(".names"), /^bptt is backpropagation through time, .* and rflo is random feedback local online learning; how they work is said below\.$/);
  const caveats = await page.$$eval(".caveat", (all) => all.map((one) => one.textContent));
  assert.match(caveats[0], /^One seed: /);
  assert.match(caveats[1], /^The feedback of rflo and eprop:random is given by the model, not drawn/);
  assert.match(await page.textContent(".card.gives-up"), /the exact gradient of the loss/);
  const ratio = Number(headline.match(/giving up non-local wires as well costs nothing: rflo ends at ([\d.]+) times the loss/)[1]);
  assert.ok(Math.abs(ratio - last("rflo") / last("bptt")) < 0.006);
  // The steps, with the numbers of result.json.
  const steps = await page.$$eval("#steps tbody tr", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(steps.map(([held, name]) => [held, name]), [["may look back in time", "bptt"], ["stays in the present, any wire", "rtrl"], ["breaks no locality", "rflo"], ["has not learnt yet", "–"]]);
  assert.equal(Number(steps[2][2]), Number((last("rflo") / 10).toPrecision(4)));
  assert.equal(steps[2][5], "0", "violations");
  assert.match(await page.textContent("#reach-takeaway"), /bptt reaches 19 ticks into the past; rflo and eprop:random stay in the present and on local wires\./);
  await page.close();
});

test("is read and used by keyboard", async () => {
  const { page } = await open(launched, result.address, { acceptDownloads: true });
  assert.equal(await page.$$eval("h1", (all) => all.length), 1);
  assert.equal(await page.getAttribute("html", "lang"), "en");
  const visited = [];
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const active = document.activeElement;
      if (!active || active === document.body) return null;
      const style = getComputedStyle(active);
      return { name: active.getAttribute("aria-label") ?? active.textContent, visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, figure: active.closest("figure")?.id };
    });
    if (!here) break;
    assert.ok(here.visible, `the focus is seen on ${here.name}`);
    visited.push(here);
  }
  for (const id of kFigures) assert.deepEqual(visited.filter((here) => here.figure === id).length, 3, `numbers, CSV and SVG of ${id}`);
  await page.locator("#memory summary").focus();
  await page.keyboard.press("Enter");
  await page.locator("#memory table").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#memory button").first().press("Enter")]);
  assert.equal(download.suggestedFilename(), "student_teacher-memory.csv");
  const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\n");
  assert.equal(lines[0], "rule,history in bytes,traces in bytes");
  assert.equal(lines[3], "rflo,0,768");
  await page.close();
});

test("gives each chart as an SVG that stands alone", async () => {
  const { page } = await open(launched, result.address, { acceptDownloads: true });
  for (const id of kFigures) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#${id} button`).last().click()]);
    const text = readFileSync(await download.path(), "utf8");
    assert.ok(text.startsWith("<?xml"));
    assert.ok(!text.includes("var(--"), `${id} leans on no style sheet`);
    const faults = await page.evaluate((svg) => new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("parsererror").length, text);
    assert.equal(faults, 0, `${id} is well formed`);
  }
  await page.close();
});

/// The lowest contrast (WCAG 2) of any text with the page behind it, and where.
function lowestContrast() {
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) && (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * c, 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length >= 3 && (colour[3] ?? 1) > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  let lowest = { ratio: 99, where: "" };
  for (const element of document.querySelectorAll("h1, h2, p, li, td, th, dt, dd, summary, button, figcaption, svg text")) {
    if (element.closest("#channels svg") || !element.textContent.trim()) continue; // its numbers stand on colours
    const style = getComputedStyle(element);
    const [one, two] = [luminance(parse(element.tagName === "text" ? style.fill : style.color)), luminance(behind(element))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < lowest.ratio) lowest = { ratio, where: element.textContent.slice(0, 40) };
  }
  return lowest;
}

test("draws the cycles of the mesh by tick, as result.json has them", async () => {
  const replayed = run("models/chip.txtpb", "--updates", "4", "--set", "chip.network.flit_bits=16", "--set", "chip.network.queue_flits=8", "--set", "chip.network.policy=DROP");
  for (const options of [{}, { viewport: { width: 400, height: 900 } }, { colorScheme: "dark" }]) {
    const { page, complaints } = await open(launched, replayed.address, options);
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), [...kFigures.slice(0, -1), "chip", "loads", "timeline", "mesh", "energy", "network"]);
    const rows = await numbers(page, "mesh");
    const all = replayed.json.runs.flatMap((each) => each.chip.network.ticks.map((tick) => ({ rule: each.rule, trials: Number(each.chip.network.trials), ...tick })));
    assert.equal(rows.length, all.length);
    const place = (core) => (core < 0 ? "the host" : `core ${core}`);
    rows.forEach(([rule, tick, forward, learning, most, packets, latency, largest, lost, blocked, queue, before, flits, over], i) => {
      const one = all[i];
      assert.deepEqual([rule, tick, most, largest, queue, flits], [one.rule, one.tick, one.mostCycles, one.largestLatency, one.peakQueue, one.busiestFlits].map(String));
      close(forward, Number(one.forwardCycles) / one.trials, "forward cycles");
      close(learning, Number(one.learningCycles) / one.trials, "learning cycles");
      close(packets, Number(one.packets) / one.trials, "packets");
      close(latency, Number(one.latency) / Number(one.packets), "latency");
      close(lost, Number(one.lostPackets) / one.trials, "lost packets");
      close(blocked, Number(one.blocked) / one.trials, "blocked cycles");
      assert.equal(before, `${place(one.peakLink.from)} to ${place(one.peakLink.to)}`);
      assert.equal(over, `${place(one.busiestLink.from)} to ${place(one.busiestLink.to)}`);
    });
    // a bar's height is the tick's cycles, on one scale for each rule
    const bars = await page.$$eval("#mesh .canvas svg rect", (found) => found.flatMap((bar) => (bar.querySelector("title") ? [{ title: bar.querySelector("title").textContent, height: Number(bar.getAttribute("height")) }] : [])));
    const expected = all.flatMap((one) => [["forward", Number(one.forwardCycles) / one.trials], ["learning", Number(one.learningCycles) / one.trials]].map(([what, cycles]) => ({ of: `${one.rule}, tick ${one.tick}: `, what, cycles })));
    const highest = (of, rule, value) => Math.max(...of.filter((one) => (one.of ?? one.title).startsWith(`${rule}, tick `)).map(value));
    for (const one of expected.filter((each) => each.cycles > 0)) {
      const rule = one.of.split(", tick")[0];
      const scale = highest(bars, rule, (bar) => bar.height) / highest(expected, rule, (each) => each.cycles);
      const bar = bars.find(({ title }) => title.startsWith(one.of) && title.endsWith(` of ${one.what}`));
      assert.ok(bar && Math.abs(bar.height - scale * one.cycles) < 1e-6 * scale * one.cycles + 1e-6, `${one.of}${one.what}`);
    }
    // the busiest link of each tick is a dot, as high as its flits, and says which link it is
    const dots = await page.$$eval('#mesh .canvas g[aria-label="dot"] circle', (found) => found.map((dot) => ({ title: dot.querySelector("title").textContent, y: dot.getBoundingClientRect().y })));
    assert.equal(dots.length, all.length);
    const [lowest, highestDot] = [all.reduce((a, b) => (Number(b.busiestFlits) < Number(a.busiestFlits) ? b : a)), all.reduce((a, b) => (Number(b.busiestFlits) > Number(a.busiestFlits) ? b : a))];
    assert.ok(Number(lowest.busiestFlits) < Number(highestDot.busiestFlits), "loads differ");
    const heightOf = (one) => dots[all.indexOf(one)].y;
    const perFlit = (heightOf(lowest) - heightOf(highestDot)) / (Number(highestDot.busiestFlits) - Number(lowest.busiestFlits));
    assert.ok(perFlit > 0);
    all.forEach((one, i) => {
      assert.ok(dots[i].title.startsWith(`${one.rule}, tick ${one.tick}: `) && dots[i].title.endsWith(` flits, ${place(one.busiestLink.from)} to ${place(one.busiestLink.to)}`), dots[i].title);
      assert.ok(Math.abs(heightOf(lowest) - dots[i].y - perFlit * (Number(one.busiestFlits) - Number(lowest.busiestFlits))) < 0.1, dots[i].title);
    });
    assert.match(await page.textContent("#mesh-takeaway"), /Forward packets keep the mesh busy for .* cycles a trial, learning for .* under bptt/);
    const said = (await page.textContent("#mesh-takeaway")).match(/No link has more than ([\d,.]+k?) flits in a step under (\S+) \((.*), tick (\d+)\)/);
    assert.deepEqual(said.slice(1), [Number(highestDot.busiestFlits).toLocaleString("en"), highestDot.rule, `${place(highestDot.busiestLink.from)} to ${place(highestDot.busiestLink.to)}`, String(highestDot.tick)]);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= (options.viewport?.width ?? 1300));
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("draws the chip, its links as thick as result.json says they are loaded", async () => {
  for (const width of [1200, 400]) {
    const { page, complaints } = await open(launched, chip.address, { viewport: { width, height: 900 } });
    assert.deepEqual(await page.$$eval("figure", (figures) => figures.map((figure) => figure.id)), [...kFigures.slice(0, -1), "chip", "loads", "timeline", "energy", "network"]);
    const { runs } = chip.json;
    const expected = new Map(runs.map((run) => [run.rule, new Map()]));
    for (const run of runs) {
      for (const link of run.chip.links) {
        const ends = [link.from, link.to].sort((a, b) => a - b).join(" ");
        expected.get(run.rule).set(ends, (expected.get(run.rule).get(ends) ?? 0) + Number(link.packets) / Number(run.ledger.trials));
      }
    }
    const lines = await page.$$eval("#chip .canvas svg line", (all) => all.map((line) => ({ width: Number(line.getAttribute("stroke-width")), title: line.querySelector("title").textContent })));
    assert.equal(lines.length, [...expected.values()].reduce((sum, links) => sum + links.size, 0));
    const thickest = Math.max(...lines.map((line) => line.width));
    for (const [rule, links] of expected) {
      const own = lines.filter((line) => line.title.startsWith(`${rule}: `));
      assert.ok(Math.abs(Math.max(...own.map((line) => line.width)) - thickest) < 1e-6, `${rule} has a scale of its own`);
      assert.ok((await page.textContent("#chip .canvas")).includes("thickest line: "));
      assert.equal(own.length, links.size);
    }
    for (const line of lines) {
      const [, rule, a, b] = line.title.match(/^(\S+): \S+ packets a trial between (host|core \d+) and core (\d+)$/);
      const packets = expected.get(rule).get(`${a === "host" ? -1 : a.slice("core ".length)} ${b}`);
      const most = Math.max(...expected.get(rule).values());
      assert.ok(Math.abs(line.width - Math.max(1.2, (thickest * packets) / most)) < 1e-6, line.title);
    }
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    const rows = await numbers(page, "chip");
    const all = runs.flatMap((run) => run.chip.links.map((link) => [run.rule, link, Number(link.packets) / Number(run.ledger.trials)]));
    assert.equal(rows.length, all.length);
    rows.forEach(([rule, from, to, packets], i) => {
      assert.deepEqual([rule, from, to], [all[i][0], all[i][1].from < 0 ? "host" : `core ${all[i][1].from}`, all[i][1].to < 0 ? "host" : `core ${all[i][1].to}`]);
      close(packets, all[i][2], `${rule}, ${from} to ${to}`);
    });
    const loads = await numbers(page, "loads");
    loads.forEach(([rule, packets, unicast, onCore, hops, unicastHops, link, over, peak, tick, lag], i) => {
      const { chip: counts, ledger } = runs[i];
      const trials = Number(ledger.trials);
      assert.equal(rule, runs[i].rule);
      close(packets, Number(counts.packets) / trials, `${rule}: packets`);
      close(unicast, Number(counts.unicastPackets) / trials, `${rule}: unicast`);
      close(Number(unicast) + Number(onCore), Number(ledger.messages) / trials, `${rule}: unicast packets and messages on a core are all messages`);
      close(hops, Number(counts.hops) / trials, `${rule}: hops`);
      close(unicastHops, Number(counts.unicastHops) / trials, `${rule}: unicast hops`);
      assert.equal(link, [counts.busiestLink.from, counts.busiestLink.to].map((core) => (core < 0 ? "the host" : `core ${core}`)).join(" to "));
      close(over, Math.max(...counts.links.map((one) => Number(one.packets))) / trials, `${rule}: busiest link`);
      assert.deepEqual([peak, tick, lag], [counts.peak.packets, counts.peak.tick, counts.peak.lag].map(String));
    });
    // Tick by tick, and all ticks together are all packets.
    const ticks = await numbers(page, "timeline");
    const byTick = runs.flatMap(({ rule, chip: counts, ledger }) => counts.tickPackets.map((packets, k) => [rule, String(k + 1), String(Number(packets) / Number(ledger.trials)), String(Number(counts.stagePackets[k]) / Number(ledger.trials)), counts.tickPeaks[k]]));
    assert.deepEqual(ticks, byTick);
    for (const { rule, chip: counts } of runs) {
      const sum = [...counts.tickPackets, ...counts.stagePackets].reduce((all, packets) => all + Number(packets), 0);
      assert.equal(sum, Number(counts.packets), `${rule}: packets of all ticks`);
      assert.equal(Math.max(...counts.tickPeaks.map(Number)), Number(counts.peak.packets), `${rule}: peak`);
    }
    const energies = await numbers(page, "energy");
    for (const run of runs) {
      const own = energies.filter(([rule]) => rule === run.rule);
      close(own.reduce((sum, row) => sum + Number(row[2]), 0), run.chip.energy.picojoules / Number(run.ledger.trials), `${run.rule}: components are the whole`);
    }
    assert.match(await page.textContent("#energy-takeaway"), /less energy than bptt, saved at .*; the largest part that is left is /);
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("shows the losses of trials that are not learnt from", async () => {
  const evaluated = run("models/student_teacher.txtpb", "--set", "training.evaluation.every=50", "--set", "training.evaluation.trials=20");
  const expected = evaluated.json.runs.flatMap((one) => one.evaluations.map((point) => [one.rule, String(point.update), String(point.loss), "not learnt from"]));
  assert.ok(expected.length >= 9 * evaluated.json.runs.length, "evaluations there are");
  for (const colorScheme of ["light", "dark"]) {
    const { page, complaints } = await open(launched, evaluated.address, { acceptDownloads: true, colorScheme });
    assert.equal(await page.$$eval('#losses .canvas g[aria-label="dot"] circle', (circles) => circles.length), expected.length);
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await page.$eval('#losses .canvas g[aria-label="dot"]', (group) => getComputedStyle(group).fill), paper);
    assert.match(await page.textContent("#losses figcaption"), /Circles: the loss of trials that are not learnt from/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the data of “Learning” as CSV" }).click()]);
    const lines = readFileSync(await download.path(), "utf8").trim().split("\n").map((line) => line.split(","));
    assert.deepEqual(lines[0], ["rule", "update", "loss", "trials"]);
    assert.deepEqual(lines.filter((line) => line[3] === "not learnt from"), expected);
    assert.equal(lines.filter((line) => line[3] === "learnt from").length, evaluated.json.runs.reduce((sum, one) => sum + one.losses.length, 0));
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("shows how often spiking neurons fire, and nothing to trade for a rule alone", async () => {
  const spiking = run("models/evidence.txtpb", "--updates", "2");
  const { page, complaints } = await open(launched, spiking.address);
  const figures = await page.$$eval("figure", (all) => all.map((figure) => figure.id));
  assert.deepEqual(figures, ["reach", "losses", "accuracy", "confusion", "lags", "channels", "singular", "memory", "rates", "network"]);
  const rates = spiking.json.runs.flatMap((one) => one.rates.map((rate) => [one.rule, rate.population, String(rate.firstHz), String(rate.lastHz)]));
  assert.equal(rates.length, 2);
  assert.deepEqual(await numbers(page, "rates"), rates);
  assert.match(await page.textContent(".subtitle"), /40 inputs, 100 spiking neurons, 2 readouts/);
  assert.match(await page.textContent("#provenance"), /OptimizerAdam/);
  const cut = await page.$$eval(".canvas svg text", (texts) => texts.filter((text) => text.textContent && text.getBoundingClientRect().right > text.closest("figure").getBoundingClientRect().right + 1).map((text) => text.textContent));
  assert.deepEqual(cut, [], "no label is cut");
  assert.deepEqual(complaints, []);
  await page.close();
});

test("is dark where dark is asked for, and has contrast in both", async () => {
  const backgrounds = [];
  for (const colorScheme of ["light", "dark"]) {
    const { page, complaints } = await open(launched, result.address, { colorScheme });
    backgrounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    const lowest = await page.evaluate(lowestContrast);
    assert.ok(lowest.ratio >= 4.5, `${colorScheme}: ${lowest.ratio.toFixed(2)} at “${lowest.where}”`);
    assert.deepEqual(complaints, []);
    await page.close();
  }
  assert.deepEqual(backgrounds, ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]);
});

/// Texts of a figure's drawing that lie on each other.
function overlaps() {
  const hit = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
  return [...document.querySelectorAll("figure")].flatMap((figure) => {
    const boxes = [...figure.querySelectorAll(".canvas svg text")].filter((text) => text.textContent).map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
    return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) => hit(one.box, other.box)).map((other) => `${figure.id}: ${one.text} ${other.text}`));
  });
}

test("fits 400 pixels", async () => {
  for (const { address } of [result, sparse, chip]) {
    const { page, complaints } = await open(launched, address, { viewport: { width: 400, height: 800 } });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
    const outside = await page.$$eval(".canvas svg text", (texts) => texts.filter((text) => text.textContent && (text.getBoundingClientRect().right > 400 || text.getBoundingClientRect().left < 0)).map((text) => text.textContent));
    assert.deepEqual(outside, [], "no label is cut");
    const small = await page.$$eval(".canvas svg text", (texts) => {
      const scaleOf = (svg) => svg.getBoundingClientRect().width / svg.width.baseVal.value;
      return texts.filter((text) => parseFloat(getComputedStyle(text).fontSize) * scaleOf(text.closest(".canvas > svg")) < 9.5).map((text) => text.textContent);
    });
    assert.deepEqual(small, [], "no label is too small");
    assert.deepEqual(await page.evaluate(overlaps), [], "no label lies on another");
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test("colours a rule alike on every page, and says what is left out", async () => {
  const colours = [];
  for (const rules of [["rflo", "bptt"], ["eprop", "tbptt:1", "rflo"]]) {
    const some = run("models/unaligned.txtpb", "--updates", "12", ...rules.flatMap((rule) => ["--rule", rule]));
    const { page, complaints } = await open(launched, some.address);
    const position = rules.indexOf("rflo");
    colours.push(await page.$$eval('#losses .canvas g[aria-label="line"]', (lines, at) => lines[at].getAttribute("stroke"), position));
    assert.deepEqual(complaints, []);
    await page.close();
  }
  assert.equal(colours[0], colours[1]);
  const large = run("models/unaligned.txtpb", "--updates", "2", "--set", "network.populations[rec].size=600", "--rule", "rflo");
  assert.ok(large.json.runs[0].rankOmissions.length > 0);
  const { page } = await open(launched, large.address);
  assert.match(await page.textContent("#comparison .notes"), /W is left out: both sides exceed 512 \(600 x 600\); --rank computes them\./);
  await page.close();
});

test("keeps the names of channels apart at any width", async () => {
  for (const width of [600, 720, 900, 1200]) {
    const { page } = await open(launched, result.address, { viewport: { width, height: 900 } });
    const overlaps = await page.$$eval("#channels .canvas svg text", (texts) => {
      const boxes = texts.filter((text) => text.textContent).map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
      const hit = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
      return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) => hit(one.box, other.box)).map((other) => `${one.text} ${other.text}`));
    });
    assert.deepEqual(overlaps, [], `${width} pixels`);
    await page.close();
  }
});

test("prints light, without what only a screen can do", async () => {
  const { page } = await open(launched, result.address, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  assert.equal(await page.locator("#reach button").first().isVisible(), false);
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 20000);
  assert.ok((pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length >= 3);
  await page.close();
});

test("takes a name for a name, whatever it says", async () => {
  const name = "</script><script>window.hurt=1</script><b>x</b><!-- &amp; ]]>";
  const hostile = run(renamed("models/tiny.txtpb", name));
  const { page, complaints } = await open(launched, hostile.address);
  assert.equal(await page.textContent("h1"), name);
  assert.equal(await page.title(), `${name} - locus`);
  assert.equal(await page.$$eval("b", (all) => all.length), 0);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.deepEqual(complaints, []);
  // And were there a way in, the page's policy would not run what came.
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.hurt = 2";
    document.body.append(script);
  });
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.equal(complaints.length, 1);
  assert.match(complaints[0], /Content Security Policy/);
  await page.close();
});

test("shows runs that diverged, broke a budget, learn nothing, or are alone", async () => {
  const broken = run("models/tiny.txtpb", "--locality", "any", "--rule", "none");
  const { page, complaints } = await open(launched, broken.address);
  assert.match(await page.textContent(".headline"), /No rule that learns ran to its end/);
  assert.deepEqual(complaints, []);
  await page.close();
  const alone = run("models/unaligned.txtpb", "--rule", "rflo", "--updates", "20");
  const second = await open(launched, alone.address);
  assert.match(await second.page.textContent(".headline"), /^rflo ends at a loss of [\d.]+, with no message that breaks locality\.$/);
  assert.deepEqual(second.complaints, []);
  await second.page.close();
});

test("is made again by `locus report`, to the byte", () => {
  const before = readFileSync(`${result.out}/report.html`);
  locus("report", result.out);
  assert.deepEqual(readFileSync(`${result.out}/report.html`), before);
});

/// The numbers of an .npy, and its shape.
function array(path) {
  const bytes = readFileSync(path);
  const head = bytes.subarray(10, 192).toString("latin1");
  const shape = head.match(/'shape': \(([^)]*)\)/)[1].split(",").filter((size) => size.trim() !== "").map(Number);
  const values = Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => bytes.readDoubleLE(192 + 8 * i));
  return { shape, at: (...index) => values[index.reduce((sum, k, i) => sum * shape[i] + k, 0)] };
}

test("draws what was recorded: outputs beside targets, neurons over time, principal components", async () => {
  const model = join(folder, "recorded.txtpb");
  const records = ['quantity: ACTIVITY population: "rec"', 'quantity: OUTPUT population: "out"', 'quantity: ERROR population: "out"'];
  writeFileSync(model, readFileSync(join(root, "models/sines.txtpb"), "utf8") + records.map((record) => `record { ${record} first_update: 8 }\n`).join(""));
  const recorded = run(model, "--updates", "10", "--rule", "bptt", "--rule", "rflo");
  const { page, complaints } = await open(launched, recorded.address);
  const figures = await page.$$eval("figure", (all) => all.map((figure) => figure.id));
  assert.deepEqual(figures.slice(-4), ["outputs", "raster", "components", "network"]);
  const near = (actual, expected) => assert.ok(Math.abs(Number(actual) - expected) <= 1e-5 * Math.max(1e-6, Math.abs(expected)) + 1e-12, `${actual} is not ${expected}`);
  const read = (rule, name) => array(join(recorded.out, "record", rule, `${name}.npy`));
  const outputs = await numbers(page, "outputs");
  const [updates, ticks] = read("bptt", "out-output").shape;
  assert.equal(updates, 2);
  assert.equal(outputs.length, Math.min(500, 2 * ticks));
  for (const [rule, readout, tick, output, target] of outputs) {
    const value = read(rule, "out-output").at(1, Number(tick) - 1, 0, Number(readout));
    near(output, value);
    const error = read(rule, "out-error").at(1, Number(tick) - 1, 0, Number(readout));
    if (error !== 0) assert.ok(Math.abs(Number(target) - (value - error)) < 1e-4, `target at tick ${tick}`);
  }
  for (const [rule, , neuron, tick, value] of (await numbers(page, "raster")).slice(0, 100)) near(value, read(rule, "rec-activity").at(1, Number(tick) - 1, 0, Number(neuron)));
  // The plane of the components holds as much of the variance as the page says: no more than all, and their scores are uncorrelated.
  const places = (await numbers(page, "components")).filter(([rule]) => rule === "bptt").map(([, , one, two]) => [Number(one), Number(two)]);
  const sums = places.reduce(([a, b, c, d, e], [x, y]) => [a + x, b + y, c + x * y, d + x * x, e + y * y], [0, 0, 0, 0, 0]);
  assert.ok(Math.abs(sums[0]) < 1e-6 * Math.sqrt(sums[3] * places.length) && Math.abs(sums[2]) < 1e-4 * sums[3] && sums[3] >= sums[4]);
  assert.match(await page.textContent("#components-takeaway"), /^bptt: \d+ %, rflo: \d+ % of the variance/);
  assert.deepEqual(complaints, []);
  await page.close();
  const narrow = await open(launched, recorded.address, { viewport: { width: 400, height: 800 }, colorScheme: "dark" });
  assert.ok((await narrow.page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
  await narrow.page.close();
  const before = readFileSync(`${recorded.out}/report.html`);
  locus("report", recorded.out);
  assert.deepEqual(readFileSync(`${recorded.out}/report.html`), before, "`locus report` finds the recordings too");
  // Another run into the same folder has no recordings, and none are shown.
  locus("run", "models/tiny.txtpb", "--quiet", "--out", recorded.out);
  assert.ok(!readFileSync(`${recorded.out}/report.html`, "utf8").includes('"activity":'));
});
