// Messages by channel: a table with one row for each rule, in which darker cells mean more
// messages.
import * as Plot from "@observablehq/plot";
import type { Result, Wires } from "../data.ts";
import { channelTakeaway } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { human, shorten } from "../format.ts";
import { wiresColour } from "../palette.ts";
import { kNarrow, plot } from "../svg.ts";

interface Cell {
  rule: string;
  channel: string;
  wires: Wires;
  messages: number;
}

export function channelChart(result: Result): Chart {
  const used = result.channels.filter((channel) => result.rules.some((rule) => rule.entries.some((entry) => entry.channel === channel.name)));
  const cells: Cell[] = result.rules.flatMap((rule) =>
    used.map((channel) => ({
      rule: rule.name,
      channel: channel.name,
      wires: channel.wires,
      messages: rule.entries.filter((entry) => entry.channel === channel.name).reduce((sum, entry) => sum + entry.messages, 0),
    })),
  );
  const most = Math.max(1, ...cells.map((cell) => cell.messages));
  const depth = (cell: Cell) => (cell.messages === 0 ? 0 : 0.12 + 0.5 * Math.max(0, Math.log1p(cell.messages) / Math.log1p(most)));
  const names = result.rules.map((rule) => rule.name);
  const draw = (width: number) => {
    // pixels of a channel if the channels stand side by side
    const each = (width - 128) / used.length;
    const narrow = width < kNarrow || each < 60;
    // Narrow: channels below each other and rules side by side would not fit either. There is one
    // panel for each rule, with the names of channels at the left.
    const options: Plot.PlotOptions = narrow
      ? {
          height: 30 + names.length * (30 + used.length * 24),
          marginLeft: 104,
          marginTop: 26,
          marginBottom: 4,
          x: { axis: null },
          y: { domain: used.map((channel) => channel.name), label: null, tickSize: 0, padding: 0.06 },
          fy: { domain: names, label: null, axis: null, padding: 0.16 },
        }
      : {
          height: 62 + names.length * 34,
          marginLeft: 124,
          marginTop: 58,
          marginBottom: 4,
          x: { domain: used.map((channel) => channel.name), axis: "top", label: null, tickSize: 0, padding: 0.06 },
          y: { domain: names, label: null, tickSize: 0, padding: 0.1, tickFormat: (name: string) => shorten(name, 15) },
        };
    const letters = narrow || each >= 82 ? 12 : 10;  // keeps the names of channels apart
    const place = narrow ? { fy: "rule", y: "channel" } : { x: "channel", y: "rule" };
    return plot(
      {
        ...options,
        width,
        marginRight: 4,
        marks: [
          Plot.cell(cells, { ...place, fill: (d: Cell) => wiresColour[d.wires]!, fillOpacity: depth, title: (d: Cell) => `${d.rule}: ${human(d.messages)} messages a trial over ${d.channel} (${d.wires})` }),
          Plot.text(cells, { ...place, text: (d: Cell) => (d.messages === 0 ? "·" : human(d.messages)), fontVariant: "tabular-nums", fontWeight: 500 }),
          ...(narrow
            ? [Plot.text(names, { fy: (name: string) => name, frameAnchor: "top-left", dy: -14, dx: -100, fontWeight: 600, fontSize: 13 })]
            : [Plot.text(used, { x: "name", frameAnchor: "top", dy: -40, text: "wires", fill: (d: { wires: Wires }) => wiresColour[d.wires]!, fontWeight: 600, fontSize: letters - 1 })]),
        ],
      },
      letters,
    );
  };
  return {
    id: "channels",
    title: "Messages by channel",
    takeaway: channelTakeaway(result),
    how: "Messages a trial. A channel is a kind of wire; orange ones break locality in space.",
    columns: ["rule", "channel", "wires", "messages a trial"],
    rows: cells.map((cell) => [cell.rule, cell.channel, cell.wires, cell.messages]),
    draw,
  };
}
