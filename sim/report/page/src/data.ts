// The data in the page: a locus.v1.Result in protobuf's JSON mapping (64-bit integers are strings,
// and numbers that are not finite are words). This file turns it into plain numbers once; no other
// file reads the JSON.

import { type Finding, type JsonFinding, readFinding } from "./finding.ts";
import { stylesOf } from "./palette.ts";

export type Count = string | number;

export interface JsonEntry {
  channel: string;
  lag: number;
  messages: Count;
  scalars: Count;
  bytes: Count;
  coreLocal?: boolean;  // true: its rule keeps it on a core
}

export interface JsonConfusion {
  cells: { actual: number; predicted: number; trials: Count }[];
}

export interface JsonRun {
  rule: string;
  kind: string;
  status: string;
  message: string;
  updates: number;
  depth: number;
  stride: number;
  losses: (number | string)[];
  evaluations?: { update: number; loss: number | string; accuracy?: number | string }[];
  // only where trials have classes
  accuracies?: (number | string)[];
  accuracy?: number | string;
  confusion?: JsonConfusion;
  evaluationConfusion?: JsonConfusion;
  fingerprint: string;
  ledger: {
    trials: Count;
    ticks: Count;
    entries: JsonEntry[];
    messages: Count;
    spatialViolations: Count;
    temporalViolations: Count;
    violations: Count;
    maxLag: number;
    meanLag: number;
    stalledTicks: Count;
    historyBytes: Count;
    traceBytes: Count;
  };
  rank: { projection: string; singularValues: (number | string)[]; rank: number; effectiveRank: number; tolerance: number }[];
  rankOmissions?: { projection: string; reason: string }[];
  rates?: { population: string; firstHz: number; lastHz: number }[];
  chip?: JsonChipRun;
  alignment?: JsonAlignment[];
  scatter?: { update: number; rule: string; projection: string; bias?: number; noise?: number }[];
}

/// The change of `rule` beside that of `with`; a value is missing where a change is 0.
export interface JsonAlignment {
  update: number;
  rule: string;
  with: string;
  projection: string;  // empty: all plastic synapses
  cosine?: number;
  normRatio?: number;
  signAgreement?: number;
}

export interface JsonLoad {
  from: number;  // core, or -1 for the host
  to: number;
  packets: Count;
}

export interface JsonShare {
  cycles: Count;
  packets: Count;
  lostPackets: Count;
  latency: Count;
  waiting: Count;
  blocked: Count;
}

export interface JsonEnds {
  from: number;  // core, or -1 for the host
  to: number;
}

/// The replay of the packets, summed over trials.
export interface JsonNetwork {
  trials: Count;
  forward: JsonShare;
  learning: JsonShare;
  ticks: {
    tick: number;
    forwardCycles: Count;
    learningCycles: Count;
    mostCycles: Count;
    packets: Count;
    latency: Count;
    largestLatency: Count;
    lostPackets: Count;
    blocked: Count;
    peakQueue: Count;
    peakLink: JsonEnds;
    busiestFlits: Count;
    busiestLink: JsonEnds;
  }[];
}

export interface JsonChipRun {
  onCore: Count;
  packets: Count;
  forwardPackets: Count;
  hops: Count;
  links: JsonLoad[];
  pairs: JsonLoad[];
  coreOf: number[];
  energy?: { chip: string; picojoules: number; nanoseconds: number; terms?: { charge: string; picojoules: number }[] };
  unicastPackets: Count;
  unicastHops: Count;
  peak?: { packets: Count; tick: number; lag: number };
  busiestLink?: JsonLoad;
  // by tick of a trial; absent in results of older programs, and of placements that did not run
  tickPackets?: Count[];
  stagePackets?: Count[];
  tickPeaks?: Count[];
  network?: JsonNetwork;
}

/// Constants are one number for all neurons, or one for each. Older results have no lists.
export interface JsonLif {
  tauM: number[] | number;
  adaptation?: { tau: number[] | number; beta: number[] | number };
  current?: { tau: number[] };
  reset?: string;
}

export interface JsonPopulation {
  name: string;
  kind: string;
  size: number;
  activation: string;
  leak: number;
  leaks?: number[];  // of each neuron, if they differ; leak is then 0
  lif?: JsonLif;
}

export interface JsonProjection {
  name: string;
  source: string;
  target: string;
  synapses: Count;
  plastic: boolean;
  learningRate: number;
}

export interface JsonResult {
  model: string;
  modelSha256: string;
  version: string;
  commit: string;
  schema: string;
  seed: string;
  // absent in results of older programs
  provenance?: { sha256: string; files: { name: string; sha256: string }[]; options: string[]; level: string };
  outline?: {
    populations: JsonPopulation[];
    projections: JsonProjection[];
    task: string;
    recordings?: { name: string; quantity: string; of: string }[];
    givenFeedback?: string[];  // rules whose feedback the model gives; absent in results of older programs
    training?: { loss: string; ticks: number; batch: number; updates: number; learningRate?: number; commit: string; locality: string; dtMs?: number; optimizer?: { adam?: object; sgd?: { momentum?: number } } };
  };
  chip?: { mesh: { width: number; height: number } };
  runs: JsonRun[];
}

