// The shop's words, in both languages.
import type { Language } from "../shared/types";

const ja = {
  shop: "こもれび商店",
  tagline: "暮らしの道具と、贈りもの",
  notice: "5,500円（税込）以上のお買い上げで送料無料（本州・四国・九州）",
  nav: ["暮らしの道具", "衣類", "小型家電", "贈りもの"],
  navLabel: "商品のカテゴリー",
  other: "English",
  otherLabel: "Switch to English",
  help: "ヘルプ",
  headline: ["やわらかな光のように、", "毎日に寄り添うものを。"],
  lead: "土鍋、リネン、静かな加湿器。長く使えて、手入れのしやすいものだけを選んでいます。",
  browse: "商品を見る",
  ask: "チャットで相談する",
  season: "冬のしたく",
  seasonLead: "あたたかく過ごすための道具がそろいました。",
  tax: "税込",
  isNew: "新着",
  promises: [
    { title: "30日間返品できます", words: "未開封・未使用の商品は、お届け日の翌日から30日以内なら返品できます。", topic: "returns/return-deadline" },
    { title: "送料は550円から", words: "本州・四国は一律550円です。5,500円以上のお買い上げで無料になります。", topic: "delivery/delivery-fee" },
    { title: "人にも、AIにも聞けます", words: "右下のチャットでいつでもご質問ください。担当者ともお話しいただけます。", topic: null },
  ],
  more: "くわしく見る",
  helpTitle: "お困りのとき",
  helpLinks: [
    { label: "返品の期限", topic: "returns/return-deadline" },
    { label: "返品の手順", topic: "returns/how-to-return" },
    { label: "送料について", topic: "delivery/delivery-fee" },
    { label: "荷物が届かないとき", topic: "delivery/delayed-parcel" },
    { label: "お支払い方法", topic: "payment/payment-methods" },
    { label: "ログインできないとき", topic: "account/login-trouble" },
  ],
  shopTitle: "こもれび商店について",
  about: "こもれび商店は、Yorisoi のデモのために作られた架空のお店です。商品の販売は行っていません。",
  console: "担当者用の画面を開く",
};

const en: typeof ja = {
  shop: "Komorebi Store",
  tagline: "Everyday things and gifts",
  notice: "Free delivery on orders of ¥5,500 or more (Honshu, Shikoku and Kyushu)",
  nav: ["Home", "Clothing", "Small appliances", "Gifts"],
  navLabel: "Product categories",
  other: "日本語",
  otherLabel: "日本語に切り替える",
  help: "Help",
  headline: ["Things that keep you company, ", "like soft light."],
  lead: "A clay pot, linen, a humidifier you cannot hear. We choose only what lasts and is easy to look after.",
  browse: "See the products",
  ask: "Ask in the chat",
  season: "Ready for winter",
  seasonLead: "Things to keep you warm have arrived.",
  tax: "tax included",
  isNew: "New",
  promises: [
    { title: "30 days to return", words: "Unopened, unused items can be returned within 30 days, counted from the day after delivery.", topic: "returns/return-deadline" },
    { title: "Delivery from ¥550", words: "¥550 within Honshu and Shikoku, and free on orders of ¥5,500 or more.", topic: "delivery/delivery-fee" },
    { title: "Ask a person, or an AI", words: "Use the chat at the bottom right whenever you like. You can also talk to our team.", topic: null },
  ],
  more: "Read more",
  helpTitle: "Need help?",
  helpLinks: [
    { label: "Return deadlines", topic: "returns/return-deadline" },
    { label: "How to return an item", topic: "returns/how-to-return" },
    { label: "Delivery fees", topic: "delivery/delivery-fee" },
    { label: "My parcel is late", topic: "delivery/delayed-parcel" },
    { label: "Ways to pay", topic: "payment/payment-methods" },
    { label: "Cannot log in", topic: "account/login-trouble" },
  ],
  shopTitle: "About Komorebi Store",
  about: "Komorebi Store is an invented shop, made to show Yorisoi. Nothing here is for sale.",
  console: "Open the agent console",
};

export type Text = typeof ja;
export const text: Record<Language, Text> = { ja, en };
