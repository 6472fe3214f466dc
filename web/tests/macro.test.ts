import { expect, test } from "vitest";
import { actionsOf, choiceOf } from "../console/state/macro";

const none = { snooze_minutes: null, team: null, outcome: null };

test.each([
  ["", none],
  ["snooze:1440", { ...none, snooze_minutes: 1440 }],
  ["team:a:b", { ...none, team: "a:b" }],
  ["resolve:no_reply", { ...none, outcome: "no_reply" }],
])("%o is one choice and back", (choice, actions) => {
  expect(actionsOf(choice)).toEqual(actions);
  expect(choiceOf(actions)).toBe(choice);
});
