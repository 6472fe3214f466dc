// @vitest-environment happy-dom
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { isHarassing, marksOf } from "../console/state/feelings";
import { listOf } from "../console/state/order";
import type { Row } from "../console/types";
import { Veil } from "../console/views/Veil";

const row = (over: Partial<Row>): Row =>
  ({ id: "c", state: "queued", priority: "urgent", agent: null, waiting_since: "2026-11-01T00:01:00Z", updated_at: "", ...over }) as Row;

test("what was searched with harassing words is hidden in the packet too", () => {
  const packet = { sentiment: [{ turn: 0, frustration: 0.1 }, { turn: 1, frustration: 0.9, harassment: 0.8 }] };
  expect([0, 1, 2].map((each) => isHarassing(packet, each))).toEqual([false, true, false]);
});

test("distress comes first, before what is urgent and waits longer", () => {
  const rows = [row({ id: "fraud", waiting_since: "2026-11-01T00:00:00Z" }), row({ id: "distress", marks: ["distress"] })];
  expect(listOf(rows, "queued", "me").map((each) => each.id)).toEqual(["distress", "fraud"]);
});

test("anger is marked unless the reason says it", () => {
  expect(marksOf(row({ marks: ["harassment", "anger"], reason: "asked_for_person" }))).toEqual(["harassment", "anger"]);
  expect(marksOf(row({ marks: ["anger"], reason: "frustrated" }))).toEqual([]);
  expect(marksOf(row({}))).toEqual([]);
});

test("hidden words are out of reach until the button is pressed, and can be hidden again", async () => {
  const box = document.createElement("div");
  await act(() => render(h(Veil, { children: "insult" }), box));
  const words = () => box.querySelector<HTMLElement>("[data-testid=veiled]")!;
  const button = () => box.querySelector("button")!;
  expect([words().getAttribute("aria-hidden"), words().hasAttribute("inert"), button().getAttribute("aria-expanded")]).toEqual(["true", true, "false"]);
  await act(() => button().click());
  expect([words().getAttribute("aria-hidden"), words().hasAttribute("inert"), button().getAttribute("aria-expanded")]).toEqual(["false", false, "true"]);
  await act(() => button().click());
  expect(words().getAttribute("aria-hidden")).toBe("true");
});
