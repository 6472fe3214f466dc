import { expect, test } from "vitest";
import { type Colleague, present } from "../console/state/colleagues";
import { listOf } from "../console/state/order";
import { matching, slashed } from "../console/state/replies";
import { presetTimes } from "../console/state/snoozing";
import type { Row, SavedReply } from "../console/types";
import { marked } from "../console/views/marked";

const reply = (name: string, text = ""): SavedReply => ({ id: name, name, text, language: null, tags: [], shared: false, used: 0, snooze_minutes: null, team: null, outcome: null });

test.each([
  ["/", ""],
  ["／お詫び", "お詫び"],
  ["/x", "x"],
  ["a/b", null],
  ["/two words", null],
  ["", null],
])("a slash at the start of %o asks for %o", (typed, asked) => {
  expect(slashed(typed)).toBe(asked);
});

test("saved replies are found by name before text, in any width and case", () => {
  const list = [reply("送料", "お詫びします"), reply("お詫び"), reply("ABC")];
  expect(matching(list, "お詫び").map((each) => each.name)).toEqual(["お詫び", "送料"]);
  expect(matching(list, "ａｂ").map((each) => each.name)).toEqual(["ABC"]);
  expect(matching(Array.from({ length: 30 }, (_, n) => reply(`r${n}`)), "r")).toHaveLength(8);
});

test("the words of a search are marked, and no character of them is an operator", () => {
  expect(marked("土鍋が割れた Pot", "土鍋 pot")).toEqual(["", "土鍋", "が割れた ", "Pot", ""]);
  expect(marked("a.b (c", ".b (")).toEqual(["a", ".b", " ", "(", "c"]);
  expect(marked("土鍋", " ")).toEqual(["土鍋"]);
});

test("a snooze is never set to the past, and next Monday is never today or tomorrow", () => {
  const names = (iso: string) => presetTimes(new Date(iso)).map(([name]) => name);
  expect(names("2026-11-30T10:00:00")).toEqual(["hour", "evening", "tomorrow", "monday"]); // a Monday
  expect(names("2026-11-29T18:00:00")).toEqual(["hour", "tomorrow"]); // Sunday evening
  for (const day of [25, 26, 27, 28, 29, 30]) {
    const now = new Date(`2026-11-${day}T16:59:00`);
    for (const [name, moment] of presetTimes(now)) {
      expect(moment > now).toBe(true);
      if (name === "monday") expect(moment.getDay()).toBe(1);
    }
  }
});

test("what is put aside is not in mine, and mine shows the latest first", () => {
  const row = (id: string, updated_at: string, snoozed_until: string | null = null): Row =>
    ({ id, state: "agent", priority: "normal", agent: { id: "me", name: "私" }, waiting_since: "2026-11-01T00:00:00Z", updated_at, snoozed_until }) as Row;
  const rows = [row("old", "2026-11-01T00:00:00Z"), row("new", "2026-11-02T00:00:00Z"), row("aside", "2026-11-03T00:00:00Z", "2026-12-01T00:00:00Z")];
  expect(listOf(rows, "mine", "me").map((each) => each.id)).toEqual(["new", "old"]);
});

test("a colleague who left or was not heard of is gone, and typing becomes a draft", () => {
  const colleague = (agent: string, activity: Colleague["activity"], at: number): Colleague => ({ agent, name: agent, activity, at });
  const list = [colleague("a", "viewing", 99_000), colleague("b", "left", 99_000), colleague("c", "typing", 98_000), colleague("d", "typing", 90_000), colleague("e", "viewing", 10_000)];
  expect(present(list, 100_000).map((each) => `${each.agent} ${each.activity}`)).toEqual(["a viewing", "c typing", "d draft"]);
});
