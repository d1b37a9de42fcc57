// Reads the data in the page and draws the page.
import type { JsonActivity } from "./charts/activity.ts";
import { type Channel, type JsonResult, readResult } from "./data.ts";
import { element } from "./figure.ts";
import type { JsonFinding } from "./finding.ts";
import { type JsonLive, showLive } from "./live_view.ts";
import { resultView } from "./result_view.ts";
import { type JsonSummary, type JsonSweep, readSweep } from "./sweep_data.ts";
import { sweepView } from "./sweep_view.ts";

type PageData = { channels: Channel[] } & ({ kind: "result"; result: JsonResult; finding?: JsonFinding; activity?: JsonActivity[] } | { kind: "sweep"; sweep: JsonSweep; summary: JsonSummary; finding?: JsonFinding } | { kind: "live"; live: JsonLive });

function show(main: HTMLElement, data: PageData): void {
  switch (data.kind) {
    case "result":
      return main.replaceChildren(...resultView(readResult(data.result, data.channels, data.finding), data.activity ?? []));
    case "sweep":
      return main.replaceChildren(...sweepView(readSweep(data.sweep, data.summary, data.channels, data.finding)));
    case "live":
      return showLive(main, data.live, data.channels);
  }
}

const main = document.querySelector("main")!;
try {
  show(main, JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData);
} catch (error) {
  main.replaceChildren(element("p", { role: "alert" }, "The data of this page cannot be read."));
  throw error;
}
