// The load of the chip by tick of a trial: packets of each tick and of the stages of sweeps for which
// the clock stands there, with the most of one step as a mark. One panel for each rule, all with the
// same scale.
import * as Plot from "@observablehq/plot";
import { type Result, type Rule, mean } from "../data.ts";
import type { Chart } from "../figure.ts";
import { human, shorten, tick } from "../format.ts";
import { kNarrow, plot, svg, wholeTicks } from "../svg.ts";

const kBars = 120;  // of a panel

interface Bar {
  rule: string;
  first: number;  // tick
  last: number;
  packets: number;  // a tick, as a mean over these ticks and the trials
  stages: number;
  peak: number;  // the most of one step
}

/// Neighbouring ticks together, where there are more than bars.
function barsOf(rule: Rule): Bar[] {
  const ticks = rule.chip!.ticks;
  const each = Math.max(1, Math.ceil(ticks.length / kBars));
  const made: Bar[] = [];
  for (let from = 0; from < ticks.length; from += each) {
    const part = ticks.slice(from, from + each);
    made.push({ rule: rule.name, first: part[0]!.tick, last: part[part.length - 1]!.tick, packets: mean(part.map((one) => one.packets)), stages: mean(part.map((one) => one.stages)), peak: Math.max(...part.map((one) => one.peak)) });
  }
  return made;
}

/// A rule's load in words: even, or heaped at one tick.
export function timelineTakeaway(rules: { name: string; ticks: { tick: number; packets: number; stages: number }[] }[]): string {
  const tops = rules.map(({ name, ticks }) => {
    const loads = ticks.map((one) => one.packets + one.stages);
    const most = Math.max(...loads);
    return { name, most, tick: ticks[loads.indexOf(most)]!.tick, mean: mean(loads) };
  });
  const [top] = [...tops].sort((a, b) => b.most / b.mean - a.most / a.mean);
  if (!top || !(top.mean > 0)) return "";
  const share = (one: (typeof tops)[number]) => `${human(one.most)} packets at tick ${one.tick}, ${Number((one.most / one.mean).toPrecision(2))} times the mean of its ticks`;
  const [even] = [...tops].filter((one) => one.mean > 0).sort((a, b) => a.most / a.mean - b.most / b.mean);
  const first = top.most > 1.5 * top.mean ? `The load of ${top.name} heaps: ${share(top)}` : `The load of every rule is about even over a trial; at most, that of ${top.name}, ${share(top)}`;
  return even && even !== top ? `${first}. That of ${even.name} is the most even: at most ${share(even)}.` : `${first}.`;
}

export function timelineChart(result: Result): Chart | undefined {
  const rules = result.rules.filter((rule) => (rule.chip?.ticks.length ?? 0) > 1 && rule.chip!.packets > 0);
  if (rules.length === 0) return undefined;
  const bars = rules.flatMap(barsOf);
  const each = Math.max(1, ...bars.map((bar) => bar.last - bar.first + 1));
  const last = Math.max(...bars.map((bar) => bar.last));
  const parts = bars.flatMap((bar) => [
    { ...bar, what: "tick", from: 0, to: bar.packets },
    { ...bar, what: "stages", from: bar.packets, to: bar.packets + bar.stages },
  ]);
  const colour: Record<string, string> = { tick: "var(--local)", stages: "var(--non-local)" };
  const hasStages = bars.some((bar) => bar.stages > 0);
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const panel = 84;
    const top = narrow ? (hasStages ? 76 : 58) : 36;
    const drawn = plot({
      width,
      height: top + 40 + panel * rules.length,
      marginLeft: 52,
      marginRight: narrow ? 10 : 24,
      marginTop: top,
      marginBottom: 40,
      x: { domain: [0.5, last + 0.5], label: "tick of a trial →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([1, last], narrow ? 4 : 8), tickFormat: tick },
      y: { label: null, grid: true, ticks: 3, tickFormat: tick },
      fy: { domain: rules.map((rule) => rule.name), label: null, axis: null, padding: 0.24 },
      marks: [
        Plot.rectY(parts, { x1: (d) => d.first - 0.5, x2: (d) => d.last + 0.5, y1: "from", y2: "to", fy: "rule", fill: (d) => colour[d.what]!, inset: last / each > 60 ? 0 : 0.5, title: (d) => `${d.rule}, ${d.first === d.last ? `tick ${d.first}` : `ticks ${d.first} to ${d.last}, a tick`}\n${human(d.packets)} packets a trial${d.stages > 0 ? `, ${human(d.stages)} more while the clock stands` : ""}\nat most ${human(d.peak)} in one step` }),
        Plot.ruleY(bars, { x1: (d) => d.first - 0.5, x2: (d) => d.last + 0.5, y: "peak", fy: "rule", stroke: "currentColor", strokeWidth: 1.5, insetLeft: 1, insetRight: 1 }),
        Plot.text(rules, { fy: "name", frameAnchor: "top-left", dx: 2, dy: -13, text: (rule: Rule) => shorten(rule.name, 24), textAnchor: "start", fontWeight: 600 }),
        Plot.ruleY([0]),
      ],
    });
    let [x, y] = [52, 8];
    const entries = [["tick", "packets of a tick, a trial"], ...(hasStages ? [["stages", "while the clock stands"]] : [])] as [string, string][];
    for (const [what, words] of entries) {
      drawn.append(svg("rect", { x, y: y - 6, width: 12, height: 12, style: `fill: ${colour[what]}` }), svg("text", { x: x + 18, y, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, words));
      if (narrow) y += 18;
      else x += 190;
    }
    drawn.append(svg("line", { x1: x, y1: y, x2: x + 12, y2: y, stroke: "currentColor", "stroke-width": 1.5 }), svg("text", { x: x + 18, y, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, "most in one step"));
    return drawn;
  };
  return {
    id: "timeline",
    title: "The chip's load, tick by tick",
    takeaway: timelineTakeaway(rules.map((rule) => ({ name: rule.name, ticks: rule.chip!.ticks }))),
    how: `Packets with multicast, by the tick at which they are sent. A sweep stops the clock: its stages, one for each tick that it goes back, stand at the tick where it begins.${each > 1 ? ` Each bar is the mean of ${each} ticks; the numbers are those of each.` : ""}`,
    columns: ["rule", "tick", "packets a trial", "packets of stages a trial", "most packets of one step"],
    rows: rules.flatMap((rule) => rule.chip!.ticks.map((one) => [rule.name, one.tick, one.packets, one.stages, one.peak])),
    draw,
  };
}
