// A drawing of the network: populations are boxes and projections are arrows, from inputs to
// readouts.
import type { JsonPopulation, JsonProjection, Result } from "../data.ts";
import type { Chart } from "../figure.ts";
import { counted, shorten } from "../format.ts";
import { kNarrow, svg, together } from "../svg.ts";

const kMostBoxes = 24;  // more populations are only listed
const kKinds = ["input", "rate", "readout"];

interface Box {
  population: JsonPopulation;
  x: number;
  y: number;
  width: number;
  height: number;
}

/// "20", or "5 to 20" where neurons differ.
function rangeOf(constant: number[] | number): string {
  const numbers = typeof constant === "number" ? [constant] : constant;
  const low = numbers.reduce((least, number) => Math.min(least, number), Infinity);
  const high = numbers.reduce((most, number) => Math.max(most, number), -Infinity);
  return low === high ? `${low}` : `${low} to ${high}`;
}

function describe(population: JsonPopulation): string[] {
  if (population.lif) {
    const kind = population.lif.adaptation ? "alif" : "lif";
    const current = population.lif.current ? `, current ${rangeOf(population.lif.current.tau)} ms` : "";
    return [counted(population.size, "spiking neuron"), `${kind}, tau ${rangeOf(population.lif.tauM)} ms${current}`];
  }
  const neurons = counted(population.size, population.kind === "rate" ? "rate neuron" : population.kind);
  return population.kind === "rate" ? [neurons, `${population.activation.toLowerCase()}, leak ${rangeOf(population.leaks?.length ? population.leaks : population.leak)}`] : [neurons];
}

interface Layout {
  boxes: Box[];
  height: number;
  way(source: Box, target: Box): Way;
}

interface Way {
  path: string;
  label: { x: number; y: number; anchor: string };
}

/// Layers from left to right; the populations of a layer stand below each other.
function inLayers(populations: JsonPopulation[], width: number): Layout {
  const layers = kKinds.map((kind) => populations.filter((population) => population.kind === kind)).filter((layer) => layer.length > 0);
  const widest = Math.max(...layers.map((layer) => layer.length));
  const size = { width: 150, height: 64 };
  const pitch = size.height + 84;
  const boxes = layers.flatMap((layer, l) =>
    layer.map((population, i) => ({
      population,
      x: layers.length === 1 ? (width - size.width) / 2 : (l * (width - size.width)) / (layers.length - 1),
      y: 76 + (i + (widest - layer.length) / 2) * pitch,
      ...size,
    })),
  );
  const way = (source: Box, target: Box): Way => {
    if (source === target) {
      const x = source.x + source.width / 2;
      return { path: `M ${x - 26} ${source.y} C ${x - 58} ${source.y - 58}, ${x + 58} ${source.y - 58}, ${x + 26} ${source.y - 3}`, label: { x: x + 46, y: source.y - 34, anchor: "start" } };
    }
    if (source.x === target.x) {
      const down = source.y < target.y;
      const x = source.x + source.width / 2 + (down ? 16 : -56);
      const y1 = down ? source.y + source.height : source.y;
      const y2 = down ? target.y - 3 : target.y + target.height + 3;
      return { path: `M ${x} ${y1} L ${x} ${y2}`, label: { x: down ? x + 8 : x - 8, y: down ? y1 + 18 : y1 - 34, anchor: down ? "start" : "end" } };
    }
    const [x1, y1, x2, y2] = [source.x + source.width, source.y + source.height / 2, target.x - 3, target.y + target.height / 2];
    const bend = (x2 - x1) / 2;
    return { path: `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`, label: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 20, anchor: "middle" } };
  };
  return { boxes, height: 76 + widest * pitch - 50, way };
}

