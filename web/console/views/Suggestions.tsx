// Draft replies. A click puts one in the composer; nothing is ever sent from here.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { safeUrl } from "../../shared/url";
import { ApiError } from "../../shared/http";
import { plainText } from "../../shared/plain";
import { suggest } from "../state/actions";
import { draftInserted, draftsShown } from "../state/draftLog";
import { contextShown } from "../state/route";
import { insert } from "../state/writing";
import { text } from "../text";
import { feelingText } from "../text/feelings";
import type { Row, Suggestion } from "../types";
import { COMPOSER_ID } from "./Composer";

function choose(conversation: string, words: string): void {
  insert(words);
  draftInserted(conversation, "suggestion", words);
  if (!matchMedia("(min-width: 1180px)").matches) contextShown.value = false;
  document.getElementById(COMPOSER_ID)?.focus();
}

export function SuggestedReply({ row, suggestion }: { row: Row; suggestion: Suggestion }) {
  const reply = plainText(suggestion.html, location.origin);
  useEffect(() => draftsShown(row.id, "suggestion", [reply]), [row.id, reply]);
  return (
    <div class="suggested">
      <button class="suggestion" onClick={() => choose(row.id, reply)} data-testid="suggestion">
        <span>{reply}</span>
        <b>{text().packet.insert}</b>
      </button>
      {suggestion.citations.length > 0 && (
        <p class="meta" data-testid="suggestion-sources">
          {feelingText().sources}:{" "}
          {suggestion.citations.map((cited, place) => (
            <Source key={cited.article} cited={cited} first={place === 0} />
          ))}
        </p>
      )}
    </div>
  );
}

function Source({ cited, first }: { cited: Suggestion["citations"][number]; first: boolean }) {
  const name = cited.title || cited.article;
  const url = cited.url ? safeUrl(cited.url, location.origin) : null;
  return (
    <>
      {!first && "、"}
      {url ? (
        <a href={url} target="_blank" rel="noopener noreferrer">
          {name}
        </a>
      ) : (
        name
      )}
    </>
  );
}

export function Suggestions({ row, given }: { row: Row; given: Suggestion[] }) {
  const words = text();
  const fresh = useSignal<Suggestion[] | null>(null);
  const busy = useSignal(false);
  const failed = useSignal(false);
  if (row.state === "closed") return null;

  async function ask(): Promise<void> {
    busy.value = true;
    try {
      fresh.value = await suggest(row.id);
      failed.value = fresh.value.length === 0;
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      failed.value = true;
    } finally {
      busy.value = false;
    }
  }

  return (
    <section class="card suggestions" aria-label={words.packet.suggested} data-testid="suggestions">
      <h2>{words.packet.suggested}</h2>
      {(fresh.value ?? given).map((suggestion) => (
        <SuggestedReply key={suggestion.text} row={row} suggestion={suggestion} />
      ))}
      {failed.value && <p role="status">{words.packet.noSuggestion}</p>}
      <button class="outline" disabled={busy.value} onClick={() => void ask()} data-testid="suggest">
        {busy.value ? words.packet.suggesting : words.packet.suggest}
      </button>
    </section>
  );
}
