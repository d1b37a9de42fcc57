// Colours, as CSS variables that style.css sets for light and for dark. Okabe and Ito's eight, which people with any common colour blindness tell
// apart; from the ninth rule on, lines are dashed as well.

const kRules = 7;

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
