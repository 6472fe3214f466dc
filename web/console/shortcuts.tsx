// Keyboard shortcuts: one table, which the help list shows as it is.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { composing } from "../shared/ime";
import { claim, claimable, owns, resolveAndGoOn } from "./state/actions";
import { toggle } from "./state/bulk";
import { chooseNext, neighbour } from "./state/inbox";
import { contextShown, openConversation, route } from "./state/route";
import { detail, isUnanswered, openId } from "./state/thread";
import { type Mode, mode } from "./state/writing";
import { type Text, text } from "./text";
import { asking } from "./views/asking";
import { COMPOSER_ID } from "./views/Composer";
import { Dialog } from "./views/Dialog";
import { SEARCH_ID } from "./views/SearchBar";
import { TAG_FIELD_ID } from "./views/TagEditor";

export const helpShown = signal(false);

interface Shortcut {
  keys: string;
  label: keyof Text["keys"];
  /** Read by physical key: with Alt held, a Mac types other characters. */
  matches: (event: KeyboardEvent) => boolean;
  run: () => void;
}

const alt = (code: string) => (event: KeyboardEvent) => event.altKey && !event.ctrlKey && !event.metaKey && event.code === code;
const row = () => detail.value?.conversation;
const owned = () => (row() && owns(row()!) ? row()! : null);

function step(by: 1 | -1): void {
  const found = neighbour(openId.value, by);
  if (found) openConversation(found.id);
}

function focusSearch(): void {
  if (route.value.page !== "desk") openConversation(null);
  requestAnimationFrame(() => focus(SEARCH_ID));
}

export function compose(as: Mode): void {
  mode.value = as;
  document.getElementById(COMPOSER_ID)?.focus();
}

const focus = (id: string): void => document.getElementById(id)?.focus();

export function tag(): void {
  if (!row()) return;
  contextShown.value = true;
  requestAnimationFrame(() => focus(TAG_FIELD_ID));
}

/** The row under the cursor, or the conversation in view. */
function chooseFocused(): void {
  const focused = document.activeElement?.closest(".pickable")?.querySelector<HTMLElement>("[data-conversation]")?.dataset.conversation;
  const id = focused ?? openId.value;
  if (id) toggle(id);
}

/** At once, but not over what nobody has replied to. */
function resolveQuickly(): void {
  const shown = owned();
  if (!shown) return;
  if (isUnanswered(detail.value!)) asking.value = "resolve";
  else void resolveAndGoOn(shown.id);
}

function back(): void {
  const focused = document.activeElement as HTMLElement | null;
  if (focused?.id === COMPOSER_ID) focused.blur();
  else if (openId.value) openConversation(null);
}

const SHORTCUTS: Shortcut[] = [
  { keys: "Alt + J", label: "next", matches: alt("KeyJ"), run: () => step(1) },
  { keys: "Alt + K", label: "previous", matches: alt("KeyK"), run: () => step(-1) },
  { keys: "Alt + N", label: "tab", matches: alt("KeyN"), run: () => void chooseNext() },
  { keys: "Ctrl / ⌘ + K", label: "palette", matches: (event) => (event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyK", run: () => void (asking.value = "palette") },
  { keys: "Alt + I", label: "search", matches: alt("KeyI"), run: focusSearch },
  { keys: "Alt + C", label: "claim", matches: alt("KeyC"), run: () => void (row() && claimable(row()!) && claim(row()!.id)) },
  { keys: "Alt + L", label: "reply", matches: alt("KeyL"), run: () => compose("reply") },
  { keys: "Alt + P", label: "note", matches: alt("KeyP"), run: () => compose("note") },
  { keys: "Ctrl / ⌘ + Enter", label: "send", matches: () => false, run: () => undefined },
  { keys: "Alt + S", label: "snooze", matches: alt("KeyS"), run: () => void (owned() && (asking.value = "snooze")) },
  { keys: "Alt + T", label: "tag", matches: alt("KeyT"), run: tag },
  { keys: "/", label: "saved", matches: () => false, run: () => undefined },
  { keys: "Alt + X", label: "choose", matches: alt("KeyX"), run: chooseFocused },
  { keys: "Alt + E", label: "resolve", matches: alt("KeyE"), run: () => void (owned() && (asking.value = "resolve")) },
  { keys: "Alt + U", label: "handUp", matches: alt("KeyU"), run: () => void (owned() && (asking.value = "handUp")) },
  {
    keys: "Ctrl / ⌘ + Alt + E",
    label: "resolveNext",
    matches: (event) => event.altKey && (event.ctrlKey || event.metaKey) && event.code === "KeyE",
    run: resolveQuickly,
  },
  { keys: "Alt + O", label: "side", matches: alt("KeyO"), run: () => void (contextShown.value = !contextShown.value) },
  { keys: "Esc", label: "back", matches: (event) => event.key === "Escape", run: back },
  { keys: "?", label: "help", matches: (event) => event.key === "?" && !typing(event), run: () => void (helpShown.value = true) },
];

const typing = (event: Event): boolean => (event.target as Element).matches("input, textarea, select, [contenteditable]");

function pressed(event: KeyboardEvent): void {
  if (composing(event) || document.querySelector("dialog[open]")) return;
  const shortcut = SHORTCUTS.find((each) => each.matches(event));
  if (!shortcut) return;
  event.preventDefault();
  shortcut.run();
}

export function useShortcuts(): void {
  useEffect(() => {
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

export function ShortcutList() {
  const words = text();
  const close = () => (helpShown.value = false);
  return (
    <Dialog title={words.keys.title} open={helpShown.value} onClose={close} testid="shortcuts">
      <dl class="keys">
        {SHORTCUTS.map((each) => (
          <>
            <dt>
              <kbd>{each.keys}</kbd>
            </dt>
            <dd>{words.keys[each.label]}</dd>
          </>
        ))}
      </dl>
      <p class="buttons">
        <button class="outline" onClick={close}>
          {words.close}
        </button>
      </p>
    </Dialog>
  );
}
