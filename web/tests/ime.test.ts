import { expect, test } from "vitest";
import { sendsOnCtrlEnter, sendsOnEnter } from "../shared/ime";

const key = (over: Partial<KeyboardEvent>) => ({
  key: "Enter", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, keyCode: 13, ...over,
});

test.each([
  ["a plain Enter", {}, true],
  ["Shift and Enter", { shiftKey: true }, false],
  ["Enter that confirms a conversion", { isComposing: true, keyCode: 229 }, false],
  ["Safari's Enter after the conversion ended", { isComposing: false, keyCode: 229 }, false],
  ["Enter while composing, with a plain key code", { isComposing: true }, false],
  ["another key", { key: "a", keyCode: 65 }, false],
])("%s: sends %s", (_, over, sends) => {
  expect(sendsOnEnter(key(over))).toBe(sends);
});

test.each([
  ["Enter alone", {}, false],
  ["Ctrl and Enter", { ctrlKey: true }, true],
  ["Command and Enter", { metaKey: true }, true],
  ["Ctrl and Enter in a conversion", { ctrlKey: true, isComposing: true }, false],
])("in the console %s: sends %s", (_, over, sends) => {
  expect(sendsOnCtrlEnter(key(over))).toBe(sends);
});
