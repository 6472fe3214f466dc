// To whom the week on one page is mailed, and when; webhooks are told beside it.
import { change, find, valueOf } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { Changed } from "./Changed";

type DigestValue = { to: string[]; weekday: string; hour: number; language: string };

const KEY = "policy.digest";
const MAX_RECIPIENTS = 20;
const ADDRESS = /^[^\s@<>,;"]{1,64}@[A-Za-z0-9.-]{1,190}$/;

/** One address a line; commas between them are lines too, as they are pasted from mail programs. */
export const parseRecipients = (typed: string): string[] => typed.split(/[\n,;、]/).map((line) => line.trim()).filter(Boolean);

export const isNoAddress = (line: string): boolean => !ADDRESS.test(line);

export function Digest({ admin }: { admin: boolean }) {
  const { digest: words, days, languages, sections } = settingsText();
  const setting = find(KEY);
  if (!setting) return null;
  const value = valueOf<DigestValue>(KEY);
  const set = (part: Partial<DigestValue>): void => change(KEY, { ...value, ...part });
  const wrong = value.to.filter(isNoAddress);
  return (
    <section aria-labelledby="digest">
      <h2 id="digest">{sections.digest}</h2>
      <p class="meta">{words.hint}</p>
      <fieldset class="all" disabled={setting.in_file}>
        <label class="field">
          {words.to(MAX_RECIPIENTS)}
          <textarea rows={3} inputMode="email" key={`d${setting.change?.id}`} defaultValue={value.to.join("\n")} aria-invalid={wrong.length > 0} aria-describedby="digest-problem" onInput={(event) => set({ to: parseRecipients(event.currentTarget.value) })} data-testid="digest-to" />
        </label>
        <p class="problem" id="digest-problem" role="status">
          {wrong.length > 0 ? words.noAddress(wrong[0]!) : value.to.length > MAX_RECIPIENTS && words.tooMany(MAX_RECIPIENTS)}
        </p>
        <div class="pair-grid">
          <label class="field">
            {words.weekday}
            <select value={value.weekday} onChange={(event) => set({ weekday: event.currentTarget.value })} data-testid="digest-weekday">
              {Object.entries(days).map(([day, name]) => (
                <option key={day} value={day}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            {words.hour}
            <select value={String(value.hour)} onChange={(event) => set({ hour: Number(event.currentTarget.value) })} data-testid="digest-hour">
              {Array.from({ length: 24 }, (_, hour) => (
                <option key={hour} value={String(hour)}>
                  {hour}:00
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            {words.language}
            <select value={value.language} onChange={(event) => set({ language: event.currentTarget.value })} data-testid="digest-language">
              {Object.entries(languages).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      </fieldset>
      <p class="meta">
        {words.webhook}{" "}
        {admin && (
          <button type="button" class="text" onClick={() => document.getElementById("webhooks")?.scrollIntoView()}>
            {words.toWebhooks}
          </button>
        )}
      </p>
      <Changed name={sections.digest} of={KEY} stored={setting.change} inFile={setting.in_file} />
    </section>
  );
}
