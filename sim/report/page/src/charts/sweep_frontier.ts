// Loss against a cost, over all settings and rules of a sweep, with error bars over seeds. Small dots
// are single members, each linked to its page.
import * as Plot from "@observablehq/plot";
import type { Chart } from "../figure.ts";
import { counted, human, joules, listed, loss, shorten, tick } from "../format.ts";
import { ruleColour } from "../palette.ts";
import { kNarrow, legend, legendHeight, logDomain, logTicks, plot } from "../svg.ts";
import { type Line, type Sweep, frontier } from "../sweep_data.ts";

const kMostDots = 3000; // members that have a dot of their own

export function named(line: Line): string {
  return line.label === "" ? line.rule : `${line.rule} (${line.label})`;
}

/// A cost that a rule's loss is drawn against.
interface Cost {
  id: string;
  title: string;
  label: string;
  of(line: Line): number;
  ofMember(point: Line["points"][number]): number;
  show(x: number): string;
  from0: boolean;  // the axis begins at 0, logarithmic from 1 on
}

const kViolations: Cost = {
  id: "frontier",
  title: "The locality frontier",
  label: "messages a trial that break locality →",
  of: (line) => line.violations,
  ofMember: (point) => point.digest.violations,
  show: (x) => `${human(x)} violations a trial`,
  from0: true,
};

const kEnergy: Cost = {
  id: "energy-frontier",
  title: "Loss against energy on the chip",
  label: "energy a trial, estimated →",
  of: (line) => line.energy,
  ofMember: (point) => point.digest.chip?.picojoules ?? NaN,
  show: joules,
  from0: false,
};

interface Dot {
  x: number;
  y: number;
  index: number;
  page: string | undefined;
  text: string;
}

function dotsOf(lines: Line[], cost: Cost): Dot[] {
  const all = lines.flatMap((line) => line.points.map((point) => ({ x: cost.ofMember(point), y: point.last, index: line.index, page: point.page, text: `${named(line)}, seed ${point.seed}: loss ${loss(point.last)}, ${cost.show(cost.ofMember(point))}` })));
  return all.length > kMostDots ? [] : all.filter((dot) => dot.y > 0 && Number.isFinite(dot.x));
}

function chart(sweep: Sweep, cost: Cost): Chart | undefined {
  const shown = sweep.lines.filter((line) => line.median > 0 && Number.isFinite(cost.of(line)));
  if (shown.length === 0) return undefined;
  const front = frontier(shown, cost.of);
  const dots = dotsOf(shown, cost);
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const top = legendHeight(sweep.rules.length, width) + 14;
    const domain = logDomain([...shown.flatMap((line) => [line.q25, line.q75]), ...dots.map((dot) => dot.y)]);
    const most = Math.max(1, ...shown.map(cost.of), ...dots.map((dot) => dot.x));
    const powers = [0, ...Array.from({ length: 12 }, (_, i) => 10 ** i).filter((x) => x <= most * 1.5)];
    const span = logDomain([...shown.map(cost.of), ...dots.map((dot) => dot.x)]);
    const x: Plot.ScaleOptions = cost.from0
      ? { type: "symlog", domain: [0, most * 1.3], ticks: narrow ? powers.filter((_, i) => i % 2 === 0) : powers, tickFormat: tick }
      : { type: "log", domain: span, ticks: logTicks(span, narrow ? 3 : 6), tickFormat: cost.show };
    const drawn = plot({
      width,
      height: top + (narrow ? 300 : 360),
      marginLeft: 52,
      marginRight: 24,
      marginTop: top,
      marginBottom: 40,
      x: { ...x, label: cost.label, labelAnchor: "right", labelArrow: "none", insetLeft: 14, insetRight: 10 },
      y: { type: "log", domain, inset: 10, label: "loss at the end, less is better", grid: true, ticks: logTicks(domain, 5), tickFormat: loss },
      symbol: { type: "identity" } as never,
      marks: [
        Plot.line(front, { x: cost.of, y: "median", curve: "step-after", stroke: "currentColor", strokeOpacity: 0.45, strokeDasharray: "4 3" }),
        Plot.dot(dots, { x: "x", y: "y", r: 2.6, fill: (d: Dot) => ruleColour(d.index), fillOpacity: 0.5, href: (d: Dot) => d.page ?? null, title: "text" }),
        Plot.ruleX(shown, { x: cost.of, y1: "q25", y2: "q75", stroke: (d: Line) => ruleColour(d.index), strokeWidth: 2, strokeOpacity: 0.7 }),
        Plot.dot(shown, { x: cost.of, y: "median", r: 5, fill: (d: Line) => ruleColour(d.index), symbol: (d: Line) => (d.violations === 0 ? "circle" : "diamond"), stroke: "var(--paper)", strokeWidth: 0.7, title: (d: Line) => `${named(d)}\nmedian loss ${loss(d.median)} (${loss(d.q25)} to ${loss(d.q75)})\n${cost.show(cost.of(d))}` }),
      ],
    });
    // The members' table has the same links for the keyboard.
    for (const link of drawn.querySelectorAll("a")) link.setAttribute("tabindex", "-1");
    legend(drawn, sweep.rules, width);
    return drawn;
  };
  const names = front.map((line) => shorten(line.rule, 24)).filter((rule, i, all) => rule !== all[i - 1]);
  return {
    id: cost.id,
    title: cost.title,
    takeaway: `${front.length} of ${counted(shown.length, "point")} ${front.length === 1 ? "lies" : "lie"} on the frontier, where nothing has both less loss and less cost: ${listed(names)}.`,
    how: `A large point is one combination of settings under one rule: the median over its seeds, with a line from the first to the third quartile. ● without violations, ◆ with some. Small points are single members${dots.some((dot) => dot.page) ? "; each leads to its page" : ""}. The dashed line joins those that nothing beats.`,
    columns: ["rule", ...sweep.json.axes.map((axis) => axis.path), "seeds", "completed", "mean", "25 %", "median", "75 %", "messages a trial", "violations a trial", ...(cost === kEnergy ? ["energy a trial in pJ"] : [])],
    rows: shown.map((l) => [l.rule, ...l.settings, l.seeds, l.completed, l.mean, l.q25, l.median, l.q75, l.messages, l.violations, ...(cost === kEnergy ? [l.energy] : [])]),
    draw,
  };
}

export function frontierChart(sweep: Sweep): Chart | undefined {
  return chart(sweep, kViolations);
}

export function energyFrontierChart(sweep: Sweep): Chart | undefined {
  return chart(sweep, kEnergy);
}
