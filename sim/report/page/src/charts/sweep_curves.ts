// Learning curves of a sweep, losses or accuracies: for each rule the median over seeds, with a band
// from the first to the third quartile.
import * as Plot from "@observablehq/plot";
import { mean } from "../data.ts";
import type { Chart } from "../figure.ts";
import { listed, loss, percent, tick } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { endLabels, kNarrow, logDomain, logTicks, plot, wholeTicks } from "../svg.ts";
import { type JsonCurve, type Spread, type Sweep, valueIn } from "../sweep_data.ts";

interface Point {
  rule: string;
  update: number;
  q25: number;
  median: number;
  q75: number;
  seeds: number;
}

const kDrawn = 75;  // points of a line

/// Points of the curve that one point of its line stands for.
function binOf(curve: JsonCurve): number {
  return Math.max(1, Math.ceil(curve.update.length / kDrawn));
}

/// The points of a line: means over equally many of the curve's.
function pointsOf(curve: JsonCurve): Point[] {
  const bin = binOf(curve);
  const made: Point[] = [];
  for (let from = 0; from < curve.update.length; from += bin) {
    const part = (list: (number | string)[]) => mean(list.slice(from, from + bin).map(Number));
    made.push({ rule: curve.rule, update: part(curve.update) + (curve.stretch - 1) / 2, q25: part(curve.q25), median: part(curve.median), q75: part(curve.q75), seeds: curve.seeds[from] ?? 0 });
  }
  return made;
}

/// Of the same numbers as the tables: those at the end.
function ended(all: { name: string; end: Spread }[], accuracy: boolean): string {
  const sorted = all.filter(({ end }) => Number.isFinite(end.median)).sort((a, b) => (accuracy ? b.end.median - a.end.median : a.end.median - b.end.median));
  const best = sorted[0];
  if (!best) return "";
  const isApart = ({ end }: { end: Spread }) => (accuracy ? end.q75 < best.end.q25 : end.q25 > best.end.q75);
  const apart = sorted.slice(1).filter(isApart).map(({ name }) => name);
  const near = sorted.slice(1).filter((one) => !isApart(one)).map(({ name }) => name);
  const parts = [apart.length > 0 ? `the quartiles of ${listed(apart)} lie ${accuracy ? "below" : "above"} its quartiles` : "", near.length > 0 ? `${apart.length > 0 ? "those" : "the quartiles"} of ${listed(near)} overlap with them` : ""].filter((part) => part !== "");
  return `${best.name} ends with the ${accuracy ? "highest" : "lowest"} median, ${accuracy ? percent(best.end.median) : loss(best.end.median)}${parts.length > 0 ? `; ${parts.join(", ")}` : ""}.`;
}

export function curvesChart(sweep: Sweep, evaluation: boolean, accuracy = false): Chart | undefined {
  const styles = new Map(sweep.rules.map((rule) => [rule.name, rule.index]));
  const shown = sweep.chosen.curves.filter((curve) => curve.evaluation === evaluation && (curve.accuracy ?? false) === accuracy && curve.update.length > 0);
  if (shown.length === 0) return undefined;
  const lines = shown.map((curve) => ({ name: curve.rule, index: styles.get(curve.rule) ?? 0, points: pointsOf(curve) }));
  const all = lines.flatMap(({ points }) => points);
  const positive = !accuracy && all.every((point) => point.q25 > 0);
  const show = accuracy ? percent : loss;
  const word = accuracy ? "accuracy" : "loss";
  const bin = Math.max(...shown.map(binOf));
  const stretch = Math.max(1, ...shown.map((curve) => curve.stretch));
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const height = narrow ? 300 : 380;
    const marginRight = narrow ? 92 : 120;
    const domain = logDomain(all.flatMap((point) => [point.q25, point.q75]));
    const furthest = Math.max(1, ...all.map((point) => point.update));
    const drawn = plot({
      width,
      height,
      marginLeft: 52,
      marginRight,
      marginTop: 24,
      marginBottom: 38,
      x: { domain: [0, furthest], label: "update →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([0, furthest], narrow ? 4 : 8), tickFormat: tick },
      y: { ...(positive ? { type: "log", domain } : accuracy ? { domain: [0, 1] } : {}), label: word, grid: true, ticks: positive ? logTicks(domain) : 5, tickFormat: accuracy ? (x: number) => `${Math.round(100 * x)} %` : loss },
      marks: [
        ...lines.map(({ index, points }) => Plot.areaY(points, { x: "update", y1: "q25", y2: "q75", fill: ruleColour(index), fillOpacity: 0.2 })),
        ...lines.map(({ index, points }) => Plot.lineY(points, { x: "update", y: "median", stroke: ruleColour(index), strokeDasharray: ruleDash(index) ?? "none", strokeWidth: 2 })),
        ...(evaluation ? lines.map(({ index, points }) => Plot.dot(points, { x: "update", y: "median", r: 3, fill: "var(--paper)", stroke: ruleColour(index), strokeWidth: 1.5 })) : []),
        Plot.tip(all, Plot.pointer({ x: "update", y: "median", title: (d: Point) => `${d.rule}\nupdate ${Math.round(d.update)}\nmedian ${show(d.median)} (${show(d.q25)} to ${show(d.q75)}) over ${d.seeds}` })),
      ],
    });
    const y = drawn.scale("y");
    const labels = lines.flatMap(({ name, index, points }) => {
      const last = points[points.length - 1];
      return last && y ? [{ name, y: Number(y.apply(last.median)), colour: ruleColour(index) }] : [];
    });
    drawn.append(endLabels(labels, width - marginRight, 24, height - 38, narrow ? 11 : 15));
    return drawn;
  };
  const where = { given: "", shown: " Each rule at the setting with its lowest median.", "held out": " Each rule at its best setting; the seeds that chose it are not among those shown." }[sweep.chosen.settings];
  const of = evaluation ? "trials that are not learnt from" : "trials that are learnt from";
  return {
    id: `${accuracy ? "accuracy-" : ""}${evaluation ? "evaluation" : "curves"}`,
    title: `${accuracy ? "How many are right" : "Learning"}${evaluation ? ", on trials that are not learnt from" : ""}`,
    takeaway: ended(sweep.chosen.lines.map((line) => ({ name: line.rule, end: accuracy ? (evaluation ? line.evaluationAccuracy : line.accuracy) : evaluation ? line.evaluation : line.loss })), accuracy),
    how: `Lines: medians over seeds of the ${word} of ${of}; bands: from the first to the third quartile. Bands may overlap where the order is clear under each seed: the table of steps compares seed by seed.${where}${stretch > 1 ? ` Each point is the mean of ${stretch} updates.` : ""}${bin > 1 ? ` The drawing shows means of ${bin} such points; the numbers are those of each.` : ""}`,
    columns: [...sweep.json.axes.map((axis) => axis.path), "rule", "update", "seeds", "mean", "standard deviation", "SEM", "25 %", "median", "75 %"],
    rows: shown.flatMap((curve) => curve.update.map((update, k) => [...curve.settings.map(valueIn), curve.rule, update, curve.seeds[k] ?? 0, Number(curve.mean[k]), Number(curve.sd[k]), Number(curve.sem[k]), Number(curve.q25[k]), Number(curve.median[k]), Number(curve.q75[k])])),
    draw,
  };
}
