// The page of a sweep: the cost of locality over all settings, the effect of each setting on each
// rule, and all numbers.
import * as Plot from "@observablehq/plot";
import { type Cell, type Chart, element, figure, table } from "./figure.ts";
import { counted, human, listed, loss, shorten, tick } from "./format.ts";
import { ruleColour, ruleDash } from "./palette.ts";
import { fileName } from "./result_view.ts";
import { endLabels, kNarrow, legend, legendHeight, logDomain, logTicks, plot } from "./svg.ts";
import { type Line, type Sweep, bearsOn, frontier, quantile, shortPath } from "./sweep_data.ts";

function named(line: Line): string {
  return line.label === "" ? line.rule : `${line.rule} (${line.label})`;
}

function frontierTakeaway(sweep: Sweep): string {
  const front = frontier(sweep.lines);
  const local = front.find((line) => line.violations === 0);
  const best = front[front.length - 1];
  if (!best) return "No member that learns ran to its end.";
  if (local === best) return `Nothing is bought with violations: ${named(best)} has the lowest median loss, ${loss(best.median)}, and none.`;
  const without = local ? `Without violations the best is ${named(local)}, at a median loss of ${loss(local.median)}` : "No setting is free of violations";
  return `${without}; ${human(best.violations)} violations a trial bring ${loss(best.median)} (${named(best)}).`;
}

function onFrontier(sweep: Sweep): string {
  const front = frontier(sweep.lines);
  const names = front.map((line) => line.rule).filter((rule, i, all) => rule !== all[i - 1]);
  return `${front.length} of ${counted(sweep.lines.length, "point")} lie on the frontier, with more and more violations: ${listed(names)}.`;
}

function frontierChart(sweep: Sweep): Chart {
  const shown = sweep.lines.filter((line) => line.median > 0);
  const front = frontier(shown);
  const draw = (width: number) => {
    const top = legendHeight(sweep.rules.length, width) + 14;
    const most = Math.max(1, ...shown.map((line) => line.violations));
    const domain = logDomain(shown.flatMap((line) => [line.q25, line.q75]));
    const ticks = [0, ...Array.from({ length: 12 }, (_, i) => 10 ** i).filter((x) => x <= most * 1.5)];
    const drawn = plot({
      width,
      height: top + (width < kNarrow ? 300 : 360),
      marginLeft: 52,
      marginRight: 24,
      marginTop: top,
      marginBottom: 40,
      x: { type: "symlog", domain: [0, most * 1.3], label: "messages a trial that break locality →", labelAnchor: "right", labelArrow: "none", ticks: width < kNarrow ? ticks.filter((_, i) => i % 2 === 0) : ticks, tickFormat: tick, insetLeft: 14 },
      y: { type: "log", domain, inset: 10, label: "loss at the end, less is better", grid: true, ticks: logTicks(domain, 5), tickFormat: loss },
      symbol: { type: "identity" } as never,
      marks: [
        Plot.line(front, { x: "violations", y: "median", curve: "step-after", stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "4 3" }),
        Plot.ruleX(shown, { x: "violations", y1: "q25", y2: "q75", stroke: (d: Line) => ruleColour(d.index), strokeOpacity: 0.5 }),
        Plot.dot(shown, { x: "violations", y: "median", r: 4.5, fill: (d: Line) => ruleColour(d.index), symbol: (d: Line) => (d.violations === 0 ? "circle" : "diamond"), stroke: "var(--paper)", strokeWidth: 0.7, title: (d: Line) => `${named(d)}\nmedian loss ${loss(d.median)} (${loss(d.q25)} to ${loss(d.q75)})\n${human(d.violations)} violations a trial` }),
      ],
    });
    legend(drawn, sweep.rules.map((name, index) => ({ name, index })), width);
    return drawn;
  };
  return {
    id: "frontier",
    title: "The locality frontier",
    takeaway: onFrontier(sweep),
    how: "A point is one combination of settings under one rule: the median over its seeds, with a line from the first to the third quartile. The dashed line joins those that nothing beats in both loss and violations. ● without violations, ◆ with some.",
    columns: ["rule", ...sweep.json.axes.map((axis) => axis.path), "seeds", "completed", "mean", "25 %", "median", "75 %", "messages a trial", "violations a trial"],
    rows: sweep.lines.map((l) => [l.rule, ...l.settings, l.seeds, l.completed, l.mean, l.q25, l.median, l.q75, l.messages, l.violations]),
    draw,
  };
}

interface Point {
  value: string;
  number: number;
  rule: string;
  index: number;
  median: number;
}

