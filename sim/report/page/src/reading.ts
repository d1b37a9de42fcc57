// Explanations that several pages share: how to read them, and the names of the rules.
import { element } from "./figure.ts";
import type { Step } from "./finding.ts";
import { listed, shorten } from "./format.ts";

/// The long name of a rule and its method in one sentence, by row of the rule table.
const kRules: Record<string, [string, string]> = {
  none: ["no learning", "the network runs and nothing changes"],
  bptt: ["backpropagation through time", "when a trial is over, an agent that knows every neuron walks back through all its ticks: the exact gradient"],
  tbptt: ["truncated backpropagation through time", "the same walk, cut after a few ticks"],
  rflo: ["random feedback local online learning", "the error comes in over wires of its own, and each synapse combines it with a trace that it keeps of the past"],
  eprop: ["e-prop", "traces as well; the error is weighted by the output synapses' own weights, which must be carried back to the neurons"],
  "eprop:random": ["e-prop with random feedback", "traces as well, and the error over wires of its own"],
  rtrl: ["real-time recurrent learning", "the exact gradient without looking back: every neuron keeps how it depends on every synapse, and they tell each other at each tick"],
  "rtrl:reach": ["real-time recurrent learning of limited reach", "as RTRL, but a neuron keeps only how it depends on synapses a few steps away"],
  "rtrl:paths": ["real-time recurrent learning over few paths", "as RTRL, but what neurons tell each other of their past takes only a few drawn synapses onto each"],
  "rtrl:core": ["real-time recurrent learning within cores", "as RTRL, but a neuron keeps only how it depends on synapses on its own core, and none of it leaves the core"],
};

/// Explanations for the rest of the page: the counts, and the names of the rules.
export function reading(rules: { name: string; kind: string }[]): HTMLElement {
  const kinds = rules.map((rule) => rule.kind).filter((kind, i, all) => all.indexOf(kind) === i && kRules[kind]);
  const named = (kind: string) => rules.filter((rule) => rule.kind === kind).map((rule) => shorten(rule.name, 24)).join(", ");
  return element(
    "section",
    { id: "reading", "aria-labelledby": "reading-title" },
    element("h2", { id: "reading-title" }, "How to read this page"),
    element(
      "p",
      {},
      "Here a network of neurons and synapses learns, and whatever one of them tells another is a message, which is counted. A message breaks locality ",
      element("strong", {}, "in space"),
      " where it needs a wire that no synapse has (one that carries its weight backwards, say), and ",
      element("strong", {}, "in time"),
      " where it is about a tick that is past: its lag says how many ticks ago. Brains are not known to have either, and chips built like them pay for both. Each such message is a violation; the loss, which learning lowers, tells what they buy.",
    ),
    element("dl", { class: "rules" }, ...kinds.flatMap((kind) => [element("dt", {}, named(kind)), element("dd", {}, element("strong", {}, kRules[kind]![0]), `: ${kRules[kind]![1]}`)])),
  );
}

/// The meaning of the names in the headline.
export function ruleNames(steps: Step[]): HTMLElement[] {
  const said = steps.filter((step) => kRules[step.kind]).map((step) => `${shorten(step.rule, 40)} is ${kRules[step.kind]![0]}`);
  return said.length > 0 ? [element("p", { class: "names" }, `${listed(said)}; how they work is said below.`)] : [];
}

/// A name in a form that fits into the name of a file.
export function fileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "locus";
}
