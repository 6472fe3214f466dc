import { expect, test } from "vitest";
import { LANGUAGES, pickLanguage } from "../shared/language";

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
  expect(pickLanguage(LANGUAGES, ...tags)).toBe(language);
});

test("a further language is taken where it is one of ours", () => {
  expect(pickLanguage([...LANGUAGES, "ko"], "ko-KR", "ja")).toBe("ko");
  expect(pickLanguage(LANGUAGES, "ko-KR", "ja")).toBe("ja");
});
