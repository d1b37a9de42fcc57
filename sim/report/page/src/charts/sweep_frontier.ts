// Loss or accuracy against a cost, over all settings and rules of a sweep, with error bars over
// seeds. Small dots are single members, each linked to its page.
import * as Plot from "@observablehq/plot";
import type { Chart } from "../figure.ts";
import { counted, human, joules, listed, loss, percent, shorten, tick } from "../format.ts";
import { ruleColour } from "../palette.ts";
import { kNarrow, legend, legendHeight, logDomain, logTicks, plot } from "../svg.ts";
import { type Line, type Spread, type Sweep, frontier } from "../sweep_data.ts";

const kMostDots = 3000; // members that have a dot of their own

export function named(line: Line): string {
  return line.label === "" ? line.rule : `${line.rule} (${line.label})`;
}

/// What is drawn upwards: the loss, or the accuracy.
interface Worth {
  word: string;
  label: string;
  of(line: Line): Spread;
  ofMember(point: Line["points"][number]): number;
  show(x: number): string;
  less: boolean;  // true: less is better
}

const kLoss: Worth = { word: "loss", label: "loss at the end, less is better", of: (line) => line.loss, ofMember: (point) => point.last, show: loss, less: true };
const kAccuracy: Worth = { word: "accuracy", label: "accuracy at the end", of: (line) => line.accuracy, ofMember: (point) => Number(point.digest.accuracy ?? NaN), show: percent, less: false };
const kEvaluated: Worth = { word: "accuracy", label: "accuracy of evaluation trials", of: (line) => line.evaluationAccuracy, ofMember: (point) => Number(point.digest.evaluationAccuracy ?? NaN), show: percent, less: false };

/// A cost that it is drawn against.
interface Cost {
  label: string;
  of(line: Line): number;
  ofMember(point: Line["points"][number]): number;
  show(x: number): string;
  from0: boolean;  // the axis begins at 0, logarithmic from 1 on
}

const kViolations: Cost = {
  label: "messages a trial that break locality →",
  of: (line) => line.violations,
  ofMember: (point) => point.digest.violations,
  show: (x) => `${human(x)} violations a trial`,
  from0: true,
};

const kEnergy: Cost = {
  label: "energy a trial, estimated →",
  of: (line) => line.means.get("energy_pj") ?? NaN,
  ofMember: (point) => point.digest.chip?.picojoules ?? NaN,
  show: joules,
  from0: false,
};

interface Dot {
  x: number;
  y: number;
  index: number;
  page: string | undefined;
  text: string;
}

function dotsOf(lines: Line[], cost: Cost, worth: Worth): Dot[] {
  const all = lines.flatMap((line) => line.points.map((point) => ({ x: cost.ofMember(point), y: worth.ofMember(point), index: line.index, page: point.page, text: `${named(line)}, seed ${point.seed}: ${worth.word} ${worth.show(worth.ofMember(point))}, ${cost.show(cost.ofMember(point))}` })));
  return all.length > kMostDots ? [] : all.filter((dot) => (worth.less ? dot.y > 0 : Number.isFinite(dot.y)) && Number.isFinite(dot.x));
}

