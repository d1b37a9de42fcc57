// Packets of each rule with and without multicast, its busiest link and its busiest step.
import * as Plot from "@observablehq/plot";
import type { Result, Rule } from "../data.ts";
import type { Chart } from "../figure.ts";
import { counted, human, shorten, tick } from "../format.ts";
import { kNarrow, plot, svg } from "../svg.ts";

function place(core: number): string {
  return core < 0 ? "the host" : `core ${core}`;
}

/// "at tick 20", "when the sweep at tick 20 is 3 ticks back".
function moment({ tick: at, lag }: { tick: number; lag: number }): string {
  return lag > 0 ? `at tick ${at}, when its sweep is ${counted(lag, "tick")} back` : `at tick ${at}`;
}

export function loadsTakeaway(result: Result): string {
  const rules = result.rules.filter((rule) => rule.chip);
  const peaks = rules.filter((rule) => rule.chip!.peak).sort((a, b) => b.chip!.peak!.packets - a.chip!.peak!.packets);
  const links = rules.filter((rule) => rule.chip!.busiest).sort((a, b) => b.chip!.busiest!.packets - a.chip!.busiest!.packets);
  const parts: string[] = [];
  const [most, least] = [peaks[0], peaks[peaks.length - 1]];
  if (most) parts.push(`The busiest moment of ${most.name} has ${human(most.chip!.peak!.packets)} packets in one step, ${moment(most.chip!.peak!)}${least && least !== most ? `; that of ${least.name} ${human(least.chip!.peak!.packets)}` : ""}.`);
  const [busy, calm] = [links[0], links[links.length - 1]];
  const over = (rule: Rule) => `${human(rule.chip!.busiest!.packets)} a trial from ${place(rule.chip!.busiest!.from)} to ${place(rule.chip!.busiest!.to)}`;
  if (busy) parts.push(`The busiest link carries most under ${busy.name}, ${over(busy)}${calm && calm !== busy ? `; least under ${calm.name}, ${over(calm)}` : ""}.`);
  return parts.join(" ");
}

export function loadsChart(result: Result): Chart | undefined {
  const rules = result.rules.filter((rule) => rule.chip);
  if (rules.length === 0) return undefined;
  const bars = rules.flatMap((rule) => [
    { rule: rule.name, what: "multicast", packets: rule.chip!.packets },
    { rule: rule.name, what: "unicast", packets: rule.chip!.unicast },
  ]);
  const colour: Record<string, string> = { multicast: "var(--local)", unicast: "var(--environment)" };
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const marginLeft = narrow ? 92 : 124;
    const drawn = plot({
      width,
      height: 76 + 44 * rules.length,
      marginLeft,
      marginRight: 64,
      marginTop: 34,
      marginBottom: 38,
      x: { label: "packets a trial →", labelAnchor: "right", labelArrow: "none", ticks: narrow ? 3 : 6, tickFormat: tick, grid: true },
      y: { axis: null, domain: ["multicast", "unicast"], padding: 0.1 },
      fy: { domain: rules.map((rule) => rule.name), label: null, axis: null, padding: 0.2 },
      marks: [
        Plot.barX(bars, { x: "packets", y: "what", fy: "rule", fill: (d) => colour[d.what]!, title: (d) => `${d.rule}: ${human(d.packets)} packets a trial, ${d.what}` }),
        Plot.text(bars, { x: "packets", y: "what", fy: "rule", text: (d) => human(d.packets), dx: 6, textAnchor: "start" }),
        Plot.text(rules, { fy: "name", frameAnchor: "left", dx: -marginLeft + 2, text: (rule: Rule) => shorten(rule.name, narrow ? 11 : 15), textAnchor: "start", fontWeight: 600 }),
        Plot.ruleX([0]),
      ],
    });
    let x = marginLeft;
    for (const what of ["multicast", "unicast"]) {
      drawn.append(svg("rect", { x, y: 5, width: 12, height: 12, style: `fill: ${colour[what]}` }), svg("text", { x: x + 18, y: 11, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, what));
      x += 100;
    }
    return drawn;
  };
  return {
    id: "loads",
    title: "Loads of the chip",
    takeaway: loadsTakeaway(result),
    how: "Multicast: one packet for each core that an event reaches. Unicast: one for each message between two places. A step is a tick, or a stage of a sweep for which the clock stands.",
    columns: ["rule", "packets a trial", "unicast packets a trial", "messages on a core, a trial", "hops a trial", "unicast hops a trial", "busiest link", "packets a trial over it", "packets in the busiest step", "its tick", "its lag"],
    rows: rules.map(({ name, chip }) => [
      name,
      chip!.packets,
      chip!.unicast,
      chip!.onCore,
      chip!.hops,
      chip!.unicastHops,
      chip!.busiest ? `${place(chip!.busiest.from)} to ${place(chip!.busiest.to)}` : "",
      chip!.busiest?.packets ?? "",
      chip!.peak?.packets ?? "",
      chip!.peak?.tick ?? "",
      chip!.peak?.lag ?? "",
    ]),
    draw,
  };
}
