// Colours, as CSS variables that style.css sets for light and for dark. Okabe and Ito's, which people with any common colour blindness tell apart.
// Blue and vermilion are the wires', everywhere: what keeps locality and what breaks it. Rules have the others; from the sixth on, lines are dashed.

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
