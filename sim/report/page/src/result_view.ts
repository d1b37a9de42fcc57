// The page of a result: its main sentences, the picture, the comparison, one figure for each
// question, and the origin of the data.
import { channelChart } from "./charts/channels.ts";
import { chipChart } from "./charts/chip.ts";
import { lagChart } from "./charts/lags.ts";
import { lossChart } from "./charts/losses.ts";
import { memoryChart } from "./charts/memory.ts";
import { networkChart } from "./charts/network.ts";
import { ratesChart } from "./charts/rates.ts";
import { reachChart } from "./charts/reach.ts";
import { singularChart } from "./charts/singular.ts";
import { tradeChart } from "./charts/trade.ts";
import { type Result, recurrentRank } from "./data.ts";
import { differences, ends, headline, pairOf, statusWord } from "./facts.ts";
import { type Cell, type Chart, element, figure, table } from "./figure.ts";
import { bytes, counted, human, listed, loss, shorten } from "./format.ts";

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

/// The long name of a rule and its method in one sentence, by row of the rule table.
const kRules: Record<string, [string, string]> = {
  none: ["no learning", "the network runs and nothing changes"],
  bptt: ["backpropagation through time", "when a trial is over, an agent that knows every neuron walks back through all its ticks: the exact gradient"],
  tbptt: ["truncated backpropagation through time", "the same walk, cut after a few ticks"],
  rflo: ["random feedback local online learning", "the error comes in over fixed wires of its own, and each synapse combines it with a trace that it keeps of the past"],
  eprop: ["e-prop", "traces as well; the error is weighted by the output synapses' own weights, which must be carried back to the neurons"],
  "eprop:random": ["e-prop with random feedback", "traces as well, and the error over fixed wires of its own"],
  rtrl: ["real-time recurrent learning", "the exact gradient without looking back: every neuron keeps how it depends on every synapse, and they tell each other at each tick"],
};

/// The part of the gradient that a rule without violations always leaves out, by row of the table.
const kLost: Record<string, string> = {
  rflo: "errors come over fixed wires that need not match the output weights, and what a neuron does to the others' future is left out",
  "eprop:random": "errors come over fixed wires that need not match the output weights, and what a neuron does to the others' future is left out",
};

/// Explanations for the rest of the page: the counts, and the names of the rules.
function reading(result: Result): HTMLElement {
  const kinds = result.rules.map((rule) => rule.kind).filter((kind, i, all) => all.indexOf(kind) === i && kRules[kind]);
  const named = (kind: string) => result.rules.filter((rule) => rule.kind === kind).map((rule) => shorten(rule.name, 24)).join(", ");
  return element(
    "section",
    { id: "reading", "aria-labelledby": "reading-title" },
    element("h2", { id: "reading-title" }, "How to read this page"),
    element(
      "p",
      {},
      "Here a network of neurons and synapses learns, and whatever one of them tells another is a message, which is counted. A message breaks locality ",
      element("strong", {}, "in space"),
      " where it needs a wire that no synapse has (one that carries its weight backwards, say), and ",
      element("strong", {}, "in time"),
      " where it is about a tick that is past: its lag says how many ticks ago. Brains are not known to have either, and chips built like them pay for both. Each such message is a violation; the loss, which learning lowers, tells what they buy.",
    ),
    element("dl", { class: "rules" }, ...kinds.flatMap((kind) => [element("dt", {}, named(kind)), element("dd", {}, element("strong", {}, kRules[kind]![0]), `: ${kRules[kind]![1]}`)])),
  );
}

/// The meaning of the names in the headline.
function names(result: Result): HTMLElement[] {
  const pair = pairOf(result);
  const said = pair ? [pair.reference, pair.local].filter((rule) => kRules[rule.kind]).map((rule) => `${rule.name} is ${kRules[rule.kind]![0]}`) : [];
  return said.length > 0 ? [element("p", { class: "names" }, `${listed(said)}; how they work is said below.`)] : [];
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
    const lost = verdict === "gives up" ? kLost[local.kind] : undefined;
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

export const comparisonColumns = ["rule", "updates", "loss at the start", "loss at the end", "rank", "effective rank", "messages", "in space", "in time", "furthest lag", "stalled ticks", "history", "traces"];

export function comparisonRows(result: Result): Cell[][] {
  return result.rules.map((rule) => {
    const rank = recurrentRank(rule);
    const status = rule.status === "COMPLETED" ? "" : ` (${statusWord(rule.status)})`;
    return [
      shorten(rule.name, 28) + status,
      rule.updates,
      loss(rule.first),
      loss(rule.last),
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
  const made = table(comparisonColumns, comparisonRows(result));
  made.classList.add("comparison");
  const group = (text: string, span: number) => element("th", { colspan: String(span), scope: "colgroup", class: "group" }, text);
  made.querySelector("thead")?.prepend(element("tr", {}, element("td"), group("learning", 3), group("learnt: recurrent weights", 2), group("messages a trial: in all, and that break locality", 5), group("kept by a trial", 2)));
  const notes = result.rules.filter((rule) => rule.message !== "").map((rule) => element("li", {}, `${rule.name}: ${rule.message}`));
  return element(
    "section",
    { id: "comparison", "aria-labelledby": "comparison-title" },
    element("h2", { id: "comparison-title" }, "The rules side by side"),
    element("p", { class: "takeaway" }, result.window > 1 ? `Losses at the start and at the end are means of ${result.window} updates.` : "Losses are those of the first and of the last update."),
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "comparison-title" }, made),
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
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Fingerprints of the rules" }, prints),
    element("p", {}, "A fingerprint stands for every loss, weight and count of a rule's run; it is the same for any number of threads."),
  );
}

/// A name in a form that fits into the name of a file.
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "locus";
}

export function resultView(result: Result): HTMLElement[] {
  const charts: (Chart | undefined)[] = [lossChart(result), tradeChart(result), lagChart(result), channelChart(result), singularChart(result), memoryChart(result), ratesChart(result), chipChart(result), networkChart(result)];
  const file = fileName(result.json.model);
  const header = element("header", {}, element("p", { class: "kind" }, "locus: learning rules as counted messages"), element("h1", {}, result.json.model), element("p", { class: "subtitle" }, subtitle(result)), element("p", { class: "headline" }, headline(result)), ...names(result));
  const made: HTMLElement[] = [header];
  const saved = balance(result);
  if (saved) made.push(saved);
  if (result.rules.length === 0) return made;
  made.push(figure(reachChart(result), file), reading(result), comparison(result));
  for (const chart of charts) if (chart && chart.rows.length > 0) made.push(figure(chart, file));
  made.push(provenance(result));
  return made;
}
