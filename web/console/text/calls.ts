// Words of calls that were agreed on with customers.
import { language } from ".";

const JA = {
  title: "電話コールバック",
  none: "予定はありません。",
  plan: "電話を予定する",
  number: "電話番号",
  topic: "用件",
  from: "いつから",
  to: "いつまで",
  save: "予定する",
  planned: "電話を予定しました。時間になるとお知らせします。",
  done: "結果を記録しました。",
  states: { planned: "予定", due: "電話の時間です", missed: "電話できていません", done: "済み" } as Record<string, string>,
  outcomes: { reached: "つながった", no_answer: "応答なし", wrong_number: "番号違い", cancelled: "取りやめ" } as Record<string, string>,
  note: "メモ（任意）",
  byCustomer: "お客様のご希望",
  badNumber: "電話番号は8〜15桁の数字でご入力ください。",
  badTime: "今日から60日以内の、12時間までの時間帯をご指定ください。",
  already: "ほかの担当者が先に記録しました。",
  failed: "うまくいきませんでした。もう一度お試しください。",
  badge: (state: string, time: string) => (state === "planned" ? `電話 ${time}` : `${JA.states[state]}（${time}）`),
};

const EN: typeof JA = {
  title: "Calls",
  none: "No call is planned.",
  plan: "Plan a call",
  number: "Telephone number",
  topic: "About",
  from: "From",
  to: "Until",
  save: "Plan it",
  planned: "The call is planned. You are told when it is time.",
  done: "What came of it is noted.",
  states: { planned: "planned", due: "Time to call", missed: "Not called yet", done: "done" },
  outcomes: { reached: "Reached", no_answer: "No answer", wrong_number: "Wrong number", cancelled: "Cancelled" },
  note: "Note (optional)",
  byCustomer: "chosen by the customer",
  badNumber: "A telephone number has 8 to 15 digits.",
  badTime: "Choose up to 12 hours within the next 60 days.",
  already: "A colleague has noted it first.",
  failed: "That did not work. Please try again.",
  badge: (state, time) => (state === "planned" ? `Call ${time}` : `${EN.states[state]} (${time})`),
};

export const callText = (): typeof JA => (language.value === "ja" ? JA : EN);
