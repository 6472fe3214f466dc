// Words about how a customer feels, and about words that nobody should have to read unprepared.
import { language } from ".";

const JA = {
  marks: { distress: "思い詰めたご様子", harassment: "ハラスメントのおそれ", anger: "お怒り" } as Record<string, string>,
  veiled: "脅し・侮辱などが含まれているおそれがあるため、内容を隠しています。",
  veiledShort: "（内容を隠しています）",
  show: "内容を表示",
  hide: "もう一度隠す",
  handUp: "リードに引き継ぐ",
  handUpTo: "どのリードに引き継ぎますか？",
  handUpHint: "社内メモを残してから引き継ぎます。お客様には表示されません。",
  handUpNote: "ハラスメントのおそれがある発言があったため、リードに引き継ぎます。",
  noLeads: "引き継げるリードも管理者もいません。社内メモを残して、チームに声をかけてください。",
  feelings: {
    worry: "不安",
    distress: "思い詰め",
    harassment: "ハラスメント",
    complaint: "お申し出",
    reply_missed: "返信のずれ",
  } as Record<string, string>,
  notes: "以前の社内メモ",
  oldPromises: "以前のお約束",
  sources: "出典",
};

const EN: typeof JA = {
  marks: { distress: "In distress", harassment: "May harass", anger: "Angry" },
  veiled: "Hidden: this may hold threats, insults or harassment.",
  veiledShort: "(hidden)",
  show: "Show it",
  hide: "Hide it again",
  handUp: "Hand up to a lead",
  handUpTo: "Which lead takes it over?",
  handUpHint: "A private note is left first. The customer never sees it.",
  handUpNote: "Handed up to a lead because of messages that may be harassment.",
  noLeads: "There is no lead or administrator to hand it to. Leave a private note and tell your team.",
  feelings: { worry: "Worry", distress: "Distress", harassment: "Harassment", complaint: "Complaint", reply_missed: "Reply missed" },
  notes: "Earlier private notes",
  oldPromises: "Promised earlier",
  sources: "Sources",
};

export const feelingText = (): typeof JA => (language.value === "ja" ? JA : EN);
