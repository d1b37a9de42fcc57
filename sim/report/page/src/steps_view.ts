// The table of steps: what each step down in locality costs and saves.
import { type Cell, element, scrolling, table } from "./figure.ts";
import type { Step, StepClass } from "./finding.ts";
import { bytes, human, joules, loss, percent, seconds, times } from "./format.ts";

const kNames: Record<StepClass, string> = { past: "may look back in time", wires: "stays in the present, any wire", local: "breaks no locality", nothing: "has not learnt yet" };

/// "1.21× [1.10, 1.33]"; the brackets are quartiles over seeds.
function ratioText(step: Step): string {
  const range = Number.isFinite(step.q25) ? ` [${times(step.q25)}, ${times(step.q75)}]` : "";
  return Number.isFinite(step.ratio) ? `${times(step.ratio)}×${range}` : "1×";
}

interface Column {
  name: string;
  of: (step: Step) => number;
  show: (x: number) => string;
}

const kColumns: Column[] = [
  { name: "accuracy", of: (step) => step.accuracy, show: percent },
  { name: "messages", of: (step) => step.messages, show: human },
  { name: "violations", of: (step) => step.violations, show: human },
  { name: "kept", of: (step) => step.kept, show: bytes },
  { name: "packets", of: (step) => step.packets, show: human },
  { name: "energy", of: (step) => step.energy, show: joules },
  { name: "time", of: (step) => step.time, show: seconds },
];

/// Undefined where there is only one step, which costs nothing beside itself.
export function stepsSection(steps: Step[], seeds: number): HTMLElement | undefined {
  if (steps.filter((step) => step.rule !== "").length < 2) return undefined;
  const shown = kColumns.filter((column) => steps.some((step) => step.rule !== "" && Number.isFinite(column.of(step))));
  const rows = steps.map((step): Cell[] => [
    kNames[step.class],
    step.rule || "–",
    loss(step.loss),
    ratioText(step),
    ...shown.map((column) => (step.rule === "" ? "–" : column.show(column.of(step)))),
  ]);
  const made = table(["a rule that …", "best of them", "loss", "loss beside the first", ...shown.map((column) => column.name)], rows);
  made.classList.add("comparison");
  const bars = seeds > 1 ? "Losses are medians over seeds. A factor is the median over seeds of the ratio under the same seed, with its quartiles in brackets. " : "";
  return element(
    "section",
    { id: "steps", "aria-labelledby": "steps-title" },
    element("h2", { id: "steps-title" }, "What each step down in locality costs and saves"),
    element("p", { class: "takeaway" }, `${bars}Counts are a trial’s; kept: history and traces of the actors of a trial. The last line is the start: the mean of the first updates.`),
    scrolling(made, { "aria-labelledby": "steps-title" }),
  );
}
