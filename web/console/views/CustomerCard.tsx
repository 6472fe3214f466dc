// Who the customer is, as far as is known.
import { useSignal } from "@preact/signals";
import { moment } from "../../shared/language";
import { addressOf } from "../state/route";
import { language, text, word } from "../text";
import { copilotText } from "../text/copilot";
import type { Card } from "../types";
import { channelName } from "./names";
import { StartDialog } from "./StartDialog";

function familiarityName(value: number | null): string {
  const { familiar, unknown } = text().card;
  if (value === null) return unknown;
  return familiar[Math.min(2, Math.floor(value * 3))]!;
}

/** What a page or the customer said of themselves. */
const CLAIMED = /^claimed_/;

function Facts({ card }: { card: Card }) {
  const words = text();
  return (
    <dl>
      {card.email && (
        <>
          <dt>{words.email}</dt>
          <dd>
            {card.email} <span class="meta">({words.claimed})</span>
          </dd>
        </>
      )}
      <dt>{words.card.familiarity}</dt>
      <dd>{familiarityName(card.familiarity)}</dd>
      {card.locale && (
        <>
          <dt>{words.card.locale}</dt>
          <dd>{word(words.languages, card.locale)}</dd>
        </>
      )}
      {Object.entries(card.attributes).map(([name, value]) => (
        <>
          <dt dir="auto">{name.replace(CLAIMED, "")}</dt>
          <dd dir="auto">
            {typeof value === "string" ? value : JSON.stringify(value)} {CLAIMED.test(name) && <span class="meta">({words.claimed})</span>}
          </dd>
        </>
      ))}
      {card.identities.length > 0 && (
        <>
          <dt>{words.card.identities}</dt>
          <dd>
            {card.identities.map((identity) => (
              <p key={identity.channel + identity.id}>
                {channelName(identity.channel, words)} {!isVisitor(identity.id) && <code>{identity.id}</code>}
              </p>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

/** The server's own number for somebody who has not said who they are: it tells an agent nothing. */
const isVisitor = (id: string): boolean => id.startsWith("visitor:");

function Previous({ card }: { card: Card }) {
  const words = text();
  return (
    <section>
      <h3>{words.card.previous}</h3>
      {card.previous.length === 0 && <p class="meta">{words.card.none}</p>}
      <ul class="previous">
        {card.previous.map((each) => (
          <li key={each.conversation}>
            <a href={addressOf(each.conversation)}>{each.summary || each.conversation}</a>
            <p class="meta">
              {each.channel && `${channelName(each.channel, words)}・`}
              {each.closed_at && moment(each.closed_at, language.value)}
              {each.csat !== null && ` ・ ${words.card.csat(each.csat)}`}
            </p>
            {each.notes?.map((note) => (
              <p key={note} class="meta" dir="auto">
                {words.note}: {note}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function CustomerCard({ card }: { card: Card }) {
  const words = text();
  const starting = useSignal(false);
  return (
    <section class="card" aria-label={words.card.title} data-testid="customer-card">
      <h2>
        {card.name ?? words.customer}
        <span class={`badge ${card.verified ? "verified" : ""}`}>{card.verified ? words.verified : words.unverified}</span>
      </h2>
      <Facts card={card} />
      <Previous card={card} />
      <button class="outline" onClick={() => (starting.value = true)} data-testid="start-conversation">
        {copilotText().start}
      </button>
      <StartDialog customer={card.id} open={starting.value} close={() => (starting.value = false)} />
    </section>
  );
}
