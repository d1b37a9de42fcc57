// Singular values of the learnt change, with one panel for each projection and one line for each
// rule.
import * as Plot from "@observablehq/plot";
import type { Result } from "../data.ts";
import { rankTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { listed, shorten } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { kNarrow, legend, legendHeight, logDomain, logTicks, plot, wholeTicks } from "../svg.ts";

interface Point {
  projection: string;
  rule: string;
  index: number;
  order: number;  // from 1
  value: number;
}

const kFloor = 1e-9;  // relative to the largest; lower values are rounding
const kMost = 64; // values of a line

/// The projections that are missing although they learn, with the reasons.
export function omissionNotes(result: Result): string[] {
  const rules = new Map<string, string[]>();
  for (const rule of result.rules) {
    for (const { projection, reason } of rule.omissions) {
      if (reason === "is not plastic") continue;
      const key = `${projection} is left out: ${reason}`;
      rules.set(key, [...(rules.get(key) ?? []), rule.name]);
    }
  }
  return [...rules].map(([what, names]) => (names.length === result.rules.length ? `${what}.` : `${what} (${listed(names)}).`));
}

export function singularChart(result: Result): Chart | undefined {
  const projections = [...new Set(result.rules.flatMap((rule) => rule.ranks.map((rank) => rank.projection)))];
  const points: Point[] = result.rules.flatMap((rule) =>
    rule.ranks.flatMap((rank) => rank.values.map((value, i) => ({ projection: rank.projection, rule: rule.name, index: rule.index, order: i + 1, value }))),
  );
  if (!points.some((point) => point.value > 0)) return undefined;
  const largest = new Map<string, number>();
  for (const point of points) largest.set(`${point.projection} ${point.rule}`, Math.max(point.value, largest.get(`${point.projection} ${point.rule}`) ?? 0));
  const drawable = points.filter((point) => point.order <= kMost && point.value > kFloor * largest.get(`${point.projection} ${point.rule}`)!);
  const rules = result.rules.filter((rule) => rule.ranks.length > 0);
  const draw = (width: number) => {
    const columns = width < kNarrow ? 1 : Math.min(3, projections.length);
    const column = (d: Point) => projections.indexOf(d.projection) % columns;
    const row = (d: Point) => Math.floor(projections.indexOf(d.projection) / columns);
    const panels = Math.ceil(projections.length / columns);
    const top = legendHeight(rules.length, width) + 18;
    const orders = Math.max(2, ...drawable.map((point) => point.order));
    const domain = logDomain(drawable.map((point) => point.value));
    const drawn = plot({
      width,
      height: top + 40 + panels * 190,
      marginLeft: 52,
      marginRight: 12,
      marginTop: top,
      marginBottom: 40,
      x: { domain: [1, orders], label: "singular value, largest first →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([1, orders], 8), inset: 8 },
      y: { type: "log", domain, inset: 6, label: "size", grid: true, ticks: logTicks(domain, 4), tickFormat: (x: number) => (x >= 0.01 && x <= 100 ? String(x) : x.toExponential(0)) },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.2 },
      marks: [
        Plot.frame({ strokeOpacity: 0.15 }),
        ...rules.flatMap((rule) => {
          const own = drawable.filter((point) => point.rule === rule.name);
          return [
            Plot.lineY(own, { fx: column, fy: row, x: "order", y: "value", z: "projection", stroke: ruleColour(rule.index), strokeDasharray: ruleDash(rule.index) ?? "none", strokeWidth: 1.8 }),
            Plot.dot(own, { fx: column, fy: row, x: "order", y: "value", r: 2.6, fill: ruleColour(rule.index), title: (d: Point) => `${d.rule}, ${d.projection}: σ${d.order} = ${d.value.toPrecision(4)}` }),
          ];
        }),
        Plot.text(projections, {
          fx: (name: string) => projections.indexOf(name) % columns,
          fy: (name: string) => Math.floor(projections.indexOf(name) / columns),
          frameAnchor: "top-left",
          dy: -14,
          fontWeight: 600,
          fontSize: 13,
          text: (name: string) => shorten(name, 24),
        }),
      ],
    });
    legend(drawn, rules, width);
    return drawn;
  };
  return {
    id: "singular",
    title: "In how many directions the weights changed",
    takeaway: rankTakeaway(result),
    how: ["Singular values of the change of each projection over the run. A line that falls off early has changed the weights in few directions.", ...omissionNotes(result)].join(" "),
    columns: ["projection", "rule", "order", "singular value"],
    rows: points.map((point) => [point.projection, point.rule, point.order, point.value]),
    draw,
  };
}
