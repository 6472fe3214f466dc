// Two articles that do not agree, side by side, and the way to say that they do.
import { useSignal } from "@preact/signals";
import type { Contradiction, Dismissed, Side } from "../../state/knowledge";
import { dismiss, restore } from "../../state/knowledge";
import { knowledgeText, measure } from "../../text/knowledge";
import { Dialog } from "../Dialog";
import { Confirm, Reason } from "../Reason";
import { day } from "./days";

interface Props {
  found: Contradiction[];
  dismissed: Dismissed[];
  lead: boolean;
}

export function Contradictions({ found, dismissed, lead }: Props) {
  const words = knowledgeText();
  const asked = useSignal<Contradiction | null>(null);
  return (
    <section aria-labelledby="contradictions">
      <h2 id="contradictions">
        {words.contradictions} <span class="badge">{found.length}</span>
      </h2>
      {!found.length && <p>{words.noContradictions}</p>}
      <ul class="pairs">
        {found.map((one) => (
          <li key={one.id} class="pair" data-testid="contradiction">
            <Pair pair={one} />
            {lead && (
              <p class="buttons">
                <button class="outline" onClick={() => (asked.value = one)} data-testid="dismiss">
                  {words.dismiss}
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      {dismissed.length > 0 && <Before dismissed={dismissed} lead={lead} />}
      <WhyNot asked={asked.value} close={() => (asked.value = null)} />
    </section>
  );
}

function Pair({ pair }: { pair: Contradiction }) {
  const words = knowledgeText();
  // Customers hear of a disagreement only within one language; see conversation/turn/contradictory_sources.py.
  const across = pair.one.language !== pair.other.language;
  const wins = across ? null : pair.newer;
  return (
    <>
      <p class="meta">{words.differs(measure(pair.measure))}</p>
      <div class="sides">
        <OneSide side={pair.one} wins={wins === "one"} />
        <OneSide side={pair.other} wins={wins === "other"} />
      </div>
      {!wins && <p class="meta">{across ? words.acrossLanguages : words.bothTold}</p>}
    </>
  );
}

function OneSide({ side, wins }: { side: Side; wins: boolean }) {
  const words = knowledgeText();
  return (
    <figure class={`side ${wins ? "wins" : ""}`}>
      <figcaption>
        <a href={side.url} target="_blank" rel="noreferrer">
          {side.title || side.article}
        </a>
        <small>
          {side.article} · {side.updated ? words.updated(day(side.updated)) : words.noDate}
        </small>
      </figcaption>
      <blockquote dir="auto" lang={side.language}>{side.text}</blockquote>
      {wins && <p class="meta">{words.newerWins}</p>}
    </figure>
  );
}

function Before({ dismissed, lead }: { dismissed: Dismissed[]; lead: boolean }) {
  const words = knowledgeText();
  return (
    <details data-testid="dismissed">
      <summary>{words.dismissed(dismissed.length)}</summary>
      <ul class="pairs">
        {dismissed.map((one) => (
          <li key={one.id} class="pair">
            <Pair pair={{ ...one, newer: null }} />
            <p>
              <b>{one.reason}</b> <span class="meta">{words.by(one.by, day(one.at))}</span>
            </p>
            {lead && (
              <p class="buttons">
                <button class="outline" onClick={() => void restore(one.id)}>
                  {words.restore}
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function WhyNot({ asked, close }: { asked: Contradiction | null; close: () => void }) {
  const words = knowledgeText();
  const reason = useSignal("");

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!asked || !(await dismiss(asked.id, reason.value))) return;
    reason.value = "";
    close();
  }

  return (
    <Dialog title={words.dismissTitle} open={asked !== null} onClose={close} testid="dismiss-dialog">
      <form onSubmit={submit}>
        <p>{words.dismissLead}</p>
        <Reason label={words.reason} hint={words.reasonHint} value={reason} testid="dismiss-reason" />
        <Confirm label={words.dismiss} close={close} testid="dismiss-confirm" />
      </form>
    </Dialog>
  );
}
