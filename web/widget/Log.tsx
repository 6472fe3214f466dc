// The conversation from top to bottom: greeting, messages, the reply being written, the survey.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Rich } from "../shared/Rich";
import { Bubble } from "./Bubble";
import { useChat, useText } from "./context";
import { SurveyCard } from "./SurveyCard";
import { UnsentBubble } from "./UnsentBubble";

const NEAR_END_PX = 120;
/** How much of what was said before stays in view above a long message. */
const ABOVE_PX = 56;

function Greeting() {
  const { session, welcome } = useChat();
  const text = useText();
  // That an AI answers is said even when the server cannot say it.
  const { greeting, disclosure, examples } = welcome.value ?? { ...text, examples: [] };
  const fresh = session.messages.value.length === 0 && session.outbox.entries.value.length === 0;
  return (
    <div class="greeting" data-testid="widget-greeting">
      <p>{greeting}</p>
      <p class="disclosure" data-testid="widget-disclosure">{disclosure}</p>
      {fresh && examples.length > 0 && (
        <div class="choices" role="group" aria-label={text.examples}>
          <p class="caption" aria-hidden="true">{text.examples}</p>
          {examples.map((example) => (
            <button key={example} onClick={() => session.send(example)} data-testid="widget-example">
              {example}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function Writing() {
  const { session, config } = useChat();
  const text = useText();
  const { draft, typing } = session;
  if (draft.value)
    return (
      <div class="message assistant" aria-busy="true" data-testid="widget-draft">
        <div class="bubble"><Rich html={draft.value.html} base={config.origin} /></div>
      </div>
    );
  if (!typing.value) return null;
  const name = typing.value.name ?? (typing.value.author === "agent" ? text.agent : text.assistant);
  return (
    <div class="message assistant" data-testid="widget-typing">
      <div class="bubble dots" role="img" aria-label={text.typing(name)}><i /><i /><i /></div>
    </div>
  );
}

/** Where to look: the end, but never past the beginning of the newest message, however long it is. */
function newest(log: HTMLElement): number {
  const last = [...log.querySelectorAll(".message")].at(-1);
  const end = log.scrollHeight - log.clientHeight;
  if (!last) return end;
  const top = last.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
  return Math.min(end, top - ABOVE_PX);
}

/** Never up: who has read further is left there. */
function scrollDown(log: HTMLElement): void {
  log.scrollTo(0, Math.max(log.scrollTop, newest(log)));
}

/** Keeps the newest words in view while the reader is near the end; leaves them alone when they scrolled up. */
function useFollow() {
  const { session, open } = useChat();
  const box = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  const top = useRef(0);
  const sent = session.outbox.entries.value.length;
  const lastSent = useRef(sent);
  const toEnd = () => near.current && box.current && scrollDown(box.current);

  useLayoutEffect(() => {
    const watch = new ResizeObserver(toEnd);
    watch.observe(box.current!);
    watch.observe(box.current!.firstElementChild!);
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    near.current ||= sent > lastSent.current;
    lastSent.current = sent;
    toEnd();
  }, [sent, open.value]);

  function scrolled(): void {
    // A glide to the end passes through places far from it: only who scrolls up leaves.
    const log = box.current!;
    const up = log.scrollTop < top.current;
    top.current = log.scrollTop;
    near.current = (near.current && !up) || log.scrollTop > newest(log) - NEAR_END_PX;
  }
  return { box, scrolled };
}

export function Log() {
  const { session } = useChat();
  const text = useText();
  const { box, scrolled } = useFollow();
  const messages = session.messages.value;
  const arrived = new Set(messages.map((each) => each.id));
  const unsent = session.outbox.entries.value.filter((each) => !arrived.has(each.id));
  return (
    <div class="log" role="log" aria-live="off" aria-label={text.log} tabIndex={0} ref={box} onScroll={scrolled} data-testid="widget-log">
      <div class="lines">
      <Greeting />
      {messages.map((message, at) => (
        <Bubble key={message.id} message={message} before={messages[at - 1]} last={at === messages.length - 1 && !unsent.length} />
      ))}
      {unsent.map((entry) => (
        <UnsentBubble key={entry.id} entry={entry} />
      ))}
      <Writing />
      <SurveyCard />
      </div>
    </div>
  );
}
