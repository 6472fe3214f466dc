// Every sentence of the assistant, both languages side by side.
import { useSignal } from "@preact/signals";
import type { Sentence } from "../../state/settings";
import { change, pending, settings, wordingsOf } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { Changed } from "./Changed";

const MAX_WORDINGS = 8;
/** Group -> how the situations in it begin, in the order of the page. */
const GROUPS: [string, RegExp][] = [
  ["greeting", /^(greeting|assistant_name|disclosure|closed|sms_help)/],
  ["small_talk", /^small_talk/],
  ["abstain", /^(abstain|disputed|related|clarify|read_more)/],
  ["acknowledge", /^acknowledge/],
  ["offer", /^offer/],
  ["handoff", /^handoff_(?!cancelled)/],
  ["waiting", /^(waiting|nobody|outside|ask_contact|contact_|added_|queue|place_|handoff_cancelled|watchdog|still_)/],
  ["agent", /^(agent_|returned)/],
  ["guide", /^guide/],
  ["failure", /^(empty|unreadable|failure|cannot_read|words_only)/],
  ["csat", /^csat/],
];
const groupOf = (situation: string): string => GROUPS.find(([, begins]) => begins.test(situation))?.[0] ?? "other";

export function Sentences() {
  const words = settingsText();
  const query = useSignal("");
  const changedOnly = useSignal(false);
  const every = settings.value?.sentences ?? [];
  const wanted = query.value.trim().toLowerCase();
  const changed = (one: Sentence): boolean => one.key in pending.value || (one.change?.value ?? null) !== null;
  const situations = [...new Set(every.map((one) => one.situation))].filter((situation) => {
    const own = every.filter((one) => one.situation === situation);
    if (changedOnly.value && !own.some(changed)) return false;
    return !wanted || own.some((one) => `${one.situation} ${wordingsOf(one).join(" ")}`.toLowerCase().includes(wanted));
  });
  return (
    <section aria-labelledby="sentences">
      <h2 id="sentences">{words.sections.sentences}</h2>
      <div class="buttons-row">
        <input type="search" aria-label={words.filter} placeholder={words.filter} value={query.value} onInput={(event) => (query.value = event.currentTarget.value)} data-testid="find-sentence" />
        <label class="choice">
          <input type="checkbox" checked={changedOnly.value} onChange={(event) => (changedOnly.value = event.currentTarget.checked)} />
          {words.onlyChanged}
        </label>
        <p class="meta" role="status">
          {words.found(situations.length)}
        </p>
      </div>
      {[...GROUPS.map(([name]) => name), "other"].map((group) => {
        const own = situations.filter((situation) => groupOf(situation) === group);
        if (!own.length) return null;
        return (
          <details key={group} open={!!wanted || changedOnly.value} data-testid={`group-${group}`}>
            <summary>
              {words.groups[group]} <b>{own.length}</b>
            </summary>
            {own.map((situation) => (
              <div key={situation} class="pair-grid situation" data-testid={`sentence-${situation}`}>
                {every
                  .filter((one) => one.situation === situation)
                  .map((one) => (
                    <Wordings key={one.key} sentence={one} />
                  ))}
              </div>
            ))}
          </details>
        );
      })}
    </section>
  );
}

function Wordings({ sentence }: { sentence: Sentence }) {
  const words = settingsText();
  const wordings = wordingsOf(sentence);
  const name = words.languages[sentence.language]!;
  const set = (place: number, value: string): void => change(sentence.key, wordings.map((one, at) => (at === place ? value : one)));
  return (
    <div class="card">
      <p class="meta">
        {name} · {sentence.situation}
      </p>
      {wordings.map((wording, place) => (
        <div key={place} class="wording">
          <textarea rows={2} lang={sentence.language} maxLength={1000} aria-label={words.wordingOf(`${name} ${sentence.situation}`, place + 1)} value={wording} onInput={(event) => set(place, event.currentTarget.value)} />
          {wordings.length > 1 && (
            <button type="button" class="text" aria-label={`${words.removeWording} (${place + 1})`} onClick={() => change(sentence.key, wordings.filter((_, at) => at !== place))}>
              ✕
            </button>
          )}
        </div>
      ))}
      {sentence.variables.length > 0 && <small class="meta">{words.variables(sentence.variables.map((one) => `\${${one}}`).join(" "))}</small>}
      <p>
        {wordings.length < MAX_WORDINGS && (
          <button type="button" class="text" onClick={() => change(sentence.key, [...wordings, ""])}>
            {words.addWording}
          </button>
        )}
        <Changed name={sentence.situation} of={sentence.key} stored={sentence.change} />
      </p>
    </div>
  );
}
