// What the page's tests share: the program, results that it made, and a headless browser that notes whatever goes wrong in a page.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const root = process.env.LOCUS_ROOT;
export const program = process.env.LOCUS_PROGRAM;
export const folder = mkdtempSync(join(tmpdir(), "locus-page-"));

export function locus(...words) {
  return execFileSync(program, words, { encoding: "utf8", cwd: root });
}

/// Runs a model; the result, and the address of its page.
export function run(model, ...options) {
  const out = join(folder, `${options.join("_").replaceAll(/\W/g, "_")}-${model.split("/").pop()}`);
  mkdirSync(out, { recursive: true });
  locus("run", model, "--quiet", "--out", out, ...options);
  return { out, json: JSON.parse(readFileSync(join(out, "result.json"), "utf8")), address: pathToFileURL(join(out, "report.html")).href };
}

/// A shipped model under another name.
export function renamed(model, name) {
  const text = readFileSync(join(root, model), "utf8").replace(/^name: .*$/m, () => `name: ${JSON.stringify(name)}`);
  const path = join(folder, "renamed.txtpb");
  writeFileSync(path, text);
  return path;
}

export async function browser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
}

/// Opens a page; `complaints` gathers errors, warnings and every request that is not for the page itself.
export async function open(launched, address, options = {}) {
  const page = await launched.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => request.url() !== address && !request.url().startsWith("blob:") && complaints.push(`asks for ${request.url()}`));
  await page.goto(address);
  await page.waitForFunction(() => {
    const figures = [...document.querySelectorAll("figure")];
    return figures.length > 0 && figures.every((figure) => figure.querySelector(".canvas svg"));
  });
  return { page, complaints };
}

/// The rows of a figure's table of numbers, opened as somebody would.
export async function numbers(page, id) {
  await page.locator(`#${id} summary`).click();
  await page.locator(`#${id} table`).waitFor();
  return page.$$eval(`#${id} tbody tr`, (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
}
