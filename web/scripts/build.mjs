// Builds the products into assistant/api/static/ and fails when the widget or a page of the console outgrows its budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const web = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../../assistant/api/static/", import.meta.url));
/** On every page of the shop; what is loaded when the chat is opened. */
const WIDGET_BUDGET = 20_000;
const PANEL_BUDGET = 16_000;
/** Of each page of the console, with everything that is loaded before it. */
const CONSOLE_PAGE_BUDGET = 90_000;

const page = (name) => ({
  configFile: false,
  logLevel: "warn",
  root: `${web}${name}`,
  base: `/${name}/`,
  build: {
    outDir: `${out}${name}`,
    emptyOutDir: true,
    target: "es2022",
    // The pages' CSP allows images from data:, but nothing else inline: keep every asset a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Swagger UI is 1.5 MB, for whoever reads the API's description.
    chunkSizeWarningLimit: 2000,
  },
});

const library = (options) => ({
  configFile: false,
  logLevel: "warn",
  root: web,
  define: { "process.env.NODE_ENV": '"production"' },
  build: { outDir: out, emptyOutDir: false, target: "es2022", ...options },
});

const widget = library({
  lib: { entry: `${web}widget/main.ts`, name: "YorisoiWidget", formats: ["iife"], fileName: () => "widget.js" },
});

/** What the panel takes from the first file: module -> its name in widget/handed.ts. */
const HANDED = {
  preact: "preact",
  "preact/jsx-runtime": "jsx",
  "preact/hooks": "hooks",
  "@preact/signals": "signals",
  [`${web}widget/attempt.ts`]: "attempt",
  [`${web}widget/context.ts`]: "context",
  [`${web}widget/outside.ts`]: "outside",
};
const handed = (id) => `globalThis[Symbol.for("yorisoi")].${HANDED[id]}`;

const panel = library({
  lib: { entry: `${web}widget/panel.ts`, name: "YorisoiPanel", formats: ["iife"], fileName: () => "widget-panel.js" },
  rollupOptions: {
    external: (id) => id in HANDED || `${id}.ts` in HANDED,
    output: { globals: handed },
  },
});

const gzippedSize = (name) => gzipSync(readFileSync(`${out}${name}`), { level: 9 }).length;

function checkBudget(name, size, budget) {
  console.log(`${name} ${(size / 1000).toFixed(1)} kB gzipped (budget ${budget / 1000} kB)`);
  if (size > budget) throw new Error(`${name} is over its budget: make it smaller before it ships`);
}

/** The files of each page: the first page alone, then with each that is loaded on demand. */
function checkConsolePages({ output }) {
  const chunks = new Map(output.filter((file) => file.type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const collect = (name, found) => {
    if (found.has(name)) return found;
    found.add(name);
    for (const needed of chunks.get(name).imports) collect(needed, found);
    return found;
  };
  const first = [...chunks.values()].find((chunk) => chunk.isEntry);
  for (const chunk of chunks.values()) {
    if (chunk !== first && !chunk.isDynamicEntry) continue;
    const files = collect(chunk.fileName, collect(first.fileName, new Set()));
    const size = [...files].reduce((sum, name) => sum + gzippedSize(`console/${name}`), 0);
    checkBudget(`console: ${chunk.name}`, size, CONSOLE_PAGE_BUDGET);
  }
}

const started = Date.now();
for (const config of [widget, panel, page("demo"), page("docs")]) await build(config);
const consoleBuild = await build(page("console"));
checkBudget("widget.js", gzippedSize("widget.js"), WIDGET_BUDGET);
checkBudget("widget-panel.js", gzippedSize("widget-panel.js"), PANEL_BUDGET);
checkConsolePages(consoleBuild);
console.log(`built into ${out} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
