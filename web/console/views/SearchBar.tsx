// Above the list: search over all time, views with live counts, filters.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { counts } from "../state/inbox";
import { loadTeams, teams } from "../state/replies";
import { OWN_VIEWS, type OwnView, agents, chosenOwnView, chosenView, filters, query, removeView, saveView, searching, setFilter, stopSearching, tags, views } from "../state/search";
import { me } from "../state/me";
import { text } from "../text";
import { deskText } from "../text/desk";
import { slaText } from "../text/sla";
import type { Filters } from "../types";

const MAX_QUERY = 200;
const WAITING = [5, 15, 60, 240];
/** Hours since it began. */
const AGES = [4, 24, 72, 168];
const MAX_COUNT = 999;
export const SEARCH_ID = "search";

function ViewChoice() {
  const words = deskText();
  const value = chosenView.value?.id ?? chosenOwnView.value ?? "";
  function choose(id: string): void {
    query.value = "";
    filters.value = id in OWN_VIEWS ? OWN_VIEWS[id as OwnView] : (views.value.find((view) => view.id === id)?.filters ?? {});
  }
  const count = (n: number | null) => (n === null ? "" : ` (${n >= MAX_COUNT ? `${MAX_COUNT}+` : n})`);
  return (
    <select aria-label={words.view} value={value} onChange={(event) => choose(event.currentTarget.value)} data-testid="view">
      <option value="">{words.view}: {words.noView}</option>
      <option value="mentions">{words.ownViews.mentions + count(counts.value.mentions)}</option>
      <option value="following">{words.ownViews.following}</option>
      <option value="calls">{words.ownViews.calls + count(counts.value.callbacks)}</option>
      <option value="snoozed">{words.ownViews.snoozed + count(counts.value.snoozed)}</option>
      {views.value.map((view) => (
        <option key={view.id} value={view.id} disabled={view.missing !== null}>
          {view.missing ? `${view.name} – ${words.missing[view.missing]}` : view.name + count(view.count)}
        </option>
      ))}
    </select>
  );
}

function Choice({ name, choices }: { name: keyof Filters & keyof ReturnType<typeof deskText>["fields"]; choices: [string, string][] }) {
  const words = deskText();
  return (
    <label>
      {words.fields[name]}
      <select value={filters.value[name] ?? ""} onChange={(event) => setFilter(name, event.currentTarget.value)} data-testid={`filter-${name}`}>
        <option value="">{words.any}</option>
        {choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function FilterFields() {
  useEffect(() => void loadTeams().catch(() => undefined), []);
  const words = text();
  const named = (table: Record<string, string>): [string, string][] => Object.entries(table);
  return (
    <div class="filter-fields" role="group" aria-label={deskText().filter}>
      <Choice name="state" choices={named(words.states)} />
      <Choice name="agent" choices={agents.value.map((agent) => [agent.id, agent.name])} />
      <Choice name="tag" choices={tags.value.map((tag) => [tag.id, tag.name])} />
      <Choice name="channel" choices={named(words.channels)} />
      <Choice name="language" choices={named(words.languages)} />
      <Choice name="reason" choices={named(words.reasons)} />
      <Choice name="priority" choices={named(words.priority)} />
      <Choice name="waiting" choices={WAITING.map((n) => [String(n), deskText().minutes(n)])} />
      <Choice name="team" choices={teams.value.map((team) => [team.id, team.name])} />
      <Choice name="age" choices={AGES.map((n) => [String(n), deskText().hours(n)])} />
      <Choice name="sla" choices={named(slaText().states)} />
      <SaveView />
    </div>
  );
}

function SaveView() {
  const words = deskText();
  const name = useSignal("");
  const shared = useSignal(false);
  const view = chosenView.value;
  if (Object.keys(filters.value).length === 0) return null;
  if (view)
    return (
      <button class="text" onClick={() => void removeView(view)} data-testid="remove-view">
        {words.removeView}
      </button>
    );
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (await saveView(name.value.trim(), shared.value)) name.value = "";
  }
  return (
    <form class="save-view" onSubmit={submit}>
      <label>
        {words.viewName}
        <input required maxLength={60} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} data-testid="view-name" />
      </label>
      {me.value?.admin && (
        <label class="choice">
          <input type="checkbox" checked={shared.value} onChange={(event) => (shared.value = event.currentTarget.checked)} />
          {words.shared}
        </label>
      )}
      <button class="outline" data-testid="save-view">{words.saveView}</button>
    </form>
  );
}

export function SearchBar() {
  const words = deskText();
  const open = useSignal(false);
  return (
    <div class="searchbar" role="search">
      <input
        id={SEARCH_ID}
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        title={words.searchHint}
        maxLength={MAX_QUERY}
        value={query.value}
        onInput={(event) => (query.value = event.currentTarget.value)}
        data-testid="search"
      />
      <div class="narrow">
        <ViewChoice />
        <button class="outline" aria-expanded={open.value} onClick={() => (open.value = !open.value)} data-testid="filter">
          {words.filter}
        </button>
      </div>
      {open.value && <FilterFields />}
      {searching.value && (
        <button class="text" onClick={stopSearching} data-testid="stop-searching">
          {words.clear}
        </button>
      )}
    </div>
  );
}
