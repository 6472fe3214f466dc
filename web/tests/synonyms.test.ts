import { expect, test } from "vitest";
import { parseGroups } from "../console/state/knowledge";

test("a group a line, words after commas of either script, nothing empty", () => {
  expect(parseGroups("スキップ、お休み, 定期便の停止\n\n  ,、\nskip,  pause a plan ，")).toEqual([
    ["スキップ", "お休み", "定期便の停止"],
    ["skip", "pause a plan"],
  ]);
  expect(parseGroups("")).toEqual([]);
});
