// Nobody is overlooked: unread marks, the number in the title, a notification and a sound as each agent chose.
import { computed, effect, signal, untracked } from "@preact/signals";
import { deskText } from "../text/desk";
import { slaText } from "../text/sla";
import type { AgentMessage, Preferences, Row } from "../types";
import { text } from "../text";
import { customerName } from "../views/names";
import { owns } from "./actions";
import { counts, patchRow, rows } from "./inbox";
import { get, me, post, standing } from "./me";
import { openConversation } from "./route";
import { beganToWait, deadlineOf, hasWorsened } from "./sla";
import { detail, openId } from "./thread";

const BEEP_HZ = 660;
const BEEP_SECONDS = 0.18;

export const preferences = signal<Preferences>({ notify: false, sound: false });
export const unreadOfMine = computed(() => [...rows.value.values()].filter((row) => owns(row) && row.unread > 0).length);
/** Bumped when the page comes back into view. */
const seen = signal(0);

effect(() => {
  if (standing.value !== "in") return;
  untracked(() => void get<Preferences>("/preferences").then((found) => (preferences.value = found)).catch(() => undefined));
});

export async function choosePreferences(chosen: Preferences): Promise<boolean> {
  if (chosen.notify && "Notification" in window && (await Notification.requestPermission()) !== "granted") return false;
  preferences.value = chosen;
  await post("/preferences", chosen);
  return true;
}

effect(() => {
  const waiting = (counts.value.queued ?? 0) + unreadOfMine.value;
  document.title = waiting ? `(${waiting}) Yorisoi` : "Yorisoi";
});

addEventListener("visibilitychange", () => (seen.value += 1));

/** What stands open before somebody's eyes has been read. */
effect(() => {
  void seen.value;
  const shown = detail.value;
  if (!shown || document.hidden || !me.value) return;
  if (shown.conversation.unread === 0 && shown.conversation.mentions === 0) return;
  const last = shown.messages.at(-1)?.seq ?? 0;
  untracked(() => void markRead(shown.conversation, last));
});

async function markRead(row: Row, seq: number): Promise<void> {
  patchRow(row.id, { unread: 0, mentions: 0 });
  if (detail.value?.conversation.id === row.id)
    detail.value = { ...detail.value, conversation: { ...detail.value.conversation, unread: 0, mentions: 0 } };
  await post(`/conversations/${row.id}/read`, { seq }).catch(() => undefined);
}

export async function markUnread(row: Row): Promise<void> {
  openConversation(null);
  await post(`/conversations/${row.id}/read`, { seq: 0 });
  patchRow(row.id, { unread: 1 });
}

function beep(): void {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = BEEP_HZ;
  volume.gain.setValueAtTime(0.12, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + BEEP_SECONDS);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + BEEP_SECONDS);
  tone.onended = () => void audio.close();
}

function alert(row: Row, title: string): void {
  if (preferences.value.sound) beep();
  if (!preferences.value.notify || !document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(title, { tag: row.id });
  shown.onclick = () => {
    window.focus();
    openConversation(row.id);
  };
}

/** A conversation changed: somebody may have started to wait. */
export function alertOfRow(before: Row | undefined, row: Row): void {
  if (hasWorsened(row, Date.now()) && (owns(row) || row.state === "queued")) {
    const breached = deadlineOf(row, Date.now())?.state === "breached";
    alert(row, (breached ? slaText().passed : slaText().near)(customerName(row, text())));
  }
  if (beganToWait(before, row, Date.now())) alert(row, deskText().waits(customerName(row, text())));
}

/** Somebody wrote: in one's own conversation, and not before one's eyes, it is worth a word. */
export function alertOfMessage(id: string, message: AgentMessage): void {
  const row = rows.value.get(id);
  if (message.author !== "customer" || !row || !owns(row)) return;
  if (id === openId.value && !document.hidden) return;
  patchRow(id, { unread: row.unread + 1 });
  alert(row, deskText().wrote(customerName(row, text())));
}
