// Tells a screen reader about each finished message, once, in whole sentences.
import { safeFragment } from "../shared/html";
import { useChat } from "./context";
import { useText } from "./text";

/** What is read aloud: the words without marks of formatting or citation. */
function spokenWords(html: string, base: string): string {
  const words = safeFragment(html, base);
  words.querySelectorAll("sup").forEach((marker) => marker.remove());
  return words.textContent ?? "";
}

export function Announcer() {
  const { session, open, config } = useChat();
  const text = useText();
  const message = session.spoken.value;
  const author = message?.agent?.name ?? (message?.author === "agent" ? text.agent : text.assistant);
  return (
    <div class="hidden" aria-live="polite" aria-atomic="true" data-testid="widget-announcer">
      {message && open.value && <p lang={message.lang ?? undefined}>{`${author}: ${spokenWords(message.html, config.origin)}`}</p>}
    </div>
  );
}
