import { expect, test } from "vitest";
import { type Entry, fitting, grouped } from "../console/state/palette";

const entry = (name: string, group: Entry["group"] = "pages", hint = ""): Entry => ({ id: name, group, name, hint, run: () => undefined });
const names = (entries: Entry[]) => entries.map((each) => each.name);

test("every typed word must stand in the name or beside it; what begins with it comes first", () => {
  const list = [entry("Open settings"), entry("Settings"), entry("People", "pages", "settings of accounts"), entry("設定")];
  expect(names(fitting(list, "SETT"))).toEqual(["Settings", "Open settings", "People"]);
  expect(names(fitting(list, "settings open"))).toEqual(["Open settings"]);
  expect(names(fitting(list, "設"))).toEqual(["設定"]);
  expect(fitting(list, " ")).toHaveLength(4);
});

test("actions stand before conversations, and no group takes the whole list", () => {
  const found = Array.from({ length: 20 }, (_, n) => entry(`c${n}`, "conversations"));
  const shown = grouped([entry("page"), ...found, entry("act", "actions")]);
  expect(shown[0]!.name).toBe("act");
  expect(shown.at(-1)!.name).toBe("page");
  expect(shown).toHaveLength(10);
});