/// The loss by the values of one axis, over everything else that varies.
function axisChart(sweep: Sweep, a: number): Chart | undefined {
  const axis = sweep.json.axes[a]!;
  if (axis.values.length < 2) return undefined;
  const numeric = axis.values.every((value) => Number.isFinite(Number(value)));
  const points: Point[] = sweep.rules.flatMap((rule, index) =>
    axis.values.flatMap((value) => {
      const losses = sweep.json.members
        .filter((member) => member.settings[a] === `${axis.path}=${value}`)
        .flatMap((member) => member.rules.filter((digest) => digest.rule === rule && digest.status === "COMPLETED").map((digest) => Number(digest.last)));
      const median = quantile(losses, 0.5);
      return Number.isFinite(median) ? [{ value, number: Number(value), rule, index, median }] : [];
    }),
  );
  if (points.length === 0) return undefined;
  const concerned = points.filter((point) => bearsOn(axis.path, point.rule, sweep.rules));
  const best = [...(concerned.length > 0 ? concerned : points)].sort((x, y) => x.median - y.median)[0]!;
  const positive = points.every((point) => point.number > 0);
  const domain = logDomain(points.map((point) => point.median));
  const draw = (width: number) => {
    const marginRight = width < kNarrow ? 92 : 120;
    const height = 320;
    const numbers = points.map((point) => point.number);
    const spread = Math.max(...numbers) / Math.min(...numbers);
    const drawn = plot({
      width,
      height,
      marginLeft: 52,
      marginRight,
      marginTop: 24,
      marginBottom: 40,
      x: numeric
        ? { type: positive && spread > 8 ? "log" : "linear", label: `${axis.path} →`, labelAnchor: "right", labelArrow: "none", ticks: axis.values.map(Number), tickFormat: (x: number) => String(x), inset: 10 }
        : { type: "point", domain: axis.values, label: axis.path, labelArrow: "none" },
      y: { type: "log", domain, inset: 8, label: "median loss at the end", grid: true, ticks: logTicks(domain, 5), tickFormat: loss },
      marks: sweep.rules.flatMap((rule, index) => {
        const own = points.filter((point) => point.rule === rule && point.median > 0);
        const x = numeric ? "number" : "value";
        return [
          Plot.lineY(own, { x, y: "median", stroke: ruleColour(index), strokeDasharray: ruleDash(index) ?? "none", strokeWidth: 2, sort: numeric ? x : null }),
          Plot.dot(own, { x, y: "median", fill: ruleColour(index), r: 3.5, title: (d: Point) => `${d.rule}, ${axis.path} = ${d.value}: ${loss(d.median)}` }),
        ];
      }),
    });
    const y = drawn.scale("y");
    const ends = sweep.rules.flatMap((rule, index) => {
      const own = points.filter((point) => point.rule === rule && point.median > 0).sort((p, q) => (numeric ? p.number - q.number : 0));
      const last = own[own.length - 1];
      return last && y ? [{ name: rule, y: Number(y.apply(last.median)), colour: ruleColour(index) }] : [];
    });
    drawn.append(endLabels(ends, width - marginRight, 24, height - 40, width < kNarrow ? 11 : 15));
    return drawn;
  };
  return {
    id: `axis-${a}`,
    title: `By ${shortPath(axis.path)}`,
    takeaway: `${best.rule} does best, at ${shortPath(axis.path)} = ${best.value}: a median loss of ${loss(best.median)}.`,
    how: sweep.json.axes.length > 1 ? "Medians over the seeds and over all values of the other settings." : "Medians over the seeds.",
    columns: [axis.path, "rule", "median loss at the end"],
    rows: points.map((point) => [point.value, point.rule, point.median]),
    draw,
  };
}

export function sweepView(sweep: Sweep): HTMLElement[] {
  const { json } = sweep;
  const file = `${fileName(json.model)}-sweep`;
  const failures = json.members.filter((member) => member.failure !== "");
  const left = json.members.filter((member) => member.failure === "" && member.rules.length === 0).length;
  const seeds = new Set(json.members.map((member) => member.seed)).size;
  const parts = [counted(json.members.length, "member"), counted(seeds, "seed"), ...json.axes.map((axis) => `${axis.path}: ${axis.values.join(", ")}`)];
  if (left > 0) parts.push(`${left} not run yet`);
  const made: HTMLElement[] = [
    element("header", {}, element("p", { class: "kind" }, "locus: a sweep"), element("h1", {}, json.model), element("p", { class: "subtitle" }, parts.join(" · ")), element("p", { class: "headline" }, frontierTakeaway(sweep))),
  ];
  if (sweep.lines.length > 0) made.push(figure(frontierChart(sweep), file));
  json.axes.forEach((_, a) => {
    const chart = axisChart(sweep, a);
    if (chart) made.push(figure(chart, file));
  });
  const columns = ["rule", ...json.axes.map((axis) => axis.path), "completed", "mean loss", "25 %", "median", "75 %", "messages", "violations"];
  const rows: Cell[][] = sweep.lines.map((l) => [shorten(l.rule, 28), ...l.settings, `${l.completed}/${l.seeds}`, loss(l.mean), loss(l.q25), loss(l.median), loss(l.q75), human(l.messages), human(l.violations)]);
  const summary = table(columns, rows);
  summary.classList.add("comparison");
  made.push(
    element("section", { id: "summary", "aria-labelledby": "summary-title" }, element("h2", { id: "summary-title" }, "Every combination"), element("p", { class: "takeaway" }, "Losses at the end, over seeds that were completed; messages and violations are means, a trial."), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "summary-title" }, summary)),
  );
  if (failures.length > 0) {
    const items = failures.slice(0, 100).map((member) => element("li", {}, `${listed(member.settings)}, seed ${member.seed}: ${member.failure}`));
    made.push(element("section", { id: "failures", "aria-labelledby": "failures-title" }, element("h2", { id: "failures-title" }, `${counted(failures.length, "member")} failed`), element("ul", { class: "notes" }, ...items)));
  }
  const list = [["SHA-256 of the model", json.modelSha256], ["Program", `locus ${json.version} (${json.commit || "commit unknown"})`], ...(json.level ? [["Arithmetic", json.level] as const] : []), ["Schema", json.schema]] as const;
  made.push(element("section", { id: "provenance", "aria-labelledby": "provenance-title" }, element("h2", { id: "provenance-title" }, "Where this comes from"), element("dl", {}, ...list.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))));
  return made;
}
