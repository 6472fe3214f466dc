// The words for judging the assistant's replies; the Japanese table decides the keys.
import { language } from ".";

const ja = {
  judge: "この回答は",
  names: { right: "正しい", wrong: "誤り", stale: "古い", missing: "足りない" } as Record<string, string>,
  note: "ひとこと（任意）。例：今は14日です",
  send: "添える",
  by: (who: string, verdict: string) => `${who}：${verdict}`,
  up: "お客様：役に立った",
  down: "お客様：役に立たなかった",
  title: "指摘のあった回答",
  lead: "担当者が「誤り・古い・足りない」とした回答と、お客様が役に立たなかったとした回答です（過去30日）。",
  none: "指摘はありません。",
};

const en: typeof ja = {
  judge: "This reply is",
  names: { right: "Right", wrong: "Wrong", stale: "Out of date", missing: "Incomplete" },
  note: "A word on it, if you like: it is 14 days now",
  send: "Add",
  by: (who, verdict) => `${who}: ${verdict}`,
  up: "Customer: helpful",
  down: "Customer: not helpful",
  title: "Replies that were found wanting",
  lead: "What agents called wrong, out of date or incomplete, and what customers did not find helpful, in the last 30 days.",
  none: "There are none.",
};

export const verdictText = (): typeof ja => (language.value === "ja" ? ja : en);
