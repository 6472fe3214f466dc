// The conversation from top to bottom: greeting, messages, the reply being written, the survey.
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Unsent } from "../shared/outbox";
import { Rich } from "../shared/Rich";
import { Bubble } from "./Bubble";
import { useChat } from "./context";
import { SurveyCard } from "./SurveyCard";
import { UnsentBubble } from "./UnsentBubble";
import { useText } from "./text";

const NEAR_END_PX = 120;
/** Between the edge and the line that is brought there. */
const ABOVE_PX = 12;
/** How much of the view the question may take above its answer. */
const QUESTION_SHARE = 0.4;

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

/** Where to look: the end, but never past the beginning of the newest message or the survey, nor past the question that it
 *  answers where both fit. */
function newest(log: HTMLElement): number {
  const all = [...log.querySelectorAll<HTMLElement>(".message, .survey")];
  const end = log.scrollHeight - log.clientHeight;
  const last = all.at(-1);
  if (!last) return end;
  const topOf = (element: Element) => element.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
  const question = all.filter((each) => each.classList.contains("customer")).at(-1);
  const between = question ? topOf(last) - topOf(question) : 0;
  const first = question && between >= 0 && between < log.clientHeight * QUESTION_SHARE ? question : last;
  return Math.min(end, topOf(first) - ABOVE_PX);
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

/** A refused message stays where it was written, so that what is said later is not hidden above it. */
function Refused({ entries }: { entries: Unsent[] }) {
  return entries.map((entry) => <UnsentBubble key={entry.id} entry={entry} />);
}

export function Log() {
  const { session } = useChat();
  const text = useText();
  const { box, scrolled } = useFollow();
  const messages = session.messages.value;
  const arrived = new Set(messages.map((each) => each.id));
  const unsent = session.outbox.entries.value.filter((each) => !arrived.has(each.id));
  const pending = unsent.filter((each) => each.failed !== "refused");
  const behind = (seq: number, next: number) =>
    unsent.filter(({ failed, after = 0 }) => failed === "refused" && after >= seq && after < next);
  return (
    <div class="log" role="log" aria-live="off" aria-label={text.log} tabIndex={0} ref={box} onScroll={scrolled} data-testid="widget-log">
      <div class="lines">
      <Greeting />
      <Refused entries={behind(0, messages[0]?.seq ?? Infinity)} />
      {messages.map((message, at) => (
        <Fragment key={message.id}>
          <Bubble message={message} before={messages[at - 1]} last={at === messages.length - 1 && !pending.length} />
          <Refused entries={behind(message.seq, messages[at + 1]?.seq ?? Infinity)} />
        </Fragment>
      ))}
      {pending.map((entry) => (
        <UnsentBubble key={entry.id} entry={entry} />
      ))}
      <Writing />
      <SurveyCard />
      </div>
    </div>
  );
}
