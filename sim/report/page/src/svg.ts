// The common parts of charts: the options of every plot, and names at the ends of lines.
import * as Plot from "@observablehq/plot";
import { shorten } from "./format.ts";
import { ruleColour, ruleDash } from "./palette.ts";

export const kNarrow = 560;  // pixels; below this width, charts stand one below the other

const kSpace = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(kSpace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/// Axes of logarithmic scales with given ticks and formats, because Plot itself omits some of their
/// labels (those of 90 and 900, for example).
function logAxes(options: Plot.PlotOptions): Plot.Markish[] {
  const made: Plot.Markish[] = [];
  const axes = [
    [options.x, (ticks: number[], how: object) => Plot.axisX(ticks, how)],
    [options.y, (ticks: number[], how: object) => Plot.axisY(ticks, how)],
  ] as const;
  for (const [scale, axis] of axes) {
    if (scale?.type !== "log" || !Array.isArray(scale.ticks) || typeof scale.tickFormat !== "function") continue;
    const { label, labelAnchor, labelArrow, tickFormat } = scale;
    made.push(axis(scale.ticks, { text: (x: number, i: number) => tickFormat(x, i), label, labelAnchor, labelArrow }));
  }
  return made;
}

/// `fontSize`: of axes and marks without a size of their own [px].
export function plot(options: Plot.PlotOptions, fontSize = 12): SVGSVGElement & Plot.Plot {
  const style = { fontSize: `${fontSize}px`, fontFamily: "inherit", background: "transparent", overflow: "visible" };
  return Plot.plot({ style, ...options, marks: [...logAxes(options), ...(options.marks ?? [])] }) as SVGSVGElement & Plot.Plot;
}

/// One picture made of several, each at its place.
export function together(width: number, height: number, parts: { x: number; y: number; part: SVGSVGElement }[]): SVGSVGElement {
  const whole = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, fill: "currentColor", "font-size": 12, "text-anchor": "start", style: "max-width: 100%; height: auto; overflow: visible" });
  for (const { x, y, part } of parts) {
    part.setAttribute("x", String(x));
    part.setAttribute("y", String(y));
    whole.append(part);
  }
  return whole;
}

const kEntry = 130; // pixels of a legend's entry

/// The place of a legend's first entry: next to the label of the y axis, or below it.
function legendStart(width: number): { x: number; y: number; perLine: number } {
  const x = width < kNarrow ? 8 : 210;
  return { x, y: width < kNarrow ? 30 : 9, perLine: Math.max(1, Math.floor((width - x) / kEntry)) };
}

export function legendHeight(entries: number, width: number): number {
  const { y, perLine } = legendStart(width);
  return y + 11 + 20 * Math.ceil(entries / perLine);
}

/// The lines and names of the rules, at the top of a plot.
export function legend(drawn: SVGSVGElement, rules: { name: string; index: number }[], width: number): void {
  const start = legendStart(width);
  rules.forEach((rule, i) => {
    const x = start.x + (i % start.perLine) * kEntry;
    const y = start.y + 20 * Math.floor(i / start.perLine);
    drawn.append(
      svg("line", { x1: x, y1: y, x2: x + 18, y2: y, "stroke-width": 3, "stroke-dasharray": ruleDash(rule.index) ?? "none", style: `stroke: ${ruleColour(rule.index)}` }),
      svg("text", { x: x + 23, y, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, shorten(rule.name, 14)),
    );
  });
}

export interface EndLabel {
  name: string;
  y: number; // pixels
  colour: string;
}

/// Names next to the ends of lines, moved apart where they would overlap, each with a short line to
/// its end.
export function endLabels(labels: EndLabel[], x: number, top: number, bottom: number, letters: number): SVGGElement {
  const gap = 15;
  const placed = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label, at: label.y }));
  for (let i = 1; i < placed.length; ++i) placed[i]!.at = Math.max(placed[i]!.at, placed[i - 1]!.at + gap);
  const over = placed.length > 0 ? placed[placed.length - 1]!.at - bottom : 0;
  if (over > 0) {
    placed[placed.length - 1]!.at -= over;
    for (let i = placed.length - 2; i >= 0; --i) placed[i]!.at = Math.min(placed[i]!.at, placed[i + 1]!.at - gap);
    if (placed[0]!.at < top) placed.forEach((label, i) => (label.at = top + (i * (bottom - top)) / Math.max(1, placed.length - 1)));
  }
  const group = svg("g", { class: "end-labels" });
  for (const label of placed) {
    group.append(
      svg("line", { x1: x + 2, y1: label.y, x2: x + 10, y2: label.at, style: `stroke: ${label.colour}`, "stroke-width": 1 }),
      svg("text", { x: x + 13, y: label.at, dy: "0.35em", "font-size": 12, "text-anchor": "start", style: "fill: currentColor" }, svg("title", {}, label.name), shorten(label.name, letters)),
    );
  }
  return group;
}

/// Powers of ten within a span, not too many; with halves and fifths if there is hardly one.
export function logTicks([low, high]: [number, number], most = 6): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  for (let step = Math.max(1, Math.ceil((last - first) / most)); step > 0; --step) {
    const made: number[] = [];
    for (let power = Math.ceil(first / step) * step; power <= last; power += step) made.push(Number(`1e${power}`));
    const within = made.filter((x) => x >= low && x <= high);
    if (within.length >= 2) return within;
  }
  const finer = Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const few = finer.filter((x) => x >= low && x <= high);
  if (few.length >= 2) return few;
  const step = Number(`1e${Math.floor(Math.log10(high - low))}`);
  const even = [step / 2, step, 2 * step, 5 * step].find((one) => (high - low) / one <= most) ?? step;
  return Array.from({ length: most + 2 }, (_, i) => Number(((Math.ceil(low / even) + i) * even).toPrecision(12))).filter((x) => x <= high);
}

/// Whole numbers within a span, not too many.
export function wholeTicks([low, high]: [number, number], most: number): number[] {
  const apart = [1, 2, 5].map((digit) => digit * 10 ** Math.max(0, Math.floor(Math.log10((high - low) / most))));
  const step = apart.find((one) => (high - low) / one <= most) ?? 10 * apart[0]!;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, i) => step * (first + i));
}

/// A slightly widened span of positive numbers, for a logarithmic axis.
export function logDomain(values: number[]): [number, number] {
  const positive = values.filter((x) => x > 0 && Number.isFinite(x));
  if (positive.length === 0) return [0.1, 1];
  const low = Math.min(...positive);
  const high = Math.max(...positive);
  return low === high ? [low / 2, high * 2] : [low / 1.15, high * 1.15];
}
