// The conversations behind a figure that was pressed.
import { useEffect, useRef } from "preact/hooks";
import { drill } from "../../state/insight";
import { addressOf } from "../../state/route";
import { language, text, word } from "../../text";
import { insightText } from "../../text/insight";

export function Conversations() {
  const words = insightText();
  const shown = drill.value;
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever pressed a figure is led to what it opened.
  useEffect(() => heading.current?.focus(), [shown?.name, shown?.query]);
  if (!shown) return null;
  const { found } = shown;
  return (
    <section aria-labelledby="behind" class="behind" data-testid="behind">
      <div class="heading">
        <h2 id="behind" tabIndex={-1} ref={heading}>
          {shown.name} {found && <small>{words.listed(found.conversations.length, found.found)}</small>}
        </h2>
        <button class="text" onClick={() => (drill.value = null)}>
          {words.close}
        </button>
      </div>
      {!found && <p role="status">{text().loading}</p>}
      {found && !found.found && <p>{words.none}</p>}
      {found && found.found > 0 && (
        <div class="scrolled" tabIndex={0} role="group" aria-labelledby="behind">
          <table class="insight-table">
            <thead>
              <tr>
                <th scope="col">{words.ended}</th>
                <th scope="col">{words.outcome}</th>
                <th scope="col">{words.channel}</th>
                <th scope="col">{words.link}</th>
              </tr>
            </thead>
            <tbody>
              {found.conversations.map((row) => (
                <tr key={row.conversation}>
                  <td>{new Date(row.ended_at).toLocaleString(language.value, { dateStyle: "short", timeStyle: "short" })}</td>
                  <td>{word(words.outcomes, row.kind)}</td>
                  <td>
                    {row.channel} · {row.language}
                  </td>
                  <td>
                    <a href={addressOf(row.conversation)}>{words.open}</a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
