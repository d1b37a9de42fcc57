// Reads the data that stands in the page and draws it.
import { type Channel, type JsonResult, readResult } from "./data.ts";
import { element } from "./figure.ts";
import { resultView } from "./result_view.ts";
import { type JsonSweep, readSweep } from "./sweep_data.ts";
import { sweepView } from "./sweep_view.ts";

type PageData = { channels: Channel[] } & ({ kind: "result"; result: JsonResult } | { kind: "sweep"; sweep: JsonSweep });

function viewOf(data: PageData): HTMLElement[] {
  switch (data.kind) {
    case "result":
      return resultView(readResult(data.result, data.channels));
    case "sweep":
      return sweepView(readSweep(data.sweep, data.channels));
  }
}

const main = document.querySelector("main");
try {
  main?.replaceChildren(...viewOf(JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData));
} catch (error) {
  main?.replaceChildren(element("p", { role: "alert" }, "The data of this page cannot be read."));
  throw error;
}
