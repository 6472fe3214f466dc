// What the invented shop sells. Drawings are in public/img.
import type { Language } from "../shared/types";

export interface Product {
  picture: string;
  price: number;
  isNew?: boolean;
  name: Record<Language, string>;
  note: Record<Language, string>;
}

export const products: Product[] = [
  { picture: "humidifier", price: 14_800, isNew: true, name: { ja: "しずく加湿器 2.4L", en: "Shizuku humidifier, 2.4 L" }, note: { ja: "寝室でも気にならない静かさ", en: "Quiet enough for a bedroom" } },
  { picture: "donabe", price: 8_580, name: { ja: "飴色の土鍋 8号", en: "Amber clay pot, size 8" }, note: { ja: "3〜4人の鍋に", en: "For a hot pot of three or four" } },
  { picture: "blanket", price: 12_100, isNew: true, name: { ja: "森のウールブランケット", en: "Forest wool blanket" }, note: { ja: "ひざ掛けから毛布まで", en: "From lap to bed" } },
  { picture: "kettle", price: 9_900, name: { ja: "細口電気ケトル 0.8L", en: "Slim electric kettle, 0.8 L" }, note: { ja: "温度を1℃ずつ選べます", en: "Set it to the degree" } },
  { picture: "linen", price: 10_450, name: { ja: "洗いざらしのリネンシャツ", en: "Washed linen shirt" }, note: { ja: "S・M・L・XL", en: "S, M, L, XL" } },
  { picture: "board", price: 4_620, name: { ja: "いちょうのまな板", en: "Ginkgo cutting board" }, note: { ja: "刃あたりがやわらか", en: "Gentle on the blade" } },
  { picture: "towel", price: 3_960, name: { ja: "ふんわりタオル 3枚組", en: "Soft towels, set of three" }, note: { ja: "よく吸い、早く乾く", en: "Thirsty, and quick to dry" } },
  { picture: "gift", price: 5_500, name: { ja: "焼き菓子と紅茶の贈りもの", en: "Baked sweets and tea, gift box" }, note: { ja: "のし・メッセージカード対応", en: "With a card if you like" } },
];
