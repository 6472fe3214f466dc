// Where articles come from, when each place was read, and a button for those on the web.
import type { Source } from "../../state/knowledge";
import { readAgain } from "../../state/knowledge";
import { language } from "../../text";
import { knowledgeText } from "../../text/knowledge";
import { time } from "./days";

export function Sources({ sources, lead }: { sources: Source[]; lead: boolean }) {
  const words = knowledgeText();
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">{words.sources}</h2>
      {!sources.length && <p>{words.noSources}</p>}
      <ul class="places">
        {sources.map((source) => (
          <Row key={source.source} source={source} lead={lead} />
        ))}
      </ul>
    </section>
  );
}

/** Where articles come from that leads write here. */
const CONSOLE = "console://articles";

function Row({ source, lead }: { source: Source; lead: boolean }) {
  const words = knowledgeText();
  const name = source.source === CONSOLE ? words.writtenHere : source.source;
  return (
    <li data-testid="source">
      <div>
        <b>{name}</b>
        <p class="meta">
          {words.count} {source.articles.toLocaleString(language.value)} · {words.readAt} {source.read_at ? time(source.read_at) : words.never} ·{" "}
          {source.web ? source.next_at && words.nextAt(time(source.next_at)) : words.byHand}
        </p>
        {source.trouble && (
          <p class="problem" lang="en">
            {source.trouble.why}
          </p>
        )}
      </div>
      <Standing source={source} />
      {source.web && lead && (
        <button class="outline" disabled={source.reading} aria-label={words.readAgainOf(name)} onClick={() => void readAgain(source.source)} data-testid="read-again">
          {source.reading ? words.reading : words.readAgain}
        </button>
      )}
    </li>
  );
}

function Standing({ source }: { source: Source }) {
  const words = knowledgeText();
  if (source.failures) return <span class="badge high">{words.failing(source.failures)}</span>;
  if (source.troubles) return <span class="badge stuck">{words.partly(source.troubles)}</span>;
  return <span class="badge verified">{words.well}</span>;
}
