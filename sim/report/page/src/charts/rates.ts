// Firing rates of spiking populations, from the first update of a rule to its last.
import * as Plot from "@observablehq/plot";
import type { Result } from "../data.ts";
import { ratesTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { hertz, shorten } from "../format.ts";
import { kNarrow, plot } from "../svg.ts";

interface Row {
  name: string; // of rule and population
  rule: string;
  population: string;
  first: number; // Hz
  last: number;
}

export function ratesChart(result: Result): Chart | undefined {
  const populations = new Set(result.rules.flatMap((rule) => rule.rates.map((rate) => rate.population)));
  const rows: Row[] = result.rules.flatMap((rule) =>
    rule.rates.map((rate) => ({ ...rate, rule: rule.name, name: populations.size > 1 ? `${rate.population}, ${rule.name}` : rule.name })),
  );
  if (rows.length === 0) return undefined;
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const marginLeft = narrow ? 92 : 150;
    return plot({
      width,
      height: 56 + 34 * rows.length,
      marginLeft,
      marginRight: 118,
      marginTop: 14,
      marginBottom: 38,
      x: { domain: [0, 1.05 * Math.max(1, ...rows.flatMap((row) => [row.first, row.last]))], label: "spikes a second and neuron [Hz] →", labelAnchor: "right", labelArrow: "none", ticks: narrow ? 4 : 8, grid: true },
      y: { domain: rows.map((row) => row.name), label: null, tickSize: 0, padding: 0.3, tickFormat: (name: string) => shorten(name, narrow ? 11 : 19) },
      marks: [
        Plot.link(rows, { x1: "first", x2: "last", y: "name", stroke: "currentColor", strokeOpacity: 0.5, strokeWidth: 1.5 }),
        Plot.dot(rows, { x: "first", y: "name", r: 3.5, fill: "var(--paper)", stroke: "currentColor", strokeOpacity: 0.6 }),
        Plot.dot(rows, { x: "last", y: "name", r: 6, fill: "var(--local)", title: (row: Row) => `${row.rule}, ${row.population}: ${hertz(row.first)} → ${hertz(row.last)}` }),
        Plot.text(rows, { y: "name", frameAnchor: "right", dx: 114, textAnchor: "end", text: (row: Row) => `${hertz(row.first)} → ${hertz(row.last)}`, fontSize: 12 }),
      ],
    });
  };
  return {
    id: "rates",
    title: "How often neurons fire",
    takeaway: ratesTakeaway(result),
    how: "○ in the first update, ● in the last; means over the neurons of a population and the trials of an update. A spike is what sends messages here: a silent neuron costs none.",
    columns: ["rule", "population", "rate in the first update in Hz", "rate in the last update in Hz"],
    rows: rows.map((row) => [row.rule, row.population, row.first, row.last]),
    draw,
  };
}
