// Sentences about a result. Every sentence follows from figures, and there is none without them.
import { type Result, type Rule, recurrentRank } from "./data.ts";
import { bytes, counted, hertz, human, joules, listed, loss, seconds, times } from "./format.ts";

const kTie = 1.05;  // numbers within this factor count as equal

export function learns(rule: Rule): boolean {
  return Number.isFinite(rule.last);
}

export function completed(result: Result): Rule[] {
  return result.rules.filter((rule) => rule.status === "COMPLETED" && learns(rule));
}

export function lowest(rules: Rule[]): Rule | undefined {
  return [...rules].sort((a, b) => a.last - b.last)[0];
}

/// The two rules that the page compares: one that respects locality (RFLO if there is one), and a
/// reference that does not (BPTT if there is one, otherwise the one with the lowest loss).
export interface Pair {
  local: Rule;
  reference: Rule;
}

export function pairOf(result: Result): Pair | undefined {
  const rules = completed(result);
  const local = rules.filter((rule) => rule.violations === 0);
  const reference = rules.filter((rule) => rule.violations > 0);
  const ours = local.find((rule) => rule.kind === "rflo") ?? lowest(local);
  const theirs = reference.find((rule) => rule.kind === "bptt") ?? lowest(reference);
  return ours && theirs ? { local: ours, reference: theirs } : undefined;
}

/// One line about the advantages and costs of a rule compared with another.
export interface Difference {
  what: string;
  local: string;
  reference: string;
  verdict: "saves" | "gives up" | "equal";
  words: string;
}

function compare(what: string, local: number, reference: number, show: (x: number) => string, [less, more]: [string, string], better: "less" | "more" = "less"): Difference {
  const equal = local === reference || (local > 0 && reference > 0 && Math.max(local / reference, reference / local) < kTie);
  const verdict = equal ? "equal" : (better === "more") === local > reference ? "saves" : "gives up";
  const ratio = local < reference ? reference / local : local / reference;
  const direction = local < reference ? less : more;
  const words = equal ? "the same" : Number.isFinite(ratio) ? `${times(ratio)}× ${direction}` : local === 0 ? "no" : "only here:";
  return { what, local: show(local), reference: show(reference), verdict, words };
}

const kFewer: [string, string] = ["fewer", "more"];

export function differences({ local, reference }: Pair): Difference[] {
  const found = [
    compare("loss at the end", local.last, reference.last, loss, ["lower", "higher"]),
    compare("messages back in time, a trial", local.temporal, reference.temporal, human, kFewer),
    compare("messages over non-local wires, a trial", local.spatial, reference.spatial, human, kFewer),
    compare("messages in all, a trial", local.messages, reference.messages, human, kFewer),
    compare("ticks in which the network stands still, a trial", local.stalled, reference.stalled, human, kFewer),
    compare("memory of the past, kept by the actors of a trial", local.history + local.traces, reference.history + reference.traces, bytes, ["less", "more"]),
  ];
  const mine = recurrentRank(local);
  const theirs = recurrentRank(reference);
  // A change of weights in more directions is no advantage; in fewer directions, the rule learns
  // less of what is possible.
  if (mine && theirs && mine.effective < theirs.effective * kTie)
    found.push(compare("directions in which the recurrent weights changed (effective rank)", mine.effective, theirs.effective, (x) => x.toFixed(2), kFewer, "more"));
  if (local.chip && reference.chip) {
    found.push(compare("packets between cores that learning adds, a trial", local.chip.learning, reference.chip.learning, human, kFewer));
    if (local.chip.energy && reference.chip.energy)
      found.push(
        compare(`energy a trial, estimated for ${local.chip.energy.chip}`, local.chip.energy.picojoules, reference.chip.energy.picojoules, joules, ["less", "more"]),
        compare("time a trial on that chip, estimated", local.chip.energy.nanoseconds, reference.chip.energy.nanoseconds, seconds, ["less", "more"]),
      );
  }
  return found;
}

