// Alignment of rules: the cosine of each rule's change with the exact gradient along its own run,
// and between all compared rules along each run.
import * as Plot from "@observablehq/plot";
import type { JsonAlignment, JsonRun, Result } from "../data.ts";
import { type Cell, type Chart } from "../figure.ts";
import { listed, shorten, tick } from "../format.ts";
import { ruleColour, ruleDash } from "../palette.ts";
import { endLabels, kNarrow, plot, wholeTicks } from "../svg.ts";

const kTies = 0.005;  // cosines that are so near each other are the same in a sentence

/// The alignments of a run whose values are there, of all plastic synapses together.
function whole(run: JsonRun): (JsonAlignment & { cosine: number })[] {
  return (run.alignment ?? []).flatMap((one) => (one.projection === "" && typeof one.cosine === "number" ? [{ ...one, cosine: one.cosine }] : []));
}

/// The exact gradient's name: the other rule of a run's first alignment.
function exactOf(run: JsonRun): string | undefined {
  return run.alignment?.[0]?.with;
}

const shown = (cosine: number): string => (Math.abs(cosine) < 0.005 ? "0" : cosine.toFixed(2));

export function alignmentChart(result: Result): Chart | undefined {
  const lines = result.rules.flatMap((rule, k) => {
    const run = result.json.runs[k]!; // rules have the order of runs; their index is a style
    const points = whole(run).filter((one) => one.rule === rule.name && one.with === exactOf(run));
    return points.length > 0 ? [{ rule, points }] : [];
  });
  if (lines.length === 0) return undefined;
  const ends = lines.map(({ rule, points }) => ({ name: rule.name, first: points[0]!.cosine, last: points[points.length - 1]!.cosine }));
  const words = ends.map(({ name, first, last }) => (Math.abs(first - last) < kTies ? `${name} at ${shown(last)}` : `${name} from ${shown(first)} to ${shown(last)}`));
  const lowest = Math.min(0, ...lines.flatMap(({ points }) => points.map((point) => point.cosine)));
  const furthest = Math.max(1, ...lines.map(({ points }) => points[points.length - 1]!.update));
  const draw = (width: number) => {
    const height = width < kNarrow ? 260 : 300;
    const marginRight = width < kNarrow ? 92 : 120;
    const drawn = plot({
      width,
      height,
      marginLeft: 52,
      marginRight,
      marginTop: 24,
      marginBottom: 38,
      x: { domain: [0, furthest], label: "update →", labelAnchor: "right", labelArrow: "none", ticks: wholeTicks([0, furthest], width < kNarrow ? 4 : 8), tickFormat: tick },
      y: { domain: [lowest < -0.05 ? -1 : 0, 1], label: "cosine with the exact gradient", grid: true, ticks: 5 },
      marks: [
        Plot.ruleY([0], { strokeOpacity: 0.4 }),
        ...lines.flatMap(({ rule, points }) => [
          Plot.lineY(points, { x: "update", y: "cosine", stroke: ruleColour(rule.index), strokeDasharray: ruleDash(rule.index) ?? "none", strokeWidth: 2 }),
          Plot.dot(points, { x: "update", y: "cosine", r: 2.6, fill: ruleColour(rule.index), title: (point: JsonAlignment) => `${point.rule}\nupdate ${point.update}\ncosine ${point.cosine?.toPrecision(4)}` }),
        ]),
      ],
    });
    const y = drawn.scale("y");
    const labels = lines.flatMap(({ rule, points }) => (y ? [{ name: rule.name, y: Number(y.apply(points[points.length - 1]!.cosine)), colour: ruleColour(rule.index) }] : []));
    drawn.append(endLabels(labels, width - marginRight, 24, height - 38, width < kNarrow ? 11 : 15));
    return drawn;
  };
  return {
    id: "alignment",
    title: "How a rule's change points along the gradient",
    takeaway: `Cosine of each rule's change with the exact gradient, at the weights of its own run: ${listed(words)}.`,
    how: "1: the same direction; 0: at a right angle; below 0: against it. The changes are those of all plastic synapses together, on the same batch. A high cosine does not promise a low loss.",
    columns: ["run", "update", "rule", "with", "projection", "cosine", "norm ratio", "sign agreement"],
    rows: result.json.runs.flatMap((run) =>
      (run.alignment ?? []).map((one): Cell[] => [run.rule, one.update, one.rule, one.with, one.projection || "all", one.cosine ?? "", one.normRatio ?? "", one.signAgreement ?? ""]),
    ),
    draw,
  };
}

interface Square {
  run: string;
  rule: string;
  other: string;
  cosine: number;
  points: number;
}

