// Makes dist/page.html: the page with its script and its styles inside, and a policy that lets only
// this script run. The bytes do not depend on the machine: they contain no paths, dates or names.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const bundle = await build({
  entryPoints: [here("src/main.ts")],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  target: ["chrome100", "firefox100", "safari15.4"],
  charset: "ascii",
  legalComments: "none",
  banner: { js: "/* Bundled from sim/report/page; with Observable Plot, D3, interval-tree-1d, isoformat and binary-search-bounds (ISC, MIT). */" },
});
// "</script" and "<!--" would end or change the element around the script.
const script = bundle.outputFiles[0].text.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const style = (await transform(readFileSync(here("src/style.css"), "utf8"), { loader: "css", minify: true })).code.trim();
const hash = createHash("sha256").update(script, "utf8").digest("base64");
const page = readFileSync(here("src/page.html"), "utf8")
  .replace("SCRIPT", () => hash)
  .replace("STYLE", () => style)
  .replace("BUNDLE", () => script);
mkdirSync(here("dist"), { recursive: true });
writeFileSync(here("dist/page.html"), page);
console.log(`dist/page.html: ${page.length} bytes`);
