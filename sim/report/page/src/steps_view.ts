// The table of steps: what each step down in locality costs and saves.
import { type Cell, element, table } from "./figure.ts";
import { type Candidate, ladder, ratioText } from "./finding.ts";
import { bytes, human, joules, loss, seconds, times } from "./format.ts";

const kNames = { past: "may look back in time", wires: "stays in the present, any wire", local: "breaks no locality", nothing: "does not learn" };

export function stepColumns(rules: Candidate[]): string[] {
  const chip = rules.some((rule) => rule.packets !== undefined);
  const estimated = rules.some((rule) => rule.energy !== undefined);
  return ["a rule that …", "best of them", "loss", "loss beside the first", "violations", "messages", "kept", ...(chip ? ["packets"] : []), ...(estimated ? ["energy", "time"] : [])];
}

export function stepRows(rules: Candidate[]): Cell[][] {
  const columns = stepColumns(rules).length;
  return ladder(rules).map((step) => {
    const factor = step.ratio ? (step.rule ? ratioText(step.ratio) : `${times(step.ratio.median)}×`) : "1×";
    const rule = step.rule;
    if (!rule) return [kNames[step.class], "–", loss(rules.find((one) => Number.isFinite(one.start))?.start ?? NaN), factor, ...Array.from({ length: columns - 4 }, () => "–")];
    const chip = rule.packets === undefined ? [] : [human(rule.packets)];
    const estimate = rule.energy === undefined ? [] : [joules(rule.energy), seconds(rule.time ?? NaN)];
    const row = [kNames[step.class], rule.name, loss(rule.loss), factor, human(rule.violations), human(rule.messages), bytes(rule.kept), ...chip, ...estimate];
    return [...row, ...Array.from({ length: columns - row.length }, () => "–")];
  });
}

/// Undefined where there is only one step, which costs nothing beside itself.
export function stepsSection(rules: Candidate[], seeds: number): HTMLElement | undefined {
  const steps = ladder(rules).filter((step) => step.rule);
  if (steps.length < 2) return undefined;
  const made = table(stepColumns(rules), stepRows(rules));
  made.classList.add("comparison");
  const bars = seeds > 1 ? "Losses are medians over seeds. A factor is the median over seeds of the ratio under the same seed, with its quartiles in brackets. " : "";
  return element(
    "section",
    { id: "steps", "aria-labelledby": "steps-title" },
    element("h2", { id: "steps-title" }, "What each step down in locality costs and saves"),
    element("p", { class: "takeaway" }, `${bars}Counts are a trial’s; kept: history and traces of the actors of a trial.`),
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "steps-title" }, made),
  );
}
