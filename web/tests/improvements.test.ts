import { expect, test } from "vitest";
import { groupable } from "../console/state/improvements";
import type { Case } from "../console/state/insight";

const one = (id: string, theme: string | null, improvement: string | null = null): Case => ({ id, theme, improvement }) as Case;

test("cases of the improvement's theme are offered first, those of another improvement never", () => {
  const all = [one("a", "size"), one("b", "box"), one("c", "box", "i1"), one("d", null), one("e", "box")];
  expect(groupable(all, "box").map(({ id }) => id)).toEqual(["b", "e", "a", "d"]);
  expect(groupable(all, null).map(({ id }) => id)).toEqual(["a", "b", "d", "e"]);
});
