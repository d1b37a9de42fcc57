// Accuracy by update, with one line for each rule and circles for evaluation trials, and the
// confusion matrix of the last evaluation of each rule. Both only where trials have classes.
import * as Plot from "@observablehq/plot";
import { type JsonConfusion, type JsonRun, type Result, type Rule, mean } from "../data.ts";
import { learns } from "../facts.ts";
import type { Cell, Chart } from "../figure.ts";
import { percent, shorten, tick } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { endLabels, kNarrow, plot, svg, together, wholeTicks } from "../svg.ts";

const kPoints = 120; // of a line
const kMostClasses = 40; // of a matrix that is drawn

interface Point {
  update: number;
  accuracy: number;
}

/// Means over equal numbers of updates; updates without a trial that has a class are left out.
function thinned(accuracies: number[], each: number): Point[] {
  const stretch = Math.max(1, Math.ceil(accuracies.length / kPoints));
  const made: Point[] = [];
  for (let from = 0; from < accuracies.length; from += stretch) {
    const part = accuracies.slice(from, from + stretch);
    const known = part.filter((x) => Number.isFinite(x));
    if (known.length > 0) made.push({ update: each * (from + (part.length - 1) / 2), accuracy: mean(known) });
  }
  return made;
}

interface Line {
  rule: Rule;
  all: number[];
  points: Point[];
  dots: Point[];
}

/// The rules that learn, with their runs in the data; both lists have the same order.
function learners(result: Result): { rule: Rule; run: JsonRun }[] {
  return result.rules.map((rule, k) => ({ rule, run: result.json.runs[k]! })).filter(({ rule }) => learns(rule));
}

function linesOf(result: Result): Line[] {
  return learners(result).flatMap(({ rule, run }): Line[] => {
    const all = (run.accuracies ?? []).map(Number);
    const dots = (run.evaluations ?? []).flatMap((one) => (one.accuracy === undefined ? [] : [{ update: one.update, accuracy: Number(one.accuracy) }]));
    return all.length > 0 || dots.length > 0 ? [{ rule, all, points: thinned(all, rule.stretch), dots }] : [];
  });
}

