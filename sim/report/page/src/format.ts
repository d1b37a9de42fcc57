// Numbers for people, in the forms of the program's comparison.

/// Three significant digits with a prefix: "999", "12.3k", "4.50M".
export function human(x: number): string {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (size < 999.5) return Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(3)));
  const prefixes = ["", "k", "M", "G", "T", "P", "E"];
  let power = Math.min(prefixes.length - 1, Math.floor(Math.log10(size) / 3));
  if (Number((size / 1000 ** power).toPrecision(3)) >= 1000 && power + 1 < prefixes.length) power += 1;
  return (x / 1000 ** power).toPrecision(3) + prefixes[power];
}

/// A number at a tick of an axis: the same form without final zeros.
export function tick(x: number): string {
  return human(x).replace(/(\.\d*?)0+(?=\D*$)/, "$1").replace(/\.(?=\D*$)/, "");
}

export function bytes(x: number): string {
  if (!Number.isFinite(x)) return "–";
  const text = human(x);
  const unit = text.match(/[kMGTPE]$/)?.[0] ?? "";
  return `${text.slice(0, text.length - unit.length)} ${unit}B`;
}

/// "15.7 µJ", from picojoules.
export function joules(picojoules: number): string {
  if (!Number.isFinite(picojoules)) return "–";
  const units = ["pJ", "nJ", "µJ", "mJ", "J"];
  let power = 0;
  let size = picojoules;
  for (; size >= 999.5 && power + 1 < units.length; ++power) size /= 1000;
  return `${Number(size.toPrecision(3))} ${units[power]}`;
}

/// "1.57 ms", from nanoseconds.
export function seconds(nanoseconds: number): string {
  if (!Number.isFinite(nanoseconds)) return "–";
  const units = ["ns", "µs", "ms", "s"];
  let power = 0;
  let size = nanoseconds;
  for (; size >= 999.5 && power + 1 < units.length; ++power) size /= 1000;
  return `${Number(size.toPrecision(3))} ${units[power]}`;
}

/// "39.9 Hz", in the form of the program's comparison.
export function hertz(x: number): string {
  return Number.isFinite(x) ? `${Number(x.toPrecision(3))} Hz` : "–";
}

/// Four significant digits: "0.04123", "1.234e-5".
export function loss(x: number): string {
  if (!Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  return size < 1e-4 || size >= 1e6 ? x.toExponential(3) : String(Number(x.toPrecision(4)));
}

/// "97.1 %", of a part of 1.
export function percent(x: number): string {
  return Number.isFinite(x) ? `${(100 * x).toFixed(1)} %` : "–";
}

/// A factor: "1.57", "225", "7970", "1.2e9".
export function times(x: number): string {
  if (!Number.isFinite(x)) return "–";
  if (x >= 1e6) return x.toExponential(1).replace("+", "");
  return x >= 100 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(3)));
}

/// "1 tick", "12 ticks", "1,000 updates".
export function counted(x: number, thing: string): string {
  return `${x < 1e5 ? x.toLocaleString("en") : human(x)} ${thing}${x === 1 ? "" : "s"}`;
}

/// At most `width` characters; a longer text loses its middle.
export function shorten(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  const head = Math.ceil((width - 1) / 2);
  return letters.slice(0, head).join("") + "…" + letters.slice(letters.length - (width - 1 - head)).join("");
}

/// "a", "a and b", "a, b and c".
export function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
