// The network's activity in the last recorded trial, where the model records it as arrays: outputs
// beside targets, neurons over time, and the path of the activity along its principal components.
import * as Plot from "@observablehq/plot";
import type { Result, Rule } from "../data.ts";
import type { Chart } from "../figure.ts";
import { counted, shorten, tick } from "../format.ts";
import { ruleColour } from "../palette.ts";
import { kNarrow, plot, svg, together, wholeTicks } from "../svg.ts";
import { principal } from "../principal.ts";

/// One recording under one rule: the first trial of the last recorded update.
export interface JsonActivity {
  run: number;  // index of the rule
  recording: number;
  ticks: number[];
  all: number;  // neurons; values may be of fewer
  values: (number | null)[][];  // by tick, then neuron
}

interface Recorded {
  rule: Rule;
  of: string;  // population
  quantity: string;
  ticks: number[];
  all: number;
  values: number[][];
}

function recordedIn(result: Result, activity: JsonActivity[]): Recorded[] {
  return activity.flatMap((one) => {
    const rule = result.rules[one.run];
    const recording = result.json.outline?.recordings?.[one.recording];
    if (!rule || !recording || one.values.length < 2) return [];
    return [{ rule, of: recording.of, quantity: recording.quantity, ticks: one.ticks, all: one.all, values: one.values.map((row) => row.map((value) => value ?? NaN)) }];
  });
}

const kMostReadouts = 3; // of a panel
const kColours = ["var(--rule-4)", "var(--rule-2)", "var(--rule-1)"];  // of readouts

interface Sample {
  rule: string;
  readout: number;
  tick: number;
  output: number;
  target: number;
}

/// Outputs, and targets where errors are recorded too: an error is output less target.
function samplesOf(outputs: Recorded[], errors: Recorded[]): Sample[] {
  return outputs.flatMap((output) => {
    const error = errors.find((one) => one.rule === output.rule && one.of === output.of && one.ticks.length === output.ticks.length);
    return output.values.flatMap((row, t) =>
      row.slice(0, kMostReadouts).map((value, readout) => {
        const off = error?.values[t]?.[readout];
        // a tick without an error has a recorded 0, and no target that is known
        return { rule: output.rule.name, readout, tick: output.ticks[t]!, output: value, target: off === undefined || off === 0 ? NaN : value - off };
      }),
    );
  });
}

function outputChart(all: Recorded[]): Chart | undefined {
  const outputs = all.filter((one) => one.quantity === "OUTPUT").filter((one, i, list) => list.findIndex((other) => other.rule === one.rule) === i);
  if (outputs.length === 0) return undefined;
  const samples = samplesOf(outputs, all.filter((one) => one.quantity === "ERROR"));
  const names = outputs.map((one) => one.rule.name);
  const withTargets = samples.some((sample) => Number.isFinite(sample.target));
  const draw = (width: number) => {
    const columns = width < kNarrow ? 1 : Math.min(2, names.length);
    const column = (name: string) => names.indexOf(name) % columns;
    const row = (name: string) => Math.floor(names.indexOf(name) / columns);
    const furthest = Math.max(...samples.map((sample) => sample.tick));
    return plot({
      width,
      height: 80 + Math.ceil(names.length / columns) * 140,
      marginLeft: 44,
      marginRight: 12,
      marginTop: 34,
      marginBottom: 40,
      x: { label: "tick →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([1, furthest], width < kNarrow ? 4 : 6), tickFormat: tick },
      y: { label: "output", grid: true, ticks: 4 },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.24 },
      marks: [
        Plot.frame({ strokeOpacity: 0.15 }),
        Plot.lineY(samples, { fx: (d: Sample) => column(d.rule), fy: (d: Sample) => row(d.rule), x: "tick", y: "output", z: (d: Sample) => `${d.rule} ${d.readout}`, stroke: (d: Sample) => kColours[d.readout]!, strokeWidth: 2 }),
        Plot.dot(samples.filter((d) => Number.isFinite(d.target)), { fx: (d: Sample) => column(d.rule), fy: (d: Sample) => row(d.rule), x: "tick", y: "target", r: 2.5, fill: "var(--paper)", stroke: (d: Sample) => kColours[d.readout]!, strokeWidth: 1.3, title: (d: Sample) => `${d.rule}, readout ${d.readout}, tick ${d.tick}: target ${d.target.toPrecision(4)}` }),
        Plot.text(names, { fx: column, fy: row, frameAnchor: "top-left", dy: -14, fontWeight: 600, fontSize: 13, text: (name: string) => shorten(name, 24) }),
      ],
    });
  };
  const most = Math.max(...outputs.map((one) => one.all));
  return {
    id: "outputs",
    title: withTargets ? "Outputs beside targets" : "Outputs",
    takeaway: `The first trial of the last recorded update, under ${counted(names.length, "rule")}.`,
    how: `${withTargets ? "Lines: outputs; circles: targets, at ticks with an error. " : ""}${most > kMostReadouts ? `The first ${kMostReadouts} of ${most} readouts.` : most > 1 ? `${counted(most, "readout")}, a colour each.` : "One readout."}`,
    columns: ["rule", "readout", "tick", "output", "target"],
    rows: samples.map((d) => [d.rule, d.readout, d.tick, d.output, Number.isFinite(d.target) ? d.target : ""]),
    draw,
  };
}

