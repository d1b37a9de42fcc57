// The main picture of the project: the reach of each rule's messages in space and time, beside its
// loss.
//
// There is one row for each rule. On the left are its messages by lag: bars up for wires that
// respect locality, bars down for wires that break it; a bar further right is further back in time.
// On the right is its loss from start to end.
import * as Plot from "@observablehq/plot";
import type { Result, Rule } from "../data.ts";
import { learns, reachTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { human, loss, shorten, tick } from "../format.ts";
import { kNarrow, logDomain, logTicks, plot, svg, together, wholeTicks } from "../svg.ts";

interface Bar {
  lag: number;
  near: number;  // messages per trial over wires that respect locality
  far: number;  // the same over wires that break it
}

export function bars(rule: Rule): Bar[] {
  const byLag = new Map<number, Bar>();
  for (const entry of rule.entries) {
    const bar = byLag.get(entry.lag) ?? { lag: entry.lag, near: 0, far: 0 };
    if (entry.wires === "non-local") bar.far += entry.messages;
    else bar.near += entry.messages;
    byLag.set(entry.lag, bar);
  }
  return [...byLag.values()].sort((a, b) => a.lag - b.lag);
}

const kRow = 66; // pixels
const kTop = 34;
const kBottom = 40;
const kEmpty = 8;  // lags without messages that are still drawn

function stays(rule: Rule): string {
  if (rule.spatial > 0) return "present tick, over non-local wires";
  return learns(rule) ? "present tick, local wires only" : "learns nothing";
}

function reachPart(result: Result, width: number, marginLeft: number): SVGSVGElement {
  const names = result.rules.map((rule) => rule.name);
  const all = result.rules.flatMap((rule) => bars(rule).map((bar) => ({ ...bar, rule: rule.name })));
  const most = Math.max(1, ...all.map((bar) => Math.max(bar.near, bar.far)));
  const height = (x: number) => Math.log1p(x) / Math.log1p(most);
  const deepest = Math.max(0.35, ...all.map((bar) => height(bar.far)));
  const furthest = Math.max(kEmpty, ...all.map((bar) => bar.lag));
  const half = 0.42; // of a lag
  return plot({
    width,
    height: kTop + kBottom + kRow * names.length,
    marginLeft,
    marginRight: 16,
    marginTop: kTop,
    marginBottom: kBottom,
    x: { domain: [-0.6, furthest + 0.6], label: "lag: ticks back in time →", ticks: wholeTicks([0, furthest], width < kNarrow ? 5 : 10), tickFormat: tick, labelAnchor: "center", labelArrow: "none" },
    y: { domain: [-deepest, 1], axis: null },
    fy: { domain: names, padding: 0.14, axis: null },
    marks: [
      Plot.rect(all, { fy: "rule", x1: (d: Bar) => d.lag - half, x2: (d: Bar) => d.lag + half, y1: 0, y2: (d: Bar) => height(d.near), fill: "var(--local)", title: (d: Bar) => `lag ${d.lag}: ${human(d.near)} messages a trial over wires that keep locality` }),
      Plot.rect(all, { fy: "rule", x1: (d: Bar) => d.lag - half, x2: (d: Bar) => d.lag + half, y1: 0, y2: (d: Bar) => -height(d.far), fill: "var(--non-local)", title: (d: Bar) => `lag ${d.lag}: ${human(d.far)} messages a trial over wires that break it` }),
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.35 }),
      Plot.text(
        result.rules.filter((rule) => rule.maxLag === 0 && rule.messages > 0),
        { fy: "name", x: 0.9, y: 0, dy: -11, text: stays, textAnchor: "start", fontSize: 12, fill: "var(--quiet)" },
      ),
      Plot.text(result.rules, { fy: "name", frameAnchor: "left", dx: -marginLeft + 2, text: (rule: Rule) => shorten(rule.name, marginLeft < 100 ? 10 : 15), textAnchor: "start", fontWeight: 600, fontSize: 13, title: "name" }),
    ],
  });
}

