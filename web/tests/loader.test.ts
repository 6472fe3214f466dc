// The npm package @yorisoi/widget: what it puts into a page. What is packed: tests/test_loader.py.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { load as Load, yorisoi as Yorisoi } from "../loader/index";

const inserted: HTMLScriptElement[] = [];
let load: typeof Load;
let yorisoi: typeof Yorisoi;

beforeEach(async () => {
  vi.resetModules();
  ({ load, yorisoi } = await import("../loader/index.js"));
  inserted.length = 0;
  vi.spyOn(document.head, "append").mockImplementation((...nodes) => void inserted.push(...(nodes as HTMLScriptElement[])));
});
afterEach(() => {
  delete (window as { yorisoi?: unknown }).yorisoi;
  vi.restoreAllMocks();
});

const queue = () => Array.from((window as unknown as { yorisoi: { q: ArrayLike<unknown>[] } }).yorisoi.q, (call) => Array.from(call));

test("one script line with its options, once, behind a path too", async () => {
  const done = load({ url: "https://www.example.jp/chat", lang: "en", position: "left", launcher: "none", nonce: "a", customer: { id: "c-1" } });
  expect(load({ url: "https://elsewhere.example" })).toBe(done);
  const [script, ...more] = inserted;
  expect(more).toEqual([]);
  expect(script!.src).toBe("https://www.example.jp/chat/widget.js");
  expect({ ...script!.dataset }).toEqual({ lang: "en", position: "left", launcher: "none" });
  expect([script!.nonce, script!.async, queue()]).toEqual(["a", true, [["identify", { id: "c-1" }]]]);
  script!.onload!(new Event("load"));
  await done;
});

test("calls wait in order, and go to the chat once it is there", () => {
  yorisoi("open");
  yorisoi("attributes", { plan: "pro" });
  expect(queue()).toEqual([["open"], ["attributes", { plan: "pro" }]]);
  const chat = vi.fn();
  (window as unknown as { yorisoi: typeof chat }).yorisoi = chat;
  yorisoi("send", "返品したい");
  expect(chat).toHaveBeenCalledWith("send", "返品したい");
});

test("a script that does not come is told, and tried again", async () => {
  const first = load({ url: "https://down.example/" });
  inserted[0]!.onerror!("");
  await expect(first).rejects.toThrow("https://down.example/widget.js");
  void load({ url: "https://down.example/" });
  expect(inserted.length).toBe(2);
});
