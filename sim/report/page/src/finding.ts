// What a comparison found, in sentences: which rule is the cheapest that does nearly as well as the
// best, and what each step down in locality costs. Pure functions of figures; the page of a run and
// the page of a sweep share them.
//
// The steps: rules that look back in time; rules that stay in the present and use wires that no
// synapse has; rules without any violation; no learning, which leaves the loss where it starts.
// A step is held by its rule with the lowest loss.
import { human, listed, loss, times } from "./format.ts";

/// A rule with its figures; losses are medians over seeds where there are several.
export interface Candidate {
  name: string;
  kind: string;
  loss: number;
  start: number;  // loss before learning; NaN where it is not known
  bySeed: Map<string, number>;  // loss at the end under each seed
  spatial: number;  // violations a trial, and their parts
  temporal: number;
  violations: number;
  messages: number;  // a trial
  kept: number;  // history and traces of a trial [bytes]
  // on a chip, a trial: absent without one
  packets?: number;
  energy?: number;  // pJ
  time?: number;  // ns
}

export interface Conditions {
  seeds: number;
  /// Who chose the settings: the model, seeds that are not shown, or what is shown.
  settings: "given" | "held out" | "shown";
  /// Rules that did not complete under all seeds, and how many of them they completed.
  incomplete?: { name: string; completed: number; seeds: number }[];
  /// Rules whose feedback the model gives instead of drawing it.
  givenFeedback: string[];
}

const kWithin = 0.1;  // of the best loss, for the cheapest rule
const kTie = 1.05;  // losses within this factor count as equal where there is one seed

export type Class = "past" | "wires" | "local";

export function classOf(rule: Candidate): Class {
  return rule.temporal > 0 ? "past" : rule.spatial > 0 ? "wires" : "local";
}

/// A ratio of losses, with its quartiles over the seeds that both have; NaN for one seed.
export interface Ratio {
  median: number;
  q25: number;
  q75: number;
  seeds: number;
}

function quantile(sorted: number[], q: number): number {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? NaN;
  return below + (at - Math.floor(at)) * ((sorted[Math.floor(at) + 1] ?? below) - below);
}

/// Seed by seed, because all rules of a seed have the same weights and data.
export function ratio(rule: Candidate, reference: Candidate): Ratio {
  const both = [...rule.bySeed].flatMap(([seed, value]) => {
    const other = reference.bySeed.get(seed);
    return other !== undefined && other > 0 ? [value / other] : [];
  });
  if (both.length < 2) return { median: rule.loss / reference.loss, q25: NaN, q75: NaN, seeds: both.length };
  both.sort((a, b) => a - b);
  return { median: quantile(both, 0.5), q25: quantile(both, 0.25), q75: quantile(both, 0.75), seeds: both.length };
}

/// True if the seeds (or, for one seed, the size of the difference) do not tell the two apart.
export function ties({ median, q25, q75 }: Ratio): boolean {
  if (Number.isFinite(q25) && Number.isFinite(q75)) return q25 <= 1 && q75 >= 1;
  return median < kTie && median > 1 / kTie;
}

/// "1.21× [1.10, 1.33]"; the brackets are quartiles over seeds.
export function ratioText(found: Ratio): string {
  const range = Number.isFinite(found.q25) ? ` [${times(found.q25)}, ${times(found.q75)}]` : "";
  return `${times(found.median)}×${range}`;
}

export interface Step {
  class: Class | "nothing";
  what: string;  // that is given up by this step
  rule?: Candidate;  // that holds it; none for no learning
  ratio?: Ratio;  // of its loss to that of the first step
}

function lowest(rules: Candidate[]): Candidate | undefined {
  return rules.filter((rule) => Number.isFinite(rule.loss)).sort((a, b) => a.loss - b.loss || a.violations - b.violations || a.messages - b.messages)[0];
}

