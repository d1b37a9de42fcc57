// The page of a result: its main sentences, the picture, the comparison, one figure for each
// question, and the origin of the data.
import { accuracyChart, confusionChart } from "./charts/accuracy.ts";
import { type JsonActivity, activityCharts } from "./charts/activity.ts";
import { alignmentChart, matrixChart } from "./charts/alignment.ts";
import { channelChart } from "./charts/channels.ts";
import { chipChart } from "./charts/chip.ts";
import { energyChart } from "./charts/energy.ts";
import { lagChart } from "./charts/lags.ts";
import { loadsChart } from "./charts/loads.ts";
import { lossChart } from "./charts/losses.ts";
import { meshChart } from "./charts/mesh.ts";
import { memoryChart } from "./charts/memory.ts";
import { networkChart } from "./charts/network.ts";
import { ratesChart } from "./charts/rates.ts";
import { reachChart } from "./charts/reach.ts";
import { omissionNotes, singularChart } from "./charts/singular.ts";
import { timelineChart } from "./charts/timeline.ts";
import { tradeChart } from "./charts/trade.ts";
import { type Result, type Rule, recurrentRank } from "./data.ts";
import { differences, ends, headline, pairOf, statusWord } from "./facts.ts";
import { type Cell, type Chart, element, figure, scrolling, table } from "./figure.ts";
import { bytes, counted, human, loss, percent, shorten } from "./format.ts";
import { fileName, reading, ruleNames } from "./reading.ts";
import { stepsSection } from "./steps_view.ts";

function subtitle(result: Result): string {
  const outline = result.json.outline;
  const parts: string[] = [];
  if (outline) {
    const count = (kind: string) => outline.populations.filter((population) => population.kind === kind).reduce((sum, population) => sum + population.size, 0);
    const spiking = outline.populations.filter((population) => population.kind === "rate" && population.lif).reduce((sum, population) => sum + population.size, 0);
    const rate = count("rate") - spiking;
    const neurons = [...(rate > 0 || spiking === 0 ? [counted(rate, "rate neuron")] : []), ...(spiking > 0 ? [counted(spiking, "spiking neuron")] : [])];
    parts.push(`${counted(count("input"), "input")}, ${neurons.join(", ")}, ${counted(count("readout"), "readout")}`);
    const training = outline.training;
    if (training) parts.push(`${counted(training.ticks, "tick")} a trial, ${counted(training.batch, "trial")} an update, ${counted(training.updates, "update")}`);
  }
  if (result.rules.length > 1) parts.push(`${counted(result.rules.length, "rule")}, each from the same weights and on the same data`);
  return parts.join(" · ");
}

/// The part of the gradient that a rule with errors over wires of their own leaves out.
function lostBy(local: Rule, result: Result): string | undefined {
  if (local.kind !== "rflo" && local.kind !== "eprop:random") return undefined;
  const given = (result.json.outline?.givenFeedback ?? []).includes(local.name);
  const wires = given ? "errors come over wires that the model gives, which may be aligned with the task" : "errors come over wires that need not match the output weights";
  return `${wires}, and what a neuron does to the others' future is left out`;
}

function balance(result: Result): HTMLElement | undefined {
  const pair = pairOf(result);
  if (!pair) return undefined;
  const all = differences(pair);
  const { local, reference } = pair;
  const better = ends(local, reference).includes("lower");
  const card = (verdict: "saves" | "gives up", title: string, none: string) => {
    const own = all.filter((difference) => difference.verdict === verdict);
    const item = (words: string, what: string, pair: string) => element("li", {}, element("strong", {}, words), ` ${what}`, element("span", { class: "pair" }, ` ${pair}`));
    const items = own.map((difference) => item(difference.words, difference.what, `${difference.local} against ${difference.reference}`));
    const lost = verdict === "gives up" ? lostBy(local, result) : undefined;
    if (lost) items.push(item("the exact gradient", "of the loss", `${lost}${own.length === 0 ? "; here that costs nothing that is measured, and what it costs elsewhere depends on those wires and on the task" : ""}`));
    return element("section", { class: `card ${verdict.replace(" ", "-")}`, "aria-label": title }, element("h2", {}, title), items.length > 0 ? element("ul", {}, ...items) : element("p", {}, none));
  };
  const equal = all.filter((difference) => difference.verdict === "equal").map((difference) => difference.what);
  const made = element(
    "div",
    { class: "balance" },
    card("saves", `What ${local.name} ${better ? "saves and gains" : "saves"} beside ${reference.name}`, "Nothing."),
    card("gives up", `What ${local.name} gives up`, "Nothing that is measured here."),
  );
  if (equal.length > 0) made.append(element("p", { class: "equal" }, `The same for both: ${equal.join("; ")}.`));
  return made;
}

/// The columns of the comparison; that of accuracies only where trials have classes.
export function comparisonColumns(result: Result): string[] {
  const accuracy = hasAccuracy(result) ? ["accuracy"] : [];
  return ["rule", "updates", "loss at the start", "loss at the end", ...accuracy, "rank", "effective rank", "messages", "in space", "in time", "furthest lag", "stalled ticks", "history", "traces"];
}

function hasAccuracy(result: Result): boolean {
  return result.rules.some((rule) => Number.isFinite(rule.accuracy));
}

