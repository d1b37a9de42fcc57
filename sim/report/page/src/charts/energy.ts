// The estimated energy of a trial by component, so that a reader sees which part a rule can save.
import * as Plot from "@observablehq/plot";
import type { Result, Rule } from "../data.ts";
import { pairOf } from "../facts.ts";
import type { Chart } from "../figure.ts";
import { joules, listed, shorten } from "../format.ts";
import { kNarrow, plot, svg } from "../svg.ts";

/// The components, and the charges of the cost file that belong to each.
export const kComponents: { name: string; charges: string[]; colour: string }[] = [
  { name: "packets", charges: ["packet", "hop_east_west", "hop_north_south", "hop_host"], colour: "var(--non-local)" },
  { name: "synaptic operations", charges: ["synaptic_operation"], colour: "var(--local)" },
  { name: "synaptic updates", charges: ["synaptic_update"], colour: "var(--rule-2)" },
  { name: "neurons", charges: ["neuron_update", "barrier"], colour: "var(--environment)" },
];

export interface Part {
  rule: string;
  component: string;
  picojoules: number;
}

export function energyParts(rule: Rule): Part[] {
  const terms = rule.chip?.energy?.terms ?? [];
  return kComponents.map(({ name, charges }) => ({ rule: rule.name, component: name, picojoules: terms.filter((term) => charges.includes(term.charge)).reduce((sum, term) => sum + term.picojoules, 0) }));
}

/// What the rule with the least energy saves beside the one with the most, and why not more.
export function energyTakeaway(rules: { name: string; parts: Part[] }[]): string {
  const total = (parts: Part[]) => parts.reduce((sum, part) => sum + part.picojoules, 0);
  const sorted = [...rules].sort((a, b) => total(a.parts) - total(b.parts));
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  if (!least || !most || !(total(most.parts) > 0)) return "";
  const largest = (parts: Part[]) => [...parts].sort((a, b) => b.picojoules - a.picojoules)[0]!;
  const share = (part: Part, parts: Part[]) => `${Math.round((100 * part.picojoules) / total(parts))} %`;
  const top = largest(least.parts);
  if (least === most) return `The largest part is ${top.component}, ${share(top, least.parts)} of ${joules(total(least.parts))}.`;
  const saved = 1 - total(least.parts) / total(most.parts);
  const differences = least.parts.map((part, i) => ({ part, saved: most.parts[i]!.picojoules - part.picojoules })).filter((entry) => entry.saved > 0.01 * total(most.parts));
  const where = differences.sort((a, b) => b.saved - a.saved).map((entry) => entry.part.component);
  const first = saved < 0.05 ? `All rules take about the same energy, ${joules(total(least.parts))} to ${joules(total(most.parts))} a trial` : `${least.name} takes ${Math.round(100 * saved)} % less energy than ${most.name}${where.length > 0 ? `, saved at ${listed(where)}` : ""}`;
  return `${first}; the largest part that is left is ${top.component}, ${share(top, least.parts)} of ${joules(total(least.parts))} under ${least.name}.`;
}

export function energyChart(result: Result): Chart | undefined {
  const rules = result.rules.filter((rule) => rule.chip?.energy && rule.chip.energy.terms.length > 0);
  if (rules.length === 0) return undefined;
  const parts = rules.flatMap(energyParts);
  // the two rules of the cards above, where both have an estimate
  const pair = pairOf(result);
  const compared = pair && rules.includes(pair.local) && rules.includes(pair.reference) ? [pair.local, pair.reference] : rules;
  const colours = new Map(kComponents.map(({ name, colour }) => [name, colour]));
  const draw = (width: number) => {
    const narrow = width < kNarrow;
    const marginLeft = narrow ? 92 : 124;
    const lines = narrow ? 2 : 1;
    const top = 14 + 20 * lines;
    const most = Math.max(...rules.map((rule) => rule.chip!.energy!.picojoules));
    const drawn = plot({
      width,
      height: top + 42 + 34 * rules.length,
      marginLeft,
      marginRight: 74,
      marginTop: top,
      marginBottom: 38,
      x: { domain: [0, most * 1.02], label: "energy a trial →", labelAnchor: "right", labelArrow: "none", ticks: narrow ? 2 : 5, tickFormat: (x: number) => (x === 0 ? "0" : joules(x)), grid: true },
      y: { domain: rules.map((rule) => rule.name), label: null, tickSize: 0, padding: 0.25, tickFormat: (name: string) => shorten(name, narrow ? 11 : 15) },
      marks: [
        Plot.barX(parts, { x: "picojoules", y: "rule", fill: (d: Part) => colours.get(d.component)!, title: (d: Part) => `${d.rule}: ${joules(d.picojoules)} at ${d.component}` }),
        Plot.text(rules, { x: (rule: Rule) => rule.chip!.energy!.picojoules, y: "name", text: (rule: Rule) => joules(rule.chip!.energy!.picojoules), dx: 6, textAnchor: "start" }),
        Plot.ruleX([0]),
      ],
    });
    kComponents.forEach(({ name, colour }, i) => {
      const each = narrow ? Math.floor((width - 8) / 2) : 158;
      const x = (narrow ? 8 : marginLeft) + (narrow ? i % 2 : i) * each;
      const y = 6 + 20 * (narrow ? Math.floor(i / 2) : 0);
      drawn.append(svg("rect", { x, y, width: 12, height: 12, style: `fill: ${colour}` }), svg("text", { x: x + 18, y: y + 6, "text-anchor": "start", dy: "0.35em", "font-size": 12 }, name));
    });
    return drawn;
  };
  return {
    id: "energy",
    title: "Where the energy goes",
    takeaway: energyTakeaway(compared.map((rule) => ({ name: rule.name, parts: energyParts(rule) }))),
    how: `An estimate: counts times the charges of ${rules[0]!.chip!.energy!.chip}. Packets: what enters the network on the chip, and its hops. Synaptic operations: weights times what arrives; updates: learning. What the forward run takes no rule can save.`,
    columns: ["rule", "component", "energy a trial in pJ"],
    rows: parts.map((part) => [part.rule, part.component, part.picojoules]),
    draw,
  };
}
