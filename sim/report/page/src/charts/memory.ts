// The memory of one trial's actors for learning: a history to revisit, or traces.
import * as Plot from "@observablehq/plot";
import type { Result } from "../data.ts";
import { learns, memoryTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { bytes, shorten } from "../format.ts";
import { kNarrow, plot, svg } from "../svg.ts";

interface Part {
  rule: string;
  what: "history" | "traces";
  bytes: number;
}

export function memoryChart(result: Result): Chart {
  const rules = result.rules.filter(learns);
  const parts: Part[] = rules.flatMap((rule) => [
    { rule: rule.name, what: "history" as const, bytes: rule.history },
    { rule: rule.name, what: "traces" as const, bytes: rule.traces },
  ]);
  const colour = { history: "var(--history)", traces: "var(--traces)" };
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const drawn = plot({
      width,
      height: 76 + 34 * rules.length,
      marginLeft: narrow ? 92 : 124,
      marginRight: 70,
      marginTop: 34,
      marginBottom: 38,
      x: { label: "bytes →", labelAnchor: "right", labelArrow: "none", ticks: narrow ? 3 : 6, tickFormat: (x: number) => bytes(x).replace(/(\.\d*?)0+ /, "$1 ").replace(". ", " "), grid: true },
      y: { domain: rules.map((rule) => rule.name), label: null, tickSize: 0, padding: 0.25, tickFormat: (name: string) => shorten(name, narrow ? 11 : 15) },
      marks: [
        Plot.barX(parts, { x: "bytes", y: "rule", fill: (d: Part) => colour[d.what], title: (d: Part) => `${d.rule}: ${bytes(d.bytes)} of ${d.what}` }),
        Plot.text(rules, { x: (rule) => rule.history + rule.traces, y: "name", text: (rule) => bytes(rule.history + rule.traces), dx: 6, textAnchor: "start" }),
        Plot.ruleX([0]),
      ],
    });
    let x = narrow ? 92 : 124;
    for (const what of ["history", "traces"] as const) {
      drawn.append(svg("rect", { x, y: 5, width: 12, height: 12, style: `fill: ${colour[what]}` }), svg("text", { x: x + 18, y: 11, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, what));
      x += 90;
    }
    return drawn;
  };
  return {
    id: "memory",
    title: "What must be kept",
    takeaway: memoryTakeaway(result),
    how: "By the actors of one trial. History: past activity that a sweep revisits; it grows with the length of a trial. Traces: what synapses carry along; they grow with the number of synapses.",
    columns: ["rule", "history in bytes", "traces in bytes"],
    rows: rules.map((rule) => [rule.name, rule.history, rule.traces]),
    draw,
  };
}
