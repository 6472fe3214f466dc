// What agents and customers think of the assistant's replies.
import { signal } from "@preact/signals";
import type { Schemas } from "../../shared/types";
import { explain } from "./articles";
import { get, post, remove } from "./me";
import { reload } from "./thread";
import { say } from "./toast";

type Rating = Schemas["ReplyRating"];
export const RATINGS: Rating[] = ["right", "wrong", "stale", "missing"];
export type Verdict = Schemas["VerdictOut"];
export type Opinion = Schemas["OpinionsOut"];

export const wanting = signal<Schemas["ReplyOpinionsOut"][] | null>(null);

export async function judge(conversation: string, message: string, verdict: Rating | null, note = ""): Promise<void> {
  const path = `/conversations/${conversation}/messages/${encodeURIComponent(message)}/verdict`;
  try {
    await (verdict ? post(path, { verdict, note }) : remove(path));
    await reload();
  } catch (problem) {
    say(explain(problem), true);
  }
}

export async function listWanting(): Promise<void> {
  try {
    wanting.value = (await get<Schemas["OpinionListOut"]>("/verdicts")).opinions;
  } catch (problem) {
    say(explain(problem), true);
  }
}
