// The sentences for the codes that the server gives as reasons, in both languages. A code without a sentence is
// shown as it came: so are the English sentences that rows from before the codes hold.
import { language, word } from ".";

const EVIDENCE_JA = {
  asks_for_person: "担当者との会話をご希望",
  asks_for_person_again: "再び担当者をご希望",
  seems_to_ask_for_person: "担当者をご希望のご様子",
  may_ask_for_person: "担当者をご希望の可能性あり",
  asks_how_to_reach_person: "担当者への連絡方法についての質問",
  asks_who_answers: "相手が人か自動応答かのご確認",
  asks_whether_anybody_is_there: "誰かいるかどうかのご確認",
  refuses_machine: "自動応答を望まれていない",
  accepts_offered_person: "担当者のご提案を承諾",
  model_reads_request: "生成AIの判定では担当者をご希望",
  pressed_button: "「担当者と話す」ボタンを押された",
  had_to_repeat: "同じことを何度もお伝えいただいている",
  shows_anger: "お怒りの表現",
  gives_up: "解決をあきらめたご様子",
  answer_misses_question: "回答が質問とずれているとのご指摘",
  tired_of_waiting: "お待たせしていることへのご不満",
  complains_about_service: "対応へのご不満",
  sarcasm: "皮肉を込めたお礼やほめ言葉",
  under_strain: "お困りの度合いが強い",
  angry_emoticon: "怒りや疲れの顔文字",
  shouts: "強い語気（感嘆符など）",
  annoyed_in_context: "流れから見て、ご不満のある言い回し",
  replies_brought_nothing: "続けて解決につながらない返信",
  asks_same_again: "前と同じご質問",
  reply_did_not_help: "回答では解決しなかったとのお言葉",
  no_answer_before: "直前の返信で回答できていない",
  same_reply_again: "前と同じ返信",
  same_articles_again: "同じ記事を再びご案内",
  asks_how_to_use_chat: "チャットの使い方についての質問",
  uncomfortable_with_machines: "機械やチャット、文字入力が苦手",
  writes_letter: "手紙のような文章",
  unsure_who_answers: "相手が誰なのか分からないご様子",
  prefers_phone_or_visit: "電話や来店をご希望",
  writes_keywords: "検索のように単語だけを入力",
  took_long_to_answer: "お返事までに時間がかかった",
  seemed_new_before: "これまでの様子からチャットに不慣れ",
  seems_new_to_chats: "チャットに不慣れな書き方",
  speaks_of_self_harm: "ご自身の命や自傷に関する話題",
  speaks_of_harm: "ご自身や他の方への危害に関する話題",
  speaks_of_legal_action: "法的措置や行政への言及",
  speaks_of_fraud: "詐欺・盗難に関する話題",
  asks_about_personal_data: "ご自身のデータの扱いについての質問",
  in_a_hurry: "お急ぎ",
  about_topic: "話題",
  sounds_worried: "ご不安なご様子",
  sounds_distressed: "思い詰めたご様子",
  harasses: "脅し・侮辱などの発言",
  complains_about_matter: "破損・誤り・紛失・遅れについてのお申し出",
  mail_unreadable: "読み取れないメール（原文を添付しています）",
  mail_in_unknown_charset: "文字コードが不明なメール（原文を添付しています）",
  sender_is_our_address: "差出人が当社の受付アドレスになっているメール",
  sender_is_our_domain: "当社のドメインから届いたメール",
  sender_reads_no_answers: "返信を受け取らない差出人からのメール",
  sender_refuses_auto_replies: "自動返信を受け付けない差出人からのメール",
  sender_may_be_forged: "差出人の認証に失敗したメール（なりすましのおそれ）",
  came_by_mailing_list: "メーリングリストやグループ宛てに届いたメール",
  subject_says_automatic: "件名から自動送信と思われるメール",
  address_unproven: "ご本人のアドレスか確認できず、自動返信は送信済み",
  address_left_in_chat: "チャットでお預かりしたアドレス（まだご返信なし）",
};

