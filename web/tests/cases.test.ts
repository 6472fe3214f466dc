// @vitest-environment happy-dom
// A case shows its effects: the customer's score before and after, and what its improvement changed.
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { type Case, cases } from "../console/state/insight";
import { language } from "../console/text";
import { Cases } from "../console/views/insight/Cases";

const row = { id: "k1", conversation: "c1", state: "recovered", trigger: "csat", value: 1, channel: "web", due_at: "2026-11-30T09:00:00Z", again: { kind: "csat", value: 5 }, improvement: "i1" };
const improvement = { id: "i1", title: "Seal the boxes", state: "done", effect: { ratio: 0.5, low: 0.3, high: 0.8, verdict: "worked" } };
const find = (name: string) => document.querySelector<HTMLElement>(`[data-testid=${name}]`);

afterEach(() => {
  render(null, document.body);
  vi.unstubAllGlobals();
});

test("what came of a case stands in it, and its improvement's effect is asked for only when wanted", async () => {
  language.value = "en";
  const fetched = vi.fn(async (_url: string) => new Response(JSON.stringify(improvement), { headers: { "Content-Type": "application/json" } }));
  vi.stubGlobal("fetch", fetched);
  cases.value = [row as unknown as Case];
  await act(() => render(h(Cases, {}), document.body));
  expect(find("case-again")?.textContent).toBe("Asked again: satisfaction 1 → 5");
  expect(fetched).not.toHaveBeenCalled();
  await act(() => find("case-effect")?.click());
  await vi.waitFor(() => expect(find("effect")?.textContent).toContain("Worked"));
  expect(find("case")?.textContent).toContain("Seal the boxes");
  expect(fetched.mock.calls[0]?.[0]).toContain("/insight/improvements/i1");
  expect(find("case-effect")).toBeNull();
});

test("a score on another scale is not put beside the signal that opened the case", async () => {
  language.value = "en";
  cases.value = [{ ...row, trigger: "frustration", value: 0.8, improvement: null } as unknown as Case];
  await act(() => render(h(Cases, {}), document.body));
  expect(find("case-again")?.textContent).toBe("Asked again: satisfaction 5");
});