const kMostCells = 24_000; // of all panels

function raster(one: Recorded, width: number, most: number): SVGSVGElement {
  const kTop = 24;
  const neurons = one.values[0]!.length;
  const each = Math.max(2, Math.min(6, 240 / neurons));
  const height = kTop + neurons * each + 18;
  const step = Math.max(1, Math.ceil((one.values.length * neurons) / most));
  const across = (width - 40) / Math.ceil(one.values.length / step);
  const largest = Math.max(1e-12, ...one.values.flat().filter(Number.isFinite).map(Math.abs));
  const panel = together(width, height, []);
  panel.append(svg("text", { x: 0, y: 13, "font-size": 13, "font-weight": 600 }, shorten(`${one.rule.name}: ${one.of}`, 34)));
  for (let t = 0; t < one.values.length; t += step) {
    one.values[t]!.forEach((value, k) => {
      if (!(Math.abs(value) > 0.02 * largest)) return;
      panel.append(svg("rect", { x: 30 + (t / step) * across, y: kTop + k * each, width: Math.max(0.8, across), height: each * 0.9, style: `fill: var(${value > 0 ? "--local" : "--non-local"}); fill-opacity: ${Math.min(1, Math.abs(value) / largest).toFixed(2)}` }));
    });
  }
  panel.append(
    svg("text", { x: 26, y: kTop + each / 2, dy: "0.35em", "font-size": 10, "text-anchor": "end" }, "0"),
    ...(neurons > 3 ? [svg("text", { x: 26, y: kTop + (neurons - 0.5) * each, dy: "0.35em", "font-size": 10, "text-anchor": "end" }, String(neurons - 1))] : []),
    svg("text", { x: 30, y: height - 4, "font-size": 10 }, `tick ${one.ticks[0]}`),
    svg("text", { x: width - 10, y: height - 4, "font-size": 10, "text-anchor": "end" }, String(one.ticks[one.ticks.length - 1])),
  );
  return panel;
}

