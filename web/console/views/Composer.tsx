// Where the agent writes: a reply to the customer, or a yellow note for colleagues.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sendsOnCtrlEnter } from "../../shared/ime";
import { claimable, owns, send } from "../state/actions";
import { writers } from "../state/colleagues";
import { choices, highlighted } from "../state/choices";
import { type Mode, macro, mode, setMacro, tellTyping, words as written, write } from "../state/writing";
import { text } from "../text";
import { copilotText } from "../text/copilot";
import { deskText } from "../text/desk";
import type { Row } from "../types";
import { asking } from "./asking";
import { AttachFile } from "./AttachFile";
import { Colleagues } from "./Colleagues";
import { ComposerTools } from "./ComposerTools";
import { macroName } from "./macroName";
import { CHOICES_ID, ReplyChoices, choiceId, chooseByKey } from "./ReplyChoices";
import { Wording } from "./Wording";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
export const COMPOSER_ID = "composer";

function ModeTab({ name, label }: { name: Mode; label: string }) {
  return (
    <button type="button" aria-pressed={mode.value === name} onClick={() => (mode.value = name)} data-testid={`mode-${name}`}>
      {label}
    </button>
  );
}

export function Composer({ row }: { row: Row }) {
  const { compose } = text();
  const area = useRef<HTMLTextAreaElement>(null);
  const warned = useSignal(false);
  const tools = useSignal(false);
  const note = mode.value === "note" || row.state === "closed";
  useEffect(() => {
    if (row.state === "closed") mode.value = "note";
  }, [row.state, row.id]);
  useEffect(() => {
    const box = area.current!;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }, [written.value, row.id]);

  function typed(event: Event): void {
    write((event.target as HTMLTextAreaElement).value);
    warned.value = false;
    tellTyping(!note && owns(row));
  }
  function key(event: KeyboardEvent): void {
    if (chooseByKey(event) || !sendsOnCtrlEnter(event)) return;
    submit(event);
  }
  /** While a colleague writes too, the first try only shows it. */
  function submit(event: Event): void {
    event.preventDefault();
    if (!note && writers.value.length > 0 && !warned.value) warned.value = true;
    else {
      warned.value = false;
      void send();
    }
  }

  return (
    <form class={`composer ${note ? "note" : ""}`} onSubmit={submit} data-testid="composer">
      <ReplyChoices />
      <Colleagues conversation={row.id} />
      <div class="modes">
        {row.state !== "closed" && <ModeTab name="reply" label={compose.reply} />}
        <ModeTab name="note" label={compose.note} />
        <span class="meta">{row.state === "closed" ? compose.closed : note ? text().noteHint : ""}</span>
      </div>
      <textarea
        id={COMPOSER_ID}
        dir="auto"
        ref={area}
        rows={2}
        value={written.value}
        aria-label={note ? compose.note : compose.reply}
        placeholder={note ? compose.notePlaceholder : compose.replyPlaceholder}
        onInput={typed}
        onKeyDown={key}
        aria-controls={choices.value ? CHOICES_ID : undefined}
        aria-activedescendant={choices.value?.length ? choiceId(highlighted.value) : undefined}
        data-testid="composer-input"
      />
      {macro.value && (
        <p class="meta macro" role="status" data-testid="macro">
          {deskText().afterSending(macroName(macro.value.choice))}
          <button type="button" class="text" onClick={() => setMacro(null)} data-testid="macro-off">
            {deskText().notThisTime}
          </button>
        </p>
      )}
      {!note && <Wording />}
      {!note && tools.value && <ComposerTools key={row.id} row={row} />}
      <div class="send">
        {!note && <AttachFile row={row} />}
        {!note && (
          <button type="button" class="text" aria-expanded={tools.value} onClick={() => (tools.value = !tools.value)} data-testid="tools">
            {copilotText().tools}
          </button>
        )}
        <button type="button" class="text" onClick={() => (asking.value = "replies")} data-testid="replies">
          {deskText().replies}
        </button>
        <span class="meta wide-only">{MAC ? compose.hintMac : compose.hint}</span>
        <button class="solid" disabled={!written.value.trim()} data-testid="composer-send">
          {note ? compose.save : warned.value ? deskText().sendAnyway : claimable(row) ? compose.claimAndSend : compose.send}
        </button>
      </div>
    </form>
  );
}
