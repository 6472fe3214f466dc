import { expect, test } from "vitest";
import { byDay } from "../console/state/teams";

const local = (day: number, hour: number, minute = 0): Date => new Date(2026, 10, day, hour, minute);
const interval = (from: Date, to: Date | null, availability: "online" | "away" = "online") => ({ agent: "a", availability, begun_at: from.toISOString(), ended_at: to && to.toISOString() });

test("an interval over midnight is in both days, the latest day comes first, and one that goes on has no end", () => {
  const now = local(30, 10, 30);
  const days = byDay([interval(local(28, 22), local(29, 2)), interval(local(30, 9), local(30, 10), "away"), interval(local(30, 10), null)], now);
  expect(days.map(({ day }) => day.getDate())).toEqual([30, 29, 28]);
  expect(days.map(({ seconds }) => [seconds.online, seconds.away])).toEqual([[1800, 3600], [7200, 0], [7200, 0]]);
  expect(days[0]!.spans.map(({ to, away }) => [to === null, away])).toEqual([[false, true], [true, false]]);
});
