// Beside a message that did not reach the customer.
import { useSignal } from "@preact/signals";
import { sendAgain } from "../../state/phone";
import { openId } from "../../state/thread";
import { phoneText } from "../../text/phone";

export function SendAgain({ message }: { message: string }) {
  const words = phoneText();
  const busy = useSignal(false);

  async function send(): Promise<void> {
    if (!openId.value) return;
    busy.value = true;
    await sendAgain(openId.value, message);
    busy.value = false;
  }

  return (
    <button class="text" disabled={busy.value} onClick={() => void send()} data-testid="send-again">
      {busy.value ? words.sending : words.again}
    </button>
  );
}