/// "ends 3.1× higher", "ends 1.7× lower", "ends at the same loss".
export function ends(rule: Rule, reference: Rule): string {
  if (rule.last === reference.last) return "ends at the same loss";
  const ratio = rule.last / reference.last;
  if (!(ratio > 0) || !Number.isFinite(ratio)) return `ends at a loss of ${loss(rule.last)}`;
  if (Math.max(ratio, 1 / ratio) < kTie) return "ends at the same loss";
  return ratio > 1 ? `ends at a loss ${times(ratio)}× higher` : `ends at a loss ${times(1 / ratio)}× lower`;
}

export function headline(result: Result): string {
  if (result.finding.headline !== "") return result.finding.headline;
  if (result.rules.some((rule) => rule.status === "RUNNING")) return "No rule has ended yet; below is how far the run has come.";
  return result.rules.length === 0 ? "No rule has run." : "No rule that learns ran to its end.";
}

export function reachTakeaway(result: Result): string {
  const far = [...result.rules].sort((a, b) => b.maxLag - a.maxLag)[0];
  const near = result.rules.filter((rule) => rule.violations === 0 && learns(rule)).map((rule) => rule.name);
  if (!far) return "";
  const first =
    far.maxLag > 0
      ? `${far.name} reaches ${counted(far.maxLag, "tick")} into the past`
      : "No rule reaches into the past";
  if (near.length === 0) return `${first}; every rule that learns breaks locality in space or time.`;
  return `${first}; ${listed(near)} ${near.length === 1 ? "stays" : "stay"} in the present and on local wires.`;
}

export function lossTakeaway(result: Result): string {
  const rules = completed(result);
  const best = lowest(rules);
  const worst = [...rules].sort((a, b) => b.last - a.last)[0];
  const ended = result.rules.filter((rule) => rule.status !== "COMPLETED").map((rule) => `${rule.name} ${statusWord(rule.status)}`);
  const tail = ended.length > 0 ? ` ${listed(ended)}.` : "";
  if (!best || !worst) return tail.trim();
  if (best === worst) return `${best.name} goes from ${loss(best.first)} to ${loss(best.last)}.${tail}`;
  if (worst.last <= best.last * kTie) return `All rules end at about the same loss, ${loss(best.last)} (${best.name}) to ${loss(worst.last)} (${worst.name}).${tail}`;
  const spread = best.last > 0 ? `, ${times(worst.last / best.last)}× above` : "";
  return `${best.name} ends lowest, at ${loss(best.last)}; ${worst.name} highest, at ${loss(worst.last)}${spread}.${tail}`;
}

export function statusWord(status: string): string {
  const words: Record<string, string> = {
    COMPLETED: "completed",
    DIVERGED: "diverged",
    LOCALITY_BROKEN: "broke its locality budget",
    INTERRUPTED: "was interrupted",
    RUNNING: "is running",
    WAITING: "waits",
  };
  return words[status] ?? status.toLowerCase();
}

export function lagTakeaway(result: Result): string {
  const parts = result.rules.filter((rule) => rule.messages > 0).map((rule) => ({ rule, back: rule.temporal / rule.messages }));
  const most = parts.sort((a, b) => b.back - a.back)[0];
  if (!most || most.back === 0) return "Every message of every rule is about the present tick.";
  const none = result.rules.filter((rule) => rule.temporal === 0).map((rule) => rule.name);
  const rest = none.length > 0 ? ` ${listed(none)}: none.` : "";
  return `${Math.round(100 * most.back)} % of ${most.rule.name}'s messages revisit a tick that is past, up to ${human(most.rule.maxLag)} back.${rest}`;
}

export function channelTakeaway(result: Result): string {
  const users = result.rules.filter((rule) => rule.spatial > 0);
  if (users.length === 0) return "No rule uses a wire that breaks locality.";
  const most = [...users].sort((a, b) => b.spatial - a.spatial)[0]!;
  const names = [...new Set(most.entries.filter((entry) => entry.wires === "non-local").map((entry) => entry.channel))];
  return `${most.name} leans most on non-local wires: ${human(most.spatial)} messages a trial over ${listed(names)}.`;
}

