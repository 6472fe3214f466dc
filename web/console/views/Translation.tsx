// A customer's message in the agent's language, on request.
import { useSignal } from "@preact/signals";
import { type Edited, translateMessage } from "../state/copilot";
import { language } from "../text";
import { copilotText } from "../text/copilot";
import type { AgentMessage } from "../types";
import { Doubts } from "./ComposerTools";

export function Translation({ conversation, message }: { conversation: string; message: AgentMessage }) {
  const words = copilotText();
  const edited = useSignal<Edited | null>(null);
  const busy = useSignal(false);
  async function toggle(): Promise<void> {
    if (edited.value) return void (edited.value = null);
    busy.value = true;
    edited.value = await translateMessage(conversation, message.id, language.value).finally(() => (busy.value = false));
  }
  return (
    <div class="translation" data-testid="translation">
      <button class="text" disabled={busy.value} aria-expanded={edited.value !== null} onClick={() => void toggle()} data-testid="translate-message">
        {busy.value ? words.working : edited.value ? words.hideTranslation : words.translateMessage}
      </button>
      <div role="status">
        {edited.value && <Doubts edited={edited.value} />}
        {edited.value?.text && (
          <>
            <p class="clue" lang={language.value}>
              {edited.value.text}
            </p>
            <p class="meta">{words.machine}</p>
          </>
        )}
      </div>
    </div>
  );
}