export function comparisonRows(result: Result): Cell[][] {
  return result.rules.map((rule) => {
    const rank = recurrentRank(rule);
    const status = rule.status === "COMPLETED" ? "" : ` (${statusWord(rule.status)})`;
    return [
      shorten(rule.name, 28) + status,
      rule.updates,
      loss(rule.first),
      loss(rule.last),
      ...(hasAccuracy(result) ? [percent(rule.accuracy)] : []),
      rank ? rank.rank : "–",
      rank ? rank.effective.toFixed(2) : "–",
      human(rule.messages),
      human(rule.spatial),
      human(rule.temporal),
      rule.maxLag,
      human(rule.stalled),
      bytes(rule.history),
      bytes(rule.traces),
    ];
  });
}

function comparison(result: Result): HTMLElement {
  const made = table(comparisonColumns(result), comparisonRows(result));
  made.classList.add("comparison");
  const group = (text: string, span: number) => element("th", { colspan: String(span), scope: "colgroup", class: "group" }, text);
  made.querySelector("thead")?.prepend(element("tr", {}, element("td"), group("learning", hasAccuracy(result) ? 4 : 3), group("learnt: recurrent weights", 2), group("messages a trial: in all, and that break locality", 5), group("kept by a trial", 2)));
  const notes = [...result.rules.filter((rule) => rule.message !== "").map((rule) => `${rule.name}: ${rule.message}`), ...omissionNotes(result)].map((note) => element("li", {}, note));
  return element(
    "section",
    { id: "comparison", "aria-labelledby": "comparison-title" },
    element("h2", { id: "comparison-title" }, "The rules side by side"),
    element("p", { class: "takeaway" }, result.window > 1 ? `Losses at the start and at the end are means of ${result.window} updates.` : "Losses are those of the first and of the last update."),
    scrolling(made, { "aria-labelledby": "comparison-title" }),
    ...(notes.length > 0 ? [element("ul", { class: "notes" }, ...notes)] : []),
  );
}

function provenance(result: Result): HTMLElement {
  const { json } = result;
  const training = json.outline?.training;
  const entries: [string, string][] = [
    ["Model", json.model],
    ["SHA-256 of the model", json.modelSha256],
    ...(json.provenance?.files ?? []).filter((file) => file.name !== "").map((file): [string, string] => [`SHA-256 of ${file.name}`, file.sha256]),
    ["Seed", json.seed],
    ["Program", `locus ${json.version} (${json.commit || "commit unknown"})`],
    ...(json.provenance?.level ? [["Arithmetic", json.provenance.level] as [string, string]] : []),
    ...(json.provenance?.sha256 ? [["SHA-256 of all that it depends on", json.provenance.sha256] as [string, string]] : []),
    ["Schema", json.schema],
  ];
  if (json.outline) entries.push(["Task", json.outline.task === "recorded" ? "recorded trials" : json.outline.task.replace("_", " and ")]);
  if (training) {
    entries.push(
      ["Training", `${training.loss.toLowerCase()} loss, ${training.ticks} ticks, batch ${training.batch}, ${training.updates} updates, weights change ${training.commit === "EVERY_TICK" ? "every tick" : "at the end of a batch"}`],
      ["Learning rate", training.learningRate === undefined ? "each projection's own" : String(training.learningRate)],
      ["Optimizer", training.optimizer?.adam ? "Adam" : training.optimizer?.sgd?.momentum ? "momentum" : "gradient descent"],
      ["Locality budget", training.locality.toLowerCase()],
    );
  }
  const list = element("dl", {}, ...entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
  const prints = table(["rule", "row of the rule table", "fingerprint"], result.rules.map((rule) => [rule.name, rule.kind, rule.fingerprint]));
  return element(
    "section",
    { id: "provenance", "aria-labelledby": "provenance-title" },
    element("h2", { id: "provenance-title" }, "Where this comes from"),
    list,
    scrolling(prints, { "aria-label": "Fingerprints of the rules" }),
    element("p", {}, "A fingerprint stands for every loss, weight and count of a rule's run; it is the same for any number of threads."),
  );
}

export function resultView(result: Result, activity: JsonActivity[] = []): HTMLElement[] {
  const charts: (Chart | undefined)[] = [lossChart(result), accuracyChart(result), confusionChart(result), tradeChart(result), lagChart(result), channelChart(result), singularChart(result), alignmentChart(result), matrixChart(result), memoryChart(result), ratesChart(result), chipChart(result), loadsChart(result), timelineChart(result), meshChart(result), energyChart(result), ...activityCharts(result, activity), networkChart(result)];
  const file = fileName(result.json.model);
  const { caveats, steps } = result.finding;
  const header = element("header", {}, element("p", { class: "kind" }, "locus: learning rules as counted messages"), element("h1", {}, result.json.model), element("p", { class: "subtitle" }, subtitle(result)), element("p", { class: "headline" }, headline(result)), ...ruleNames(steps), ...caveats.map((caveat) => element("p", { class: "caveat" }, caveat)));
  const made: HTMLElement[] = [header];
  const stepTable = stepsSection(steps, 1);
  if (stepTable) made.push(stepTable);
  const saved = balance(result);
  if (saved) made.push(saved);
  if (result.rules.length === 0) return made;
  made.push(figure(reachChart(result), file), reading(result.rules), comparison(result));
  for (const chart of charts) if (chart && chart.rows.length > 0) made.push(figure(chart, file));
  made.push(provenance(result));
  return made;
}