export function tradeTakeaway(result: Result): string {
  const rules = completed(result);
  const best = lowest(rules);
  const local = lowest(rules.filter((rule) => rule.violations === 0));
  if (!best || !local) return best ? `${best.name} ends lowest; no rule is free of violations.` : "";
  if (best === local) return `Nothing is bought with violations here: ${best.name} ends lowest and has none.`;
  if (local.last <= best.last * kTie) return `Violations buy nothing that shows here: ${local.name} has none and ends at ${loss(local.last)}, ${best.name} with ${human(best.violations)} of them a trial at ${loss(best.last)}.`;
  return `Without violations one gets to ${loss(local.last)} (${local.name}); ${human(best.violations)} of them a trial buy ${loss(best.last)} (${best.name}).`;
}

export function rankTakeaway(result: Result): string {
  const known = result.rules.flatMap((rule) => {
    const rank = recurrentRank(rule);
    return rank ? [{ rule, rank }] : [];
  });
  const sorted = known.sort((a, b) => a.rank.effective - b.rank.effective);
  const low = sorted[0];
  const high = sorted[sorted.length - 1];
  if (!low || !high) return "";
  if (low === high) return `The recurrent weights changed in about ${low.rank.effective.toFixed(1)} directions (effective rank), of ${low.rank.values.length} that there are.`;
  const tail = `(effective rank ${low.rank.effective.toFixed(2)})`;
  if (high.rank.effective - low.rank.effective < 0.05) return `All rules change the recurrent weights in about equally many directions ${tail}.`;
  return `${low.rule.name} changes the recurrent weights in the fewest directions ${tail}, ${high.rule.name} in the most (${high.rank.effective.toFixed(2)}).`;
}

export function ratesTakeaway(result: Result): string {
  const all = result.rules.flatMap((rule) => rule.rates.map((rate) => ({ ...rate, rule: rule.name })));
  const most = all.sort((a, b) => Math.abs(b.last - b.first) - Math.abs(a.last - a.first))[0];
  if (!most) return "";
  const who = all.length > 1 ? `${most.population} under ${most.rule}` : most.population;
  if (hertz(most.first) === hertz(most.last)) return `No population's rate changed: ${who} fires at ${hertz(most.last)}.`;
  return `${all.length > 1 ? "The largest change: " : ""}${who} fires at ${hertz(most.first)} at first and at ${hertz(most.last)} at last.`;
}

export function chipTakeaway(result: Result): string {
  const rules = result.rules.flatMap((rule) => (rule.chip && learns(rule) ? [{ name: rule.name, chip: rule.chip }] : []));
  const most = [...rules].sort((a, b) => b.chip.learning - a.chip.learning)[0];
  const least = [...rules].sort((a, b) => a.chip.learning - b.chip.learning)[0];
  if (!most || !least) return "";
  const ahead = rules.map(({ chip }) => chip.packets - chip.learning);
  const [few, many] = [Math.min(...ahead), Math.max(...ahead)];
  const forward = many <= few * 1.005 ? human(most.chip.packets - most.chip.learning) : `${human(few)} to ${human(many)}`;
  if (most === least) return `Beside ${forward} packets a trial that carry activity forward, learning under ${most.name} sends ${human(most.chip.learning)}.`;
  return `Activity on its way forward takes ${forward} packets a trial${many <= few * 1.005 ? " under every rule" : ", depending on the rule, because silent neurons send none"}. Learning adds ${human(most.chip.learning)} under ${most.name}, ${human(least.chip.learning)} under ${least.name}.`;
}

export function memoryTakeaway(result: Result): string {
  const rules = result.rules.filter(learns);
  const most = [...rules].sort((a, b) => b.history + b.traces - (a.history + a.traces))[0];
  const least = [...rules].sort((a, b) => a.history + a.traces - (b.history + b.traces))[0];
  if (!most || !least || most === least) return "";
  const what = (rule: Rule) => `${bytes(rule.history + rule.traces)}${rule.history >= rule.traces ? " of history" : " of traces"}`;
  return `${most.name} keeps most, ${what(most)}; ${least.name} least, ${what(least)}.`;
}
