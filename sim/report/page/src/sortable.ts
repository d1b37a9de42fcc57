// A table that sorts by a column: each heading is a button, and the first click puts the lowest
// first.
import { element } from "./figure.ts";

/// What a cell says, and what it is sorted by; a link where it leads to a page.
export interface SortCell {
  text: string;
  value: number | string;
  href?: string | undefined;
}

export function textCell(text: string, href?: string): SortCell {
  return { text, value: text, href };
}

export function numberCell(value: number, show: (x: number) => string): SortCell {
  return { text: show(value), value };
}

/// A cell's group and its value within it: numbers, then texts, then what has no number.
function rank({ value }: SortCell): [0 | 1 | 2, number | string] {
  if (typeof value === "number") return Number.isFinite(value) ? [0, value] : [2, 0];
  const number = value.trim() === "" ? NaN : Number(value);
  return Number.isFinite(number) ? [0, number] : [1, value];
}

/// Below 0 if a comes first. Groups keep their order in both directions.
function order(a: SortCell, b: SortCell, down: boolean): number {
  const [[group, x], [other, y]] = [rank(a), rank(b)];
  if (group !== other) return group - other;
  const before = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en");
  // whole numbers beyond 2^53, as seeds may be, differ in their digits only
  const [s, t] = [String(a.value), String(b.value)];
  const finer = before === 0 && group === 0 ? s.length - t.length || s.localeCompare(t, "en") : before;
  return down ? -finer : finer;
}

const kShown = 1000;  // rows; more are only in the CSV

export function sortable(columns: string[], rows: SortCell[][]): HTMLTableElement {
  const body = element("tbody");
  const cells = (row: SortCell[]) =>
    row.map((cell, c) => {
      const inside = cell.href ? element("a", { href: cell.href }, cell.text) : cell.text;
      return c === 0 ? element("th", { scope: "row" }, inside) : element("td", {}, inside);
    });
  const made = rows.map((row) => ({ row, line: undefined as HTMLTableRowElement | undefined }));
  const show = (sorted: typeof made) => {
    body.replaceChildren(...sorted.slice(0, kShown).map((entry) => (entry.line ??= element("tr", {}, ...cells(entry.row)))));
  };
  const heads = columns.map((name, c) => {
    const button = element("button", { type: "button", class: "sort" }, name);
    const head = element("th", { scope: "col", "aria-sort": "none" }, button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      show([...made].sort((a, b) => order(a.row[c]!, b.row[c]!, down)));
    });
    return head;
  });
  show(made);
  return element("table", { class: "comparison sortable" }, element("thead", {}, element("tr", {}, ...heads)), body);
}
