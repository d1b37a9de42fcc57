// The loss by the values of one field that the sweep varies.
import * as Plot from "@observablehq/plot";
import type { Chart } from "../figure.ts";
import { loss } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { endLabels, kNarrow, logDomain, logTicks, plot } from "../svg.ts";
import { type Sweep, bearsOn, median as medianOf, shortPath } from "../sweep_data.ts";

interface Point {
  value: string;
  number: number;
  rule: string;
  index: number;
  median: number;
}

/// The loss by the values of one axis, over everything else that varies.
export function axisChart(sweep: Sweep, a: number): Chart | undefined {
  const axis = sweep.json.axes[a]!;
  if (axis.values.length < 2) return undefined;
  const numeric = axis.values.every((value) => Number.isFinite(Number(value)));
  const points: Point[] = sweep.rules.flatMap(({ name: rule, index }) =>
    axis.values.flatMap((value) => {
      const losses = sweep.json.members
        .filter((member) => member.settings[a] === `${axis.path}=${value}`)
        .flatMap((member) => member.rules.filter((digest) => digest.rule === rule && digest.status === "COMPLETED").map((digest) => Number(digest.last)));
      const median = medianOf(losses);
      return Number.isFinite(median) ? [{ value, number: Number(value), rule, index, median }] : [];
    }),
  );
  if (points.length === 0) return undefined;
  const concerned = points.filter((point) => bearsOn(axis.path, point.rule, sweep.rules.map((rule) => rule.name)));
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
      marks: sweep.rules.flatMap(({ name: rule, index }) => {
        const own = points.filter((point) => point.rule === rule && point.median > 0);
        const x = numeric ? "number" : "value";
        return [
          Plot.lineY(own, { x, y: "median", stroke: ruleColour(index), strokeDasharray: ruleDash(index) ?? "none", strokeWidth: 2, sort: numeric ? x : null }),
          Plot.dot(own, { x, y: "median", fill: ruleColour(index), r: 3.5, title: (d: Point) => `${d.rule}, ${axis.path} = ${d.value}: ${loss(d.median)}` }),
        ];
      }),
    });
    const y = drawn.scale("y");
    const ends = sweep.rules.flatMap(({ name: rule, index }) => {
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