/// Mean cosines of every pair over the comparisons of a run, both ways round, and 1 on the diagonal.
function squaresOf(run: JsonRun): { names: string[]; squares: Square[] } {
  const all = whole(run);
  const names = [...new Set((run.alignment ?? []).flatMap((one) => [one.with, one.rule]))];
  const squares: Square[] = names.map((name) => ({ run: run.rule, rule: name, other: name, cosine: 1, points: all.length }));
  for (const rule of names) {
    for (const other of names) {
      const own = all.filter((one) => (one.rule === rule && one.with === other) || (one.rule === other && one.with === rule));
      if (rule === other || own.length === 0) continue;
      squares.push({ run: run.rule, rule, other, cosine: own.reduce((sum, one) => sum + one.cosine, 0) / own.length, points: own.length });
    }
  }
  return { names, squares };
}

export function matrixChart(result: Result): Chart | undefined {
  const runs = result.json.runs.filter((run) => whole(run).length > 0).map((run) => ({ run, ...squaresOf(run) }));
  const names = [...new Set(runs.flatMap((one) => one.names))]; // a rule whose feedback learns is in its own run alone
  if (names.length < 2) return undefined;
  const pairs = runs.flatMap(({ squares }) => squares.filter((one) => one.rule !== one.other));
  const best = [...pairs].sort((a, b) => a.cosine - b.cosine);
  const least = best[0]!;
  const draw = (width: number) => {
    const columns = width < kNarrow ? 1 : Math.min(runs.length, width < 800 ? 2 : 3);
    const rows = Math.ceil(runs.length / columns);
    const letters = width < kNarrow ? 9 : 11;
    const marginLeft = 24 + 7 * Math.min(letters, Math.max(...names.map((name) => name.length)));
    const panel = (width - marginLeft - 8) / columns;
    const side = Math.min(panel, 46 * names.length);
    const column = (run: string) => runs.findIndex((one) => one.run.rule === run) % columns;
    const row = (run: string) => Math.floor(runs.findIndex((one) => one.run.rule === run) / columns);
    const figures = side / names.length > 30;
    const drawn = plot({
      width: Math.min(width, marginLeft + 8 + columns * side * 1.12),
      height: 60 + marginLeft * 0.8 + rows * (side + 34),
      marginLeft,
      marginTop: 34,
      marginBottom: marginLeft * 0.8,
      marginRight: 8,
      x: { domain: names, label: null, tickSize: 0, tickRotate: -60, tickFormat: (name: string) => shorten(name, letters) },
      y: { domain: names, label: null, tickSize: 0, tickFormat: (name: string) => shorten(name, letters) },
      fx: { axis: null, padding: 0.08 },
      fy: { axis: null, padding: 0.16 },
      color: { type: "diverging", scheme: "PuOr", domain: [-1.7, 1.7], reverse: true },  // pale enough for figures
      marks: [
        ...runs.map(({ squares }) =>
          Plot.cell(squares, { fx: (one: Square) => column(one.run), fy: (one: Square) => row(one.run), x: "other", y: "rule", fill: "cosine", inset: 0.5, title: (one: Square) => `${one.rule} with ${one.other}, along the run of ${one.run}: ${one.cosine.toPrecision(3)}` }),
        ),
        ...(figures
          ? runs.map(({ squares }) =>
              Plot.text(squares, { fx: (one: Square) => column(one.run), fy: (one: Square) => row(one.run), x: "other", y: "rule", text: (one: Square) => shown(one.cosine), fontSize: 11 }),
            )
          : []),
        Plot.text(runs, { fx: (one: (typeof runs)[number]) => column(one.run.rule), fy: (one: (typeof runs)[number]) => row(one.run.rule), frameAnchor: "top-left", dy: -16, fontWeight: 600, fontSize: 13, text: (one: (typeof runs)[number]) => `weights of ${shorten(one.run.rule, 18)}` }),
      ],
    });
    // figures stand on pale cells, in the dark too
    for (const text of drawn.querySelectorAll<SVGTextElement>("text")) if (/^-?[01](\.\d\d)?$/.test(text.textContent ?? "")) text.style.fill = "#111";
    return drawn;
  };
  return {
    id: "alignments",
    title: "Which rules change the weights alike",
    takeaway: `Of all pairs, ${least.rule} and ${least.other} agree least: a cosine of ${shown(least.cosine)} along the run of ${least.run}.`,
    how: "Cosine between the changes of two rules at the same weights and on the same batch, as a mean over the comparisons of a run; one panel for the weights of each run." + (runs.some((one) => one.names.length < names.length) ? " A rule whose feedback learns is compared along its own run alone, with what its feedback has become by then." : ""),
    columns: ["run", "rule", "with", "mean cosine", "comparisons"],
    rows: pairs.map((one): Cell[] => [one.run, one.rule, one.other, one.cosine, one.points]),
    draw,
  };
}
