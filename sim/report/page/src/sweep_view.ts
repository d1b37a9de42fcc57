// The page of a sweep: what it found, what each step down in locality costs, the curves, the
// frontier, the effect of each setting, and every combination and member in a table.
import { axisChart } from "./charts/sweep_axis.ts";
import { curvesChart } from "./charts/sweep_curves.ts";
import { accuracyFrontierChart, energyFrontierChart, frontierChart } from "./charts/sweep_frontier.ts";
import { element, figure, folded, scrolling } from "./figure.ts";
import { bytes, counted, human, joules, loss, percent, seconds, shorten } from "./format.ts";
import { fileName, reading, ruleNames } from "./reading.ts";
import { type SortCell, numberCell, sortable, textCell } from "./sortable.ts";
import { stepsSection } from "./steps_view.ts";
import { type JsonMember, type Line, type Sweep, valueIn } from "./sweep_data.ts";

function scroll(id: string, inside: HTMLElement): HTMLElement {
  return scrolling(inside, { "aria-labelledby": `${id}-title` });
}

function section(id: string, title: string, ...inside: HTMLElement[]): HTMLElement {
  return element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), ...inside);
}

/// A column of the table of combinations; shown if any line has a value.
interface Column {
  name: string;
  of: (line: Line) => number;
  show: (x: number) => string;
}

/// In the order of summary.csv.
const kColumns: Column[] = [
  { name: "mean", of: (l) => l.loss.mean, show: loss },
  { name: "SEM", of: (l) => l.loss.sem, show: loss },
  { name: "25 %", of: (l) => l.loss.q25, show: loss },
  { name: "median", of: (l) => l.loss.median, show: loss },
  { name: "75 %", of: (l) => l.loss.q75, show: loss },
  { name: "evaluation", of: (l) => l.evaluation.median, show: loss },
  { name: "accuracy", of: (l) => l.accuracy.median, show: percent },
  { name: "evaluation accuracy", of: (l) => l.evaluationAccuracy.median, show: percent },
  { name: "messages", of: (l) => l.messages, show: human },
  { name: "violations", of: (l) => l.violations, show: human },
  { name: "kept", of: (l) => l.kept, show: bytes },
  ...([["rank", "rank", human], ["effective rank", "effective_rank", human], ["packets", "packets", human], ["of learning", "learning_packets", human], ["hops", "hops", human], ["busiest link", "busiest_link", human], ["energy", "energy_pj", joules], ["time", "time_ns", seconds]] as const).map(([name, column, show]) => ({ name, of: (l: Line) => l.means.get(column) ?? NaN, show })),
];

function combinations(sweep: Sweep): HTMLElement {
  const has = (name: string) => sweep.lines.some((line) => Number.isFinite(kColumns.find((column) => column.name === name)!.of(line)));
  const shown = kColumns.filter((column) => ["mean", "median", "messages", "violations"].includes(column.name) || has(column.name));
  const columns = [...sweep.json.axes.map((axis) => axis.path), "rule", "done", ...shown.map((column) => column.name)];
  const rows = sweep.lines.map((l): SortCell[] => [
    ...l.settings.map((value) => textCell(value)),
    textCell(shorten(l.rule, 28)),
    { text: `${l.completed}/${l.seeds}`, value: l.seeds > 0 ? l.completed / l.seeds : NaN },
    ...shown.map((column) => numberCell(column.of(l), column.show)),
  ]);
  const said = ["Losses at the end, over seeds that were completed; SEM: standard error of the mean."];
  if (has("evaluation")) said.push("Evaluation: median loss of trials that are not learnt from.");
  if (has("accuracy") || has("evaluation accuracy")) said.push("Accuracies are medians.");
  said.push("Counts are means, a trial; summary.csv has all spreads. A heading sorts.");
  return section("summary", "Every combination", element("p", { class: "takeaway" }, said.join(" ")), scroll("summary", sortable(columns, rows)));
}

function members(sweep: Sweep): HTMLElement {
  const classes = sweep.lines.some((line) => line.accuracy.count > 0 || line.evaluationAccuracy.count > 0);
  const columns = [...sweep.json.axes.map((axis) => axis.path), "seed", "rule", "loss", ...(classes ? ["accuracy", "evaluation accuracy"] : []), "violations", "page"];
  const rows = sweep.lines.flatMap((line) =>
    line.points.map((point): SortCell[] => [
      ...line.settings.map((value) => textCell(value)),
      textCell(point.seed),
      textCell(shorten(line.rule, 28)),
      numberCell(point.last, loss),
      ...(classes ? [numberCell(Number(point.digest.accuracy ?? NaN), percent), numberCell(Number(point.digest.evaluationAccuracy ?? NaN), percent)] : []),
      numberCell(point.digest.violations, human),
      textCell(point.page ? "open" : "–", point.page),
    ]),
  );
  const open = folded(`All ${rows.length} of them`, () => scroll("members", sortable(columns, rows)));
  return section("members", "Every member", element("p", { class: "takeaway" }, "A member is one run: one combination under one seed, on a page of its own. members.csv has all of them, with their folders."), open, ...recordings(sweep));
}

