// What of the draft's Japanese should be said differently; it stops nobody from sending.
import { findings, isMendable, mend } from "../state/copilot";
import { word } from "../text";
import { copilotText } from "../text/copilot";

export function Wording() {
  const words = copilotText();
  if (findings.value.length === 0) return null;
  return (
    <ul class="wording" aria-label={words.wording} data-testid="wording">
      {findings.value.map((finding) => (
        <li key={finding.start}>
          <span lang="ja">{words.insteadOf(finding.excerpt, finding.instead)}</span> <span class="meta">{word(words.codes, finding.code)}</span>
          {isMendable(finding) && (
            <button type="button" class="text" onClick={() => mend(finding)} data-testid="mend">
              {words.mend}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
