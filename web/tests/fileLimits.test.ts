import { expect, test } from "vitest";
import { limitsOf, megabytes, namesOf, problemOf } from "../console/state/fileLimits";

const line = { name: "line", account: null, unreachable: null, limits: [], file_limits: { "image/png": 1_000_000, "image/jpeg": 1_000_000 } };

test("a file is refused for its app before it is sent", () => {
  const limits = limitsOf(line);
  expect(problemOf({ type: "image/png", size: 1_000_000 }, limits)).toBeNull();
  expect(problemOf({ type: "image/png", size: 1_000_001 }, limits)).toBe("size");
  expect(problemOf({ type: "application/pdf", size: 1 }, limits)).toBe("type");
  expect(problemOf({ type: "", size: 1 }, limits)).toBeNull();
  expect(namesOf(limits)).toBe("PNG, JPEG");
});

test("the web chat takes what it always took, SMS nothing", () => {
  expect(problemOf({ type: "application/pdf", size: 8 * 1024 * 1024 }, limitsOf(null))).toBeNull();
  expect(problemOf({ type: "application/pdf", size: 8 * 1024 * 1024 + 1 }, limitsOf(null))).toBe("size");
  expect(Object.keys(limitsOf({ ...line, name: "sms", file_limits: {} }))).toEqual([]);
});

test("nobody is promised more megabytes than the app takes", () => {
  expect([8 * 1024 * 1024, 1_000_000, 5_000_000, 1_700_000].map(megabytes)).toEqual([8, 1, 5, 1.5]);
});
