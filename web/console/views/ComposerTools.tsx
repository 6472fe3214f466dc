// Translating and rephrasing the draft: a proposal to look at, never sent by itself.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Edited, type Manner, languages, loadLanguages, rephrase, translateDraft } from "../state/copilot";
import { type DraftKind, draftInserted, draftsShown } from "../state/draftLog";
import { words as written, write } from "../state/writing";
import { language, word } from "../text";
import { copilotText } from "../text/copilot";
import type { Row } from "../types";

const MANNERS: Manner[] = ["polite", "shorter", "simpler"];

export const languageName = (code: string, name: string): string =>
  new Intl.DisplayNames([language.value], { type: "language" }).of(code) ?? name;

/** Numbers and names to look at, and why there is no text. */
export function Doubts({ edited }: { edited: Edited }) {
  const words = copilotText();
  if (edited.problem) return <p class="problem">{word(words.problems, edited.problem)}</p>;
  return edited.differing.length > 0 ? <p class="problem">{words.differing(edited.differing.join("、"))}</p> : null;
}

export function ComposerTools({ row }: { row: Row }) {
  const words = copilotText();
  // A draft in the screen's language goes to the customer's; where that is the same, to the other one.
  const target = useSignal(row.language !== language.value ? row.language : language.value === "ja" ? "en" : "ja");
  const busy = useSignal(false);
  const proposal = useSignal<{ kind: DraftKind; edited: Edited } | null>(null);
  useEffect(() => void loadLanguages().catch(() => undefined), []);

  async function propose(kind: DraftKind, work: Promise<Edited>): Promise<void> {
    busy.value = true;
    proposal.value = null;
    const edited = await work.finally(() => (busy.value = false));
    proposal.value = { kind, edited };
    if (edited.text) draftsShown(row.id, kind, [edited.text]);
  }
  function replace(kind: DraftKind, text: string): void {
    write(text);
    draftInserted(row.id, kind, text);
    proposal.value = null;
  }
  const empty = busy.value || !written.value.trim();
  return (
    <div class="writing-tools" role="group" aria-label={words.tools} data-testid="composer-tools">
      <p class="tool-row">
        <select aria-label={words.translateTo} value={target.value} onChange={(event) => (target.value = event.currentTarget.value)}>
          {languages.value.map(({ code, name }) => (
            <option key={code} value={code}>
              {languageName(code, name)}
            </option>
          ))}
        </select>
        <button type="button" class="text" disabled={empty} onClick={() => void propose("translation", translateDraft(row.id, written.value, target.value))} data-testid="translate">
          {words.translate}
        </button>
        {MANNERS.map((manner) => (
          <button key={manner} type="button" class="text" disabled={empty} onClick={() => void propose("rephrasing", rephrase(row.id, written.value, manner))} data-testid={manner}>
            {words.manners[manner]}
          </button>
        ))}
      </p>
      <div role="status">
        {busy.value && <p class="meta">{words.working}</p>}
        {proposal.value && <Doubts edited={proposal.value.edited} />}
      </div>
      {proposal.value?.edited.text && (
        <div class="proposal" data-testid="proposal">
          <p class="clue" dir="auto">
            {proposal.value.edited.text}
          </p>
          <p class="tool-row">
            <button type="button" class="outline" onClick={() => replace(proposal.value!.kind, proposal.value!.edited.text)} data-testid="replace-draft">
              {words.replace}
            </button>
            <button type="button" class="text" onClick={() => (proposal.value = null)}>
              {words.dismiss}
            </button>
          </p>
        </div>
      )}
    </div>
  );
}
