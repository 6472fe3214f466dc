// The middle pane: the conversation, its actions, and the composer.
import { useLayoutEffect, useRef } from "preact/hooks";
import { detail, draft, customerTyping, missing, openId } from "../state/thread";
import { outbox } from "../state/writing";
import { text } from "../text";
import type { Detail } from "../types";
import { ActionBar } from "./ActionBar";
import { Composer } from "./Composer";
import { HarassmentBar } from "./HarassmentBar";
import { MessageView } from "./MessageView";
import { OutgoingView } from "./OutgoingView";
import { Standing } from "./phone/ChannelCard";

const NEAR_END_PX = 160;

function Blank() {
  const words = text();
  if (missing.value) return <p class="blank">{words.notFound}</p>;
  if (openId.value) return <p class="blank">{words.loading}</p>;
  return (
    <div class="blank">
      <p>
        <b>{words.pick}</b>
      </p>
      <p>{words.pickHint}</p>
    </div>
  );
}

/** A newly opened conversation shows its end; afterwards new words are followed while the end is near. */
function useFollow(id: string) {
  const box = useRef<HTMLDivElement>(null);
  const near = useRef(true);
  useLayoutEffect(() => {
    near.current = true;
    const toEnd = () => near.current && box.current?.scrollTo(0, box.current.scrollHeight);
    const watch = new ResizeObserver(toEnd);
    watch.observe(box.current!);
    watch.observe(box.current!.firstElementChild!);
    return () => watch.disconnect();
  }, [id]);
  function scrolled(): void {
    const log = box.current!;
    near.current = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  }
  return { box, scrolled };
}

function Transcript({ shown }: { shown: Detail }) {
  const words = text();
  const id = shown.conversation.id;
  const { box, scrolled } = useFollow(id);
  const harassing = new Set(shown.harassment?.messages);
  const arrived = new Set(shown.messages.map((each) => each.id));
  const leaving = outbox.entries.value.filter((each) => each.conversation === id && !arrived.has(each.id));
  return (
    <div class="transcript" role="log" aria-label={words.transcript} tabIndex={0} ref={box} onScroll={scrolled} data-testid="transcript">
      <div class="lines">
        {shown.messages.map((message) => (
          <MessageView key={message.id} conversation={id} message={message} harassing={harassing.has(message.id)} turn={shown.turns.find((turn) => turn.reply_id === message.id)} />
        ))}
        {leaving.map((entry) => (
          <OutgoingView key={entry.id} entry={entry} />
        ))}
        {draft.value && (
          <div class="message assistant writing" aria-busy="true" data-testid="assistant-draft">
            <p class="by">{words.writing}</p>
            <div class="body">{draft.value}</div>
          </div>
        )}
        {customerTyping.value && (
          <p class="typing" role="status" data-testid="customer-typing">
            {words.customerTyping}
          </p>
        )}
      </div>
    </div>
  );
}

export function Thread() {
  const shown = detail.value;
  return (
    <section class="thread" data-testid="thread" data-state={shown?.conversation.state}>
      {shown ? (
        <>
          <ActionBar shown={shown} />
          <HarassmentBar shown={shown} />
          <Transcript shown={shown} />
          {shown.channel && <Standing channel={shown.channel} />}
          <Composer row={shown.conversation} />
        </>
      ) : (
        <Blank />
      )}
    </section>
  );
}
