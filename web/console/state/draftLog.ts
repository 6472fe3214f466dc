// What becomes of each draft: shown, put into a reply, sent as it was or with other words. No words leave the screen.
import type { Schemas } from "../../shared/types";
import { post } from "./me";

type Use = Schemas["DraftUseIn"];
export type DraftKind = Use["kind"];

interface Inserted {
  draft: string;
  kind: DraftKind;
  text: string;
}

const inserted = new Map<string, Inserted[]>();
const told = new Set<string>();
/** Of the pairs of letters of a draft, how many a reply has that still came of it. */
const MIN_SHARED = 0.4;

/** A name for the draft that is the same for the same words (FNV-1a). Pure. */
export function nameOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return `${(hash >>> 0).toString(16)}-${text.length}`;
}

function pairs(text: string): Set<string> {
  const letters = text.replace(/\s+/g, "");
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2)));
}

/** Whether the draft was sent, with other words, or not at all. Pure. */
export function fateOf(draft: string, sent: string): "sent" | "edited" | null {
  if (sent.includes(draft.trim())) return "sent";
  const wanted = pairs(draft);
  const had = pairs(sent);
  const shared = [...wanted].filter((pair) => had.has(pair)).length;
  return wanted.size > 0 && shared / wanted.size >= MIN_SHARED ? "edited" : null;
}

function tell(conversation: string, uses: Use[]): void {
  const fresh = uses.filter((use) => !told.has(`${conversation} ${use.draft} ${use.step}`));
  if (!fresh.length) return;
  for (const use of fresh) told.add(`${conversation} ${use.draft} ${use.step}`);
  void post(`/conversations/${conversation}/drafts`, { uses: fresh.slice(0, 20) }).catch(() => undefined);
}

export function draftsShown(conversation: string, kind: DraftKind, texts: string[]): void {
  tell(conversation, texts.map((text) => ({ draft: nameOf(text), kind, step: "shown" })));
}

export function draftInserted(conversation: string, kind: DraftKind, text: string): void {
  const draft = nameOf(text);
  inserted.set(conversation, [...(inserted.get(conversation) ?? []), { draft, kind, text }]);
  tell(conversation, [{ draft, kind, step: "inserted" }]);
}

/** A reply left: what of it was a draft. */
export function replySent(conversation: string, text: string): void {
  const uses = (inserted.get(conversation) ?? []).flatMap(({ draft, kind, text: words }): Use[] => {
    const step = fateOf(words, text);
    return step ? [{ draft, kind, step }] : [];
  });
  inserted.delete(conversation);
  tell(conversation, uses);
}
