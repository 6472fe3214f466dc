// Words of deadlines, and of the rules that set them; the Japanese table decides the keys.
import { language } from ".";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ja = {
  metrics: { first_reply: "初回返信", next_reply: "返信", resolution: "解決" } as Record<string, string>,
  span: (seconds: number) => {
    const [d, h, m] = split(seconds);
    return d ? `${d}日${h}時間` : h ? `${h}時間${m}分` : `${m}分`;
  },
  left: (what: string, time: string) => `${what}まであと${time}`,
  soon: (what: string, time: string) => `期限間近：${what}まであと${time}`,
  over: (what: string, time: string) => `期限超過：${what}が${time}遅れ`,
  rests: "お客様の返信待ち（期限は停止中）",
  due: (time: string) => `期限 ${time}`,
  near: (name: string) => `${name}への対応の期限が近づいています`,
  passed: (name: string) => `${name}への対応の期限を過ぎました`,
  states: { at_risk: "期限間近", breached: "期限超過" } as Record<string, string>,
  title: "対応の期限（SLA）",
  hint: "上から順に、最初に当てはまるルールを使います。期限は営業時間の分数で数え、お客様の返信を待つ間は止まります。4分の3が過ぎると「期限間近」になります。",
  none: "ルールはまだありません。期限は表示されません。",
  rule: (n: number) => `ルール ${n}`,
  name: "名前",
  priority: "優先度",
  team: "チーム",
  channel: "チャネル",
  any: "すべて",
  minutes: { first_reply: "初回返信まで（分）", next_reply: "次の返信まで（分）", resolution: "解決まで（分）" } as Record<string, string>,
  always: "営業時間外も数える",
  add: "ルールを追加",
  remove: (name: string) => `ルール「${name}」を削除`,
  up: (name: string) => `「${name}」を上へ`,
  removeShort: "削除",
  upShort: "上へ",
  newName: (n: number) => `ルール${n}`,
  goneTeam: "（削除されたチーム）",
};

function split(seconds: number): [number, number, number] {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / DAY), Math.floor((whole % DAY) / HOUR), Math.floor((whole % HOUR) / MINUTE)];
}

const en: typeof ja = {
  metrics: { first_reply: "First reply", next_reply: "Reply", resolution: "Resolution" },
  span: (seconds) => {
    const [d, h, m] = split(seconds);
    return d ? `${d}d ${h}h` : h ? `${h}h ${m}m` : `${m}m`;
  },
  left: (what, time) => `${what}: ${time} left`,
  soon: (what, time) => `Due soon – ${what.toLowerCase()}: ${time} left`,
  over: (what, time) => `Overdue – ${what.toLowerCase()}: ${time} late`,
  rests: "Waiting for the customer (the clock rests)",
  due: (time) => `Due ${time}`,
  near: (name) => `The deadline for ${name} is near`,
  passed: (name) => `The deadline for ${name} has passed`,
  states: { at_risk: "Due soon", breached: "Overdue" },
  title: "Deadlines (SLA)",
  hint: "The first rule that applies holds, from the top. Minutes are those of the opening hours, and rest while the customer has to answer. After three quarters a deadline is “due soon”.",
  none: "There are no rules yet, so no deadlines are shown.",
  rule: (n) => `Rule ${n}`,
  name: "Name",
  priority: "Priority",
  team: "Team",
  channel: "Channel",
  any: "Any",
  minutes: { first_reply: "First reply within (minutes)", next_reply: "Next reply within (minutes)", resolution: "Resolved within (minutes)" },
  always: "Count every hour, not only opening hours",
  add: "Add a rule",
  remove: (name) => `Remove the rule “${name}”`,
  up: (name) => `Move “${name}” up`,
  removeShort: "Remove",
  upShort: "Move up",
  newName: (n) => `Rule ${n}`,
  goneTeam: "(a team that was removed)",
};

export const slaText = (): typeof ja => (language.value === "ja" ? ja : en);