/// The files of recordings, member by member; none where the model has no records.
function recordings(sweep: Sweep): HTMLElement[] {
  const kept = sweep.json.members.filter((member) => (member.recordings ?? []).length > 0);
  if (kept.length === 0) return [];
  const rows = kept.flatMap((member) => member.recordings!.map((file) => [...member.settings.map(valueIn), member.seed, file]));
  const columns = [...sweep.json.axes.map((axis) => axis.path), "seed", "file"];
  const cells = () => rows.map((row) => row.map((cell) => textCell(cell)));
  return [folded(`${counted(rows.length, "recording")} in the members' folders`, () => scroll("recordings", sortable(columns, cells())), "recordings")];
}

function groups(json: Sweep["json"]): HTMLElement[] {
  const byCause = new Map<string, JsonMember[]>();
  for (const member of json.members) if (member.failure !== "") byCause.set(member.failure, [...(byCause.get(member.failure) ?? []), member]);
  const failed = [...byCause.values()].reduce((sum, group) => sum + group.length, 0);
  const ended = new Map<string, { count: number; message: string }>();
  for (const member of json.members) {
    for (const digest of member.rules.filter((one) => one.status !== "COMPLETED")) {
      const key = `${digest.rule} ${digest.status.toLowerCase().replace("_", " ")}`;
      ended.set(key, { count: (ended.get(key)?.count ?? 0) + 1, message: ended.get(key)?.message ?? digest.message ?? "" });
    }
  }
  const items = [...byCause].slice(0, 100).map(([cause, all]) => element("li", {}, `${counted(all.length, "member")}: ${cause} (first: ${[...all[0]!.settings, `seed ${all[0]!.seed}`].join(", ")})`));
  const early = [...ended].map(([what, { count, message }]) => element("li", {}, `${what} in ${counted(count, "member")}${message === "" ? "" : `, the first: ${message}`}`));
  const made: HTMLElement[] = [];
  if (items.length > 0) made.push(section("failures", `${counted(failed, "member")} failed`, element("ul", { class: "notes" }, ...items)));
  if (early.length > 0) made.push(section("early", "Rules that ended early", element("ul", { class: "notes" }, ...early)));
  if ((json.notes ?? []).length > 0) made.push(section("notes", "Notes", element("ul", { class: "notes" }, ...json.notes!.map((note) => element("li", {}, note)))));
  return made;
}

export function sweepView(sweep: Sweep): HTMLElement[] {
  const { json } = sweep;
  const file = `${fileName(json.model)}-sweep`;
  const left = json.members.filter((member) => member.failure === "" && member.rules.length === 0).length;
  const varied = json.axes.map((axis) => `${axis.path}: ${axis.values.join(", ")}`);
  const parts = [counted(json.members.length, "member"), counted(sweep.seeds.length, "seed"), ...varied];
  if (left > 0) parts.push(`${left} not run yet`);
  const shownSeeds = json.best ? json.best.reportingSeeds.length : sweep.seeds.length;
  const { headline, caveats, steps } = sweep.finding;
  const made: HTMLElement[] = [
    element(
      "header",
      {},
      element("p", { class: "kind" }, "locus: learning rules as counted messages, over many runs"),
      element("h1", {}, json.model),
      element("p", { class: "subtitle" }, parts.join(" · ")),
      element("p", { class: "headline" }, headline || "No member that learns ran to its end."),
      ...ruleNames(steps),
      ...caveats.map((caveat) => element("p", { class: "caveat" }, caveat)),
    ),
  ];
  const stepTable = stepsSection(steps, shownSeeds);
  if (stepTable) made.push(stepTable);
  const charts = [curvesChart(sweep, false), curvesChart(sweep, true), curvesChart(sweep, false, true), curvesChart(sweep, true, true), frontierChart(sweep), accuracyFrontierChart(sweep), energyFrontierChart(sweep), ...json.axes.map((_, a) => axisChart(sweep, a))];
  for (const chart of charts) if (chart && chart.rows.length > 0) made.push(figure(chart, file));
  made.push(reading(sweep.lines.filter((line, i, all) => all.findIndex((other) => other.rule === line.rule) === i).map((line) => ({ name: line.rule, kind: line.kind }))));
  made.push(combinations(sweep), members(sweep), ...groups(json));
  const list = [["SHA-256 of the model", json.modelSha256], ["Program", `locus ${json.version} (${json.commit || "commit unknown"})`], ...(json.level ? [["Arithmetic", json.level] as const] : []), ["Schema", json.schema]] as const;
  made.push(section("provenance", "Where this comes from", element("dl", {}, ...list.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))));
  return made;
}
