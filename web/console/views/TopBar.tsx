// The slim bar: where you are, who you are, language, shortcuts.
import { useEffect, useRef } from "preact/hooks";
import { Bell, Mark } from "../../shared/icons";
import { helpShown } from "../shortcuts";
import { unreadOfMine } from "../state/alerts";
import { type Availability, availability, changeAvailability } from "../state/availability";
import { counts } from "../state/inbox";
import { logOut, me } from "../state/me";
import { route } from "../state/route";
import { switchLanguage, text } from "../text";
import { deskText } from "../text/desk";
import { knowledgeText } from "../text/knowledge";
import { asking } from "./asking";

/** Who waits for a person, and what is unread of one's own: on every page. */
function Waiting() {
  const waiting = counts.value.queued ?? 0;
  const unread = unreadOfMine.value;
  if (waiting + unread === 0) return null;
  return (
    <span class="count hot" role="img" aria-label={deskText().attention(waiting, unread)} title={deskText().attention(waiting, unread)} data-testid="attention">
      {waiting + unread}
    </span>
  );
}

export function TopBar() {
  const words = text();
  const at = route.value.page;
  const nav = useRef<HTMLElement>(null);
  // On a phone the bar scrolls: where one is must be in view.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [at]);
  return (
    <header class="topbar">
      <p class="brand">
        <Mark />
        <b>{words.product}</b>
      </p>
      <nav aria-label={words.console} ref={nav}>
        <a href="#/" aria-current={at === "desk" ? "page" : undefined}>
          {words.inbox}
          <Waiting />
        </a>
        <a href="#/numbers" aria-current={at === "numbers" ? "page" : undefined} data-testid="nav-numbers">
          {words.numbers}
        </a>
        <a href="#/insight" aria-current={at === "insight" ? "page" : undefined} data-testid="nav-insight">
          {words.pages.insight}
        </a>
        <a href="#/improvements" aria-current={at === "improvements" ? "page" : undefined} data-testid="nav-improvements">
          {words.pages.improvements}
        </a>
        <a href="#/knowledge" aria-current={at === "knowledge" || at === "article" ? "page" : undefined} data-testid="nav-knowledge">
          {knowledgeText().title}
        </a>
        <a href="#/settings" aria-current={at === "settings" ? "page" : undefined} data-testid="nav-settings">
          {words.pages.settings}
        </a>
        <a href="#/people" aria-current={at === "people" ? "page" : undefined} data-testid="nav-people">
          {words.pages.people}
        </a>
      </nav>
      <div class="tools">
        <button class="text wide-only" onClick={() => (helpShown.value = true)} aria-label={words.shortcuts} title={words.shortcuts}>
          ?
        </button>
        <select
          class="availability"
          aria-label={deskText().availability}
          value={availability.value}
          onChange={(event) => void changeAvailability(event.currentTarget.value as Availability)}
          data-testid="availability"
        >
          {(["online", "away"] as const).map((each) => (
            <option key={each} value={each}>
              {deskText().availabilities[each]}
            </option>
          ))}
        </select>
        <button class="icon-button" onClick={() => (asking.value = "alerts")} aria-label={deskText().alerts} title={deskText().alerts} data-testid="alerts">
          <Bell />
        </button>
        <button class="text" lang={words.language === "English" ? "en" : "ja"} aria-label={words.languageLabel} onClick={switchLanguage} data-testid="console-language">
          {words.language}
        </button>
        <span class="who wide-only" data-testid="agent-name">{me.value?.name}</span>
        <button class="text" onClick={() => void logOut()} data-testid="logout">
          {words.logout}
        </button>
      </div>
    </header>
  );
}