const EVIDENCE_EN: typeof EVIDENCE_JA = {
  asks_for_person: "asks to speak with a person",
  asks_for_person_again: "asks for a person again",
  seems_to_ask_for_person: "seems to ask for a person",
  may_ask_for_person: "may be asking for a person",
  asks_how_to_reach_person: "asks how to reach somebody, or names a person and nothing else",
  asks_who_answers: "asks whether a person or a machine answers",
  asks_whether_anybody_is_there: "asks whether anybody is there",
  refuses_machine: "does not want to deal with a machine",
  accepts_offered_person: "says yes to the person who was offered",
  model_reads_request: "an AI model reads it as a request for a person",
  pressed_button: "pressed the “talk to a person” button",
  had_to_repeat: "has had to say it more than once",
  shows_anger: "shows anger or outrage",
  gives_up: "gives up on us",
  answer_misses_question: "says that the answer misses the question",
  tired_of_waiting: "is tired of waiting",
  complains_about_service: "complains about how we serve them",
  sarcasm: "praise or thanks that means the opposite",
  under_strain: "is under strain",
  angry_emoticon: "an angry or weary face",
  shouts: "shouts (capitals, exclamation marks)",
  annoyed_in_context: "the wording sounds annoyed, as it follows what came before",
  replies_brought_nothing: "several replies in a row brought nothing",
  asks_same_again: "asks again what was asked before",
  reply_did_not_help: "says that the reply did not help",
  no_answer_before: "the reply before had no answer",
  same_reply_again: "got the same reply as before",
  same_articles_again: "the same articles came up again",
  asks_how_to_use_chat: "asks how to use the chat itself",
  uncomfortable_with_machines: "says that machines, chats or typing are not their thing",
  writes_letter: "writes a letter rather than a message",
  unsure_who_answers: "is unsure whom they are writing to",
  prefers_phone_or_visit: "would rather use the telephone or visit",
  writes_keywords: "writes a keyword or two, like to a search engine",
  took_long_to_answer: "took long to answer",
  seemed_new_before: "seemed new to chats in the turns before",
  seems_new_to_chats: "writes like somebody new to chats",
  speaks_of_self_harm: "speaks of ending their life or hurting themselves",
  speaks_of_harm: "speaks of harm to themselves or somebody",
  speaks_of_legal_action: "speaks of law or authorities against us",
  speaks_of_fraud: "speaks of fraud or theft",
  asks_about_personal_data: "asks about the data kept on them",
  in_a_hurry: "is in a hurry",
  about_topic: "topic",
  sounds_worried: "sounds worried",
  sounds_distressed: "sounds in distress",
  harasses: "threatens, insults or harasses",
  complains_about_matter: "complains about something broken, wrong, lost or late",
  mail_unreadable: "the mail cannot be read; it is attached",
  mail_in_unknown_charset: "the mail is in an unknown character set; it is attached",
  sender_is_our_address: "the mail names our own address as its sender",
  sender_is_our_domain: "the mail comes from our own domain",
  sender_reads_no_answers: "the mail's sender reads no answers",
  sender_refuses_auto_replies: "the mail's sender asks for no automatic answers",
  sender_may_be_forged: "the checks of the mail's sender failed: it may be forged",
  came_by_mailing_list: "the mail came through a mailing list or a group",
  subject_says_automatic: "the mail's subject says that a program wrote it",
  address_unproven: "nothing shows that the address is the writer's own, and one automatic answer went there",
  address_left_in_chat: "the address was left in a chat; nobody has answered from it yet",
};

const WITHHELD_JA = {
  markup: "HTMLや画像",
  garbled: "文字の乱れ",
  no_words: "言葉がない",
  unfinished: "言いかけの文",
  profanity: "不適切な言葉",
  question: "質問文",
  other_language: "言語が異なる",
  said_already: "すでに述べた内容",
  no_citation: "出典がない",
  not_in_passage: "出典にない内容",
  number_not_in_passage: "出典にない数値",
  address_not_in_passage: "出典にないリンク",
  name_not_in_passage: "出典にない名称",
  opposite_of_passage: "出典と反対の言葉",
  negated_otherwise: "肯定と否定が出典と逆",
  promises_act: "実行されない約束",
  hardly_supported: "出典による裏付けが弱い",
  nothing_supported: "確認できた文がなかったため",
  model_failed: "生成AIが途中で応答しなくなったため",
  message_budget_spent: "1件あたりの利用上限に達したため",
  conversation_budget_spent: "会話の利用上限に達したため",
  visitor_budget_spent: "お客様の1日の利用上限に達したため",
  address_budget_spent: "接続元の1日の利用上限に達したため",
  day_budget_spent: "1日の利用上限に達したため",
};

