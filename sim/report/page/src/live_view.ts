// The page of a running run: each snapshot draws it again, and opened elements and the focus stay.
import { type Channel, type JsonResult, type Result, mean, readResult } from "./data.ts";
import { element } from "./figure.ts";
import { counted } from "./format.ts";
import type { JsonFinding } from "./finding.ts";
import { resultView } from "./result_view.ts";

export interface JsonLive {
  over: boolean;  // true: no other snapshot will follow
  model: number;  // index of the model among those of the command, from 0
  models: number;
  running: number;  // index of the running rule; -1 without one
  // by run: updates of each point of its curve, and the losses at its ends
  curves: { stretch: number; first: number[]; last: number[] }[];
  result: JsonResult;
  finding?: JsonFinding;
}

function readLive(live: JsonLive, channels: Channel[]): Result {
  const result = readResult(live.result, channels, live.finding);
  result.rules.forEach((rule, i) => {
    const curve = live.curves[i];
    if (curve) {
      rule.stretch = curve.stretch;
      rule.first = mean(curve.first.slice(0, result.window));
      rule.last = mean(curve.last.slice(-result.window));
    }
    if (i === live.running) rule.status = "RUNNING";
  });
  return result;
}

function statusOf(live: JsonLive): string {
  const of = live.models > 1 ? `model ${live.model + 1} of ${live.models}, ${live.result.model}` : "";
  if (live.over) {
    const cut = live.result.runs.some((run) => run.status === "INTERRUPTED") || live.model + 1 < live.models;
    return `The run ${cut ? "was interrupted" : "has ended"}; this page shows what it left${of ? ` of ${of}` : ""}, and needs the program no more.`;
  }
  const where = of ? `${of}: ` : "";
  const run = live.result.runs[live.running];
  if (!run) return live.result.runs.length > 0 ? `Live: ${where}done; the next model is about to begin.` : `Live: ${where}about to begin.`;
  const updates = live.result.outline?.training?.updates;
  return `Live: ${where}${run.rule}, ${counted(run.updates, "update")}${updates ? ` of ${updates.toLocaleString("en")}` : ""}.`;
}

/// The place of the focus, in a form that finds it again in the next page.
function focusPath(): string | undefined {
  const active = document.activeElement;
  const around = active?.closest("figure[id], section[id]");
  if (!active || !around) return undefined;
  const same = [...around.querySelectorAll(active.tagName)];
  return `#${around.id} ${active.tagName.toLowerCase()}|${same.indexOf(active)}`;
}

function draw(main: HTMLElement, status: HTMLElement, live: JsonLive, channels: Channel[]): void {
  const open = [...document.querySelectorAll("figure details[open]")].map((details) => details.closest("figure")?.id);
  const focus = focusPath()?.split("|");
  const scroll = window.scrollY;
  status.textContent = statusOf(live);
  document.title = `${live.result.model} - locus, live`;
  main.replaceChildren(status, ...resultView(readLive(live, channels)));
  for (const id of open) document.querySelector(`#${id} details`)?.setAttribute("open", "");
  if (focus?.[0]) document.querySelectorAll<HTMLElement>(focus[0])[Number(focus[1])]?.focus({ preventScroll: true });
  window.scrollTo(0, scroll);
}

export function showLive(main: HTMLElement, first: JsonLive, channels: Channel[]): void {
  const status = element("p", { id: "status", role: "status" });
  let last = first;
  draw(main, status, last, channels);
  const socket = new WebSocket(`ws://${location.host}${location.pathname}live`);
  socket.addEventListener("message", (message) => {
    const data = JSON.parse(String(message.data)) as { live: JsonLive };
    last = data.live;
    draw(main, status, last, channels);
  });
  socket.addEventListener("close", () => {
    if (!last.over) status.textContent = "The connection to the program has ended before the run said that it was over; this page shows what came last.";
  });
}
