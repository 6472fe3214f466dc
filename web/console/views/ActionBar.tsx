// Above the transcript: whose conversation it is, and what can be done with it.
import { useSignal } from "@preact/signals";
import { Back, Person, Side } from "../../shared/icons";
import { moment } from "../../shared/language";
import { abroad, claim, claimable, giveBack, owns, reassign, release, reopen, transfer, wake } from "../state/actions";
import { follow } from "../state/mentions";
import { markUnread } from "../state/alerts";
import { me } from "../state/me";
import { contextShown, openConversation } from "../state/route";
import { isUnanswered } from "../state/thread";
import { language, text, word } from "../text";
import { deskText } from "../text/desk";
import { feelingText } from "../text/feelings";
import type { Detail, Row } from "../types";
import { asking } from "./asking";
import { channelName, customerName, stateName } from "./names";
import { Deadline } from "./Deadline";
import { ForeignDesk } from "./ForeignDesk";
import { HandUpDialog } from "./HandUpDialog";
import { ResolveDialog } from "./ResolveDialog";
import { SnoozeDialog } from "./SnoozeDialog";
import { TransferDialog } from "./TransferDialog";
import { Waited } from "./Waited";

function Title({ row, desk }: { row: Row; desk: Detail["desk"] }) {
  const words = text();
  return (
    <div class="title">
      <h2>{customerName(row, words)}</h2>
      <p class="meta">
        <span class={`state ${row.state}`} data-testid="conversation-state">
          {stateName(row, words)}
        </span>
        {channelName(row.channel, words)}・{word(words.languages, row.language)}
        {row.state === "queued" && row.waiting_since && <Waited since={row.waiting_since} />}
        {row.snoozed_until && ` ・ ${deskText().snoozeUntil(moment(row.snoozed_until, language.value))}`}
      </p>
      {desk && <ForeignDesk desk={desk} />}
      <Deadline row={row} />
    </div>
  );
}

function Owned({ row }: { row: Row }) {
  const { actions } = text();
  const menu = useSignal(false);
  const choose = (action: () => unknown) => () => {
    menu.value = false;
    void action();
  };
  function left(event: FocusEvent): void {
    if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) menu.value = false;
  }
  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !menu.value) return;
    event.stopPropagation();
    menu.value = false;
  }
  return (
    <>
      <div class="menu" onFocusOut={left} onKeyDown={key}>
        <button class="outline" aria-expanded={menu.value} onClick={() => (menu.value = !menu.value)} data-testid="more-actions">
          {actions.more}
        </button>
        {menu.value && (
          <div class="menu-items">
            {row.snoozed_until ? (
              <button onClick={choose(() => wake(row.id))} data-testid="wake">{deskText().wake}</button>
            ) : (
              <button onClick={choose(() => (asking.value = "snooze"))} data-testid="snooze">{deskText().snooze}</button>
            )}
            <button onClick={choose(() => markUnread(row))} data-testid="mark-unread">{deskText().markUnread}</button>
            <button onClick={choose(() => giveBack(row.id))} data-testid="return">{actions.return}</button>
            <button onClick={choose(() => release(row.id))} data-testid="release">{actions.release}</button>
            <button onClick={choose(() => (asking.value = "transfer"))} data-testid="transfer">{actions.transfer}</button>
            <button onClick={choose(() => (asking.value = "handUp"))} data-testid="hand-up">{feelingText().handUp}</button>
          </div>
        )}
      </div>
      <button class="solid" onClick={() => (asking.value = "resolve")} data-testid="resolve">
        {actions.resolve}
      </button>
    </>
  );
}

export function ActionBar({ shown }: { shown: Detail }) {
  const words = text();
  const row = shown.conversation;
  return (
    <header class="actionbar">
      <button class="icon-button narrow-only" aria-label={words.back} onClick={() => openConversation(null)} data-testid="back">
        <Back />
      </button>
      <Title row={row} desk={shown.desk} />
      <div class="actions">
        {claimable(row) && (
          <button class="solid" onClick={() => void claim(row.id)} data-testid="claim">
            {abroad(row) ? words.desks.takeBack : words.actions.claim}
          </button>
        )}
        {owns(row) && <Owned row={row} />}
        {me.value?.lead && row.state === "agent" && !owns(row) && !abroad(row) && (
          <>
            <button class="outline" onClick={() => (asking.value = "transfer")} data-testid="reassign">
              {deskText().reassign}
            </button>
            <button class="solid" onClick={() => void reassign(row.id, me.value!)} data-testid="take-over">
              {deskText().takeOver}
            </button>
          </>
        )}
        {row.state === "closed" && (
          <button class="outline" onClick={() => void reopen(row.id)} data-testid="reopen">
            {deskText().reopen}
          </button>
        )}
        <button class="outline" aria-pressed={row.following} title={deskText().followHint} onClick={() => void follow(row)} data-testid="follow">
          {row.following ? deskText().following : deskText().follow}
        </button>
        <button
          class="icon-button"
          aria-label={words.context}
          title={words.context}
          aria-pressed={contextShown.value}
          onClick={() => (contextShown.value = !contextShown.value)}
          data-testid="toggle-context"
        >
          <span class="narrow-only"><Person /></span>
          <span class="wide-only"><Side /></span>
        </button>
      </div>
      <ResolveDialog id={row.id} unanswered={isUnanswered(shown)} />
      <SnoozeDialog id={row.id} />
      <HandUpDialog id={row.id} leads={shown.agents.filter((agent) => agent.lead && agent.id !== me.value?.id)} />
      <TransferDialog id={row.id} give={owns(row) ? transfer : reassign} agents={shown.agents.filter((agent) => agent.id !== me.value?.id)} />
    </header>
  );
}
