import { expect, test } from "vitest";
import { switchRule } from "../console/state/proactive";

test("a rule is switched on once, and off wherever it stood", () => {
  expect(switchRule(["shipped"], "care", true)).toEqual(["care", "shipped"]);
  expect(switchRule(["care", "shipped"], "care", true)).toEqual(["care", "shipped"]);
  expect(switchRule(["care", "shipped"], "shipped", false)).toEqual(["care"]);
});
