import { expect, test } from "vitest";
import { pickLanguage } from "../shared/language";

test.each([
  [["ja"], "ja"],
  [["ja-JP", "en"], "ja"],
  [["en_US"], "en"],
  [[null, undefined, "", "ja"], "ja"],
  [["fr-CA", "ja", "en"], "ja"],
  [["de"], "en"],
  [["jam"], "en"],
  [[], "en"],
])("of %o it speaks %s", (tags, language) => {
  expect(pickLanguage(...tags)).toBe(language);
});
