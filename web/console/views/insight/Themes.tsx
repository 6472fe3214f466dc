// What is asked about; a lead renames, pins and merges.
import { useSignal } from "@preact/signals";
import { changeTheme, mergeTheme, showConversations, type ThemeRow, themes } from "../../state/insight";
import { insightText } from "../../text/insight";

function Tools({ theme, others }: { theme: ThemeRow; others: ThemeRow[] }) {
  const words = insightText();
  const title = useSignal(theme.title ?? "");
  const into = useSignal("");
  const target = others.find((other) => other.id === into.value);
  return (
    <details>
      <summary>{words.rename}…</summary>
      <form
        class="line"
        onSubmit={(event) => {
          event.preventDefault();
          void changeTheme(theme.id, { title: title.value });
        }}
      >
        <input aria-label={`${words.rename}: ${theme.name}`} value={title.value} maxLength={120} placeholder={theme.name} onInput={(event) => (title.value = event.currentTarget.value)} />
        <button class="outline">{words.rename}</button>
        <button class="outline" type="button" onClick={() => void changeTheme(theme.id, { pinned: !theme.pinned })}>
          {theme.pinned ? words.unpin : words.pin}
        </button>
      </form>
      {others.length > 0 && (
        <div class="line">
          <select aria-label={`${words.mergeInto}: ${theme.name}`} value={into.value} onChange={(event) => (into.value = event.currentTarget.value)}>
            <option value="">{words.mergeInto}</option>
            {others.map((other) => (
              <option key={other.id} value={other.id}>
                {other.name}
              </option>
            ))}
          </select>
          <button
            class="outline"
            disabled={!target}
            onClick={() => {
              if (target && confirm(words.mergeSure(theme.name, target.name))) void mergeTheme(theme.id, target.id);
            }}
          >
            {words.merge}
          </button>
        </div>
      )}
    </details>
  );
}

export function Themes({ lead }: { lead: boolean }) {
  const words = insightText();
  const shown = themes.value;
  if (!shown) return null;
  return (
    <section aria-labelledby="themes">
      <h2 id="themes">{words.themes}</h2>
      <p class="meta">{words.unsorted(shown.unsorted)}</p>
      {!shown.themes.length && <p>{words.none}</p>}
      {shown.themes.length > 0 && (
        <div class="scrolled" tabIndex={0} role="group" aria-labelledby="themes">
          <table class="insight-table" data-testid="themes">
            <thead>
              <tr>
                <th scope="col">{words.theme}</th>
                <th scope="col">{words.conversations}</th>
                <th scope="col">{words.before}</th>
                <th scope="col">{words.declined}</th>
              </tr>
            </thead>
            <tbody>
              {shown.themes.map((theme) => (
                <tr key={theme.id}>
                  <th scope="row">
                    <button class="text" onClick={() => void showConversations(theme.name, { theme: theme.id })}>
                      {theme.name}
                    </button>{" "}
                    {theme.is_new && <span class="badge">{words.fresh}</span>} {theme.pinned && <span class="badge">{words.pinned}</span>}
                    {lead && <Tools theme={theme} others={shown.themes.filter((other) => other.id !== theme.id)} />}
                  </th>
                  <td>{theme.conversations}</td>
                  <td>{theme.conversations_before}</td>
                  <td>{theme.declined}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
