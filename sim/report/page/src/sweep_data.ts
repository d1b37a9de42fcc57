// A sweep (locus.v1.Sweep) and its summary over seeds, the same as in summary.csv.
import { type Channel, type Count, mean } from "./data.ts";
import type { Candidate } from "./finding.ts";
import { stylesOf } from "./palette.ts";

type Num = number | string; // numbers that are not finite are words

export interface JsonDigest {
  rule: string;
  kind: string;
  status: string;
  message?: string;
  first: Num;
  last: Num;
  messages: number;
  spatialViolations: number;
  temporalViolations: number;
  violations: number;
  maxLag: number;
  historyBytes: Count;
  traceBytes: Count;
  evaluation?: Num;
  rank?: number;
  effectiveRank?: Num;
  chip?: { packets: number; learningPackets: number; hops: number; busiestLink: number; picojoules?: number; nanoseconds?: number };
}

export interface JsonCurve {
  settings: string[];
  rule: string;
  evaluation: boolean;
  stretch: number;
  update: number[];
  seeds: number[];
  mean: Num[];
  sd: Num[];
  sem: Num[];
  q25: Num[];
  median: Num[];
  q75: Num[];
}

export interface JsonMember {
  settings: string[];
  seed: string;
  failure: string;
  rules: JsonDigest[];
  file?: string;
  page?: string;
}

export interface JsonSweep {
  model: string;
  modelSha256: string;
  version: string;
  commit: string;
  schema: string;
  level?: string; // absent in results of older programs
  axes: { path: string; values: string[] }[];
  members: JsonMember[];
  notes?: string[];
  givenFeedback?: string[];
  // absent in sweeps of older programs
  curves?: JsonCurve[];
  best?: { choosingSeeds: string[]; reportingSeeds: string[]; rules: { rule: string; settings: string[]; reason: string; chosenBy: Num; curves: JsonCurve[] }[] };
}

/// One rule of one member.
export interface Point {
  seed: string;
  last: number;
  digest: JsonDigest;
  page: string | undefined;  // address of the member's page
}

export interface Line {
  settings: string[];  // values, one for each axis
  key: string;  // of the settings with their paths
  label: string;
  rule: string;
  kind: string;
  index: number; // style of the rule
  seeds: number;
  completed: number;
  mean: number;
  sd: number;
  sem: number;
  q25: number;
  median: number;
  q75: number;
  start: number;  // median
  messages: number;
  spatial: number;
  temporal: number;
  violations: number;
  kept: number;
  evaluation: number;  // median; NaN without evaluation trials
  packets: number;  // means; NaN without a chip
  energy: number;
  time: number;
  points: Point[];  // of completed members
}

