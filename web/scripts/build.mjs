// Builds the products into assistant/api/static/ and fails when the widget outgrows its budgets.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const web = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../../assistant/api/static/", import.meta.url));
/** On every page of the shop; what is loaded when the chat is opened. */
const WIDGET_BUDGET = 20_000;
const PANEL_BUDGET = 16_000;

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

function checkSize(name, budget) {
  const size = gzipSync(readFileSync(`${out}${name}`), { level: 9 }).length;
  console.log(`${name} ${(size / 1000).toFixed(1)} kB gzipped (budget ${budget / 1000} kB)`);
  if (size > budget) throw new Error(`${name} is over its budget: make it smaller before it ships`);
}

const started = Date.now();
for (const config of [widget, panel, page("console"), page("demo"), page("docs")]) await build(config);
checkSize("widget.js", WIDGET_BUDGET);
checkSize("widget-panel.js", PANEL_BUDGET);
console.log(`built into ${out} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
