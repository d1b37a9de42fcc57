// Reads the data that stands in the page and draws it.
import { type Channel, type JsonResult, readResult } from "./data.ts";
import { element } from "./figure.ts";
import { resultView } from "./result_view.ts";

export interface PageData {
  kind: "result";
  channels: Channel[];
  result: JsonResult;
}

function show(data: PageData): void {
  const main = document.querySelector("main");
  if (!main) return;
  main.replaceChildren(...resultView(readResult(data.result, data.channels)));
}

const text = document.getElementById("data")?.textContent ?? "";
try {
  show(JSON.parse(text) as PageData);
} catch (error) {
  document.querySelector("main")?.replaceChildren(element("p", { role: "alert" }, "The data of this page cannot be read."));
  throw error;
}
