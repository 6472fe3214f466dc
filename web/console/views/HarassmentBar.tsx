// Where harassment was read: what an agent may do about it, from the lead's warning to the evidence.
import { owns, saveEvidence, warn } from "../state/actions";
import { text } from "../text";
import { feelingText } from "../text/feelings";
import type { Detail } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

export function HarassmentBar({ shown }: { shown: Detail }) {
  const words = feelingText();
  const id = shown.conversation.id;
  if (!shown.harassment) return null;
  const warned = shown.messages.filter((each) => each.warning).length;
  return (
    <section class="harassment" aria-label={words.feelings.harassment} data-testid="harassment-bar">
      <p>
        {words.harassmentRead(shown.harassment.messages.length)} {warned > 0 && words.warned(warned)}
      </p>
      <p class="buttons">
        {owns(shown.conversation) && (
          <>
            <button class="outline" onClick={() => (asking.value = "warn")} data-testid="warn">
              {words.warn}
            </button>
            <button class="outline" onClick={() => (asking.value = "handUp")}>
              {words.handUp}
            </button>
          </>
        )}
        <button class="outline" onClick={() => void saveEvidence(id)} title={words.evidenceHint} data-testid="save-evidence">
          {words.evidence}
        </button>
      </p>
      <WarningDialog id={id} warning={shown.harassment.warning} />
    </section>
  );
}

/** The words are the lead's, so they are shown and not changed here. */
function WarningDialog({ id, warning }: { id: string; warning: string }) {
  const words = feelingText();
  const close = () => {
    if (asking.value === "warn") asking.value = null;
  };
  return (
    <Dialog title={words.warn} open={asking.value === "warn"} onClose={close} testid="warning-dialog">
      <blockquote data-testid="warning-text">{warning}</blockquote>
      <p class="meta">{words.warnHint}</p>
      <p class="buttons">
        <button class="text" onClick={close}>
          {text().cancel}
        </button>
        <button
          class="solid"
          onClick={() => {
            close();
            void warn(id);
          }}
          data-testid="send-warning"
        >
          {words.sendWarning}
        </button>
      </p>
    </Dialog>
  );
}