export interface Sweep {
  json: JsonSweep;
  channels: Channel[];
  rules: { name: string; index: number }[];
  lines: Line[];
  /// Each rule at one setting: the chosen one, or the one with the lowest median.
  chosen: { lines: Line[]; settings: "given" | "held out" | "shown"; curves: JsonCurve[] };
  seeds: string[];
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

/// The standard deviation of a sample; NaN for fewer than two numbers.
function deviation(numbers: number[]): number {
  if (numbers.length < 2) return NaN;
  const middle = mean(numbers);
  return Math.sqrt(numbers.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (numbers.length - 1));
}

export function shortPath(path: string): string {
  return path.split(".").pop() ?? path;
}

/// True if a setting concerns a rule: those of another rule, rules[NAME].field or rules.NAME.field,
/// do not.
export function bearsOn(path: string, rule: string, rules: string[]): boolean {
  const named = path.match(/^rules\[(.+?)\]\./)?.[1] ?? rules.find((name) => path.startsWith(`rules.${name}.`));
  return named === undefined || named === rule || !rules.includes(named);
}

function valueIn(setting: string): string {
  return setting.slice(setting.indexOf("=") + 1);
}

/// A sweep from elsewhere may name anything: only the pages of members are linked.
function pageOf(member: JsonMember): string | undefined {
  return member.page && /^members\/[0-9a-f]{16}\/report\.html$/.test(member.page) ? member.page : undefined;
}

function summarise(members: JsonMember[], json: JsonSweep, styles: Map<string, number>): Line[] {
  const names = [...styles.keys()];
  const groups = new Map<string, { line: Line; digests: JsonDigest[] }>();
  for (const member of members) {
    for (const digest of member.rules) {
      const key = JSON.stringify([member.settings, digest.rule]);
      let group = groups.get(key);
      if (!group) {
        const settings = member.settings.map(valueIn);
        const label = json.axes.flatMap((axis, i) => (axis.values.length > 1 && bearsOn(axis.path, digest.rule, names) ? [`${shortPath(axis.path)} ${settings[i]}`] : [])).join(", ");
        const line: Line = { settings, key: JSON.stringify(member.settings), label, rule: digest.rule, kind: digest.kind, index: styles.get(digest.rule) ?? 0, seeds: 0, completed: 0, mean: NaN, sd: NaN, sem: NaN, q25: NaN, median: NaN, q75: NaN, start: NaN, messages: NaN, spatial: NaN, temporal: NaN, violations: NaN, kept: NaN, evaluation: NaN, packets: NaN, energy: NaN, time: NaN, points: [] };
        group = { line, digests: [] };
        groups.set(key, group);
      }
      group.line.seeds += 1;
      if (digest.status !== "COMPLETED") continue;
      group.digests.push(digest);
      group.line.points.push({ seed: member.seed, last: Number(digest.last), digest, page: pageOf(member) });
    }
  }
  for (const { line, digests } of groups.values()) {
    const last = digests.map((digest) => Number(digest.last));
    const averaged = (value: (digest: JsonDigest) => number | undefined) => mean(digests.flatMap((digest) => value(digest) ?? []));
    line.completed = digests.length;
    line.mean = mean(last);
    line.sd = deviation(last);
    line.sem = line.sd / Math.sqrt(last.length);
    line.q25 = quantile(last, 0.25);
    line.median = quantile(last, 0.5);
    line.q75 = quantile(last, 0.75);
    line.start = quantile(digests.map((digest) => Number(digest.first)), 0.5);
    line.messages = averaged((digest) => digest.messages);
    line.spatial = averaged((digest) => digest.spatialViolations);
    line.temporal = averaged((digest) => digest.temporalViolations);
    line.violations = averaged((digest) => digest.violations);
    line.kept = averaged((digest) => Number(digest.historyBytes) + Number(digest.traceBytes));
    line.evaluation = quantile(digests.flatMap((digest) => (digest.evaluation === undefined ? [] : [Number(digest.evaluation)])), 0.5);
    line.packets = averaged((digest) => digest.chip?.packets);
    line.energy = averaged((digest) => digest.chip?.picojoules);
    line.time = averaged((digest) => digest.chip?.nanoseconds);
  }
  return [...groups.values()].map((group) => group.line);
}

function chosenOf(json: JsonSweep, lines: Line[], styles: Map<string, number>): Sweep["chosen"] {
  const curves = json.curves ?? [];
  if (json.best) {
    const { best } = json;
    const own = best.rules.filter((choice) => choice.reason === "").flatMap((choice) => {
      const members = json.members.filter((member) => best.reportingSeeds.includes(member.seed) && JSON.stringify(member.settings) === JSON.stringify(choice.settings));
      return summarise(members.map((member) => ({ ...member, rules: member.rules.filter((digest) => digest.rule === choice.rule) })), json, styles);
    });
    return { lines: own, settings: "held out", curves: best.rules.flatMap((choice) => choice.curves) };
  }
  const names = [...styles.keys()];
  const own = names.flatMap((rule) => lines.filter((line) => line.rule === rule && Number.isFinite(line.median)).sort((a, b) => a.median - b.median).slice(0, 1));
  const several = names.some((rule) => lines.filter((line) => line.rule === rule).length > 1);
  const shown = curves.filter((curve) => own.some((line) => line.rule === curve.rule && line.key === JSON.stringify(curve.settings)));
  return { lines: own, settings: several ? "shown" : "given", curves: shown };
}

export function readSweep(json: JsonSweep, channels: Channel[]): Sweep {
  const kinds = new Map(json.members.flatMap((member) => member.rules.map((digest) => [digest.rule, digest.kind] as const)));
  const rules = [...kinds].map(([name, kind]) => ({ name, kind }));
  const indices = stylesOf(rules);
  const styles = new Map(rules.map((rule, i) => [rule.name, indices[i]!]));
  const lines = summarise(json.members, json, styles);
  const seeds = [...new Set(json.members.map((member) => member.seed))];
  return { json, channels, rules: rules.map(({ name }) => ({ name, index: styles.get(name)! })), lines, chosen: chosenOf(json, lines, styles), seeds };
}

/// The rules of the sweep, each at its chosen setting, as the sentences and the table of steps take
/// them.
export function candidatesOf(sweep: Sweep): Candidate[] {
  return sweep.chosen.lines.map((line) => ({
    name: line.rule,
    kind: line.kind,
    loss: line.median,
    start: line.start,
    bySeed: new Map(line.points.map((point) => [point.seed, point.last])),
    spatial: line.spatial,
    temporal: line.temporal,
    violations: line.violations,
    messages: line.messages,
    kept: line.kept,
    ...(Number.isFinite(line.packets) ? { packets: line.packets } : {}),
    ...(Number.isFinite(line.energy) ? { energy: line.energy, time: line.time } : {}),
  }));
}

/// The lines that no other line beats in both loss and a cost, sorted by that cost.
export function frontier(lines: Line[], cost: (line: Line) => number = (line) => line.violations): Line[] {
  const made: Line[] = [];
  const sorted = lines.filter((line) => Number.isFinite(line.median) && Number.isFinite(cost(line))).sort((a, b) => cost(a) - cost(b) || a.median - b.median);
  for (const line of sorted) if (made.length === 0 || line.median < made[made.length - 1]!.median) made.push(line);
  return made;
}
