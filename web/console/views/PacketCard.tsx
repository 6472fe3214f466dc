// The handoff packet, readable in half a minute: why, what they want, what happened, what is missing.
import type { ComponentChildren } from "preact";
import { HARASSMENT_REASONS, isHarassing } from "../state/feelings";
import { language, text, word } from "../text";
import { evidenceReason, factLine } from "../text/codes";
import { feelingText } from "../text/feelings";
import type { Evidence, Packet, Source } from "../types";
import { SourceList } from "./HowMade";
import { Sparkline } from "./Sparkline";
import { Veil } from "./Veil";

const MOST_SOURCES = 3;

interface PacketProps {
  packet: Packet;
  /** The packet names articles by id only. */
  titles: Map<string, string | undefined>;
}

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
          <li key={line}>{factLine(line)}</li>
        ))}
      </ul>
    </Part>
  );
}

/** One quote may show several things: each quote once, with all that it shows. */
function quotes(evidence: Evidence[]): [string, string][] {
  const whys = new Map<string, string[]>();
  for (const { text: said, why, detail } of evidence) whys.set(said, [...(whys.get(said) ?? []), evidenceReason(why, detail)]);
  return [...whys].map(([said, each]) => [said, each.join(" / ")]);
}

function Quote({ said, harassing }: { said: string; harassing: boolean }) {
  const quote = <blockquote dir="auto">{said}</blockquote>;
  return harassing ? <Veil>{quote}</Veil> : quote;
}

function Why({ packet }: { packet: Packet }) {
  const words = text();
  const { evidence } = packet.trigger;
  const reason = packet.trigger.reason ?? "";
  return (
    <div class={`why ${reason}`} data-testid="packet-why">
      <p class="reason">{word(words.reasons, reason)}</p>
      <p>{words.reasonLong[reason] ?? ""}</p>
      {quotes(evidence).map(([said, why]) => (
        <figure key={said}>
          {said && <Quote said={said} harassing={evidence.some((each) => each.text === said && HARASSMENT_REASONS.includes(each.why))} />}
          <figcaption>{why}</figcaption>
        </figure>
      ))}
    </div>
  );
}

/** What the customer was shown, and the best of the rest. */
const worthSeeing = (sources: Source[], titles: PacketProps["titles"]): Source[] =>
  sources.filter((source, rank) => source.shown || rank < MOST_SOURCES).map((source) => ({ ...source, title: titles.get(source.article) }));

function Tried({ packet, titles }: PacketProps) {
  const words = text();
  if (!packet.attempts.length) return null;
  return (
    <Part title={words.packet.tried}>
      <ol class="tried">
        {packet.attempts.map((attempt) => (
          <li key={attempt.turn}>
            {attempt.query && isHarassing(packet, attempt.turn) ? (
              <Veil>
                <p>{words.packet.query(attempt.query)}</p>
              </Veil>
            ) : (
              <p>
                {attempt.query && words.packet.query(attempt.query)}
                {attempt.reaction && <span class="badge">{word(words.reactions, attempt.reaction)}</span>}
              </p>
            )}
            <SourceList sources={worthSeeing(attempt.sources, titles)} absent={words.packet.notShown} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

export function PacketCard({ packet, titles }: PacketProps) {
  const words = text();
  const { issue, facts } = packet;
  const before = packet.customer?.previous ?? [];
  const summary = issue.summary[language.value] ?? issue.summary.ja ?? issue.summary.en;
  return (
    <section class="card packet" aria-label={words.packet.title} data-testid="packet">
      <h2>{words.packet.title}</h2>
      <Why packet={packet} />
      {issue.ask && (
        <Part title={words.packet.ask}>
          <p class="quote" dir="auto">{issue.ask}</p>
        </Part>
      )}
      {summary && (
        <Part title={words.packet.summary}>
          <p class="summary" data-testid="packet-summary">{summary}</p>
        </Part>
      )}
      <Lines title={words.packet.missing} lines={facts.missing} kind="missing" />
      <Lines title={words.packet.claimed} lines={facts.claimed} />
      <Lines title={words.packet.verifiedFacts} lines={facts.verified} />
      <Lines title={words.packet.promises} lines={packet.promises} />
      <Lines title={feelingText().oldPromises} lines={before.flatMap((past) => past.promises ?? [])} />
      <Lines title={feelingText().notes} lines={before.flatMap((past) => past.notes ?? [])} />
      <Tried packet={packet} titles={titles} />
      {packet.sentiment.length > 1 && (
        <Part title={words.packet.mood}>
          <Sparkline values={packet.sentiment.map((each) => each.frustration)} threshold={packet.trigger.threshold} />
        </Part>
      )}
      {packet.told_customer && (
        <Part title={words.packet.told}>
          <p class="quote" dir="auto">{packet.told_customer}</p>
        </Part>
      )}
    </section>
  );
}
