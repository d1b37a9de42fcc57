// A sweep (locus.v1.Sweep) and its summary over seeds, the same as in summary.csv.
import { type Channel, type Count, mean } from "./data.ts";

export interface JsonDigest {
  rule: string;
  kind: string;
  status: string;
  last: number | string;
  messages: number;
  violations: number;
  maxLag: number;
  historyBytes: Count;
  traceBytes: Count;
}

export interface JsonSweep {
  model: string;
  modelSha256: string;
  version: string;
  commit: string;
  schema: string;
  level?: string; // absent in results of older programs
  axes: { path: string; values: string[] }[];
  members: { settings: string[]; seed: string; failure: string; rules: JsonDigest[] }[];
}

export interface Line {
  settings: string[];  // values, one for each axis
  label: string;
  rule: string;
  index: number; // of the rule
  seeds: number;
  completed: number;
  mean: number;
  q25: number;
  median: number;
  q75: number;
  messages: number;
  violations: number;
}

export interface Sweep {
  json: JsonSweep;
  channels: Channel[];
  rules: string[];
  lines: Line[];
}

/// Linear interpolation between order statistics (type 7 of Hyndman and Fan).
export function quantile(numbers: number[], q: number): number {
  if (numbers.length === 0) return NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.min(Math.floor(at) + 1, sorted.length - 1)]!;
  return below + (at - Math.floor(at)) * (above - below);
}

export function shortPath(path: string): string {
  return path.split(".").pop() ?? path;
}

/// True if a setting concerns a rule: those of another rule, rules[NAME].field, do not.
export function bearsOn(path: string, rule: string, rules: string[]): boolean {
  const named = path.match(/^rules\[(.+?)\]\./)?.[1];
  return named === undefined || named === rule || !rules.includes(named);
}

function valueIn(setting: string): string {
  return setting.slice(setting.indexOf("=") + 1);
}

export function readSweep(json: JsonSweep, channels: Channel[]): Sweep {
  const rules = [...new Set(json.members.flatMap((member) => member.rules.map((digest) => digest.rule)))];
  const groups = new Map<string, { line: Line; digests: JsonDigest[] }>();
  for (const member of json.members) {
    for (const digest of member.rules) {
      const key = JSON.stringify([member.settings, digest.rule]);
      let group = groups.get(key);
      if (!group) {
        const settings = member.settings.map(valueIn);
        const label = json.axes.flatMap((axis, i) => (bearsOn(axis.path, digest.rule, rules) ? [`${shortPath(axis.path)} ${settings[i]}`] : [])).join(", ");
        const line: Line = { settings, label, rule: digest.rule, index: rules.indexOf(digest.rule), seeds: 0, completed: 0, mean: NaN, q25: NaN, median: NaN, q75: NaN, messages: NaN, violations: NaN };
        group = { line, digests: [] };
        groups.set(key, group);
      }
      group.line.seeds += 1;
      if (digest.status === "COMPLETED") group.digests.push(digest);
    }
  }
  for (const { line, digests } of groups.values()) {
    const last = digests.map((digest) => Number(digest.last));
    line.completed = digests.length;
    line.mean = mean(last);
    line.q25 = quantile(last, 0.25);
    line.median = quantile(last, 0.5);
    line.q75 = quantile(last, 0.75);
    line.messages = mean(digests.map((digest) => digest.messages));
    line.violations = mean(digests.map((digest) => digest.violations));
  }
  return { json, channels, rules, lines: [...groups.values()].map((group) => group.line) };
}

/// The lines that no other line beats in both loss and violations, sorted by violations.
export function frontier(lines: Line[]): Line[] {
  const made: Line[] = [];
  const sorted = lines.filter((line) => Number.isFinite(line.median)).sort((a, b) => a.violations - b.violations || a.median - b.median);
  for (const line of sorted) if (made.length === 0 || line.median < made[made.length - 1]!.median) made.push(line);
  return made;
}
