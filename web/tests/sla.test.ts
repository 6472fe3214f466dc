import { expect, test } from "vitest";
import { beganToWait, deadlineOf, hasWorsened } from "../console/state/sla";
import { language } from "../console/text";
import { slaText } from "../console/text/sla";

const AT = (clock: string): number => Date.parse(`2026-12-01T${clock}Z`);
const sla = { metric: "first_reply", warn_at: "2026-12-01T10:45:00Z", due_at: "2026-12-01T11:00:00Z" };

test.each([
  ["08:50:00", "in_time", 7800],
  ["10:44:59", "in_time", 901],
  ["10:45:00", "at_risk", 900],
  ["11:00:00", "breached", 0],
  ["11:05:00", "breached", 300],
])("at %s the deadline is %s", (clock, state, seconds) => {
  expect(deadlineOf({ sla }, AT(clock))).toEqual({ state, seconds });
});

test("without a deadline there is none, and one that rests says so", () => {
  expect(deadlineOf({ sla: null }, AT("11:00:00"))).toBe(null);
  expect(deadlineOf({ sla: { metric: "resolution", warn_at: null, due_at: null } }, AT("11:00:00"))!.state).toBe("rests");
});

test("it is told once that it is near, once that it is over, and not long after", () => {
  const row = { id: "a", sla };
  expect(["10:40:00", "10:45:01", "10:45:30", "11:00:02", "11:00:03"].map((clock) => hasWorsened(row, AT(clock)))).toEqual([false, true, false, true, false]);
  expect(hasWorsened({ id: "b", sla }, AT("11:30:00"))).toBe(false);
});

test("who began to wait is told once, also if their row was not loaded", () => {
  const waits = { state: "queued", waiting_since: "2026-12-01T10:00:00Z" } as const;
  expect(beganToWait({ state: "assistant" }, waits, AT("12:00:00"))).toBe(true);
  expect(beganToWait({ state: "queued" }, waits, AT("10:00:01"))).toBe(false);
  expect(beganToWait(undefined, waits, AT("10:00:30"))).toBe(true);
  expect(beganToWait(undefined, waits, AT("12:00:00"))).toBe(false);
  expect(beganToWait(undefined, { ...waits, state: "agent" }, AT("10:00:01"))).toBe(false);
});

test.each([
  ["ja", 7800, "初回返信まであと2時間10分"],
  ["ja", 59, "初回返信まであと0分"],
  ["en", 7800, "First reply: 2h 10m left"],
  ["en", 200_000, "First reply: 2d 7h left"],
] as const)("in %s %s seconds are %s", (spoken, seconds, said) => {
  language.value = spoken;
  const words = slaText();
  expect(words.left(words.metrics.first_reply!, words.span(seconds))).toBe(said);
});