function chart(id: string, title: string, sweep: Sweep, cost: Cost, worth: Worth): Chart | undefined {
  const middle = (line: Line) => worth.of(line).median;
  const shown = sweep.lines.filter((line) => (worth.less ? middle(line) > 0 : Number.isFinite(middle(line))) && Number.isFinite(cost.of(line)));
  if (shown.length === 0) return undefined;
  const front = frontier(shown, cost.of, (line) => (worth.less ? middle(line) : -middle(line)));
  const dots = dotsOf(shown, cost, worth);
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const top = legendHeight(sweep.rules.length, width) + 14;
    const domain = logDomain([...shown.flatMap((line) => [worth.of(line).q25, worth.of(line).q75]), ...dots.map((dot) => dot.y)]);
    const most = Math.max(1, ...shown.map(cost.of), ...dots.map((dot) => dot.x));
    const powers = [0, ...Array.from({ length: 12 }, (_, i) => 10 ** i).filter((x) => x <= most * 1.5)];
    const span = logDomain([...shown.map(cost.of), ...dots.map((dot) => dot.x)]);
    const x: Plot.ScaleOptions = cost.from0
      ? { type: "symlog", domain: [0, most * 1.3], ticks: narrow ? powers.filter((_, i) => i % 2 === 0) : powers, tickFormat: tick }
      : { type: "log", domain: span, ticks: logTicks(span, narrow ? 3 : 6), tickFormat: cost.show };
    const y: Plot.ScaleOptions = worth.less ? { type: "log", domain, inset: 10, ticks: logTicks(domain, 5), tickFormat: loss } : { domain: [0, 1], inset: 6, ticks: 5, tickFormat: (part: number) => `${Math.round(100 * part)} %` };
    const drawn = plot({
      width,
      height: top + (narrow ? 300 : 360),
      marginLeft: 52,
      marginRight: 24,
      marginTop: top,
      marginBottom: 40,
      x: { ...x, label: cost.label, labelAnchor: "right", labelArrow: "none", insetLeft: 14, insetRight: 10 },
      y: { ...y, label: worth.label, grid: true },
      symbol: { type: "identity" } as never,
      marks: [
        Plot.line(front, { x: cost.of, y: middle, curve: "step-after", stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "4 3" }),
        Plot.dot(dots, { x: "x", y: "y", r: 2.6, fill: (d: Dot) => ruleColour(d.index), fillOpacity: 0.5, href: (d: Dot) => d.page ?? null, title: "text" }),
        Plot.ruleX(shown, { x: cost.of, y1: (d: Line) => worth.of(d).q25, y2: (d: Line) => worth.of(d).q75, stroke: (d: Line) => ruleColour(d.index), strokeWidth: 2, strokeOpacity: 0.7 }),
        Plot.dot(shown, { x: cost.of, y: middle, r: 5, fill: (d: Line) => ruleColour(d.index), symbol: (d: Line) => (d.violations === 0 ? "circle" : "diamond"), stroke: "var(--paper)", strokeWidth: 0.7, title: (d: Line) => `${named(d)}\nmedian ${worth.word} ${worth.show(middle(d))} (${worth.show(worth.of(d).q25)} to ${worth.show(worth.of(d).q75)})\n${cost.show(cost.of(d))}` }),
      ],
    });
    // The members' table has the same links for the keyboard.
    for (const link of drawn.querySelectorAll("a")) link.setAttribute("tabindex", "-1");
    legend(drawn, sweep.rules, width);
    return drawn;
  };
  const names = front.map((line) => shorten(line.rule, 24)).filter((rule, i, all) => rule !== all[i - 1]);
  const better = worth.less ? "less loss" : "more accuracy";
  return {
    id,
    title,
    takeaway: `${front.length} of ${counted(shown.length, "point")} ${front.length === 1 ? "lies" : "lie"} on the frontier, where nothing has both ${better} and less cost: ${listed(names)}.`,
    how: `A large point is one combination of settings under one rule: the median over its seeds, with a line from the first to the third quartile. ● without violations, ◆ with some. Small points are single members${dots.some((dot) => dot.page) ? "; each leads to its page" : ""}. The dashed line joins those that nothing beats.`,
    columns: [...sweep.json.axes.map((axis) => axis.path), "rule", "seeds", "completed", "mean", "25 %", "median", "75 %", "messages a trial", "violations a trial", ...(cost === kEnergy ? ["energy a trial in pJ"] : [])],
    rows: shown.map((l) => {
      const { mean, q25, median, q75 } = worth.of(l);
      return [...l.settings, l.rule, l.seeds, l.completed, mean, q25, median, q75, l.messages, l.violations, ...(cost === kEnergy ? [cost.of(l)] : [])];
    }),
    draw,
  };
}

export function frontierChart(sweep: Sweep): Chart | undefined {
  return chart("frontier", "The locality frontier", sweep, kViolations, kLoss);
}

/// Of evaluation trials, if these have classes.
export function accuracyFrontierChart(sweep: Sweep): Chart | undefined {
  const evaluated = sweep.lines.some((line) => line.evaluationAccuracy.count > 0);
  return chart("accuracy-frontier", "Accuracy against locality", sweep, kViolations, evaluated ? kEvaluated : kAccuracy);
}

export function energyFrontierChart(sweep: Sweep): Chart | undefined {
  return chart("energy-frontier", "Loss against energy on the chip", sweep, kEnergy, kLoss);
}