export type Wires = "local" | "environment" | "broadcast" | "core-local" | "non-local";

/// A row of the program's table of channels.
export interface Channel {
  name: string;
  wires: Wires;
  from: string;
  to: string;
}

/// Messages of one channel and lag per trial.
export interface Entry {
  channel: string;
  wires: Wires;
  lag: number; // ticks
  messages: number;  // per trial
}

export interface Load {
  from: number;  // core, or -1 for the host
  to: number;
  packets: number;  // per trial
}

/// A rule's messages on the chip, per trial.
export interface ChipRule {
  packets: number;
  learning: number;  // packets in addition to those of the forward run
  hops: number;
  links: Load[];  // between neighbours
  pairs: Load[];
  coreOf: number[];  // core of each rate neuron, then of each readout
  energy?: { chip: string; picojoules: number; nanoseconds: number; terms: { charge: string; picojoules: number }[] };
  unicast: number;
  onCore: number;
  unicastHops: number;
  peak?: { packets: number; tick: number; lag: number };  // the most packets of one step
  busiest?: Load;  // link
  // by tick of a trial: packets of the tick and of the stages of sweeps there, a trial; and the most
  // of one step. Empty where not measured.
  ticks: { tick: number; packets: number; stages: number; peak: number }[];
  replay?: Replay;
}

/// One tick of a trial on the mesh.
export interface MeshTick {
  tick: number;
  forward: number;  // cycles, mean over trials
  learning: number;  // the same
  most: number;  // cycles of both in one trial
  packets: number;  // a trial
  latency: number;  // cycles, mean over packets; NaN without any
  largestLatency: number;
  lost: number;  // packets a trial
  blocked: number;  // cycles a trial, over all links
  queue: number;  // flits, the most before one link
  queueLink: JsonEnds;
  busiest: number;  // flits, the most over one link in one step
  busiestLink: JsonEnds;
}

/// The packets on the mesh, cycle by cycle.
export interface Replay {
  forward: number;  // cycles a trial
  learning: number;  // the same
  latency: number;  // cycles, mean over packets
  waiting: number;  // the part of it that other packets cause
  lost: number;  // packets a trial
  ticks: MeshTick[];
}

export interface Rule {
  index: number;  // style: colour and dashes
  name: string;
  kind: string;
  status: string;
  message: string;
  updates: number;
  depth: number; // ticks; 0 without sweeps
  stride: number; // ticks; 0 without sweeps
  losses: number[];
  // of trials without learning; `update` counts the updates before
  evaluations: { update: number; loss: number }[];
  stretch: number;  // updates of each of the losses; more than 1 only for a running run
  first: number;  // mean of the first losses [1]; NaN without any
  last: number;
  accuracy: number;  // of the last updates [1]; NaN without classes
  entries: Entry[];
  // per trial:
  messages: number;
  spatial: number;
  temporal: number;
  violations: number;
  stalled: number;
  // of the actors of one trial:
  history: number; // bytes
  traces: number; // bytes
  maxLag: number; // ticks
  ranks: { projection: string; values: number[]; rank: number; effective: number; recurrent: boolean }[];
  omissions: { projection: string; reason: string }[];  // projections without singular values
  rates: { population: string; first: number; last: number }[]; // of spiking populations [Hz]
  fingerprint: string;
  chip?: ChipRule;  // only if the model has one
}

export interface Result {
  json: JsonResult;
  channels: Channel[];
  rules: Rule[];
  window: number;  // updates in the means of the losses at the start and at the end
  ticks: number; // of a trial
  finding: Finding;
}

function readReplay(network: JsonNetwork): Replay {
  const trials = Math.max(1, Number(network.trials));
  const both = (of: (share: JsonShare) => Count) => Number(of(network.forward)) + Number(of(network.learning));
  const packets = both((share) => share.packets);
  return {
    forward: Number(network.forward.cycles) / trials,
    learning: Number(network.learning.cycles) / trials,
    latency: both((share) => share.latency) / packets,
    waiting: both((share) => share.waiting) / packets,
    lost: both((share) => share.lostPackets) / trials,
    ticks: network.ticks.map((tick) => ({
      tick: tick.tick,
      forward: Number(tick.forwardCycles) / trials,
      learning: Number(tick.learningCycles) / trials,
      most: Number(tick.mostCycles),
      packets: Number(tick.packets) / trials,
      latency: Number(tick.latency) / Number(tick.packets),
      largestLatency: Number(tick.largestLatency),
      lost: Number(tick.lostPackets) / trials,
      blocked: Number(tick.blocked) / trials,
      queue: Number(tick.peakQueue),
      queueLink: tick.peakLink,
      busiest: Number(tick.busiestFlits),
      busiestLink: tick.busiestLink,
    })),
  };
}

