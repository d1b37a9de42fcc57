// The page of a sweep: what it found, what each step down in locality costs, the curves, the
// frontier, the effect of each setting, and every combination and member in a table.
import { axisChart } from "./charts/sweep_axis.ts";
import { curvesChart } from "./charts/sweep_curves.ts";
import { energyFrontierChart, frontierChart } from "./charts/sweep_frontier.ts";
import { element, figure } from "./figure.ts";
import { caveatsOf, headlineOf } from "./finding.ts";
import { bytes, counted, human, joules, loss, seconds, shorten } from "./format.ts";
import { fileName, reading, ruleNames } from "./reading.ts";
import { type SortCell, numberCell, sortable, textCell } from "./sortable.ts";
import { stepsSection } from "./steps_view.ts";
import { type JsonMember, type Sweep, candidatesOf } from "./sweep_data.ts";

function scroll(id: string, inside: HTMLElement): HTMLElement {
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": `${id}-title` }, inside);
}

function section(id: string, title: string, ...inside: HTMLElement[]): HTMLElement {
  return element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), ...inside);
}

function combinations(sweep: Sweep): HTMLElement {
  const evaluated = sweep.lines.some((line) => Number.isFinite(line.evaluation));
  const chip = sweep.lines.some((line) => Number.isFinite(line.packets));
  const estimated = sweep.lines.some((line) => Number.isFinite(line.energy));
  const columns = ["rule", ...sweep.json.axes.map((axis) => axis.path), "done", "median", "25 %", "75 %", "mean", "SEM", ...(evaluated ? ["evaluation"] : []), "messages", "violations", "kept", ...(chip ? ["packets"] : []), ...(estimated ? ["energy", "time"] : [])];
  const rows = sweep.lines.map((l): SortCell[] => [
    textCell(shorten(l.rule, 28)),
    ...l.settings.map((value) => textCell(value)),
    { text: `${l.completed}/${l.seeds}`, value: l.completed },
    ...[l.median, l.q25, l.q75, l.mean, l.sem, ...(evaluated ? [l.evaluation] : [])].map((x) => numberCell(x, loss)),
    ...[l.messages, l.violations].map((x) => numberCell(x, human)),
    numberCell(l.kept, bytes),
    ...(chip ? [numberCell(l.packets, human)] : []),
    ...(estimated ? [numberCell(l.energy, joules), numberCell(l.time, seconds)] : []),
  ]);
  const said = element("p", { class: "takeaway" }, `Losses at the end, over seeds that were completed; SEM: standard error of the mean.${evaluated ? " Evaluation: median loss of trials that are not learnt from." : ""} Counts are means, a trial. A heading sorts.`);
  return section("summary", "Every combination", said, scroll("summary", sortable(columns, rows)));
}

function members(sweep: Sweep): HTMLElement {
  const columns = ["rule", ...sweep.json.axes.map((axis) => axis.path), "seed", "loss", "violations", "page"];
  const rows = sweep.lines.flatMap((line) =>
    line.points.map((point): SortCell[] => [
      textCell(shorten(line.rule, 28)),
      ...line.settings.map((value) => textCell(value)),
      textCell(point.seed),
      numberCell(point.last, loss),
      numberCell(point.digest.violations, human),
      textCell(point.page ? "open" : "–", point.page),
    ]),
  );
  const open = element("details", {}, element("summary", {}, `All ${rows.length} of them`));
  open.addEventListener("toggle", () => {
    if (open.open && !open.querySelector("table")) open.append(scroll("members", sortable(columns, rows)));
  });
  return section("members", "Every member", element("p", { class: "takeaway" }, "A member is one run: one combination under one seed, on a page of its own. members.csv has all of them, with their folders."), open);
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
  const candidates = candidatesOf(sweep);
  const shownSeeds = json.best ? json.best.reportingSeeds.length : sweep.seeds.length;
  const incomplete = sweep.chosen.lines.filter((line) => line.completed < line.seeds).map((line) => ({ name: line.rule, completed: line.completed, seeds: line.seeds }));
  const caveats = caveatsOf(candidates, { seeds: shownSeeds, settings: sweep.chosen.settings, incomplete, givenFeedback: json.givenFeedback ?? [] });
  const made: HTMLElement[] = [
    element(
      "header",
      {},
      element("p", { class: "kind" }, "locus: learning rules as counted messages, over many runs"),
      element("h1", {}, json.model),
      element("p", { class: "subtitle" }, parts.join(" · ")),
      element("p", { class: "headline" }, headlineOf(candidates) || "No member that learns ran to its end."),
      ...ruleNames(candidates),
      ...caveats.map((caveat) => element("p", { class: "caveat" }, caveat)),
    ),
  ];
  const steps = stepsSection(candidates, shownSeeds);
  if (steps) made.push(steps);
  const charts = [curvesChart(sweep, false), curvesChart(sweep, true), frontierChart(sweep), energyFrontierChart(sweep), ...json.axes.map((_, a) => axisChart(sweep, a))];
  for (const chart of charts) if (chart && chart.rows.length > 0) made.push(figure(chart, file));
  made.push(reading(sweep.lines.filter((line, i, all) => all.findIndex((other) => other.rule === line.rule) === i).map((line) => ({ name: line.rule, kind: line.kind }))));
  made.push(combinations(sweep), members(sweep), ...groups(json));
  const list = [["SHA-256 of the model", json.modelSha256], ["Program", `locus ${json.version} (${json.commit || "commit unknown"})`], ...(json.level ? [["Arithmetic", json.level] as const] : []), ["Schema", json.schema]] as const;
  made.push(section("provenance", "Where this comes from", element("dl", {}, ...list.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))));
  return made;
}
