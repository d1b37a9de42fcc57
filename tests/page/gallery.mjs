// Draws the pictures of docs/gallery.md: of each shipped model's report, the figure of how far messages reach; of one the singular values, of the chip's
// its map. And of the README: the first screen of the demo's page.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { browser, folder, locus, open, root, run } from "./browser.mjs";

const launched = await browser();
const pictures = [...["student_teacher", "unaligned", "sparse", "sines", "sunspots", "spiking_student_teacher", "chip", "ladder"].map((model) => [model, "reach"]), ["unaligned", "singular"], ["chip", "chip"]];
for (const [model, figure] of pictures) {
  const { page } = await open(launched, run(`models/${model}.txtpb`).address, { acceptDownloads: true });
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#${figure} button`).last().click()]);
  // Three digits are more than a screen shows of a place; what is written in the picture stays.
  const rounded = (places) => places.replace(/\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(2))));
  const text = readFileSync(await download.path(), "utf8").replace(/="[^"]*"/g, rounded);
  writeFileSync(join(root, "docs/figures", `${figure === "chip" ? "map" : figure}_${model}.svg`), text);
  console.log(model, await page.textContent(".headline"));
  await page.close();
}
const demo = join(folder, "demo");
mkdirSync(demo);
const command = readFileSync(join(root, "CMakeLists.txt"), "utf8").match(/COMMAND locus (sweep [^\n]*) --out build\/demo/)[1];
locus(...command.split(" "), "--quiet", "--out", demo);
const { page } = await open(launched, pathToFileURL(join(demo, "report.html")).href, { viewport: { width: 1040, height: 1180 } });
await page.screenshot({ path: join(root, "docs/figures/page.png") });
await launched.close();
