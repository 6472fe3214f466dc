// @vitest-environment happy-dom
// The settings page: the weekly digest's form, and the last rehearsal when the page is opened again.
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { rehearsable, rehearsal } from "../console/state/rehearsal";
import { pending, settings, type Settings } from "../console/state/settings";
import { language } from "../console/text";
import { Digest } from "../console/views/settings/Digest";
import { Rehearsal } from "../console/views/settings/Rehearsal";

const digest = { to: ["a@shop.example"], weekday: "mon", hour: 9, language: "ja" };
const find = <T extends HTMLElement>(name: string) => document.querySelector<T>(`[data-testid=${name}]`)!;

beforeEach(() => {
  language.value = "en";
  pending.value = {};
  settings.value = { settings: [{ key: "policy.digest", value: digest, default: digest, in_file: false, change: null }] } as unknown as Settings;
});
afterEach(() => {
  render(null, document.body);
  vi.unstubAllGlobals();
});

async function type(name: string, value: string, kind: "input" | "change"): Promise<void> {
  await act(() => {
    find<HTMLTextAreaElement>(name).value = value;
    find(name).dispatchEvent(new Event(kind, { bubbles: true }));
  });
}

test("recipients, day and hour of the digest are typed together and saved as one setting", async () => {
  await act(() => render(h(Digest, { admin: false }), document.body));
  await type("digest-to", "b@shop.example, c@shop.example\n\n", "input");
  await type("digest-weekday", "fri", "change");
  await type("digest-hour", "17", "change");
  expect(pending.value).toEqual({ "policy.digest": { to: ["b@shop.example", "c@shop.example"], weekday: "fri", hour: 17, language: "ja" } });
  expect(document.querySelector("#digest-problem")?.textContent).toBe("");
  expect(rehearsable.value, "no customer meets it").toEqual({});
});

test("what is no address is said before it is saved", async () => {
  await act(() => render(h(Digest, { admin: false }), document.body));
  await type("digest-to", "b@shop.example\nmori at shop", "input");
  expect(document.querySelector("#digest-problem")?.textContent).toContain("mori at shop");
  expect(find("digest-to").getAttribute("aria-invalid")).toBe("true");
});

const last = { id: "r1", by: "Mori", at: "2026-11-30T09:00:00Z", state: "done", done: 80, total: 80, problem: null, changes: { "policy.answer_score": 0.7, "policy.hours": {} } };
const result = { passed: true, failed_gates: [], before: [], after: [], changed: 0, worse: 0, flips: [], failed: [] };

test.each([
  ["its result", result, "Every gate is passed."],
  ["that it is too old", null, "older version"],
])("the page opened again shows the last rehearsal: %s", async (_, of, said) => {
  rehearsal.value = null;
  vi.stubGlobal("fetch", vi.fn(async () => new Response(JSON.stringify({ rehearsal: { ...last, result: of } }), { headers: { "Content-Type": "application/json" } })));
  await act(async () => render(h(Rehearsal, {}), document.body));
  await vi.waitFor(() => expect(find("last-rehearsal").textContent).toContain("Mori"));
  expect(find("last-rehearsal").textContent).toContain("Certainty to answer, Opening hours");
  expect(document.body.textContent).toContain(said);
  await act(() => find("rehearsed-again").click());
  expect(pending.value).toEqual(last.changes);
});