/// All populations below each other, with projections as arcs on the right, for narrow screens.
function inOneColumn(populations: JsonPopulation[]): Layout {
  const size = { width: 136, height: 62 };
  const pitch = size.height + 40;
  const order = kKinds.flatMap((kind) => populations.filter((population) => population.kind === kind));
  const boxes = order.map((population, i) => ({ population, x: 0, y: 12 + i * pitch, ...size }));
  const used: number[] = []; // heights of labels
  const way = (source: Box, target: Box): Way => {
    const steps = Math.round((target.y - source.y) / pitch);
    const bulge = steps === 0 ? 44 : 30 + 22 * Math.abs(steps);
    const y1 = source.y + size.height * (steps === 0 ? 0.25 : steps > 0 ? 0.7 : 0.4);
    const y2 = target.y + size.height * (steps === 0 ? 0.75 : steps > 0 ? 0.3 : 0.6);
    let y = (y1 + y2) / 2 - 4;
    while (used.some((other) => Math.abs(other - y) < 29)) y += 3;
    used.push(y);
    const x = size.width;
    return { path: `M ${x} ${y1} C ${x + bulge} ${y1}, ${x + bulge} ${y2}, ${x + 3} ${y2}`, label: { x: x + 0.75 * bulge + 8, y, anchor: "start" } };
  };
  return { boxes, height: 24 + order.length * pitch, way };
}

function edge(projection: JsonProjection, way: Way): SVGGElement {
  const words = `${counted(Number(projection.synapses), "synapse")}${projection.plastic ? "" : ", static"}`;
  return svg(
    "g",
    {},
    svg("title", {}, `${projection.name}: ${projection.source} to ${projection.target}, ${words}`),
    svg("path", { d: way.path, fill: "none", style: "stroke: var(--local)", "stroke-width": 2, "stroke-dasharray": projection.plastic ? "none" : "5 4", "marker-end": "url(#arrow)" }),
    svg("text", { x: way.label.x, y: way.label.y, "text-anchor": way.label.anchor, "font-size": 12, "font-weight": 600, class: "halo" }, shorten(projection.name, 18)),
    svg("text", { x: way.label.x, y: way.label.y + 14, "text-anchor": way.label.anchor, "font-size": 11, class: "halo quiet" }, words),
  );
}

function box(made: Box): SVGGElement {
  const middle = made.x + made.width / 2;
  const lines = describe(made.population);
  const top = made.y + made.height / 2 - 8 * lines.length + 4;
  return svg(
    "g",
    {},
    svg("title", {}, `${made.population.name}: ${lines.join(", ")}`),
    svg("rect", { x: made.x, y: made.y, width: made.width, height: made.height, rx: 10, style: "fill: var(--box); stroke: var(--line)", "stroke-width": 1.2 }),
    svg("text", { x: middle, y: top, "text-anchor": "middle", "font-size": 13, "font-weight": 600 }, shorten(made.population.name, Math.floor(made.width / 8))),
    ...lines.map((line, i) => svg("text", { x: middle, y: top + 16 * (i + 1), "text-anchor": "middle", "font-size": 11, class: "quiet" }, shorten(line, Math.floor(made.width / 6)))),
  );
}

export function networkChart(result: Result): Chart | undefined {
  const outline = result.json.outline;
  if (!outline || outline.populations.length === 0 || outline.populations.length > kMostBoxes) return undefined;
  const synapses = outline.projections.reduce((sum, projection) => sum + Number(projection.synapses), 0);
  const neurons = outline.populations.reduce((sum, population) => sum + population.size, 0);
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const across = Math.min(width, 980);
    const { boxes, height, way } = narrow ? inOneColumn(outline.populations) : inLayers(outline.populations, across);
    const named = new Map(boxes.map((made) => [made.population.name, made]));
    const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 10, markerHeight: 10, orient: "auto-start-reverse", markerUnits: "userSpaceOnUse" }, svg("path", { d: "M 0 0 L 8 4 L 0 8 z", style: "fill: var(--local)" }));
    const whole = together(across, height, []);
    whole.append(svg("defs", {}, arrow));
    outline.projections.forEach((projection) => {
      const source = named.get(projection.source);
      const target = named.get(projection.target);
      if (source && target) whole.append(edge(projection, way(source, target)));
    });
    whole.append(...boxes.map(box));
    return whole;
  };
  return {
    id: "network",
    title: "The network",
    takeaway: `${counted(neurons, "neuron")} in ${counted(outline.populations.length, "population")}, ${counted(synapses, "synapse")} in ${counted(outline.projections.length, "projection")}.`,
    ...(outline.projections.some((projection) => !projection.plastic) ? { how: "Dashed projections are static: they carry activity and do not learn." } : {}),
    columns: ["projection", "source", "target", "synapses", "plastic", "learning rate"],
    rows: outline.projections.map((p) => [p.name, p.source, p.target, Number(p.synapses), p.plastic ? "yes" : "no", p.learningRate]),
    draw,
  };
}
