// What is offered over the composer: saved replies after "/" in a reply, colleagues after "@" in a note.
import { computed, signal } from "@preact/signals";
import { choiceOf } from "./macro";
import { me } from "./me";
import { colleaguesNamed, namedSoFar, withName } from "./mentions";
import { matching, replies, slashed, use } from "./replies";
import { detail, openId } from "./thread";
import { mode, words, write } from "./writing";

interface Choice {
  id: string;
  name: string;
  hint: string;
  /** What sending it does besides, as `choiceOf` says. */
  macro: string;
  pick: () => void;
}

/** Closed by hand until what opened it is gone. */
export const dismissed = signal(false);
export const highlighted = signal(0);

const typed = computed(() => (mode.value === "reply" ? slashed(words.value) : namedSoFar(words.value)));
export const wanted = computed(() => typed.value !== null);

function listReplies(what: string): Choice[] {
  return matching(replies.value, what).map((reply) => ({
    id: reply.id,
    name: reply.name,
    hint: reply.text,
    macro: choiceOf(reply),
    pick: () => void (openId.value && use(reply, openId.value)),
  }));
}

function listColleagues(what: string): Choice[] {
  const others = (detail.value?.agents ?? []).filter((agent) => agent.id !== me.value?.id);
  return colleaguesNamed(others, what).map((agent) => ({ id: agent.id, name: agent.name, hint: "", macro: "", pick: () => write(withName(words.value, agent)) }));
}

/** null: nothing is offered. */
export const choices = computed<Choice[] | null>(() => {
  if (typed.value === null || dismissed.value) return null;
  return mode.value === "reply" ? listReplies(typed.value) : listColleagues(typed.value);
});
