import { expect, test } from "vitest";
import { readinessOf, triedThese } from "../console/state/rehearsal";
import type { Rehearsal } from "../console/state/rehearsal";
import { language } from "../console/text";
import { rehearsalText } from "../console/text/rehearsal";

const changes = { "policy.answer_score": 0.7, "policy.hours": { days: { mon: ["9:00-18:00"], tue: [] }, zone: "Asia/Tokyo" } };
const ran = (values: object): Rehearsal => ({ changes, state: "done", result: { passed: true }, ...values }) as unknown as Rehearsal;

test("a rehearsal is of these changes whatever the order of their keys", () => {
  const other = { "policy.hours": { zone: "Asia/Tokyo", days: { tue: [], mon: ["9:00-18:00"] } }, "policy.answer_score": 0.7 };
  expect(triedThese(ran({}), other)).toBe(true);
  expect(triedThese(ran({}), { ...other, "policy.answer_score": 0.6 })).toBe(false);
});

test.each([
  [null, "untried"],
  [ran({ changes: {} }), "untried"],
  [ran({ state: "running", result: null }), "running"],
  [ran({ state: "failed", result: null }), "untried"],
  [ran({ result: { passed: false } }), "failed"],
  [ran({}), "passed"],
])("what is said before saving: %#", (last, readiness) => {
  expect(readinessOf(last, changes)).toBe(readiness);
  expect(readinessOf(last, {})).toBe("none");
});

test("what zero proves is said in both languages", () => {
  language.value = "ja";
  expect(rehearsalText().proves(40, 0.075)).toContain("多くて8%");
  language.value = "en";
  expect(rehearsalText().proves(40, 0.075)).toContain("at most 8%");
});
