// What became of a draft, by the words that were sent.
import { describe, expect, test } from "vitest";
import { fateOf, nameOf } from "../console/state/draftLog";

const DRAFT = "返品の期限は、商品の到着から30日以内です。";

describe("a draft", () => {
  test.each([
    [`森です。\n${DRAFT}\nよろしくお願いします。`, "sent"],
    ["返品の期限は、お届けから30日以内です。未使用の品に限ります。", "edited"],
    ["申し訳ございません。ただいまお調べします。", null],
    ["", null],
  ])("in %j is %s", (sent, fate) => expect(fateOf(DRAFT, sent)).toBe(fate));

  test("has one name, which another has not", () => {
    expect(nameOf(DRAFT)).toBe(nameOf(DRAFT));
    expect(nameOf(DRAFT)).not.toBe(nameOf(`${DRAFT}。`));
    expect(nameOf("🙂".repeat(3_000))).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });
});
