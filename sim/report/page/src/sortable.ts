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

function before(a: SortCell, b: SortCell): number {
  if (typeof a.value === "string" || typeof b.value === "string") {
    const [x, y] = [Number(a.value), Number(b.value)];
    if (Number.isFinite(x) && Number.isFinite(y)) return x - y;
    return String(a.value).localeCompare(String(b.value), "en");
  }
  // numbers that are not finite come last
  if (!Number.isFinite(a.value) || !Number.isFinite(b.value)) return Number(Number.isFinite(b.value)) - Number(Number.isFinite(a.value));
  return a.value - b.value;
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
  const show = (order: typeof made) => {
    body.replaceChildren(...order.slice(0, kShown).map((entry) => (entry.line ??= element("tr", {}, ...cells(entry.row)))));
  };
  const heads = columns.map((name, c) => {
    const button = element("button", { type: "button", class: "sort" }, name);
    const head = element("th", { scope: "col", "aria-sort": "none" }, button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = [...made].sort((a, b) => before(a.row[c]!, b.row[c]!));
      show(down ? order.reverse() : order);
    });
    return head;
  });
  show(made);
  return element("table", { class: "comparison sortable" }, element("thead", {}, element("tr", {}, ...heads)), body);
}
