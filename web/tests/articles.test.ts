// Two leads write one article: whatever the second chooses, nobody's text is lost.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Column } from "../console/views/articles/column";

const fields = (text: string) => ({ title: "返品", language: "ja", text, valid_from: null, valid_until: null, supersedes: [], tags: [] });
const opened = (revision: number, text: string) => ({ id: "ja/returns", read_only: null, location: null, fields: fields(text), revision, url: "", revisions: [], translations: {} });
const conflict = { error: { code: "draft_changed", message: "", by: "Sato", theirs: 2, revision: 3 } };

let sent: { url: string; body: unknown }[] = [];
let answers: Record<string, { status: number; body: unknown }> = {};

beforeEach(() => {
  localStorage.clear();
  sent = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    sent.push({ url, body: init.body ? JSON.parse(String(init.body)) : null });
    const path = url.split("?")[0]!;
    const answer = answers[path] ?? { status: 500, body: {} };
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  });
});
afterEach(() => vi.unstubAllGlobals());

async function inConflict(): Promise<Column> {
  answers = { "/v1/agent/knowledge/article": { status: 200, body: opened(1, "first") } };
  const column = new Column("ja/returns", fields(""));
  await column.load();
  column.change({ text: "mine" });
  answers["/v1/agent/knowledge/drafts"] = { status: 409, body: conflict };
  answers["/v1/agent/knowledge/revision"] = { status: 200, body: { diff: [["+", "theirs"]] } };
  expect(await column.save()).toBe(false);
  answers["/v1/agent/knowledge/article"] = { status: 200, body: opened(2, "theirs") };
  return column;
}

test("the second to save is shown the other text and keeps their own", async () => {
  const column = await inConflict();
  expect(column.conflict.value).toMatchObject({ by: "Sato", theirs: 2, mine: 3 });
  expect(column.fields.value.text).toBe("mine");
});

test("going on with mine saves over theirs", async () => {
  const column = await inConflict();
  await column.settle("mine");
  answers["/v1/agent/knowledge/drafts"] = { status: 201, body: { id: "ja/returns", revision: 4 } };
  await column.save();
  expect(sent.findLast((one) => one.url.endsWith("/drafts"))!.body).toMatchObject({ base: 2, fields: { text: "mine" } });
});

test("going on with theirs opens it, unchanged", async () => {
  const column = await inConflict();
  await column.settle("theirs");
  expect([column.fields.value.text, column.dirty.value]).toEqual(["theirs", false]);
});

test("what was typed and not saved is back when the page is opened again", async () => {
  answers = { "/v1/agent/knowledge/article": { status: 200, body: opened(1, "first") } };
  const column = new Column("ja/returns", fields(""));
  await column.load();
  column.change({ text: "half a sentence" });
  const again = new Column("ja/returns", fields(""));
  await again.load();
  expect([again.fields.value.text, again.recalled.value, again.base.value]).toEqual(["half a sentence", true, 1]);
  await again.dropRecalled();
  expect(again.fields.value.text).toBe("first");
});
