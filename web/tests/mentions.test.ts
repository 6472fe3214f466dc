import { expect, test } from "vitest";
import { colleaguesNamed, namedSoFar, withName } from "../console/state/mentions";

const team = ["佐藤 葵", "森", "Mori Aoi", "Aoi"].map((name) => ({ id: name, name }));

test.each([
  ["@", ""],
  ["確認を＠佐", "佐"],
  ["see @Mo", "Mo"],
  ["mail a@mo", null],
  ["@Mori then", null],
  ["", null],
])("%o asks for colleagues like %o", (typed, asked) => {
  expect(namedSoFar(typed)).toBe(asked);
});

test("colleagues are found in any width and case, those whose name begins so first", () => {
  expect(colleaguesNamed(team, "aoi").map((each) => each.name)).toEqual(["Aoi", "Mori Aoi"]);
  expect(colleaguesNamed(team, "佐藤葵").map((each) => each.name)).toEqual(["佐藤 葵"]);
});

test("the whole name takes the place of what was typed, whatever it is", () => {
  expect(withName("確認を＠佐", team[0]!)).toBe("確認を@佐藤 葵 ");
  expect(withName("@x", { id: "1", name: "$& $1" })).toBe("@$& $1 ");
});
