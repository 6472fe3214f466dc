// The left pane: who waits, whose is whose, and what was searched.
import { choose, counts, list, loaded, more, next, tab } from "../state/inbox";
import { TABS, type Tab } from "../state/order";
import { text } from "../text";
import { deskText } from "../text/desk";
import { moreResults, nextResults, results, searching } from "../state/search";
import { BulkBar } from "./BulkBar";
import { InboxRow } from "./InboxRow";
import { SearchBar } from "./SearchBar";

function TabButton({ name }: { name: Tab }) {
  const count = counts.value[name];
  const chosen = tab.value === name;
  return (
    <button role="tab" id={`tab-${name}`} aria-selected={chosen} aria-controls="inbox-list" onClick={() => void choose(name)} data-testid={`tab-${name}`}>
      {text().tabs[name]}
      {count !== null && <span class={`count ${name === "queued" && count ? "hot" : ""}`}>{count}</span>}
    </button>
  );
}

function Results() {
  const found = results.value;
  return (
    <div class="rows" data-testid="results">
      <p class="meta found" role="status">
        {found ? deskText().found(found.length, nextResults.value !== null) : text().loading}
      </p>
      {found?.map((row) => <InboxRow key={row.id} row={row} />)}
      {nextResults.value && (
        <button class="text" onClick={() => void moreResults()}>
          {text().more}
        </button>
      )}
    </div>
  );
}

export function Inbox() {
  return (
    <section class="inbox" aria-label={text().inbox} data-testid="inbox">
      <SearchBar />
      {searching.value ? <Results /> : <Lists />}
      <BulkBar />
    </section>
  );
}

function Lists() {
  const words = text();
  return (
    <>
      <div class="tabs" role="tablist" aria-label={words.inbox}>
        {TABS.map((name) => (
          <TabButton key={name} name={name} />
        ))}
      </div>
      <div class="rows" id="inbox-list" role="tabpanel" aria-labelledby={`tab-${tab.value}`} tabIndex={-1}>
        {list.value.map((row) => (
          <InboxRow key={row.id} row={row} />
        ))}
        {list.value.length === 0 && <p class="empty">{loaded.value ? words.empty[tab.value] : words.loading}</p>}
        {next.value && (
          <button class="text" onClick={() => void more()}>
            {words.more}
          </button>
        )}
      </div>
    </>
  );
}