function lossPart(result: Result, width: number, marginLeft: number): SVGSVGElement {
  const names = result.rules.map((rule) => rule.name);
  const shown = result.rules.filter((rule) => rule.first > 0 && rule.last > 0);
  const right = 84;
  const domain = logDomain(shown.flatMap((rule) => [rule.first, rule.last]));
  return plot({
    width,
    height: kTop + kBottom + kRow * names.length,
    marginLeft,
    marginRight: right,
    marginTop: kTop,
    marginBottom: kBottom,
    x: { type: "log", domain, label: "← less is better", labelAnchor: "left", labelArrow: "none", ticks: logTicks(domain, 4), tickFormat: loss, grid: true },
    y: { axis: null },
    fy: { domain: names, padding: 0.12, axis: null },
    marks: [
      Plot.link(shown, { fy: "name", x1: "first", x2: "last", y1: 0, y2: 0, stroke: "currentColor", strokeOpacity: 0.5, strokeWidth: 1.5 }),
      Plot.dot(shown, { fy: "name", x: "first", y: 0, r: 3.5, fill: "var(--paper)", stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.dot(shown, { fy: "name", x: "last", y: 0, r: 6, fill: (rule: Rule) => (rule.violations === 0 ? "var(--local)" : "var(--non-local)"), symbol: (rule: Rule) => (rule.violations === 0 ? "circle" : "diamond"), title: (rule: Rule) => `${rule.name}: ${loss(rule.first)} → ${loss(rule.last)}` }),
      Plot.text(result.rules, { fy: "name", frameAnchor: "right", dx: right - 2, textAnchor: "end", text: (rule: Rule) => (rule.status === "COMPLETED" || rule.status === "RUNNING" ? loss(rule.last) : rule.status.toLowerCase().replace("_", " ")), fontSize: 12 }),
    ],
    symbol: { type: "identity" } as never,
  });
}

function heading(text: string, x: number, y: number): SVGTextElement {
  return svg("text", { x, y, "font-size": 13, "font-weight": 600 }, text);
}

function draw(result: Result, width: number): SVGSVGElement {
  const height = kTop + kBottom + kRow * result.rules.length;
  const narrow = width < kNarrow + 60;
  const marginLeft = narrow ? 86 : 122;
  const leftWidth = narrow ? width : Math.round(width * 0.62);
  const rightWidth = narrow ? width : width - leftWidth;
  const right = narrow ? { x: 0, y: height + 10 } : { x: leftWidth, y: 0 };
  const whole = together(width, narrow ? 2 * height + 10 : height, [
    { x: 0, y: 0, part: reachPart(result, leftWidth, marginLeft) },
    { ...right, part: lossPart(result, rightWidth, narrow ? 86 : 16) },
  ]);
  whole.append(heading(narrow ? "how far messages reach" : "how far its messages reach", marginLeft, 14), heading("what it learns: loss", right.x + (narrow ? 86 : 16), right.y + 14));
  if (narrow) {
    result.rules.forEach((rule, i) => {
      const y = right.y + kTop + (i + 0.5) * kRow;
      whole.append(svg("text", { x: 2, y, dy: "0.35em", "font-size": 13, "font-weight": 600 }, shorten(rule.name, 10)));
    });
  }
  return whole;
}

export function reachChart(result: Result): Chart {
  return {
    id: "reach",
    title: "How far messages reach, and what is learnt",
    takeaway: reachTakeaway(result),
    how:
      "Bars up (blue): messages over wires that keep locality. Bars down (orange): over wires that break it in space. Bars to the right of 0 are about ticks that " +
      "are past: they break it in time. Heights are logarithmic. Loss: ○ at the start, ● at the end of a rule without any violation, ◆ of one with some.",
    columns: ["rule", "lag", "messages a trial over wires that keep locality", "messages a trial over wires that break it", "loss at the start", "loss at the end"],
    rows: result.rules.flatMap((rule) => bars(rule).map((bar) => [rule.name, bar.lag, bar.near, bar.far, rule.first, rule.last])),
    draw: (width) => draw(result, width),
  };
}
