// Documents that could not be read, or are gone; each with what mends it.
import type { Trouble } from "../../state/knowledge";
import { knowledgeText } from "../../text/knowledge";
import { day } from "./days";

export function Troubles({ troubles }: { troubles: Trouble[] }) {
  const words = knowledgeText();
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles">
        {words.troubles} <span class="badge">{troubles.length}</span>
      </h2>
      <p>{troubles.length ? words.keeps : words.noTroubles}</p>
      <ul class="troubles">
        {troubles.map((one) => (
          <li key={one.place} data-testid="trouble">
            <b>{one.place}</b>
            <span class="problem">{one.vanished ? words.vanished : <span lang="en">{one.why}</span>}</span>
            <span class="meta">{words.since(day(one.since))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Parts of documents that nobody is answered from, each with the reason. */
export function Remarks({ remarks }: { remarks: Trouble[] }) {
  const words = knowledgeText();
  if (!remarks.length) return null;
  return (
    <details data-testid="remarks">
      <summary>
        {words.leftOut} <span class="badge">{remarks.length}</span>
      </summary>
      <p>{words.leftOutHint}</p>
      <ul class="troubles">
        {remarks.map((one) => (
          <li key={one.place} data-testid="remark">
            <b>{one.place}</b>
            <span class="problem" lang="en">
              {one.why}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
