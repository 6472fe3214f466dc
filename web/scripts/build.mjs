// Builds the four products into assistant/api/static/ and fails when the widget outgrows its budget.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const web = fileURLToPath(new URL("..", import.meta.url));
const out = fileURLToPath(new URL("../../assistant/api/static/", import.meta.url));
const WIDGET_BUDGET = 25 * 1024;

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

const widget = {
  configFile: false,
  logLevel: "warn",
  root: web,
  define: { "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: `${web}widget/main.ts`, name: "YorisoiWidget", formats: ["iife"], fileName: () => "widget.js" },
  },
};

function checkSize() {
  const file = readFileSync(`${out}widget.js`);
  const size = gzipSync(file, { level: 9 }).length;
  console.log(`widget.js ${(size / 1024).toFixed(1)} kB gzipped (budget ${WIDGET_BUDGET / 1024} kB)`);
  if (size > WIDGET_BUDGET) throw new Error("widget.js is over its budget: make it smaller before it ships");
}

const started = Date.now();
for (const config of [widget, page("console"), page("demo"), page("docs")]) await build(config);
checkSize();
console.log(`built into ${out} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
