// What is done, by whom and when, and what the customers are told.
import { useSignal } from "@preact/signals";
import { change, type ImprovementRow, themes } from "../../state/improvements";
import { agents } from "../../state/search";
import { improvementText } from "../../text/improvements";

/** The day of a moment where this screen is, as a date field takes it. */
function localDay(moment: string | null): string {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The end of a day where this screen is. */
const endOf = (day: string): string => new Date(`${day}T23:59:00`).toISOString();

export function ThemeSelect({ value, onPick }: { value: string; onPick: (value: string) => void }) {
  const words = improvementText();
  return (
    <label>
      {words.theme}
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)} data-testid="improvement-theme">
        <option value="">{words.noTheme}</option>
        {themes.value.map((theme) => (
          <option key={theme.id} value={theme.id}>
            {theme.name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function EditForm({ row, onEnd }: { row: ImprovementRow; onEnd: () => void }) {
  const words = improvementText();
  const typed = useSignal({ action: row.action ?? "", due: localDay(row.due_at), owner: row.owner ?? "", theme: row.theme ?? "", ja: row.texts.ja ?? "", en: row.texts.en ?? "" });
  const set = (what: Partial<typeof typed.value>): void => void (typed.value = { ...typed.value, ...what });
  const { action, due, owner, theme, ja, en } = typed.value;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const texts = Object.fromEntries(Object.entries({ ja, en }).filter(([, value]) => value.trim()));
    const made = await change(row.id, {
      theme,
      ...(action.trim() && { action }),
      ...(due && { due_at: endOf(due) }),
      ...(owner && { owner }),
      ...(Object.keys(texts).length > 0 && { texts }),
    });
    if (made) onEnd();
  };
  return (
    <form class="improvement-form" aria-label={`${words.edit}: ${row.title}`} onSubmit={(event) => void send(event)}>
      <label>
        {words.action}
        <textarea rows={2} maxLength={2000} value={action} onInput={(event) => set({ action: event.currentTarget.value })} data-testid="improvement-action" />
      </label>
      <div class="line">
        <label>
          {words.owner}
          <select value={owner} onChange={(event) => set({ owner: event.currentTarget.value })} data-testid="improvement-owner">
            <option value="">{words.nobody}</option>
            {agents.value.map((agent) => (
              <option key={agent.id} value={agent.id}>
                {agent.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {words.due}
          <input type="date" value={due} onInput={(event) => set({ due: event.currentTarget.value })} data-testid="improvement-due" />
        </label>
      </div>
      <ThemeSelect value={theme} onPick={(value) => set({ theme: value })} />
      {(["ja", "en"] as const).map((language) => (
        <label key={language}>
          {words.texts[language]}
          <textarea rows={2} lang={language} maxLength={2000} value={typed.value[language]} onInput={(event) => set({ [language]: event.currentTarget.value })} data-testid={`improvement-text-${language}`} />
        </label>
      ))}
      <p class="meta">{words.textsHint}</p>
      <p class="buttons">
        <button class="solid" data-testid="improvement-save">
          {words.save}
        </button>
      </p>
    </form>
  );
}