function rasterChart(all: Recorded[]): Chart | undefined {
  const shown = all.filter((one) => one.quantity === "ACTIVITY");
  if (shown.length === 0) return undefined;
  const draw = (width: number) => {
    const columns = width < kNarrow ? 1 : Math.min(2, shown.length);
    const across = Math.floor((width - 20 * (columns - 1)) / columns);
    const parts = shown.map((one) => raster(one, across, kMostCells / shown.length));
    const tall = Math.max(...parts.map((part) => Number(part.getAttribute("height")))) + 14;
    return together(width, tall * Math.ceil(parts.length / columns), parts.map((part, i) => ({ x: (i % columns) * (across + 20), y: Math.floor(i / columns) * tall, part })));
  };
  const cut = shown.find((one) => one.all > one.values[0]!.length);
  return {
    id: "raster",
    title: "Activity of the neurons",
    takeaway: `A row is a neuron, from left to right goes the time of one trial. Blue: above 0, orange: below; the stronger, the further from 0.`,
    how: `The first trial of the last recorded update.${cut ? ` The first ${cut.values[0]!.length} of ${cut.all} neurons.` : ""}`,
    columns: ["rule", "population", "neuron", "tick", "activity"],
    rows: shown.flatMap((one) => one.values.flatMap((row, t) => row.map((value, k) => [one.rule.name, one.of, k, one.ticks[t]!, value]))),
    draw,
  };
}

interface Place {
  rule: string;
  tick: number;
  one: number;
  two: number;
}

function componentChart(result: Result, all: Recorded[]): Chart | undefined {
  const kinds = new Map((result.json.outline?.populations ?? []).map((population) => [population.name, population.kind]));
  const shown = all.filter((one) => one.quantity === "ACTIVITY" && kinds.get(one.of) === "rate" && one.values[0]!.length > 2).filter((one, i, list) => list.findIndex((other) => other.rule === one.rule) === i);
  if (shown.length === 0) return undefined;
  const found = shown.map((one) => ({ one, ...principal(one.values) }));
  const places: Place[] = found.flatMap(({ one, scores }) => scores.map(([first, second], t) => ({ rule: one.rule.name, tick: one.ticks[t]!, one: first, two: second })));
  const names = shown.map((one) => one.rule.name);
  const draw = (width: number) => {
    const columns = Math.min(width < kNarrow ? 2 : 4, names.length);
    const column = (name: string) => names.indexOf(name) % columns;
    const row = (name: string) => Math.floor(names.indexOf(name) / columns);
    return plot({
      width,
      height: 84 + Math.ceil(names.length / columns) * Math.min(200, width / columns),
      marginLeft: 44,
      marginRight: 12,
      marginTop: 34,
      marginBottom: 40,
      x: { label: "first component →", labelAnchor: "right", labelArrow: "none", ticks: 3 },
      y: { label: "second component", ticks: 3, grid: true },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.24 },
      marks: [
        Plot.frame({ strokeOpacity: 0.15 }),
        ...found.map(({ one }) => Plot.line(places.filter((place) => place.rule === one.rule.name), { fx: () => column(one.rule.name), fy: () => row(one.rule.name), x: "one", y: "two", stroke: ruleColour(one.rule.index), strokeWidth: 1.6 })),
        Plot.dot(places.filter((place) => place.tick === shown[0]!.ticks[0]), { fx: (d: Place) => column(d.rule), fy: (d: Place) => row(d.rule), x: "one", y: "two", r: 3.5, fill: "var(--paper)", stroke: "currentColor" }),
        Plot.text(names, { fx: column, fy: row, frameAnchor: "top-left", dy: -14, fontWeight: 600, fontSize: 13, text: (name: string) => shorten(name, 16) }),
      ],
    });
  };
  return {
    id: "components",
    title: "The path of the activity",
    takeaway: found.map(({ one, explained }) => `${one.rule.name}: ${Math.round(100 * explained)} %`).join(", ") + " of the variance of its activity lies in the plane that is drawn.",
    how: "The activity of all neurons, tick by tick, along the first two principal components of each rule's own trial; the circle is the first tick.",
    columns: ["rule", "tick", "first component", "second component"],
    rows: places.map((place) => [place.rule, place.tick, place.one, place.two]),
    draw,
  };
}

export function activityCharts(result: Result, activity: JsonActivity[]): (Chart | undefined)[] {
  const all = recordedIn(result, activity);
  return all.length === 0 ? [] : [outputChart(all), rasterChart(all), componentChart(result, all)];
}
