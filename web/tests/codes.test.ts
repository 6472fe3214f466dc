// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { language } from "../console/text";
import { evidenceReason, factLine, withheldReason } from "../console/text/codes";

const before = language.value;
afterEach(() => {
  language.value = before;
});

test("a code is told in the agent's language, with what it is about", () => {
  language.value = "ja";
  expect([evidenceReason("sarcasm"), evidenceReason("about_topic", "delivery")]).toEqual(["皮肉を込めたお礼やほめ言葉", "話題: 配送"]);
  expect([withheldReason("number_not_in_passage: 990 yen"), factLine("order number: A-1")]).toEqual(["出典にない数値: 990 yen", "注文番号: A-1"]);
  expect(factLine("order number: A-1 (they knew its postcode or phone number)")).toBe("注文番号: A-1（郵便番号か電話番号が一致）");
  expect(factLine("product: a mug (blue)")).toBe("商品: a mug (blue)");
  language.value = "en";
  expect([evidenceReason("sarcasm"), evidenceReason("about_topic", "delivery")]).toEqual(["praise or thanks that means the opposite", "topic: delivery"]);
  expect([withheldReason("number_not_in_passage: 990 yen"), factLine("order number: A-1")]).toEqual(["number not in the source: 990 yen", "order number: A-1"]);
});

test("what was stored as a sentence, and a code that is new, are shown as they came", () => {
  for (const shown of ["ja", "en"] as const) {
    language.value = shown;
    expect(evidenceReason("has had to say it more than once")).toBe("has had to say it more than once");
    expect(withheldReason("not in the passage: 990 yen")).toBe("not in the passage: 990 yen");
    expect(evidenceReason("code_of_tomorrow", "toString")).toBe("code_of_tomorrow: toString");
    expect(evidenceReason("constructor")).toBe("constructor");
  }
});
