// Colours, as CSS variables that style.css defines for light and dark. They are Okabe and Ito's,
// which people with any common colour blindness can distinguish. Blue and vermilion always mean
// wires that respect and that break locality. Rules have the other colours; from the sixth rule on,
// lines are dashed.

const kRules = 5;

export function ruleColour(index: number): string {
  return `var(--rule-${index % kRules})`;
}

export function ruleDash(index: number): string | null {
  const dashes = [null, "6 3", "2 3", "8 3 2 3"];
  return dashes[Math.floor(index / kRules) % dashes.length] ?? null;
}

export const wiresColour: Record<string, string> = {
  local: "var(--local)",
  environment: "var(--environment)",
  broadcast: "var(--broadcast)",
  "non-local": "var(--non-local)",
};
