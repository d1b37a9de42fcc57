// Colours, as CSS variables that style.css defines for light and dark. They are Okabe and Ito's,
// which people with any common colour blindness can distinguish. Blue and vermilion always mean
// wires that respect and that break locality. Rules have the other colours, the same on every page:
// the row of the rule table decides. Rules that share a colour differ in their dashes.

const kRules = 5;
const kDashes = 4;

/// The style of each row of the rule table: colour + kRules x dash.
const kStyles: Record<string, number> = { bptt: 0, tbptt: 1, eprop: 2, rflo: 3, "eprop:random": 4, rtrl: kRules, "rtrl:reach": kRules + 1, "rtrl:paths": kRules + 2, "rtrl:core": kRules + 3 };

/// A style for each rule, in their order. Rows that are not listed above take one by their name.
export function stylesOf(rules: { name: string; kind: string }[]): number[] {
  const used = new Set<number>();
  return rules.map(({ name, kind }) => {
    const other = 1 + ([...`${kind} ${name}`].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % (kRules - 1)) + 2 * kRules;
    const first = kStyles[kind] ?? other;
    let style = first;
    for (let i = 1; used.has(style) && i < kDashes; ++i) style = (first + i * kRules) % (kRules * kDashes);
    used.add(style);
    return style;
  });
}

export function ruleColour(style: number): string {
  return `var(--rule-${style % kRules})`;
}

export function ruleDash(style: number): string | null {
  const dashes = [null, "6 3", "2 3", "8 3 2 3"];
  return dashes[Math.floor(style / kRules) % kDashes] ?? null;
}

export const wiresColour: Record<string, string> = {
  local: "var(--local)",
  environment: "var(--environment)",
  broadcast: "var(--broadcast)",
  "core-local": "var(--core-local)",
  "non-local": "var(--non-local)",
};
