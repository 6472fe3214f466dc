// What the customer said about being written to, with its history; how they buy; who looked at their data.
import { useEffect } from "preact/hooks";
import { moment } from "../../shared/language";
import { type Consents, consents, loadConsents } from "../state/proactive";
import { language, text, word } from "../text";
import { proactiveText } from "../text/proactive";
import { channelName } from "./names";

function History({ found }: { found: Consents }) {
  const words = proactiveText();
  if (!found.history.length) return null;
  return (
    <details>
      <summary>{words.history(found.history.length)}</summary>
      <ul class="previous">
        {found.history.map((each) => (
          <li key={each.at + each.purpose + each.channel}>
            <p>
              <b>{word(words.states, each.state)}</b> {word(words.purposes, each.purpose)}・{each.channel === "*" ? words.everyChannel : channelName(each.channel, text())}
            </p>
            <p class="meta">
              {moment(each.at, language.value)}・{word(words.sources, each.source)}・{words.by(each.by === "customer" ? words.customer : each.by)}
              {each.version && `・${words.version(each.version)}`}
            </p>
            {each.wording && (
              <p class="meta" dir="auto">
                {words.wording}: {each.wording}
              </p>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Segments({ found }: { found: Consents }) {
  const words = proactiveText();
  if (!found.segments.length) return null;
  const reason = (each: string): string => each.replace(/^\w+/, (name) => word(words.scores, name));
  return (
    <section>
      <h3>{words.segments}</h3>
      {found.segments.map((each) => (
        <p key={each.name}>
          <span class="badge">{each.title[language.value] ?? each.name}</span>{" "}
          <span class="meta">
            {each.reasons.map(reason).join("・")}・{words.asOf(moment(each.as_of, language.value))}・{words.owner(each.owner)}
          </span>
        </p>
      ))}
    </section>
  );
}

function Reads({ found }: { found: Consents }) {
  const words = proactiveText();
  if (!found.reads.length) return null;
  return (
    <details>
      <summary>{words.reads(found.reads.length)}</summary>
      <ul class="previous">
        {found.reads.map((each) => (
          <li key={each.at + each.by} class="meta">
            {moment(each.at, language.value)}・{each.by}・{word(words.looks, each.what)}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function ConsentCard({ conversation }: { conversation: string }) {
  const words = proactiveText();
  useEffect(() => void loadConsents(conversation), [conversation]);
  const found = consents.value?.conversation === conversation ? consents.value.found : null;
  if (!found) return null;
  return (
    <section class="card" aria-label={words.consent} data-testid="consent-card">
      <h2>{words.consent}</h2>
      <dl>
        {found.purposes.map((each) => (
          <>
            <dt>{word(words.purposes, each.purpose)}</dt>
            <dd>
              {each.allowed ? words.allowed : words.notAllowed} <span class="meta">({word(words.states, each.state)})</span>
            </dd>
          </>
        ))}
      </dl>
      <History found={found} />
      <Segments found={found} />
      <Reads found={found} />
    </section>
  );
}
