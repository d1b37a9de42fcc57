// What the program found in a comparison (locus.v1.Finding): its sentences, and the table of steps
// down in locality. The page computes none of it; the same sentences stand in the printed tables.

type Num = number | string; // numbers that are not finite are words

export interface JsonFinding {
  headline: string;
  caveats: string[];
  steps: {
    class: StepClass;
    rule: string;
    kind: string;
    loss: Num;
    ratio: Num;
    ratioQ25: Num;
    ratioQ75: Num;
    violations: Num;
    messages: Num;
    keptBytes: Num;
    accuracy?: Num;
    packets?: Num;
    picojoules?: Num;
    nanoseconds?: Num;
  }[];
}

export type StepClass = "past" | "wires" | "local" | "nothing";

/// A step; numbers that it does not have are NaN.
export interface Step {
  class: StepClass;
  rule: string;  // that holds it; empty for no learning
  kind: string;
  loss: number;
  ratio: number;  // of its loss to that of the first step
  q25: number;  // quartiles over seeds
  q75: number;
  violations: number;
  messages: number;
  kept: number;  // bytes
  accuracy: number;
  packets: number;
  energy: number;  // pJ
  time: number;  // ns
}

export interface Finding {
  headline: string;
  caveats: string[];
  steps: Step[];
}

/// Absent in pages of older programs.
export function readFinding(json: JsonFinding | undefined): Finding {
  const number = (value: Num | undefined) => (value === undefined ? NaN : Number(value));
  const steps = (json?.steps ?? []).map((step): Step => ({
    class: step.class,
    rule: step.rule,
    kind: step.kind,
    loss: number(step.loss),
    ratio: number(step.ratio),
    q25: number(step.ratioQ25),
    q75: number(step.ratioQ75),
    violations: number(step.violations),
    messages: number(step.messages),
    kept: number(step.keptBytes),
    accuracy: number(step.accuracy),
    packets: number(step.packets),
    energy: number(step.picojoules),
    time: number(step.nanoseconds),
  }));
  return { headline: json?.headline ?? "", caveats: json?.caveats ?? [], steps };
}
