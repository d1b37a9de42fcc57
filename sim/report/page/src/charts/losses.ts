// Loss by update, with one line for each rule, and circles for trials without learning. Long runs
// show means over equal numbers of updates; the table and the CSV have every update and evaluation.
import * as Plot from "@observablehq/plot";
import { type Result, mean } from "../data.ts";
import { learns, lossTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { loss, tick } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { endLabels, kNarrow, logDomain, logTicks, plot, wholeTicks } from "../svg.ts";

const kPoints = 240; // of a line

interface Point {
  update: number;
  loss: number;
}

export function thinned(losses: number[], each = 1, points = kPoints): Point[] {
  const stretch = Math.max(1, Math.ceil(losses.length / points));
  const made: Point[] = [];
  for (let from = 0; from < losses.length; from += stretch) {
    const part = losses.slice(from, from + stretch);
    made.push({ update: each * (from + (part.length - 1) / 2), loss: mean(part) });
  }
  return made;
}

export function lossChart(result: Result): Chart {
  const rules = result.rules.filter(learns);
  const longest = Math.max(0, ...rules.map((rule) => rule.losses.length));
  const each = Math.max(1, ...rules.map((rule) => rule.stretch));
  const stretch = Math.max(1, Math.ceil(longest / kPoints)) * each;
  const lines = rules.map((rule) => ({ rule, points: thinned(rule.losses, rule.stretch) }));
  const dots = rules.flatMap((rule) => rule.evaluations.map((point) => ({ ...point, rule })));
  const positive = lines.every(({ points }) => points.every((point) => point.loss > 0)) && dots.every((point) => point.loss > 0);
  const draw = (width: number) => {
    const height = width < kNarrow ? 300 : 360;
    const marginRight = width < kNarrow ? 92 : 120;
    const domain = logDomain([...lines.flatMap(({ points }) => points), ...dots].map((point) => point.loss));
    const drawn = plot({
      width,
      height,
      marginLeft: 52,
      marginRight,
      marginTop: 24,
      marginBottom: 38,
      x: { label: "update →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([0, Math.max(1, ...lines.map(({ points }) => points[points.length - 1]?.update ?? 0))], width < kNarrow ? 4 : 8), tickFormat: tick },
      y: { ...(positive ? { type: "log", domain } : {}), label: "loss", grid: true, ticks: positive ? logTicks(domain) : 5, tickFormat: loss },
      marks: [
        ...lines.map(({ rule, points }) => Plot.lineY(points, { x: "update", y: "loss", stroke: ruleColour(rule.index), strokeDasharray: ruleDash(rule.index) ?? "none", strokeWidth: 2 })),
        Plot.dot(dots, { x: "update", y: "loss", r: 3.5, fill: "var(--paper)", stroke: (d: (typeof dots)[number]) => ruleColour(d.rule.index), strokeWidth: 1.5, title: (d: (typeof dots)[number]) => `${d.rule.name}: evaluation trials at update ${d.update}\nloss ${loss(d.loss)}` }),
        Plot.tip(
          lines.flatMap(({ rule, points }) => points.map((point) => ({ ...point, rule: rule.name }))),
          Plot.pointer({ x: "update", y: "loss", title: (d: Point & { rule: string }) => `${d.rule}\nupdate ${Math.round(d.update)}\nloss ${loss(d.loss)}` }),
        ),
      ],
    });
    const y = drawn.scale("y");
    const ends = lines.flatMap(({ rule, points }) => {
      const last = points[points.length - 1];
      return last && y ? [{ name: rule.name, y: Number(y.apply(last.loss)), colour: ruleColour(rule.index) }] : [];
    });
    drawn.append(endLabels(ends, width - marginRight, 24, height - 38, width < kNarrow ? 11 : 15));
    return drawn;
  };
  const how: string[] = [];
  if (stretch > 1) how.push(`Each point is the mean of ${stretch} updates; the data have ${each > 1 ? `means of ${each}` : "every one"}.`);
  if (dots.length > 0) how.push("Circles: the loss of trials that are not learnt from, with the weights that so many updates had left.");
  return {
    id: "losses",
    title: "Learning",
    takeaway: lossTakeaway(result),
    ...(how.length > 0 ? { how: how.join(" ") } : {}),
    columns: ["rule", "update", "loss", ...(dots.length > 0 ? ["trials"] : [])],
    rows: rules.flatMap((rule) => [
      ...rule.losses.map((value, k) => [rule.name, k * rule.stretch, value, ...(dots.length > 0 ? ["learnt from"] : [])]),
      ...rule.evaluations.map((point) => [rule.name, point.update, point.loss, "not learnt from"]),
    ]),
    draw,
  };
}