/// From the rule that is allowed everything down to no learning, without steps that no rule holds.
export function ladder(rules: Candidate[]): Step[] {
  const made: Step[] = [];
  for (const held of ["past", "wires", "local"] as const) {
    const rule = lowest(rules.filter((candidate) => classOf(candidate) === held));
    if (!rule) continue;
    const top = made[0]?.rule;
    if (!top) {
      made.push({ class: held, what: "nothing", rule });
      continue;
    }
    const words = held === "wires" ? "messages back in time" : made.length > 1 ? "non-local wires as well" : made[0]!.class === "past" ? "messages back in time and non-local wires" : "non-local wires";
    made.push({ class: held, what: words, rule, ratio: ratio(rule, top) });
  }
  const top = made[0]?.rule;
  if (top && Number.isFinite(top.start) && top.loss > 0)
    made.push({ class: "nothing", what: "learning itself", ratio: { median: top.start / top.loss, q25: NaN, q75: NaN, seeds: 1 } });
  return made;
}

function cheapest(rules: Candidate[], best: Candidate): string {
  const near = rules.filter((rule) => rule.loss <= best.loss * (1 + kWithin));
  const cheap = [...near].sort((a, b) => a.violations - b.violations || a.messages - b.messages || a.loss - b.loss)[0]!;
  const breaks = (rule: Candidate) => (rule.violations === 0 ? "no message that breaks locality" : `${human(rule.violations)} messages a trial that break locality`);
  if (cheap === best) {
    if (rules.length === 1) return `${best.name} ends at a loss of ${loss(best.loss)} with ${breaks(best)}.`;
    if (best.violations === 0) return `${best.name} ends lowest, at ${loss(best.loss)}, with ${breaks(best)}.`;
    return `${best.name} ends lowest, at ${loss(best.loss)}, with ${breaks(best)}; no rule with fewer comes within ${100 * kWithin} % of it.`;
  }
  const than = cheap.violations === best.violations ? `${human(cheap.messages)} messages a trial against ${human(best.messages)}` : `${breaks(cheap)}, against ${human(best.violations)} of ${best.name}`;
  return `${cheap.name} is the cheapest rule within ${100 * kWithin} % of the lowest loss, ${loss(best.loss)} (${best.name}): it sends ${than}.`;
}

/// "costs a loss 1.21× [1.10, 1.33] as high (eprop)", "costs nothing that the seeds show (rflo)".
function price(step: Step): string {
  const found = step.ratio!;
  const who = step.rule!.name;
  if (ties(found)) return `costs nothing that ${found.seeds > 1 ? "the seeds show" : "shows"} (${who}, ${ratioText(found)} the loss)`;
  if (found.median < 1) return `costs nothing: ${who} ends at ${ratioText(found)} the loss`;
  return `costs ${ratioText(found)} the loss (${who})`;
}

function onSteps(rules: Candidate[]): string {
  const steps = ladder(rules);
  const down = steps.slice(1);
  const learnt = down.filter((step) => step.rule);
  if (learnt.length === 0) return "";
  const nothing = down.find((step) => step.class === "nothing");
  const first = steps[0]!.rule!.name;
  const said = learnt.map((step) => `giving up ${step.what} ${price(step)}`);
  const tail = nothing ? `; without learning the loss is ${times(nothing.ratio!.median)}×` : "";
  return ` Beside ${first}, ${said.join("; ")}${tail}.`;
}

/// The main sentences of a page; empty for no rule that learnt to its end.
export function headlineOf(rules: Candidate[]): string {
  const learnt = rules.filter((rule) => Number.isFinite(rule.loss));
  const best = lowest(learnt);
  return best ? cheapest(learnt, best) + onSteps(learnt) : "";
}

/// What a reader must know before believing the comparison.
export function caveatsOf(rules: Candidate[], { seeds, settings, givenFeedback, incomplete = [] }: Conditions): string[] {
  const made: string[] = [];
  for (const { name, completed, seeds: all } of incomplete) made.push(`${name} completed under ${completed} of ${all} seeds; its figures are those of these ${completed === 1 ? "one" : completed}, which flatters it.`);
  if (rules.length > 1 && seeds < 2) made.push("One seed: another may order the rules otherwise. `locus sweep MODEL --seeds 5` draws this page with error bars.");
  if (settings === "shown") made.push("Each rule stands at the setting that does best among those shown, which flatters it. `--best` lets other seeds choose.");
  if (settings === "held out") made.push("Each rule stands at its best setting, chosen by evaluation trials under other seeds than those shown.");
  const given = rules.filter((rule) => givenFeedback.includes(rule.name)).map((rule) => rule.name);
  if (given.length > 0) made.push(`The feedback of ${listed(given)} is given by the model, not drawn: feedback that fits the task does better than feedback drawn at random.`);
  return made;
}
