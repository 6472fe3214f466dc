// Words of what is done for customers.
import { language } from ".";

const JA = {
  title: "お手続き",
  none: "まだありません。",
  states: {
    open: "返事待ち",
    approved: "これから実行",
    running: "実行中",
    ok: "完了",
    failed: "失敗",
    unknown: "結果不明（確認が必要です）",
    declined: "取りやめ",
    void: "無効",
  } as Record<string, string>,
  run: "手続きを選ぶ",
  authority: "誰の権限で",
  authorities: { customer: "お客様（本人確認とお客様の「はい」が必要）", agent: "自分の権限（自分で確認して実行）" } as Record<string, string>,
  go: "内容を確認する",
  confirm: "この内容で実行する",
  withdraw: "取りやめる",
  asked: "お客様に確認をお願いしました。「はい」のお返事で実行します。",
  ownAuthority: "担当者の権限",
  failed: "うまくいきませんでした。もう一度お試しください。",
  problems: {
    403: "お客様の本人確認が足りません。自分の権限でお試しください。",
    409: "いまは実行できません。ほかの手続きが進んでいるか、期限が過ぎています。",
    422: "入力した内容をご確認ください。",
    429: "今日の回数の上限に達しました。",
    503: "お店のシステムに届きません。少し待ってお試しください。",
  } as Record<number, string>,
};

const EN: typeof JA = {
  title: "Done for the customer",
  none: "Nothing yet.",
  states: {
    open: "waiting for a yes",
    approved: "about to be carried out",
    running: "being carried out",
    ok: "done",
    failed: "failed",
    unknown: "outcome unknown: find out",
    declined: "given up",
    void: "void",
  },
  run: "Do something",
  authority: "On whose authority",
  authorities: { customer: "The customer's (takes their proof and their yes)", agent: "Your own (you confirm it)" },
  go: "See the effect",
  confirm: "Carry it out",
  withdraw: "Take it back",
  asked: "The customer was asked. It is carried out when they say yes.",
  ownAuthority: "on an agent's authority",
  failed: "That did not work. Please try again.",
  problems: {
    403: "The customer has not proven enough for this. Use your own authority.",
    409: "Not now: another change is on its way, or this one is too old.",
    422: "Check what you filled in.",
    429: "The limit of a day is reached.",
    503: "The shop's system cannot be reached. Wait a little and try again.",
  },
};

export const toolText = (): typeof JA => (language.value === "ja" ? JA : EN);
