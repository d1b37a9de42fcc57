// The chip as a map, one panel for each rule: cores are squares, and a link between neighbours is
// the thicker the more packets cross it. All panels have the same scale.
//
// A mesh of more than kTiles cores in a row or a column is drawn in tiles of several cores; the
// links within a tile are then invisible.
import type { Load, Result, Rule } from "../data.ts";
import { chipTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { human, joules, shorten } from "../format.ts";
import { kNarrow, svg, together } from "../svg.ts";

const kTiles = 24;
const kHost = -1;
const kThickest = 0.34;  // relative to the distance between cores
const kTop = 58;  // pixels above a map, for its rule and packets

interface Mesh {
  width: number;
  height: number;
  each: number;  // cores in a row and in a column of a tile
  across: number; // tiles
  down: number;
}

function meshOf(width: number, height: number): Mesh {
  const each = Math.ceil(Math.max(width, height) / kTiles);
  return { width, height, each, across: Math.ceil(width / each), down: Math.ceil(height / each) };
}

function tileOf(mesh: Mesh, core: number): number {
  if (core === kHost) return kHost;
  return Math.floor(Math.floor(core / mesh.width) / mesh.each) * mesh.across + Math.floor((core % mesh.width) / mesh.each);
}

function placeName(core: number): string {
  return core === kHost ? "host" : `core ${core}`;
}

/// Packets between two tiles in both directions; key "lower higher".
function betweenTiles(mesh: Mesh, links: Load[]): Map<string, { a: number; b: number; packets: number }> {
  const sums = new Map<string, { a: number; b: number; packets: number }>();
  for (const link of links) {
    const [a, b] = [tileOf(mesh, link.from), tileOf(mesh, link.to)].sort((x, y) => x - y) as [number, number];
    if (a === b) continue;
    const sum = sums.get(`${a} ${b}`) ?? { a, b, packets: 0 };
    sum.packets += link.packets;
    sums.set(`${a} ${b}`, sum);
  }
  return sums;
}

function map(rule: Rule, mesh: Mesh, width: number): SVGSVGElement {
  const chip = rule.chip!;
  const pitch = Math.min(64, (width - 8) / (mesh.across + 0.9));
  const core = pitch * 0.56;
  const middle = (tile: number) => (tile === kHost ? { x: 0.42 * pitch, y: kTop + pitch / 2 } : { x: (1.4 + (tile % mesh.across)) * pitch, y: kTop + (0.5 + Math.floor(tile / mesh.across)) * pitch });
  const links = [...betweenTiles(mesh, chip.links).values()];
  const most = Math.max(1e-300, ...links.map((link) => link.packets));
  const height = kTop + mesh.down * pitch + 6;
  const neurons = new Array<number>(mesh.across * mesh.down).fill(0);
  for (const at of chip.coreOf) neurons[tileOf(mesh, at)]! += 1;
  const panel = together(width, height, []);
  const said = `${human(chip.packets)} packets a trial, ${human(chip.learning)} of learning`;
  panel.append(svg("text", { x: 2, y: 14, "font-size": 13, "font-weight": 600 }, shorten(rule.name, 24)), svg("text", { x: 2, y: 31, "font-size": 11.5, class: "quiet" }, said), svg("text", { x: 2, y: 46, "font-size": 11.5, class: "quiet" }, links.length > 0 ? `thickest line: ${human(most)}, both ways` : "no packets"));
  for (const { a, b, packets } of links) {
    const [one, two] = [middle(a), middle(b)];
    const share = packets / most;
    panel.append(
      svg(
        "line",
        { x1: one.x, y1: one.y, x2: two.x, y2: two.y, "stroke-width": Math.max(1.2, share * kThickest * pitch), style: `stroke: var(${a === kHost ? "--non-local" : "--local"})` },
        svg("title", {}, `${rule.name}: ${human(packets)} packets a trial between ${mesh.each > 1 ? "tiles" : `${placeName(a)} and ${placeName(b)}`}`),
      ),
    );
  }
  const box = (tile: number, fill: string, text: string, title: string) => {
    const { x, y } = middle(tile);
    const side = tile === kHost ? Math.max(core, Math.min(30, pitch * 0.8)) : core;
    panel.append(svg("rect", { x: x - side / 2, y: y - core / 2, width: side, height: core, rx: Math.min(5, core / 5), style: `fill: ${fill}; stroke: var(--quiet)`, "stroke-width": pitch < 20 ? 0.5 : 1 }, svg("title", {}, title)));
    if (pitch >= 30) panel.append(svg("text", { x, y, dy: "0.35em", "text-anchor": "middle", "font-size": tile === kHost ? 10 : 11 }, text));
  };
  neurons.forEach((count, tile) => box(tile, "var(--box)", String(count), `${mesh.each > 1 ? "tile" : "core"} ${tile}: ${count} neurons`));
  box(kHost, "var(--paper)", "host", "host: inputs, targets and the backward agent");
  return panel;
}

export function chipChart(result: Result): Chart | undefined {
  const size = result.json.chip?.mesh;
  const rules = result.rules.filter((rule) => rule.chip);
  if (!size || rules.length === 0) return undefined;
  const mesh = meshOf(size.width, size.height);
  const energy = rules.flatMap((rule) => (rule.chip!.energy ? [`${rule.name} ${joules(rule.chip!.energy.picojoules)}`] : []));
  const draw = (width: number) => {
    const columns = Math.min(rules.length, width < kNarrow ? 1 : width < 800 ? 2 : rules.length === 4 ? 2 : 3);
    const across = Math.floor((width - 24 * (columns - 1)) / columns);
    const parts = rules.map((rule) => map(rule, mesh, across));
    const tall = Math.max(...parts.map((part) => Number(part.getAttribute("height")))) + 18;
    return together(
      width,
      tall * Math.ceil(parts.length / columns),
      parts.map((part, i) => ({ x: (i % columns) * (across + 24), y: Math.floor(i / columns) * tall, part })),
    );
  };
  const estimates = energy.length > 0 ? ` Estimated for ${rules.find((rule) => rule.chip!.energy)!.chip!.energy!.chip}, a trial takes: ${energy.join(", ")}.` : "";
  return {
    id: "chip",
    title: "On the chip",
    takeaway: chipTakeaway(result),
    how: `${mesh.each > 1 ? `A square is ${mesh.each} × ${mesh.each} cores` : "A square is a core"}, with the number of its neurons; a line is a link, the thicker the more packets go over it (each map has its own scale; orange: to and from the host, where inputs, targets and the backward agent are).${estimates}`,
    columns: ["rule", "from", "to", "packets a trial"],
    rows: rules.flatMap((rule) => rule.chip!.links.map((link) => [rule.name, placeName(link.from), placeName(link.to), link.packets])),
    draw,
  };
}
