// Generates shared/api.ts from docs/openapi.json; with --check it only says whether it is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS from "openapi-typescript";

const { components, ...description } = JSON.parse(
  readFileSync(new URL("../../docs/openapi.json", import.meta.url), "utf-8"),
);
for (const schema of Object.values(components.schemas)) {
  delete schema.title;
  for (const property of Object.values(schema.properties ?? {})) delete property.title;
}
const file = new URL("../shared/api.ts", import.meta.url);
// The types of bodies and responses; nobody here calls by path.
const text = await openapiTS({ ...description, components: { schemas: components.schemas }, paths: {} }, {
  commentHeader: "// Generated from docs/openapi.json by scripts/generate-types: do not edit.\n\n",
});

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf-8") !== text) {
  console.error("web/shared/api.ts is older than docs/openapi.json: run scripts/generate-types");
  process.exit(1);
}
