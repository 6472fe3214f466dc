// How a reply came about: what was read from the customer, what was found, what was left out.
import type { ComponentChildren } from "preact";
import { SHOWN_THRESHOLD } from "../state/feelings";
import { text, word } from "../text";
import { evidenceReason, withheldReason } from "../text/codes";
import { feelingText } from "../text/feelings";
import type { Feeling, Source, Turn } from "../types";

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Meter({ name, value }: { name: string; value: number }) {
  const percent = Math.round(value * 100);
  return (
    <span class="meter">
      {name}
      <meter min={0} max={100} low={0} high={60} optimum={0} value={percent} aria-label={name} />
      {percent}
    </span>
  );
}

export function SourceList({ sources, absent }: { sources: Source[]; absent?: string }) {
  const words = text();
  return (
    <ul class="sources">
      {sources.map((source) => (
        <li key={source.article} title={source.article}>
          <span>{source.title ?? source.article}</span>
          <b>{Math.round(source.score * 100)}%</b>
          {source.shown ? !absent && <i>{words.how.shown}</i> : absent && <i>{absent}</i>}
        </li>
      ))}
    </ul>
  );
}

const FEELINGS: Feeling[] = ["worry", "distress", "harassment", "complaint", "reply_missed"];
const shownFeelings = (turn: Turn): Feeling[] => FEELINGS.filter((name) => (turn.signals[name] ?? 0) >= SHOWN_THRESHOLD);

function Signals({ turn }: { turn: Turn }) {
  const { how } = text();
  const { frustration, unfamiliarity, no_progress, asked_for_person } = turn.signals;
  return (
    <>
      <Meter name={how.frustration} value={frustration} />
      <Meter name={how.unfamiliarity} value={unfamiliarity} />
      <Meter name={how.no_progress} value={no_progress} />
      {shownFeelings(turn).map((name) => (
        <Meter key={name} name={word(feelingText().feelings, name)} value={turn.signals[name] ?? 0} />
      ))}
      {asked_for_person && <b>{how.asked}</b>}
    </>
  );
}

export function HowMade({ turn }: { turn: Turn }) {
  const words = text();
  const { how } = words;
  return (
    <details class="how" data-testid="how-made">
      <summary>
        {how.title}
        <span class="meta">{word(words.decisions, turn.decision)}</span>
      </summary>
      <dl>
        <Line name={how.decision}>
          {word(words.decisions, turn.decision)}
          {turn.reason && `（${word(words.reasons, turn.reason)}）`}
        </Line>
        <Line name={how.signals}>
          <Signals turn={turn} />
        </Line>
        {turn.evidence.length > 0 && (
          <Line name={how.evidence}>
            {turn.evidence.map((each) => (
              <p key={each.text + each.why}>
                {each.text && <q>{each.text}</q>} {evidenceReason(each.why, each.detail)}
              </p>
            ))}
          </Line>
        )}
        {turn.query && <Line name={how.query}>{turn.query}</Line>}
        {turn.sources.length > 0 && (
          <Line name={how.sources}>
            <SourceList sources={turn.sources} />
          </Line>
        )}
        {turn.withheld.length > 0 && (
          <Line name={how.withheld}>
            {turn.withheld.map((each) => (
              <p key={each.text}>
                <del>{each.text}</del> {withheldReason(each.why)}
              </p>
            ))}
          </Line>
        )}
        {turn.instead && <Line name={how.instead}>{withheldReason(turn.instead)}</Line>}
        <Line name={how.model}>
          {[turn.model, turn.prompt_version].filter(Boolean).join(" / ")}
          {turn.tokens > 0 && `（${how.tokens(turn.tokens, turn.cost === null ? "" : turn.cost.toFixed(5))}）`}
        </Line>
        <Line name={how.time}>{how.seconds((turn.ms / 1000).toFixed(1))}</Line>
      </dl>
    </details>
  );
}
