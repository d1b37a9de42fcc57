// A sweep (locus.v1.Sweep) and its summary over seeds (locus.v1.SweepSummary), whose numbers are
// those of summary.csv: the page computes none of them.
import type { Channel, Count } from "./data.ts";
import { type Finding, type JsonFinding, readFinding } from "./finding.ts";
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
  accuracy?: Num;
  evaluationAccuracy?: Num;
  rank?: number;
  effectiveRank?: Num;
  chip?: { packets: number; learningPackets: number; hops: number; busiestLink: number; picojoules?: number; nanoseconds?: number };
}

export interface JsonCurve {
  settings: string[];
  rule: string;
  evaluation: boolean;
  accuracy?: boolean;  // absent in sweeps of older programs, which have losses only
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
  recordings?: string[];
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
  best?: { byAccuracy?: boolean; choosingSeeds: string[]; reportingSeeds: string[]; rules: { rule: string; settings: string[]; reason: string; chosenBy: Num; curves: JsonCurve[] }[] };
}

/// Numbers over seeds; NaN without any.
export interface Spread {
  count: number;
  mean: number;
  sd: number;
  sem: number;
  q25: number;
  median: number;
  q75: number;
}

type JsonSpread = Record<keyof Spread, Num>;

interface JsonLine {
  settings: string[];
  rule: string;
  kind: string;
  seeds: number;
  completed: number;
  loss: JsonSpread;
  evaluation: JsonSpread;
  accuracy: JsonSpread;
  evaluationAccuracy: JsonSpread;
  messages: Num;
  violations: Num;
  keptBytes: Num;
  means: Num[];
}

export interface JsonSummary {
  columns: string[];
  lines: JsonLine[];
  chosen: JsonLine[];
  choice: "given" | "held out" | "shown";
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
  loss: Spread;
  evaluation: Spread;  // count 0 without evaluation trials
  accuracy: Spread;  // count 0 without classes
  evaluationAccuracy: Spread;
  messages: number;
  violations: number;
  kept: number;
  means: Map<string, number>;  // of further columns; NaN where the model has none
  points: Point[];  // of completed members
}

export interface Sweep {
  json: JsonSweep;
  channels: Channel[];
  rules: { name: string; index: number }[];
  lines: Line[];
  /// Each rule at one setting: the chosen one, or the one with the lowest median.
  chosen: { lines: Line[]; settings: JsonSummary["choice"]; curves: JsonCurve[] };
  seeds: string[];
  finding: Finding;
}

/// The median of numbers: the middle one, or the mean of the two in the middle.
export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? NaN : (low + high) / 2;
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

export function valueIn(setting: string): string {
  return setting.slice(setting.indexOf("=") + 1);
}

/// A sweep from elsewhere may name anything: only the pages of members are linked.
function pageOf(member: JsonMember): string | undefined {
  return member.page && /^members\/[0-9a-f]{16}\/report\.html$/.test(member.page) ? member.page : undefined;
}

function spreadOf(json: JsonSpread): Spread {
  return { count: Number(json.count), mean: Number(json.mean), sd: Number(json.sd), sem: Number(json.sem), q25: Number(json.q25), median: Number(json.median), q75: Number(json.q75) };
}

/// `members`: by their settings.
function lineOf(json: JsonLine, sweep: JsonSweep, members: Map<string, JsonMember[]>, columns: string[], styles: Map<string, number>): Line {
  const names = [...styles.keys()];
  const settings = json.settings.map(valueIn);
  const key = JSON.stringify(json.settings);
  const points = (members.get(key) ?? []).flatMap((member): Point[] => {
    return member.rules.filter((digest) => digest.rule === json.rule && digest.status === "COMPLETED").map((digest) => ({ seed: member.seed, last: Number(digest.last), digest, page: pageOf(member) }));
  });
  return {
    settings,
    key,
    label: sweep.axes.flatMap((axis, i) => (axis.values.length > 1 && bearsOn(axis.path, json.rule, names) ? [`${shortPath(axis.path)} ${settings[i]}`] : [])).join(", "),
    rule: json.rule,
    kind: json.kind,
    index: styles.get(json.rule) ?? 0,
    seeds: json.seeds,
    completed: json.completed,
    loss: spreadOf(json.loss),
    evaluation: spreadOf(json.evaluation),
    accuracy: spreadOf(json.accuracy),
    evaluationAccuracy: spreadOf(json.evaluationAccuracy),
    messages: Number(json.messages),
    violations: Number(json.violations),
    kept: Number(json.keptBytes),
    means: new Map(columns.map((column, c) => [column, Number(json.means[c])])),
    points,
  };
}

export function readSweep(json: JsonSweep, summary: JsonSummary, channels: Channel[], finding?: JsonFinding): Sweep {
  const kinds = new Map(json.members.flatMap((member) => member.rules.map((digest) => [digest.rule, digest.kind] as const)));
  const rules = [...kinds].map(([name, kind]) => ({ name, kind }));
  const indices = stylesOf(rules);
  const styles = new Map(rules.map((rule, i) => [rule.name, indices[i]!]));
  const members = new Map<string, JsonMember[]>();
  for (const member of json.members) {
    const key = JSON.stringify(member.settings);
    if (!members.get(key)?.push(member)) members.set(key, [member]);
  }
  const read = (lines: JsonLine[]) => lines.map((line) => lineOf(line, json, members, summary.columns, styles));
  const own = read(summary.chosen);
  const isShown = (curve: JsonCurve) => own.some((line) => line.rule === curve.rule && line.key === JSON.stringify(curve.settings));
  const curves = json.best ? json.best.rules.flatMap((choice) => choice.curves) : (json.curves ?? []).filter(isShown);
  return {
    json,
    channels,
    rules: rules.map(({ name }) => ({ name, index: styles.get(name)! })),
    lines: read(summary.lines),
    chosen: { lines: own, settings: summary.choice, curves },
    seeds: [...new Set(json.members.map((member) => member.seed))],
    finding: readFinding(finding),
  };
}

/// A cost and a score of each line: the lines that no other line beats in both, sorted by the cost.
/// Less is better in both.
export function frontier(lines: Line[], cost: (line: Line) => number, score: (line: Line) => number): Line[] {
  const made: Line[] = [];
  const sorted = lines.filter((line) => Number.isFinite(score(line)) && Number.isFinite(cost(line))).sort((a, b) => cost(a) - cost(b) || score(a) - score(b));
  for (const line of sorted) if (made.length === 0 || score(line) < score(made[made.length - 1]!)) made.push(line);
  return made;
}
