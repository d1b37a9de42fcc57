// Loss against violations: the advantage of breaking locality. tBPTT of several depths is a line
// over its depth.
import * as Plot from "@observablehq/plot";
import type { Result, Rule } from "../data.ts";
import { completed, tradeTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { human, loss, shorten, tick } from "../format.ts";
import { ruleColour } from "../palette.ts";
import { kNarrow, logDomain, logTicks, plot } from "../svg.ts";

export function tradeChart(result: Result): Chart | undefined {
  const rules = completed(result);
  if (rules.length < 2) return undefined;  // nothing to compare
  const depths = rules.filter((rule) => rule.kind === "tbptt" || rule.kind === "bptt").sort((a, b) => a.depth - b.depth);
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const most = Math.max(1, ...rules.map((rule) => rule.violations));
    const positive = rules.filter((rule) => rule.last > 0);
    const domain = logDomain(positive.map((rule) => rule.last));
    const ticks = [0, ...Array.from({ length: 12 }, (_, i) => 10 ** i).filter((x) => x <= most * 1.5)];
    const drawn = plot({
      width,
      height: narrow ? 320 : 380,
      marginLeft: 52,
      marginRight: narrow ? 60 : 90,
      marginTop: 26,
      marginBottom: 40,
      x: { type: "symlog", domain: [0, most * 1.6], constant: 1, label: "messages a trial that break locality →", labelAnchor: "right", labelArrow: "none", ticks: narrow ? ticks.filter((_, i) => i % 2 === 0 || i === 0) : ticks, tickFormat: tick, insetLeft: 14 },
      y: { type: "log", domain, inset: 14, label: "loss at the end, less is better", grid: true, ticks: logTicks(domain, 5), tickFormat: loss },
      symbol: { type: "identity" } as never,
      marks: [
        Plot.line(depths.filter((rule) => rule.last > 0), { x: "violations", y: "last", stroke: "currentColor", strokeOpacity: 0.4, strokeDasharray: "4 3" }),
        Plot.dot(positive, { x: "violations", y: "last", r: 7, fill: (rule: Rule) => ruleColour(rule.index), symbol: (rule: Rule) => (rule.violations === 0 ? "circle" : "diamond"), stroke: "var(--paper)", title: (rule: Rule) => `${rule.name}: loss ${loss(rule.last)}, ${human(rule.violations)} violations a trial` }),
      ],
    });
    placeNames(drawn, positive, narrow ? 12 : 18);
    return drawn;
  };
  return {
    id: "trade",
    title: "What breaking locality buys",
    takeaway: tradeTakeaway(result),
    how: "To the left: rules that break locality less. Down: rules that learn better." + (depths.length > 1 ? " The dashed line follows truncated backpropagation in its depth, up to full BPTT." : ""),
    columns: ["rule", "violations a trial", "of them in space", "of them in time", "loss at the end", "depth of the sweep"],
    rows: rules.map((rule) => [rule.name, rule.violations, rule.spatial, rule.temporal, rule.last, rule.depth]),
    draw,
  };
}

/// Names next to their dots, moved down where another name already stands.
function placeNames(drawn: ReturnType<typeof plot>, rules: Rule[], letters: number): void {
  const x = drawn.scale("x");
  const y = drawn.scale("y");
  if (!x || !y) return;
  const taken: { x: number; y: number; width: number }[] = [];
  for (const rule of [...rules].sort((a, b) => b.last - a.last)) {
    const text = shorten(rule.name, letters);
    const width = text.length * 7;
    const at = { x: Number(x.apply(rule.violations)) + 12, y: Number(y.apply(rule.last)), width };
    const hit = () => taken.some((other) => Math.abs(other.y - at.y) < 14 && at.x < other.x + other.width && other.x < at.x + width);
    while (hit()) at.y += 2;
    taken.push(at);
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    for (const [name, value] of Object.entries({ x: at.x, y: at.y, dy: "0.35em", "font-size": 12, "text-anchor": "start", fill: "currentColor", stroke: "none" })) label.setAttribute(name, String(value));
    label.textContent = text;
    drawn.append(label);
  }
}
