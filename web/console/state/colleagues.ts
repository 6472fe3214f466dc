// Who else has a conversation open, types in it, or has something unsent there; nothing of it is stored.
import { computed, effect, signal, untracked } from "@preact/signals";
import { now } from "./clock";
import { post, standing } from "./me";
import { openId } from "./thread";
import { words } from "./writing";

type Activity = "viewing" | "typing" | "draft" | "left";

export interface Colleague {
  agent: string;
  name: string;
  activity: Activity;
  /** When it was heard, in milliseconds. */
  at: number;
}

const REPEAT_MS = 20_000;
/** Who is not heard of for longer has closed the window. */
const FORGET_MS = 45_000;
const TYPING_MS = 6_000;

const known = signal<ReadonlyMap<string, Colleague[]>>(new Map());

/** With the news in the place of what was known of the same person; typing passes by itself. Pure. */
export function present(list: Colleague[], at: number): Colleague[] {
  return list
    .filter((each) => each.activity !== "left" && at - each.at < FORGET_MS)
    .map((each) => (each.activity === "typing" && at - each.at > TYPING_MS ? { ...each, activity: "draft" as const } : each));
}

export function colleagueDid(conversation: string, news: Omit<Colleague, "at">): void {
  const others = (known.value.get(conversation) ?? []).filter((each) => each.agent !== news.agent);
  known.value = new Map([...known.value, [conversation, [...others, { ...news, at: Date.now() }]]]);
}

export const colleaguesIn = (conversation: string): Colleague[] => present(known.value.get(conversation) ?? [], now.value);
/** Those whose words may cross one's own. */
export const writers = computed(() => (openId.value ? colleaguesIn(openId.value).filter((each) => each.activity !== "viewing") : []));

function tell(conversation: string, activity: Activity): void {
  void post(`/conversations/${conversation}/activity`, { activity }).catch(() => undefined);
}

const hasDraft = computed(() => words.value.trim() !== "");
const mine = (): Activity => (hasDraft.peek() ? "draft" : "viewing");

effect(() => {
  const id = openId.value;
  // Read so that beginning or emptying a draft is told.
  void hasDraft.value;
  if (!id || standing.value !== "in") return;
  untracked(() => tell(id, mine()));
  const timer = setInterval(() => document.hidden || tell(id, mine()), REPEAT_MS);
  return () => {
    clearInterval(timer);
    if (openId.peek() !== id) tell(id, "left");
  };
});
