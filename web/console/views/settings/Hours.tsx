// When people answer: a line a weekday, closed days, days with other hours, and what customers hear now.
import { useSignal } from "@preact/signals";
import { change, find, type HoursTold, previewHours, valueOf } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { Changed } from "./Changed";

interface HoursValue {
  days: Record<string, string>;
  public_holidays: string | null;
  holidays: string[];
  special: Record<string, string>;
}

const KEY = "policy.hours";
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WORKDAYS = Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, "10:00-18:00"]));
const CLOSED = "closed";

const lines = (typed: string): string[] => typed.split("\n").map((line) => line.trim()).filter(Boolean);
const toSpecial = (typed: string): Record<string, string> =>
  Object.fromEntries(lines(typed).map((line) => [line.slice(0, 10), line.slice(10).replace(/^\s*[:：]\s*/, "") || CLOSED]));

export function Hours() {
  const words = settingsText();
  const setting = find(KEY);
  const value = valueOf<HoursValue>(KEY);
  const told = useSignal<HoursTold | null>(null);
  if (!setting) return null;
  const always = Object.keys(value.days).length === 0;
  const set = (part: Partial<HoursValue>): void => {
    change(KEY, { ...value, ...part });
    told.value = null;
  };
  return (
    <section aria-labelledby="hours">
      <h2 id="hours">{words.sections.hours}</h2>
      <fieldset class="all" disabled={setting.in_file}>
        <label class="choice">
          <input type="checkbox" checked={always} onChange={(event) => set({ days: event.currentTarget.checked ? {} : WORKDAYS })} data-testid="hours-always" />
          {words.always}
        </label>
        {!always && (
          <>
            <p class="meta" id="hours-hint">
              {words.hoursHint}
            </p>
            <div class="week">
              {DAYS.map((day) => (
                <label key={day}>
                  {words.days[day]}
                  <input value={value.days[day] === CLOSED ? "" : (value.days[day] ?? "")} aria-describedby="hours-hint" onInput={(event) => set({ days: { ...value.days, [day]: event.currentTarget.value.trim() || CLOSED } })} data-testid={`hours-${day}`} />
                </label>
              ))}
            </div>
          </>
        )}
        <label class="choice">
          <input type="checkbox" checked={value.public_holidays === "japan"} onChange={(event) => set({ public_holidays: event.currentTarget.checked ? "japan" : null })} data-testid="hours-public-holidays" />
          {words.publicHolidays}
        </label>
        <div class="pair-grid">
          <label class="field">
            {words.holidays}
            <textarea rows={4} key={`h${setting.change?.id}`} defaultValue={value.holidays.join("\n")} onInput={(event) => set({ holidays: lines(event.currentTarget.value) })} data-testid="hours-holidays" />
          </label>
          <label class="field">
            {words.special}
            <textarea rows={4} key={`s${setting.change?.id}`} defaultValue={Object.entries(value.special).map(([day, times]) => `${day}: ${times}`).join("\n")} onInput={(event) => set({ special: toSpecial(event.currentTarget.value) })} data-testid="hours-special" />
          </label>
        </div>
      </fieldset>
      <Changed name={words.sections.hours} of={KEY} stored={setting.change} inFile={setting.in_file} />
      <div class="buttons-row">
        <button type="button" class="outline" onClick={() => void previewHours().then((found) => (told.value = found))} data-testid="try-hours">
          {words.tryHours}
        </button>
      </div>
      <div role="status">{told.value && <Told told={told.value} />}</div>
    </section>
  );
}

function Told({ told }: { told: HoursTold }) {
  const words = settingsText();
  if (told.open) return <p>{words.openNow}</p>;
  return (
    <div data-testid="hours-told">
      <p>{words.closedNow}</p>
      {Object.entries(told.said).map(([language, said]) => (
        <blockquote key={language} lang={language}>
          {said}
        </blockquote>
      ))}
    </div>
  );
}