export function accuracyChart(result: Result): Chart | undefined {
  const lines = linesOf(result);
  if (lines.length === 0) return undefined;
  const dots = lines.flatMap(({ rule, dots }) => dots.map((point) => ({ ...point, rule })));
  // as in the tables: of the last evaluation, or the mean of the last updates
  const end = ({ rule, dots }: Line) => dots[dots.length - 1]?.accuracy ?? rule.accuracy;
  const place = ({ points, dots }: Line) => (points[points.length - 1] ?? dots[dots.length - 1])?.accuracy ?? NaN;  // of a line's end
  const best = [...lines].sort((a, b) => (Number.isFinite(end(b)) ? end(b) : -1) - (Number.isFinite(end(a)) ? end(a) : -1))[0]!;
  const draw = (width: number) => {
    const height = width < kNarrow ? 300 : 360;
    const marginRight = width < kNarrow ? 92 : 120;
    const last = Math.max(1, ...lines.flatMap(({ points, dots }) => [...points, ...dots].map((point) => point.update)));
    const drawn = plot({
      width,
      height,
      marginLeft: 52,
      marginRight,
      marginTop: 24,
      marginBottom: 38,
      x: { label: "update →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([0, last], width < kNarrow ? 4 : 8), tickFormat: tick },
      y: { domain: [0, 1], label: "accuracy", grid: true, ticks: 5, tickFormat: (x: number) => `${Math.round(100 * x)} %` },
      marks: [
        ...lines.map(({ rule, points }) => Plot.lineY(points, { x: "update", y: "accuracy", stroke: ruleColour(rule.index), strokeDasharray: ruleDash(rule.index) ?? "none", strokeWidth: 2 })),
        Plot.dot(dots, { x: "update", y: "accuracy", r: 3.5, fill: "var(--paper)", stroke: (d: (typeof dots)[number]) => ruleColour(d.rule.index), strokeWidth: 1.5, title: (d: (typeof dots)[number]) => `${d.rule.name}: evaluation trials at update ${d.update}\naccuracy ${percent(d.accuracy)}` }),
      ],
    });
    const y = drawn.scale("y");
    const labels = lines.flatMap((line) => (y && Number.isFinite(place(line)) ? [{ name: line.rule.name, y: Number(y.apply(place(line))), colour: ruleColour(line.rule.index) }] : []));
    drawn.append(endLabels(labels, width - marginRight, 24, height - 38, width < kNarrow ? 11 : 15));
    return drawn;
  };
  return {
    id: "accuracy",
    title: "How many are right",
    takeaway: `${best.rule.name} predicts ${percent(end(best))} of the classes at its end${dots.length > 0 ? ", of trials that are not learnt from" : ""}.`,
    how: `The predicted class is the readout with the largest sum of outputs over the ticks with an error. Lines: trials that are learnt from, before they are.${dots.length > 0 ? " Circles: evaluation trials." : ""}`,
    columns: ["rule", "update", "accuracy", "trials"],
    rows: lines.flatMap(({ rule, all, dots }) => [
      ...all.flatMap((value, k): Cell[][] => (Number.isFinite(value) ? [[rule.name, k * rule.stretch, value, "learnt from"]] : [])),
      ...dots.map((point) => [rule.name, point.update, point.accuracy, "not learnt from"]),
    ]),
    draw,
  };
}

/// One matrix: rows are classes, columns predictions; shade by the part of the class.
function matrix(rule: Rule, confusion: JsonConfusion, classes: number, side: number): SVGSVGElement {
  const of = new Map<number, number>();
  for (const cell of confusion.cells) of.set(cell.actual, (of.get(cell.actual) ?? 0) + Number(cell.trials));
  const cells = confusion.cells.map((cell) => ({ ...cell, trials: Number(cell.trials), part: Number(cell.trials) / of.get(cell.actual)! }));
  const names = Array.from({ length: classes }, (_, k) => k);
  const ticks = classes > 12 ? names.filter((k) => k % Math.ceil(classes / 10) === 0) : names;
  return plot({
    width: side,
    height: side + 26,
    marginLeft: 44,
    marginRight: 6,
    marginTop: 34,
    marginBottom: 40,
    x: { type: "band", domain: names, label: "predicted class", labelAnchor: "center", labelArrow: "none", labelOffset: 34, ticks, tickSize: 0, padding: 0.04 },
    y: { type: "band", domain: names, label: "class", labelAnchor: "center", labelArrow: "none", ticks, tickSize: 0, padding: 0.04 },
    marks: [
      Plot.cell(cells, { x: "predicted", y: "actual", fill: ruleColour(rule.index), fillOpacity: (d: (typeof cells)[number]) => 0.06 + 0.44 * d.part, title: (d: (typeof cells)[number]) => `${rule.name}: class ${d.actual}, predicted ${d.predicted}\n${d.trials} trials, ${percent(d.part)} of the class` }),
      ...(classes <= 12 ? [Plot.text(cells, { x: "predicted", y: "actual", text: (d: (typeof cells)[number]) => String(d.trials), fontSize: 11, fill: "currentColor" })] : []),
      Plot.text([shorten(rule.name, 24)], { frameAnchor: "top-left", dy: -20, fontSize: 13, fontWeight: "bold" }),
    ],
  }, 11);
}

export function confusionChart(result: Result): Chart | undefined {
  const all = learners(result).flatMap(({ rule, run }) => {
    const evaluated = (run.evaluationConfusion?.cells ?? []).length > 0;
    const confusion = evaluated ? run.evaluationConfusion! : run.confusion;
    return confusion && confusion.cells.length > 0 ? [{ rule, confusion, evaluated }] : [];
  });
  if (all.length === 0) return undefined;
  const classes = 1 + Math.max(...all.flatMap(({ confusion }) => confusion.cells.flatMap((cell) => [cell.actual, cell.predicted])));
  if (classes > kMostClasses) return undefined;
  const evaluated = all.every((one) => one.evaluated);
  const wrong = all.map(({ rule, confusion }) => ({ rule, cells: confusion.cells.filter((cell) => cell.actual !== cell.predicted).sort((a, b) => Number(b.trials) - Number(a.trials)) }));
  const worst = wrong.filter(({ cells }) => cells.length > 0).sort((a, b) => Number(b.cells[0]!.trials) - Number(a.cells[0]!.trials))[0];
  const draw = (width: number) => {
    const perLine = width < kNarrow ? 1 : Math.min(all.length, width < 900 ? 2 : 3);
    const side = Math.min(360, Math.floor(width / perLine) - 8);
    const parts = all.map(({ rule, confusion }, k) => ({ x: (k % perLine) * (side + 8), y: Math.floor(k / perLine) * (side + 34), part: matrix(rule, confusion, classes, side) }));
    const drawn = together(width, Math.ceil(all.length / perLine) * (side + 34), parts);
    drawn.append(svg("title", {}, "Classes and predictions"));
    return drawn;
  };
  return {
    id: "confusion",
    title: "What is taken for what",
    takeaway: worst ? `The most frequent mistake: ${worst.rule.name} takes class ${worst.cells[0]!.actual} for ${worst.cells[0]!.predicted} in ${Number(worst.cells[0]!.trials)} trials.` : "No trial was taken for one of another class.",
    how: `Rows: the class of a trial. Columns: the predicted class. ${evaluated ? "The trials of the last evaluation" : "The trials of the last updates"}; the darker, the larger the part of its class.`,
    columns: ["rule", "class", "predicted class", "trials"],
    rows: all.flatMap(({ rule, confusion }) => confusion.cells.map((cell) => [rule.name, cell.actual, cell.predicted, Number(cell.trials)])),
    draw,
  };
}
