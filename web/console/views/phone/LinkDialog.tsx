// Which conversation is the same person's, and why.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Alike, alike, link } from "../../state/phone";
import { text, word } from "../../text";
import { phoneText } from "../../text/phone";
import { Dialog } from "../Dialog";
import { channelName } from "../names";
import { Confirm, Reason } from "../Reason";

interface Props {
  conversation: string;
  open: boolean;
  close: () => void;
}

export function LinkDialog({ conversation, open, close }: Props) {
  const words = phoneText();
  const found = useSignal<Alike[] | null>(null);
  const other = useSignal("");
  const reason = useSignal("");

  useEffect(() => {
    if (!open) return;
    found.value = null;
    alike(conversation).then(
      (some) => (found.value = some),
      () => (found.value = []),
    );
  }, [open, conversation]);

  function pick(one: Alike): void {
    other.value = one.conversation;
    reason.value ||= word(words.why, one.why);
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!(await link(conversation, other.value.trim(), reason.value))) return;
    other.value = reason.value = "";
    close();
  }

  return (
    <Dialog title={words.title} open={open} onClose={close} testid="link-dialog">
      <form onSubmit={submit}>
        <p>{words.lead}</p>
        <Likely found={found.value} chosen={other.value} pick={pick} />
        <label>
          {words.other}
          <input
            type="text"
            required
            maxLength={64}
            value={other.value}
            placeholder={words.otherHint}
            onInput={(event) => (other.value = event.currentTarget.value)}
            data-testid="link-other"
          />
        </label>
        <Reason label={words.reason} hint={words.reasonHint} value={reason} testid="link-reason" />
        <Confirm label={words.confirm} close={close} testid="link-confirm" />
      </form>
    </Dialog>
  );
}

function Likely({ found, chosen, pick }: { found: Alike[] | null; chosen: string; pick: (one: Alike) => void }) {
  const words = phoneText();
  if (found === null) return <p class="meta">{words.looking}</p>;
  if (found.length === 0) return <p class="meta">{words.nobody}</p>;
  return (
    <fieldset data-testid="link-likely">
      <legend>{words.likely}</legend>
      {found.map((one) => (
        <label key={one.conversation} class="choice">
          <input type="radio" name="likely" checked={chosen === one.conversation} onChange={() => pick(one)} />
          {channelName(one.channel, text())} {one.name ?? text().customer}
          <span class="meta">{word(words.why, one.why)}</span>
        </label>
      ))}
    </fieldset>
  );
}
