// Shows the card number or secret that is hidden in a message; the server notes who looked.
import { useSignal } from "@preact/signals";
import { Rich } from "../../shared/Rich";
import { reveal } from "../state/phone";
import { openId } from "../state/thread";
import { text } from "../text";
import type { AgentMessage } from "../types";

export function Body({ message }: { message: AgentMessage }) {
  const words = text();
  const shown = useSignal<string | null>(null);

  async function show(): Promise<void> {
    if (openId.value) shown.value = await reveal(openId.value, message.id);
  }

  return (
    <div class="body">
      <Rich html={shown.value ?? message.html} base={location.origin} lang={message.lang} />
      {message.hidden && shown.value === null && (
        <button class="text" title={words.revealNoted} onClick={() => void show()} data-testid="reveal">
          {words.reveal}
        </button>
      )}
    </div>
  );
}
