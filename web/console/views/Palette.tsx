// Ctrl / ⌘ + K: type where to go or what to do.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { composing } from "../../shared/ime";
import { compose, helpShown, tag } from "../shortcuts";
import { claim, claimable, giveBack, owns, release, reopen, wake } from "../state/actions";
import { markUnread } from "../state/alerts";
import { choose } from "../state/inbox";
import { logOut } from "../state/me";
import { follow } from "../state/mentions";
import { TABS } from "../state/order";
import { type Entry, fitting, grouped, hits, lookFor } from "../state/palette";
import { openConversation } from "../state/route";
import { OWN_VIEWS, type OwnView, filters, query, views } from "../state/search";
import { detail } from "../state/thread";
import { text } from "../text";
import { deskText } from "../text/desk";
import { feelingText } from "../text/feelings";
import { knowledgeText } from "../text/knowledge";
import type { Row } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";
import { channelName, customerName } from "./names";

const LIST_ID = "palette-list";
const optionId = (at: number): string => `${LIST_ID}-${at}`;

const ask = (what: NonNullable<typeof asking.value>) => () => void (asking.value = what);
const go = (address: string) => () => void (location.hash = address);

function ownActions(row: Row): [string, () => void][] {
  const { actions } = text();
  const words = deskText();
  return [
    [actions.resolve, ask("resolve")],
    row.snoozed_until ? [words.wake, () => void wake(row.id)] : [words.snooze, ask("snooze")],
    [actions.transfer, ask("transfer")],
    [feelingText().handUp, ask("handUp")],
    [actions.release, () => void release(row.id)],
    [actions.return, () => void giveBack(row.id)],
    [words.markUnread, () => void markUnread(row)],
  ];
}

/** What can be done with the conversation in view, and from everywhere. */
function actionEntries(): Entry[] {
  const row = detail.value?.conversation;
  const words = text();
  const desk = deskText();
  const named: [string, () => void][] = [];
  if (row) {
    if (claimable(row)) named.push([words.actions.claim, () => void claim(row.id)]);
    if (owns(row)) named.push(...ownActions(row));
    if (row.state === "closed") named.push([desk.reopen, () => void reopen(row.id)]);
    else named.push([words.keys.reply, () => compose("reply")]);
    named.push([words.keys.note, () => compose("note")], [words.keys.tag, tag], [row.following ? desk.unfollow : desk.follow, () => void follow(row)]);
  }
  named.push([desk.replies, ask("replies")], [desk.alerts, ask("alerts")], [words.shortcuts, () => void (helpShown.value = true)], [words.logout, () => void logOut()]);
  return named.map(([name, run]) => ({ id: `do-${name}`, group: "actions", name, run }));
}

function pageEntries(): Entry[] {
  const words = text();
  const pages: [string, string][] = [
    [words.inbox, "#/"],
    [words.numbers, "#/numbers"],
    [words.pages.insight, "#/insight"],
    [words.pages.improvements, "#/improvements"],
    [knowledgeText().title, "#/knowledge"],
    [words.pages.settings, "#/settings"],
    [words.pages.people, "#/people"],
  ];
  return pages.map(([name, address]) => ({ id: `page-${address}`, group: "pages", name, run: go(address) }));
}

function viewEntries(): Entry[] {
  function show(chosen: typeof filters.value): void {
    query.value = "";
    filters.value = chosen;
    openConversation(null);
  }
  function list(tab: (typeof TABS)[number]): void {
    show({});
    void choose(tab);
  }
  const words = deskText();
  return [
    ...TABS.map((tab): Entry => ({ id: `tab-${tab}`, group: "views", name: text().tabs[tab], run: () => list(tab) })),
    ...(Object.keys(OWN_VIEWS) as OwnView[]).map((name): Entry => ({ id: `own-${name}`, group: "views", name: words.ownViews[name], run: () => show(OWN_VIEWS[name]) })),
    ...views.value
      .filter((view) => view.missing === null)
      .map((view): Entry => ({ id: view.id, group: "views", name: view.name, hint: words.view, run: () => show(view.filters) })),
  ];
}

function conversationEntries(typed: string): Entry[] {
  const words = text();
  const found = hits.value.map((row): Entry => {
    const hint = row.found?.excerpt || row.ask || row.last?.text || channelName(row.channel, words);
    return { id: row.id, group: "conversations", name: customerName(row, words), hint, run: () => openConversation(row.id) };
  });
  const all = (): void => {
    filters.value = {};
    query.value = typed.trim();
    openConversation(null);
  };
  return typed.trim() ? [...found, { id: "search", group: "conversations", name: deskText().searchFor(typed.trim()), run: all }] : [];
}

export function Palette() {
  const words = deskText();
  const typed = useSignal("");
  const at = useSignal(0);
  useEffect(() => lookFor(typed.value), [typed.value]);
  const close = () => {
    if (asking.value === "palette") asking.value = null;
  };
  const fixed = [...actionEntries(), ...viewEntries(), ...pageEntries()];
  // Conversations are found by the server, in texts that are not shown here.
  const entries = grouped([...fitting(fixed, typed.value), ...conversationEntries(typed.value)]);
  const current = Math.min(at.value, Math.max(0, entries.length - 1));

  /** The dialog gives the focus back as it closes; what is run may take it after that. */
  function run(entry: Entry): void {
    close();
    requestAnimationFrame(entry.run);
  }
  function key(event: KeyboardEvent): void {
    if (composing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && entries.length) at.value = (current + step + entries.length) % entries.length;
    else if (event.key === "Enter" && entries[current]) run(entries[current]!);
    else return;
    event.preventDefault();
  }
  function write(event: Event): void {
    typed.value = (event.currentTarget as HTMLInputElement).value;
    at.value = 0;
  }
  useEffect(() => document.getElementById(optionId(current))?.scrollIntoView({ block: "nearest" }), [current]);

  return (
    <Dialog title={text().keys.palette} open onClose={close} testid="palette">
      <input
        role="combobox"
        autofocus
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={LIST_ID}
        aria-activedescendant={entries.length ? optionId(current) : undefined}
        aria-label={words.paletteHint}
        placeholder={words.paletteHint}
        maxLength={200}
        value={typed.value}
        onInput={write}
        onKeyDown={key}
        data-testid="palette-input"
      />
      <ul role="listbox" id={LIST_ID} class="palette-list" aria-label={text().keys.palette}>
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === current}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => run(entry)}
            data-testid="palette-entry"
          >
            <b>{entry.name}</b> <span class="meta">{[words.groups[entry.group], entry.hint].filter(Boolean).join("・")}</span>
          </li>
        ))}
      </ul>
      {entries.length === 0 && <p class="meta">{words.nothingFits}</p>}
    </Dialog>
  );
}
