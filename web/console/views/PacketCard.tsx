// The handoff packet, readable in half a minute: why, what they want, what happened, what is missing.
import type { ComponentChildren } from "preact";
import { language, text, word } from "../text";
import { phrase } from "../text/phrases";
import type { Packet } from "../types";
import { SourceList } from "./HowMade";
import { Sparkline } from "./Sparkline";

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Lines({ title, lines, kind = "" }: { title: string; lines: string[]; kind?: string }) {
  if (!lines.length) return null;
  return (
    <Part title={title}>
      <ul class={`lines ${kind}`}>
        {lines.map((line) => (
          <li key={line}>{phrase(line)}</li>
        ))}
      </ul>
    </Part>
  );
}

function Why({ packet }: { packet: Packet }) {
  const words = text();
  const { reason, evidence } = packet.trigger;
  return (
    <div class={`why ${reason}`} data-testid="packet-why">
      <p class="reason">{word(words.reasons, reason)}</p>
      <p>{words.reasonLong[reason] ?? ""}</p>
      {evidence.map((each) => (
        <figure key={each.text + each.why}>
          {each.text && <blockquote>{each.text}</blockquote>}
          <figcaption>{phrase(each.why)}</figcaption>
        </figure>
      ))}
    </div>
  );
}

function Tried({ packet }: { packet: Packet }) {
  const words = text();
  if (!packet.attempts.length) return null;
  return (
    <Part title={words.packet.tried}>
      <ol class="tried">
        {packet.attempts.map((attempt) => (
          <li key={attempt.turn}>
            <p>
              {attempt.query && words.packet.query(attempt.query)}
              {attempt.reaction && <span class="badge">{word(words.reactions, attempt.reaction)}</span>}
            </p>
            <SourceList sources={attempt.sources} absent={words.packet.notShown} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

export function PacketCard({ packet }: { packet: Packet }) {
  const words = text();
  const { issue, facts } = packet;
  const summary = issue.summary[language.value] ?? issue.summary.ja ?? issue.summary.en;
  return (
    <section class="card packet" aria-label={words.packet.title} data-testid="packet">
      <h2>{words.packet.title}</h2>
      <Why packet={packet} />
      {issue.ask && (
        <Part title={words.packet.ask}>
          <p class="quote">{issue.ask}</p>
        </Part>
      )}
      {summary && (
        <Part title={words.packet.summary}>
          <p data-testid="packet-summary">{summary}</p>
        </Part>
      )}
      <Lines title={words.packet.missing} lines={facts.missing} kind="missing" />
      <Lines title={words.packet.claimed} lines={facts.claimed} />
      <Lines title={words.packet.verifiedFacts} lines={facts.verified} />
      <Lines title={words.packet.promises} lines={packet.promises} />
      <Tried packet={packet} />
      {packet.sentiment.length > 1 && (
        <Part title={words.packet.mood}>
          <Sparkline values={packet.sentiment.map((each) => each.frustration)} threshold={packet.trigger.threshold} />
        </Part>
      )}
      {packet.told_customer && (
        <Part title={words.packet.told}>
          <p class="quote">{packet.told_customer}</p>
        </Part>
      )}
    </section>
  );
}
