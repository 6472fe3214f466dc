// What is known about a draft before customers get it; publishing is the last button of it.
import type { Contradiction } from "../../state/articles";
import { articleText } from "../../text/articles";
import type { Column } from "./column";

export function CheckResult({ column }: { column: Column }) {
  const words = articleText();
  const check = column.check.value;
  if (!check) return null;
  const disagree = check.contradictions.length;
  return (
    <section class="check" aria-label={words.checkTitle} data-testid="check-result">
      <h3>{words.checkTitle}</h3>
      {check.problem && <p class="problem">{check.problem}</p>}
      {check.warnings.length > 0 && (
        <>
          <p>{words.warnings}</p>
          <ul class="warnings">
            {check.warnings.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
      {!check.problem && <p class={disagree ? "problem" : ""}>{disagree ? words.contradicts(disagree) : words.nothingFound}</p>}
      {check.contradictions.map((one) => (
        <Pair key={one.id} one={one} />
      ))}
      <div class="buttons-row">
        {!check.problem && (
          <button class="solid" disabled={!!column.busy.value} onClick={() => void column.publish()} data-testid="publish">
            {disagree ? words.publishAnyway : words.publishNow}
          </button>
        )}
        <button class="text" onClick={() => (column.check.value = null)}>
          {words.cancel}
        </button>
      </div>
    </section>
  );
}

function Pair({ one }: { one: Contradiction }) {
  const words = articleText();
  return (
    <div class="pair" data-testid="draft-contradiction">
      <p class="meta">{words.measure(one.measure)}</p>
      <div class="sides">
        <figure class="side">
          <figcaption>{words.here}</figcaption>
          <blockquote>{one.here}</blockquote>
        </figure>
        <figure class="side">
          <figcaption>
            <a href={one.url} target="_blank" rel="noreferrer">
              {one.title}
            </a>
          </figcaption>
          <blockquote>{one.there}</blockquote>
        </figure>
      </div>
    </div>
  );
}
