// A secret that is shown once, with a button that copies it.
import { say } from "../../state/toast";
import { peopleText } from "../../text/people";

export function Once({ lead, value, testid }: { lead: string; value: string; testid: string }) {
  const words = peopleText();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(value);
    say(words.copied);
  };
  return (
    <div class="once" role="status">
      <p>{lead}</p>
      <p class="line">
        <input readOnly aria-label={lead} value={value} onFocus={(event) => event.currentTarget.select()} data-testid={testid} />
        <button class="outline" onClick={() => void copy()}>
          {words.copy}
        </button>
      </p>
    </div>
  );
}
