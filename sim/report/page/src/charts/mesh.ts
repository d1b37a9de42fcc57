// The time that each tick needs on the mesh, with one panel for each rule; below, mean latency,
// longest queue and busiest link by tick, a line for each rule. Long trials show means over equal
// numbers of ticks (of queue and link the most); the table and the CSV have every tick.
import * as Plot from "@observablehq/plot";
import type { JsonEnds, MeshTick, Replay, Result } from "../data.ts";
import type { Chart } from "../figure.ts";
import { counted, human, shorten, tick } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { kNarrow, legend, legendHeight, plot, svg, together, wholeTicks } from "../svg.ts";

const kBars = 120;  // of a panel

interface Replayed {
  name: string;
  index: number;
  replay: Replay;
}

interface Bar {
  rule: string;
  what: "forward" | "learning";
  first: number;
  last: number;
  cycles: number;
}

const colour = { forward: "var(--local)", learning: "var(--broadcast)" };

function place(core: number): string {
  return core < 0 ? "the host" : `core ${core}`;
}

function link({ from, to }: JsonEnds): string {
  return `${place(from)} to ${place(to)}`;
}

/// The step in which a link had the most flits, under the rule that loads one most and under the one
/// that loads one least.
function busiestLink(rules: Replayed[]): string {
  const tops = rules.flatMap(({ name, replay }) => {
    const [one] = [...replay.ticks].sort((a, b) => b.busiest - a.busiest);
    return one && one.busiest > 0 ? [{ name, one }] : [];
  });
  const sorted = tops.sort((a, b) => b.one.busiest - a.one.busiest);
  const [most, least] = [sorted[0], sorted[sorted.length - 1]];
  if (!most || !least) return "";
  const rest = least.one.busiest < most.one.busiest ? `, under ${least.name} ${human(least.one.busiest)}` : "";
  return ` No link has more than ${counted(most.one.busiest, "flit")} in a step under ${most.name} (${link(most.one.busiestLink)}, tick ${most.one.tick})${rest}.`;
}

export function meshTakeaway(rules: Replayed[]): string {
  const sorted = [...rules].sort((a, b) => b.replay.learning - a.replay.learning);
  const [most, least] = [sorted[0], sorted[sorted.length - 1]];
  if (!most || !least) return "";
  const cycles = (rule: Replayed) => `${human(rule.replay.learning)} cycles a trial under ${rule.name}`;
  const forward = `Forward packets keep the mesh busy for ${human(most.replay.forward)} cycles a trial`;
  const all = most === least ? `learning for ${cycles(most)}` : `learning for ${cycles(most)}, ${cycles(least)}`;
  const lossy = rules.filter((rule) => rule.replay.lost > 0).sort((a, b) => b.replay.lost - a.replay.lost)[0];
  return `${forward}, ${all}.${busiestLink(rules)}${lossy ? ` Full queues lose ${human(lossy.replay.lost)} packets a trial under ${lossy.name}.` : ""}`;
}

/// The ticks of a trial in stretches of equal length.
function stretches(ticks: MeshTick[], length: number): MeshTick[][] {
  const made = new Map<number, MeshTick[]>();
  for (const one of ticks) {
    const k = Math.floor((one.tick - 1) / length);
    if (!made.get(k)?.push(one)) made.set(k, [one]);
  }
  return [...made.values()];
}