function readChip(chip: JsonChipRun, trials: number): ChipRule {
  const loads = (all: JsonLoad[]) => all.map((load) => ({ from: load.from, to: load.to, packets: Number(load.packets) / trials }));
  return {
    packets: Number(chip.packets) / trials,
    learning: (Number(chip.packets) - Number(chip.forwardPackets)) / trials,
    hops: Number(chip.hops) / trials,
    links: loads(chip.links),
    pairs: loads(chip.pairs),
    coreOf: chip.coreOf,
    unicast: Number(chip.unicastPackets) / trials,
    onCore: Number(chip.onCore) / trials,
    unicastHops: Number(chip.unicastHops) / trials,
    // packets of one tick in one replica, not a mean
    ...(chip.peak ? { peak: { packets: Number(chip.peak.packets), tick: chip.peak.tick, lag: chip.peak.lag } } : {}),
    ...(chip.busiestLink ? { busiest: loads([chip.busiestLink])[0]! } : {}),
    ticks: (chip.tickPackets ?? []).map((packets, k) => ({ tick: k + 1, packets: Number(packets) / trials, stages: Number(chip.stagePackets?.[k] ?? 0) / trials, peak: Number(chip.tickPeaks?.[k] ?? 0) })),
    ...(chip.network ? { replay: readReplay(chip.network) } : {}),
    ...(chip.energy
      ? {
          energy: {
            chip: chip.energy.chip,
            picojoules: chip.energy.picojoules / trials,
            nanoseconds: chip.energy.nanoseconds / trials,
            terms: (chip.energy.terms ?? []).map((term) => ({ charge: term.charge, picojoules: term.picojoules / trials })),
          },
        }
      : {}),
  };
}

/// The same number as in the program's comparison: a tenth of the run's updates, from 1 to 10.
export function windowOf(updates: number): number {
  return Math.min(10, Math.max(1, Math.floor(updates / 10)));
}

export function mean(numbers: number[]): number {
  return numbers.length === 0 ? NaN : numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

export function readResult(json: JsonResult, channels: Channel[], finding?: JsonFinding): Result {
  const updates = json.outline?.training?.updates ?? Math.max(0, ...json.runs.map((run) => run.updates));
  const window = windowOf(updates);
  const wires = new Map(channels.map((channel) => [channel.name, channel.wires]));
  const kinds = new Map((json.outline?.populations ?? []).map((population) => [population.name, population.kind]));
  const recurrent = new Set(
    (json.outline?.projections ?? [])
      .filter((projection) => kinds.get(projection.source) === "rate" && kinds.get(projection.target) === "rate")
      .map((projection) => projection.name),
  );
  const styles = stylesOf(json.runs.map((run) => ({ name: run.rule, kind: run.kind })));
  const rules = json.runs.map((run, position): Rule => {
    const ledger = run.ledger;
    const trials = Math.max(1, Number(ledger.trials));
    const perTrial = (count: Count) => Number(count) / trials;
    const losses = run.losses.map(Number);
    return {
      index: styles[position]!,
      name: run.rule,
      kind: run.kind,
      status: run.status,
      message: run.message,
      updates: run.updates,
      depth: run.depth,
      stride: run.stride,
      losses,
      evaluations: (run.evaluations ?? []).map(({ update, loss }) => ({ update, loss: Number(loss) })),
      stretch: 1,
      first: mean(losses.slice(0, window)),
      last: mean(losses.slice(-window)),
      accuracy: Number(run.accuracy ?? NaN),
      entries: ledger.entries.map((entry) => ({
        channel: entry.channel,
        wires: entry.coreLocal ? "core-local" : (wires.get(entry.channel) ?? "non-local"),
        lag: entry.lag,
        messages: perTrial(entry.messages),
      })),
      messages: perTrial(ledger.messages),
      spatial: perTrial(ledger.spatialViolations),
      temporal: perTrial(ledger.temporalViolations),
      violations: perTrial(ledger.violations),
      stalled: perTrial(ledger.stalledTicks),
      history: Number(ledger.historyBytes),
      traces: Number(ledger.traceBytes),
      maxLag: ledger.maxLag,
      ranks: run.rank.map((rank) => ({
        projection: rank.projection,
        values: rank.singularValues.map(Number),
        rank: rank.rank,
        effective: rank.effectiveRank,
        recurrent: recurrent.has(rank.projection),
      })),
      omissions: run.rankOmissions ?? [],
      rates: (run.rates ?? []).map((rate) => ({ population: rate.population, first: rate.firstHz, last: rate.lastHz })),
      fingerprint: run.fingerprint,
      ...(run.chip ? { chip: readChip(run.chip, trials) } : {}),
    };
  });
  const maxLag = Math.max(0, ...rules.map((rule) => rule.maxLag));
  return { json, channels, rules, window, ticks: json.outline?.training?.ticks ?? maxLag + 1, finding: readFinding(finding) };
}

/// The change of recurrent weights with the highest rank; undefined without ranks.
export function recurrentRank(rule: Rule): Rule["ranks"][number] | undefined {
  const ranks = rule.ranks.filter((rank) => rank.recurrent);
  return ranks.sort((a, b) => b.rank - a.rank)[0];
}
