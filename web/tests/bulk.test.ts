import { beforeEach, expect, test } from "vitest";
import { MAX_CHOSEN, chooseAll, chosen, clear, tally, toggle } from "../console/state/bulk";

beforeEach(clear);

test("conversations are chosen and let go one by one, and never more than may be", () => {
  toggle("a");
  toggle("b");
  toggle("a");
  expect([...chosen.value]).toEqual(["b"]);
  chooseAll(Array.from({ length: MAX_CHOSEN + 1 }, (_, n) => `c${n}`));
  toggle("one more");
  expect(chosen.value.size).toBe(MAX_CHOSEN);
  toggle("c0");
  expect(chosen.value.has("c0")).toBe(false);
});

test("what is refused is counted by its reason, most often first", () => {
  const refused = (code: string) => ({ result: "refused" as const, code });
  const results = [{ result: "changed" as const, code: null }, refused("a"), refused("b"), refused("b"), { result: "unchanged" as const, code: null }];
  expect(tally(results)).toEqual({ changed: 1, unchanged: 1, refused: [["b", 2], ["a", 1]] });
});
