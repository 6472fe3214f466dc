// One message: who, what, where it stands in the knowledge base, and whether it helped.
import { useSignal } from "@preact/signals";
import { clock } from "../shared/language";
import { Rich } from "../shared/Rich";
import type { Message } from "../shared/types";
import { Citations } from "./Citations";
import { useChat } from "./context";
import { Files } from "./Files";
import { Thumbs } from "./Thumbs";
import { useText } from "./text";

interface BubbleProps {
  message: Message;
  before: Message | undefined;
  last: boolean;
}

function Author({ message, before }: { message: Message; before: Message | undefined }) {
  const { welcome } = useChat();
  const text = useText();
  const same = before && before.author === message.author && before.agent?.name === message.agent?.name;
  if (message.author === "customer") return <span class="hidden">{text.you}</span>;
  const name = message.author === "agent" ? (message.agent?.name ?? text.agent) : (welcome.value?.assistant.name ?? text.assistant);
  return <span class={same ? "hidden" : "author"}>{name}</span>;
}

function Buttons({ message }: { message: Message }) {
  const { session } = useChat();
  return (
    <div class="choices">
      {message.buttons.map((button) => (
        <button key={button.value} onClick={() => session.send(button.value)} data-testid="widget-choice">
          {button.label}
        </button>
      ))}
    </div>
  );
}

export function Bubble({ message, before, last }: BubbleProps) {
  const { config } = useChat();
  const cited = useSignal<number | null>(null);
  const { author, lang, html, citations } = message;
  if (author === "system")
    return (
      <div class="message system" data-testid="widget-message" data-author={author}>
        <Rich html={html} base={config.origin} lang={lang} />
        {last && message.buttons.length > 0 && <Buttons message={message} />}
      </div>
    );
  return (
    <div class={`message ${author}`} data-testid="widget-message" data-author={author}>
      <Author message={message} before={before} />
      <div class="bubble">
        <Rich html={html} base={config.origin} lang={lang} onCite={(n) => (cited.value = n)} />
      </div>
      {message.media?.length ? <Files files={message.media} /> : null}
      {citations.length > 0 && <Citations message={message} cited={cited} />}
      <div class="under">
        <time dateTime={message.created_at}>{clock(message.created_at, config.language.value)}</time>
        {author === "assistant" && message.kind === "text" && <Thumbs id={message.id} />}
      </div>
      {last && message.buttons.length > 0 && <Buttons message={message} />}
    </div>
  );
}
