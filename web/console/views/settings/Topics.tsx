// Topics that go to a person at once, and who listens to somebody in danger.
import { change, find, valueOf } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { Changed } from "./Changed";

const TOPICS = "policy.people_only";
// Danger to life always goes to a person; the service refuses anything else.
const ALWAYS = "harm";
const HELPLINES = "policy.helplines";

export function Topics() {
  const words = settingsText();
  const topics = find(TOPICS);
  const helplines = find(HELPLINES);
  if (!topics || !helplines) return null;
  const chosen = valueOf<string[]>(TOPICS);
  const lines = valueOf<Record<string, string>>(HELPLINES);
  const every = [...new Set([...Object.keys(words.topicNames), ...chosen])];
  const toggle = (name: string, on: boolean): void => change(TOPICS, on ? [...chosen, name] : chosen.filter((one) => one !== name));
  return (
    <section aria-labelledby="topics">
      <h2 id="topics">{words.sections.topics}</h2>
      <p class="meta">{words.topicsHint}</p>
      <fieldset class="all buttons-row" disabled={topics.in_file}>
        <legend class="unseen">{words.sections.topics}</legend>
        {every.map((name) => (
          <label key={name} class="choice">
            <input type="checkbox" checked={chosen.includes(name)} disabled={name === ALWAYS} onChange={(event) => toggle(name, event.currentTarget.checked)} data-testid={`topic-${name}`} />
            {words.topicNames[name] ?? name}
          </label>
        ))}
      </fieldset>
      <Changed name={words.sections.topics} of={TOPICS} stored={topics.change} inFile={topics.in_file} />
      <div class="pair-grid">
        {Object.keys(words.languages).map((language) => (
          <label key={language} class="field">
            {words.helpline(words.languages[language]!)}
            <textarea rows={2} lang={language} value={lines[language] ?? ""} disabled={helplines.in_file} onInput={(event) => change(HELPLINES, { ...lines, [language]: event.currentTarget.value })} />
          </label>
        ))}
      </div>
      <Changed name={words.helpline("")} of={HELPLINES} stored={helplines.change} inFile={helplines.in_file} />
    </section>
  );
}