export function meshChart(result: Result): Chart | undefined {
  const rules: Replayed[] = result.rules.flatMap(({ name, index, chip }) => (chip?.replay ? [{ name, index, replay: chip.replay }] : []));
  if (rules.length === 0) return undefined;
  const length = Math.max(1, Math.ceil(result.ticks / kBars));
  const bars: Bar[] = rules.flatMap(({ name, replay }) =>
    stretches(replay.ticks, length).flatMap((own) =>
      (["forward", "learning"] as const).map((what) => {
        const first = Math.floor((own[0]!.tick - 1) / length) * length;
        const last = Math.min(result.ticks, first + length);
        return { rule: name, what, first, last, cycles: own.reduce((sum, one) => sum + one[what], 0) / (last - first) };
      }),
    ),
  );
  const points = rules.flatMap(({ name, index, replay }) =>
    stretches(replay.ticks, length).map((own) => {
      const packets = own.reduce((sum, one) => sum + one.packets, 0);
      return {
        rule: name,
        index,
        tick: (own[0]!.tick + own[own.length - 1]!.tick) / 2,
        latency: own.reduce((sum, one) => sum + (one.packets > 0 ? one.latency * one.packets : 0), 0) / packets,
        queue: Math.max(...own.map((one) => one.queue)),
        busiest: Math.max(...own.map((one) => one.busiest)),
        over: link(own.reduce((most, one) => (one.busiest > most.busiest ? one : most)).busiestLink),
      };
    }),
  );
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const x = { domain: [0.5, result.ticks + 0.5], label: "tick of a trial →", labelAnchor: "right" as const, labelArrow: "none" as const, ticks: wholeTicks([1, Math.max(2, result.ticks)], narrow ? 4 : 8), tickFormat: tick };
    const head = 30;
    const panel = 118;
    const panels = rules.map((rule, k) => {
      const drawn = plot({
        width,
        height: panel,
        marginLeft: 52,
        marginRight: 12,
        marginTop: 24,
        marginBottom: 36,
        x: { ...x, label: k + 1 < rules.length ? null : x.label },
        y: { label: null, grid: true, ticks: 3, tickFormat: tick, zero: true },
        marks: [
          Plot.rectY(bars.filter((bar) => bar.rule === rule.name), { x1: (d: Bar) => d.first + 0.5, x2: (d: Bar) => d.last + 0.5, y: "cycles", fill: (d: Bar) => colour[d.what], inset: 0, title: (d: Bar) => `${d.rule}, ${d.last - d.first > 1 ? `ticks ${d.first + 1} to ${d.last}` : `tick ${d.last}`}: ${human(d.cycles)} cycles of ${d.what}` }),
          Plot.text([rule.name], { frameAnchor: "top-left", dy: -16, fontWeight: 600, fontSize: 13, text: (name: string) => shorten(name, 24) }),
          Plot.ruleY([0]),
        ],
      });
      return { x: 0, y: head + k * panel, part: drawn as SVGSVGElement };
    });
    const top = svg("svg", { width, height: head, "font-size": 12, fill: "currentColor" }, svg("text", { x: 5, y: 12, dy: "0.35em" }, "↑ cycles"));
    let at = narrow ? 90 : 190;
    for (const what of ["forward", "learning"] as const) {
      top.append(svg("rect", { x: at, y: 6, width: 12, height: 12, style: `fill: ${colour[what]}` }), svg("text", { x: at + 18, y: 12, dy: "0.35em" }, what));
      at += 90;
    }
    const tall = head + panel * rules.length + 10;
    const lines = (of: "latency" | "queue" | "busiest", label: string, named: boolean) => {
      const top = named ? legendHeight(rules.length, width) + 10 : 26;
      const drawn = plot({
        width,
        height: top + 110 + 40,
        marginLeft: 52,
        marginRight: 12,
        marginTop: top,
        marginBottom: 40,
        x,
        y: { label, grid: true, ticks: 3, tickFormat: tick, zero: true },
        marks: rules.flatMap((rule) => {
          const own = points.filter((point) => point.index === rule.index && Number.isFinite(point[of]));
          const line = Plot.lineY(own, { x: "tick", y: of, stroke: ruleColour(rule.index), strokeDasharray: ruleDash(rule.index) ?? "none", strokeWidth: 2, marker: own.length === 1 ? "dot" : "none", title: () => rule.name });
          // places to point at: which link it is
          return of === "busiest" ? [line, Plot.dot(own, { x: "tick", y: of, r: 2, fill: ruleColour(rule.index), title: (d) => `${rule.name}, tick ${tick(d.tick)}: ${human(d.busiest)} flits, ${d.over}` })] : [line];
        }),
      });
      if (named) legend(drawn, rules, width);
      return { drawn, height: top + 150 };
    };
    const latency = lines("latency", "mean latency in cycles", true);
    const queue = lines("queue", "longest queue in flits", false);
    const busiest = lines("busiest", "busiest link in flits", false);
    return together(width, tall + latency.height + queue.height + busiest.height, [
      { x: 0, y: 0, part: top },
      ...panels,
      { x: 0, y: tall, part: latency.drawn },
      { x: 0, y: tall + latency.height, part: queue.drawn },
      { x: 0, y: tall + latency.height + queue.height, part: busiest.drawn },
    ]);
  };
  return {
    id: "mesh",
    title: "Cycles of the mesh",
    takeaway: meshTakeaway(rules),
    how: `A replay of the packets, cycle by cycle. Forward packets come first, learning's after them, wave by wave; the stages of a sweep count for its tick. Bars of each rule have a scale of their own. Of the busiest link: the flits of one step, at most, and of one trial. Arithmetic takes no cycles here.${length > 1 ? ` Each bar is the mean of ${length} ticks.` : ""}`,
    columns: ["rule", "tick", "forward cycles", "learning cycles", "most cycles of a trial", "packets a trial", "mean latency", "largest latency", "lost packets a trial", "blocked cycles a trial", "longest queue in flits", "before the link", "most flits of a step over a link", "that link"],
    rows: rules.flatMap(({ name, replay }) => replay.ticks.map((one) => [name, one.tick, one.forward, one.learning, one.most, one.packets, Number.isFinite(one.latency) ? one.latency : "", one.largestLatency, one.lost, one.blocked, one.queue, link(one.queueLink), one.busiest, link(one.busiestLink)])),
    draw,
  };
}