const WITHHELD_EN: typeof WITHHELD_JA = {
  markup: "HTML or a picture",
  garbled: "garbled",
  no_words: "no words",
  unfinished: "unfinished",
  profanity: "profanity",
  question: "a question",
  other_language: "wrong language",
  said_already: "said already",
  no_citation: "no citation",
  not_in_passage: "the source says nothing of the kind",
  number_not_in_passage: "number not in the source",
  address_not_in_passage: "link not in the source",
  name_not_in_passage: "name not in the source",
  opposite_of_passage: "the source says the opposite",
  negated_otherwise: "negated otherwise than in the source",
  promises_act: "promises something that nobody will do",
  hardly_supported: "hardly supported by the source",
  nothing_supported: "no sentence of the draft was supported",
  model_failed: "the AI model stopped answering",
  message_budget_spent: "the limit for one message is used up",
  conversation_budget_spent: "the conversation's limit is used up",
  visitor_budget_spent: "the customer's limit for the day is used up",
  address_budget_spent: "the network address's limit for the day is used up",
  day_budget_spent: "the limit for the day is used up",
};

const TOPICS_JA = {
  returns: "返品・返金",
  defect: "不具合・破損",
  delivery: "配送",
  cancellation: "キャンセル",
  payment: "支払い",
  account: "アカウント",
  order: "注文",
  points: "ポイント・クーポン",
  product: "商品",
};

const TOPICS_EN: typeof TOPICS_JA = {
  returns: "returns and refunds",
  defect: "defects and damage",
  delivery: "delivery",
  cancellation: "cancellation",
  payment: "payment",
  account: "account",
  order: "order",
  points: "points and coupons",
  product: "product",
};

/** The contract's kinds of claims, needs and promises, which are English words already. */
const FACTS_JA: Record<string, string> = {
  "order number": "注文番号",
  "tracking number": "追跡番号",
  "booking number": "予約番号",
  "customer number": "お客様番号",
  "serial number": "製造番号",
  card: "カード",
  postcode: "郵便番号",
  "ordered on": "ご注文日",
  "received on": "到着日",
  "expected on": "お届け予定",
  "wanted by": "ご希望の期日",
  "charged on": "請求日",
  "cancelled on": "解約・取り消し日",
  agent: "担当者",
  "customer says": "お客様のお話では",
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
  number: "番号",
  name: "お名前",
  address: "ご住所",
  time: "時間",
};

/** How something was proven, which stands in brackets behind it. */
const PROOFS_JA: Record<string, string> = {
  "signed by the site": "サイトの署名つき",
  "they knew its postcode or phone number": "郵便番号か電話番号が一致",
  "they read a code from the address of the order": "ご注文の連絡先に届いた番号で確認",
};

const choose = <T>(ja: T, en: T): T => (language.value === "ja" ? ja : en);

/** `code: detail` with the code's words, and with the detail's where they are known. */
function render(said: string, words: Record<string, string>, details: Record<string, string> = {}): string {
  const colon = said.indexOf(": ");
  if (Object.hasOwn(words, said) || colon < 0) return word(words, said);
  const detail = said.slice(colon + 2);
  return `${word(words, said.slice(0, colon))}: ${word(details, detail)}`;
}

/** What a piece of evidence shows; *detail* is what it is about. */
export const evidenceReason = (why: string, detail = ""): string =>
  render(detail ? `${why}: ${detail}` : why, choose(EVIDENCE_JA, EVIDENCE_EN), choose(TOPICS_JA, TOPICS_EN));

/** Why a drafted sentence, or the whole draft, was withheld. */
export const withheldReason = (why: string): string => render(why, choose(WITHHELD_JA, WITHHELD_EN));

/** "order number: A-1234 (signed by the site)" keeps its value and gets the names of kind and proof. */
export function factLine(line: string): string {
  const told = render(line, choose<Record<string, string>>(FACTS_JA, {}));
  const proofs = choose<Record<string, string>>(PROOFS_JA, {});
  return told.replace(/ \(([a-z ]+)\)$/, (whole, proof: string) => (Object.hasOwn(proofs, proof) ? `（${proofs[proof]}）` : whole));
}
