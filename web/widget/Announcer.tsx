// Tells a screen reader about each finished message, once, in whole sentences.
import { useChat, useText } from "./context";

export function Announcer() {
  const { session, open } = useChat();
  const text = useText();
  const message = session.spoken.value;
  const author = message?.agent?.name ?? (message?.author === "agent" ? text.agent : text.assistant);
  return (
    <div class="hidden" aria-live="polite" aria-atomic="true" data-testid="widget-announcer">
      {message && open.value && <p lang={message.lang ?? undefined}>{`${author}: ${message.text.replace(/\s?\[\d+\]/g, "")}`}</p>}
    </div>
  );
}
