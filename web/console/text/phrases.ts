// The signals give their reasons as fixed English phrases; here they are in Japanese.
// A phrase that is not in the table is shown as it came.
import { language } from ".";

const JA: Record<string, string> = {
  "an angry or weary face": "怒りや疲れの顔文字",
  "asks about the data kept on them": "ご自身のデータの扱いについての質問",
  "asks again what was asked before": "前と同じご質問",
  "asks how to reach somebody, or names a person and nothing else": "担当者への連絡方法についての質問",
  "asks how to use the chat itself": "チャットの使い方についての質問",
  "asks to speak with a person": "担当者との会話をご希望",
  "complains about how we serve them": "対応へのご不満",
  "does not want the person who was offered": "担当者のご提案をお断り",
  "does not want to deal with a machine": "自動応答を望まれていない",
  "gives up on us": "解決をあきらめたご様子",
  "gives up on us, politely or not": "解決をあきらめたご様子",
  greets: "ごあいさつ",
  "has had to say it more than once": "同じことを何度もお伝えいただいている",
  "has understood": "ご理解いただけた",
  "is at home with bots": "自動応答に慣れている",
  "is in a hurry": "お急ぎ",
  "is tired of waiting": "お待たせしていることへのご不満",
  "is under strain": "お困りの度合いが強い",
  "is unsure whom they are writing to": "相手が誰なのか分からないご様子",
  "praise or thanks that means the opposite": "皮肉を込めたお礼やほめ言葉",
  "pressed the button": "「担当者と話す」ボタンを押された",
  "says goodbye": "お別れのあいさつ",
  "says thanks": "お礼",
  "says that it helped": "解決したとのお言葉",
  "says that it is not in a hurry or is satisfied": "急いでいない、または満足",
  "says that machines, chats or typing are not their thing": "機械やチャット、文字入力が苦手",
  "says that no person is needed": "担当者は不要とのお言葉",
  "says that the answer misses the question": "回答が質問とずれているとのご指摘",
  "says that the reply did not help": "回答では解決しなかったとのお言葉",
  "says yes to the person who was offered": "担当者のご提案を承諾",
  "shouts (capitals, marks)": "強い語気（感嘆符など）",
  "shows anger or outrage": "お怒りの表現",
  "speaks about people, does not ask for one": "人についての話で、担当者の希望ではない",
  "speaks of fraud or theft": "詐欺・盗難に関する話題",
  "speaks of harm to themselves or somebody": "ご自身や他の方への危害に関する話題",
  "speaks of law or authorities against us": "法的措置や行政への言及",
  "the reply before had no answer": "直前の返信で回答できていない",
  "the reply had no answer": "回答できなかった返信",
  "the reply offered a person": "担当者をご提案した返信",
  "the same articles came up again": "同じ記事を再びご案内",
  "took long to answer": "お返事までに時間がかかった",
  "would rather use the telephone or visit": "電話や来店をご希望",
  "writes a keyword or two, like to a search engine": "検索のように単語だけを入力",
  "writes a letter rather than a message": "手紙のような文章",
  "order number": "注文番号",
  "registered e-mail address": "登録メールアドレス",
  product: "商品",
  "what exactly is wrong": "具体的な不具合の内容",
  "reason for the return": "返品の理由",
  "payment method": "支払い方法",
  amount: "金額",
  date: "日付",
  phone: "電話番号",
  "e-mail": "メールアドレス",
  link: "URL",
  "no citation": "出典がない",
  "said already": "すでに述べた内容",
  "wrong language": "言語が異なる",
};

/** "order number: A-1234" keeps its value and gets the kind's name. */
export function phrase(said: string): string {
  if (language.value !== "ja") return said;
  const kind = said.indexOf(": ");
  if (JA[said] || kind < 0) return JA[said] ?? said;
  return `${JA[said.slice(0, kind)] ?? said.slice(0, kind)}: ${said.slice(kind + 2)}`;
}
