// Where the customer writes. When the conversation has ended it offers the next one instead.
import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Clip, Send } from "../shared/icons";
import { sendsOnEnter } from "../shared/ime";
import { uuid } from "../shared/uuid";
import { useAttempt } from "./attempt";
import { useChat } from "./context";
import { useText } from "./text";

const TYPING_EVERY_MS = 4_000;
/** What the server takes; from here on the writer is told how much is left. */
const LONGEST = 4_000;
const COUNT_FROM = 3_500;

function Closed() {
  const { session } = useChat();
  const text = useText();
  const busy = useSignal(false);
  const attempt = useAttempt(text.failed);
  return (
    <div class="closed" data-testid="widget-closed">
      <p>{text.closed}</p>
      <button class="primary" disabled={busy.value} onClick={() => attempt(session.restart, busy)} data-testid="widget-again">
        {text.again}
      </button>
      <p class="hint">{text.againHint}</p>
    </div>
  );
}

/** Tells the agent that the customer is writing, at most every few seconds and only when one is there. */
function useTellTyping() {
  const { session } = useChat();
  const told = useRef(0);
  return (on: boolean) => {
    if (session.state.value !== "agent") return;
    if (on && Date.now() - told.current < TYPING_EVERY_MS) return;
    if (!on && !told.current) return;
    told.current = on ? Date.now() : 0;
    session.tellTyping(on);
  };
}

/** Characters as the server counts them: an emoji is not two. */
const lengthOf = (words: string): number => (words.length < COUNT_FROM ? words.length : [...words.trim()].length);

function Hint({ length }: { length: number }) {
  const text = useText();
  if (length < COUNT_FROM) return <p class="hint">{text.hint}</p>;
  const over = length > LONGEST;
  return (
    <p id="length" class={over ? "length over" : "length"} data-testid="widget-length">
      <span role="status">{over && text.tooLong}</span> {length.toLocaleString("en")} / {LONGEST.toLocaleString("en")}
    </p>
  );
}

export function Composer({ input }: { input: RefObject<HTMLTextAreaElement | null> }) {
  const { session } = useChat();
  const text = useText();
  const words = useSignal("");
  const tellTyping = useTellTyping();
  const attempt = useAttempt(text.fileFailed);
  const length = lengthOf(words.value);
  const over = length > LONGEST;

  useEffect(() => {
    const area = input.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }, [words.value]);

  const closed = session.state.value === "closed";
  const wasClosed = useRef(closed);
  useEffect(() => {
    if (wasClosed.current && !closed) input.current?.focus();
    wasClosed.current = closed;
  }, [closed]);

  function send(): void {
    const message = words.value.trim();
    if (!message || over) return;
    session.send(message);
    words.value = "";
    tellTyping(false);
    input.current?.focus();
  }

  function key(event: KeyboardEvent): void {
    if (!sendsOnEnter(event)) return;
    event.preventDefault();
    send();
  }

  function typed(event: Event): void {
    words.value = (event.target as HTMLTextAreaElement).value;
    tellTyping(words.value !== "");
  }

  if (closed) return <Closed />;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        dir="auto"
        ref={input}
        rows={1}
        value={words.value}
        aria-label={text.write}
        placeholder={text.placeholder}
        enterkeyhint="send"
        aria-invalid={over}
        aria-describedby={over ? "length" : undefined}
        onInput={typed}
        onKeyDown={key}
        onBlur={() => tellTyping(false)}
        data-testid="widget-input"
      />
      <label class="attach" title={text.attach}>
        <Clip />
        <input
          type="file"
          accept="image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain"
          aria-label={text.attach}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            const id = uuid();
            if (file) void attempt(() => session.sendFile(id, file));
            event.currentTarget.value = "";
          }}
          data-testid="widget-attach"
        />
      </label>
      <button class="primary" aria-label={text.send} disabled={!words.value.trim() || over} data-testid="widget-send">
        <Send />
      </button>
      <Hint length={length} />
    </form>
  );
}
