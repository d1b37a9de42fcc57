// Messages by lag, with one panel for each rule and one line for each kind of wire. The axis is
// logarithmic, so that a few messages to distant ticks are visible beside many to the present.
import * as Plot from "@observablehq/plot";
import type { Result, Wires } from "../data.ts";
import { lagTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { human, shorten, tick } from "../format.ts";
import { wiresColour } from "../palette.ts";
import { kNarrow, logDomain, logTicks, plot, svg, wholeTicks } from "../svg.ts";

interface Point {
  rule: string;
  wires: Wires;
  lag: number;
  messages: number;
}

const kWires: Wires[] = ["local", "broadcast", "core-local", "non-local", "environment"];
const kSymbols: Record<Wires, string> = { local: "circle", broadcast: "square", "core-local": "triangle", "non-local": "diamond", environment: "cross" };

export function points(result: Result): Point[] {
  return result.rules.flatMap((rule) => {
    const sums = new Map<string, Point>();
    for (const entry of rule.entries) {
      const key = `${entry.wires} ${entry.lag}`;
      const point = sums.get(key) ?? { rule: rule.name, wires: entry.wires, lag: entry.lag, messages: 0 };
      point.messages += entry.messages;
      sums.set(key, point);
    }
    return [...sums.values()].sort((a, b) => kWires.indexOf(a.wires) - kWires.indexOf(b.wires) || a.lag - b.lag);
  });
}

export function lagChart(result: Result): Chart {
  const all = points(result);
  const names = result.rules.map((rule) => rule.name);
  const used = kWires.filter((wires) => all.some((point) => point.wires === wires));
  const draw = (width: number) => {
    const columns = width < kNarrow ? 1 : names.length === 4 ? 2 : Math.min(3, names.length);
    const panels = Math.ceil(names.length / columns);
    const column = (name: string) => names.indexOf(name) % columns;
    const row = (name: string) => Math.floor(names.indexOf(name) / columns);
    const furthest = Math.max(4, ...all.map((point) => point.lag));
    const domain = logDomain(all.map((point) => point.messages));
    const top = width < kNarrow ? 78 : 54;
    const height = top + 40 + panels * (width < kNarrow ? 110 : 140);
    const drawn = plot({
      width,
      height,
      marginLeft: 48,
      marginRight: 12,
      marginTop: top,
      marginBottom: 40,
      x: { domain: [0, furthest], label: "lag: ticks back in time →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([0, furthest], 5), insetLeft: 8, insetRight: 8, tickFormat: tick },
      y: { type: "log", domain, inset: 6, label: "messages a trial", grid: true, ticks: logTicks(domain, 3), tickFormat: tick },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.22 },
      symbol: { type: "identity" } as never,
      marks: [
        Plot.frame({ strokeOpacity: 0.15 }),
        ...used.map((wires) => {
          const own = all.filter((point) => point.wires === wires);
          return [
            Plot.lineY(own, { fx: (d: Point) => column(d.rule), fy: (d: Point) => row(d.rule), x: "lag", y: "messages", z: "rule", stroke: wiresColour[wires]!, strokeWidth: 1.5 }),
            Plot.dot(own, { fx: (d: Point) => column(d.rule), fy: (d: Point) => row(d.rule), x: "lag", y: "messages", r: furthest > 60 ? 1.5 : 3.2, symbol: kSymbols[wires] as never, fill: wiresColour[wires]!, title: (d: Point) => `${d.rule}, lag ${d.lag}: ${human(d.messages)} messages a trial over ${d.wires} wires` }),
          ];
        }),
        Plot.text(names, { fx: column, fy: row, frameAnchor: "top-left", dy: -15, fontWeight: 600, fontSize: 13, text: (name: string) => shorten(name, 24) }),
      ],
    });
    let x = width < kNarrow ? 8 : 190;
    const y = width < kNarrow ? 32 : 12;
    for (const wires of used) {
      drawn.append(
        svg("path", { d: "M -5 0 L 5 0", transform: `translate(${x + 6}, ${y})`, "stroke-width": 3, style: `stroke: ${wiresColour[wires]}` }),
        svg("text", { x: x + 16, y, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, wires),
      );
      x += 30 + 7 * wires.length;
    }
    return drawn;
  };
  return {
    id: "lags",
    title: "Messages by lag",
    takeaway: lagTakeaway(result),
    how: "Lag 0 is the present tick. Local: within a neuron and its own synapses. Broadcast: the error, over wires of its own. Non-local: wires that no synapse of its own has. Environment: targets.",
    columns: ["rule", "wires", "lag", "messages a trial"],
    rows: all.map((point) => [point.rule, point.wires, point.lag, point.messages]),
    draw,
  };
}
