// The first two principal components of a path: power iteration on the covariance of its points.
// Cost: some hundred products with a matrix of points x neurons.

export interface Principal {
  scores: [number, number][];  // of each point, along the two components
  explained: number;  // part of the variance in their plane, 0 to 1
}

const kRounds = 300;

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

/// The direction of most variance among points, orthogonal to `taken`; zeros without any.
function direction(points: number[][], taken: number[][]): number[] {
  const size = points[0]!.length;
  // a start with a part along every direction, and the same on every page
  let found = Array.from({ length: size }, (_, i) => 1 + Math.sin(1 + 12.9898 * i));
  for (let round = 0; round < kRounds; ++round) {
    const scores = points.map((point) => dot(point, found));
    const next = Array.from({ length: size }, (_, i) => points.reduce((sum, point, t) => sum + point[i]! * scores[t]!, 0));
    for (const other of taken) {
      const along = dot(next, other);
      for (let i = 0; i < size; ++i) next[i]! -= along * other[i]!;
    }
    const norm = Math.sqrt(dot(next, next));
    if (!(norm > 1e-150)) return new Array<number>(size).fill(0);
    found = next.map((x) => x / norm);
  }
  const largest = found.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  return found.map((x) => (largest < 0 ? -x : x));
}

/// `path`: points by neurons; values that are not finite count as 0.
export function principal(path: number[][]): Principal {
  const size = path[0]?.length ?? 0;
  const clean = path.map((point) => point.map((x) => (Number.isFinite(x) ? x : 0)));
  const means = Array.from({ length: size }, (_, i) => clean.reduce((sum, point) => sum + point[i]!, 0) / clean.length);
  const points = clean.map((point) => point.map((x, i) => x - means[i]!));
  const first = direction(points, []);
  const second = direction(points, [first]);
  const scores = points.map((point): [number, number] => [dot(point, first), dot(point, second)]);
  const whole = points.reduce((sum, point) => sum + dot(point, point), 0);
  const inPlane = scores.reduce((sum, [one, two]) => sum + one * one + two * two, 0);
  return { scores, explained: whole > 0 ? inPlane / whole : 0 };
}
