// A figure: title, one sentence about the chart, the chart, and its numbers as a table, as CSV and
// as SVG.
//
// Screen readers, keyboards and spreadsheets use the table, which contains every number of the
// chart.

export type Cell = string | number;

export interface Chart {
  id: string;  // of the figure's element, and name of its downloads
  title: string;
  takeaway: string;
  how?: string;  // instructions for reading it
  columns: string[];
  rows: Cell[][];
  draw(width: number): SVGSVGElement;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function table(columns: string[], rows: Cell[][], caption?: string): HTMLTableElement {
  const numeric = columns.map((_, c) => rows.every((row) => typeof row[c] === "number" || row[c] === ""));
  const kind = (c: number): Record<string, string> => (numeric[c] ? { class: "number" } : {});
  const head = element("tr", {}, ...columns.map((name, c) => element("th", { scope: "col", ...kind(c) }, name)));
  const body = rows.map((row) =>
    element(
      "tr",
      {},
      ...row.map((cell, c) => (c === 0 ? element("th", { scope: "row" }, String(cell)) : element("td", kind(c), String(cell)))),
    ),
  );
  const made = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  if (caption) made.prepend(element("caption", {}, caption));
  return made;
}

/// One cell of CSV (RFC 4180).
export function csv(columns: string[], rows: Cell[][]): string {
  const cell = (value: Cell) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",") + "\n").join("");
}

/// A part that is made when it is opened for the first time.
export function folded(title: string, content: () => HTMLElement, id?: string): HTMLDetailsElement {
  const made = element("details", id ? { id } : {}, element("summary", id ? { id: `${id}-title` } : {}, title));
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount === 1) made.append(content());
  });
  return made;
}

/// A table in a frame of its own, in which it scrolls. `name`: aria-label, or aria-labelledby.
export function scrolling(made: HTMLElement, name: Record<string, string>): HTMLElement {
  return element("div", { class: "scroll", tabindex: "0", role: "region", ...name }, made);
}

const kDrawn = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-family", "font-size", "font-weight", "paint-order"];

/// The chart as a separate file, with the styles and variables of its elements written into it.
export function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((original, i) => {
    const style = getComputedStyle(original);
    const above = i > 0 && original.parentElement ? getComputedStyle(original.parentElement) : undefined;
    copies[i]!.removeAttribute("style");
    for (const name of kDrawn) {
      const value = style.getPropertyValue(name);
      const inherited = name === "opacity" ? "1" : above?.getPropertyValue(name);
      if (value === inherited) copies[i]!.removeAttribute(name);
      else copies[i]!.setAttribute(name, value);
    }
  });
  copy.setAttribute("style", `background: ${getComputedStyle(document.body).backgroundColor}`);
  for (const style of copy.querySelectorAll("style")) style.remove();
  return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(copy) + "\n";
}

function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

const kShownRows = 500;  // of the table in the page; the CSV has all of them

export function figure(chart: Chart, file: string): HTMLElement {
  const canvas = element("div", { class: "canvas" });
  const name = `${file}-${chart.id}`;
  const csvButton = element("button", { type: "button", "aria-label": `Download the data of “${chart.title}” as CSV` }, "CSV");
  const svgButton = element("button", { type: "button", "aria-label": `Download “${chart.title}” as SVG` }, "SVG");
  csvButton.addEventListener("click", () => save(`${name}.csv`, "text/csv", csv(chart.columns, chart.rows)));
  svgButton.addEventListener("click", () => {
    const svg = canvas.querySelector("svg");
    if (svg) save(`${name}.svg`, "image/svg+xml", svgText(svg));
  });
  const numbers = folded("Numbers", () => {
    const rest = chart.rows.length - kShownRows;
    const caption = rest > 0 ? `${chart.title}; the CSV has ${rest} more rows` : chart.title;
    return scrolling(table(chart.columns, chart.rows.slice(0, kShownRows), caption), { "aria-label": caption });
  });
  const made = element(
    "figure",
    { id: chart.id, "aria-labelledby": `${chart.id}-title` },
    element("h2", { id: `${chart.id}-title` }, chart.title),
    element("p", { class: "takeaway", id: `${chart.id}-takeaway` }, chart.takeaway),
    canvas,
  );
  if (chart.how) made.append(element("figcaption", {}, chart.how));
  made.append(element("div", { class: "tools" }, numbers, csvButton, svgButton));

  let drawn = 0;
  const draw = (width: number) => {
    if (width === drawn || width < 1) return;
    drawn = width;
    const svg = chart.draw(width);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${chart.title}. ${chart.takeaway}`);
    svg.removeAttribute("aria-labelledby");
    canvas.replaceChildren(svg);
  };
  new ResizeObserver((entries) => {
    for (const entry of entries) draw(Math.min(kWidest, Math.floor(entry.contentRect.width / 20) * 20));
  }).observe(canvas);
  return made;
}

const kWidest = 980; // pixels
