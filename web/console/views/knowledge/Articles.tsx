// Every article with its state, to be filtered and searched.
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Article } from "../../state/knowledge";
import { addressOf } from "../../state/articles";
import { list, page, want, wanted } from "../../state/knowledge";
import { language } from "../../text";
import { knowledgeText } from "../../text/knowledge";
import { day, time } from "./days";

const TYPING_MS = 250;
const COLOURS: Record<string, string> = { failed: "high", vanished: "high", ends_soon: "stuck", not_yet: "rule", replaced: "", ended: "", holds: "verified" };

export function Articles({ states, all }: { states: Record<string, number>; all: number }) {
  const words = knowledgeText();
  const found = page.value;
  return (
    <section aria-labelledby="articles">
      <h2 id="articles">{words.articles}</h2>
      <div class="filters" role="group" aria-label={words.articles}>
        <Filter state="" label={words.all} count={all} />
        {Object.entries(states)
          .filter(([state, count]) => count || state === wanted.value.state)
          .map(([state, count]) => (
            <Filter key={state} state={state} label={words.states[state] ?? state} count={count} />
          ))}
      </div>
      <Search />
      <p class="meta" role="status">
        {found && words.found(found.found)}
      </p>
      <ul class="articles">
        {found?.articles.map((article) => (
          <Row key={article.id} article={article} />
        ))}
      </ul>
      {found?.next && (
        <button class="outline" onClick={() => void list(found.next!)} data-testid="more-articles">
          {words.more}
        </button>
      )}
    </section>
  );
}

function Filter({ state, label, count }: { state: string; label: string; count: number }) {
  return (
    <button class="outline" aria-pressed={wanted.value.state === state} onClick={() => want({ state })} data-testid={`state-${state || "all"}`}>
      {label} <b>{count.toLocaleString(language.value)}</b>
    </button>
  );
}

/** Searches once typing rests. */
function Search() {
  const typed = useSignal(wanted.value.q);
  useEffect(() => {
    const rest = setTimeout(() => {
      if (typed.value !== wanted.value.q) want({ q: typed.value });
    }, TYPING_MS);
    return () => clearTimeout(rest);
  }, [typed.value]);
  return (
    <input
      type="search"
      aria-label={knowledgeText().search}
      placeholder={knowledgeText().search}
      maxLength={200}
      value={typed.value}
      onInput={(event) => (typed.value = event.currentTarget.value)}
      data-testid="search-articles"
    />
  );
}

function Row({ article }: { article: Article }) {
  const words = knowledgeText();
  const badges = [article.trouble && (article.trouble.vanished ? "vanished" : "failed"), article.ends_soon && "ends_soon", !article.ends_soon && article.state];
  return (
    <li data-testid="article">
      <div>
        <a href={addressOf(article.id)} lang={article.language}>
          {article.title}
        </a>
        <p class="meta">{[article.id, ...times(article)].join(" · ")}</p>
      </div>
      <p>
        {badges.filter(Boolean).map((state) => (
          <span key={state} class={`badge ${COLOURS[state as string]}`}>
            {words.states[state as string]}
          </span>
        ))}
      </p>
    </li>
  );
}

function times(article: Article): string[] {
  const words = knowledgeText();
  return [
    article.source && article.source !== article.id && article.source,
    article.read_at && words.readOn(time(article.read_at)),
    article.valid_from && words.from(day(article.valid_from)),
    article.valid_until && words.until(day(article.valid_until)),
    article.replaced_by && words.replacedBy(article.replaced_by),
  ].filter((part): part is string => !!part);
}
