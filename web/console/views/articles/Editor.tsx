// The page on which a lead writes an article, with the other language beside it.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { EMPTY, type Fields, recall, uploaded } from "../../state/articles";
import { me } from "../../state/me";
import { articlePath } from "../../state/route";
import { language, text, word } from "../../text";
import { articleText } from "../../text/articles";
import "../../styles/knowledge.css";
import "../../styles/articles.css";
import { ArticleColumn } from "./ArticleColumn";
import { Column } from "./column";

const LANGUAGES = ["ja", "en"];
const WIDE = "(min-width: 1100px)";

/** `new/ja` is a new article in Japanese, `new/2` the third text of the uploaded file; all else is an id. */
function start(path: string): Column {
  if (!path.startsWith("new/")) return new Column(path, { ...EMPTY, language: path.split("/").find((part) => LANGUAGES.includes(part)) ?? language.value });
  const which = path.slice("new/".length);
  const taken = uploaded.value[Number(which)];
  const column = new Column(null, taken ?? { ...EMPTY, language: LANGUAGES.includes(which) ? which : language.value });
  column.dirty.value = !!taken;
  return column;
}

export function Editor() {
  const words = articleText();
  const path = articlePath.value;
  const columns = useSignal<Column[]>([]);
  const loaded = useSignal(false);
  const both = useSignal(matchMedia(WIDE).matches);
  const lead = me.value?.lead ?? false;
  useEffect(() => {
    const column = start(path);
    loaded.value = false;
    columns.value = [column];
    if (column.dirty.value) loaded.value = true;
    else void column.load().then(() => (loaded.value = true));
  }, [path]);
  const [first, second] = columns.value;
  const other = useMemo(() => LANGUAGES.find((each) => each !== first?.fields.value.language) ?? "en", [first, loaded.value]);
  const pair = first?.opened.value?.translations[other];
  const openOther = async (fields?: Fields): Promise<void> => {
    if (!first || !pair) return;
    const made = new Column(pair.id, fields ?? { ...EMPTY, language: other });
    if (pair.exists || recall(pair.id)) await made.load();
    if (columns.value[0] === first) columns.value = [first, made];
  };
  useEffect(() => {
    if (both.value && pair?.exists && !second) void openOther();
  }, [both.value, pair?.id, loaded.value]);

  function takeOver(column: Column): void {
    const id = column.id.value!;
    const fields = column.fields.value;
    const stem = id.split("/").at(-1)!.replace(/\.[a-z]+$/, "").toLowerCase();
    const made = new Column(null, { ...fields, supersedes: [...new Set([...fields.supersedes, id])] });
    made.slug.value = /^[a-z0-9][a-z0-9-]*$/.test(stem) ? stem : "";
    made.dirty.value = true;
    columns.value = columns.value.map((each) => (each === column ? made : each));
  }

  if (!first || !loaded.value) return <p role="status">{text().loading}</p>;
  return (
    <main class={`knowledge editor ${second && both.value ? "two" : ""}`} tabIndex={0} data-testid="editor">
      <p>
        <a href="#/knowledge">{words.back}</a>
      </p>
      <h1>{first.fields.value.title || (first.id.value ? words.noTitle : words.newTitle)}</h1>
      {first.id.value && <p class="meta">{first.id.value}</p>}
      {!first.id.value && <ChooseLanguage column={first} />}
      {first.id.value && (
        <label class="choice">
          <input type="checkbox" checked={both.value} onChange={(event) => (both.value = event.currentTarget.checked)} data-testid="both-languages" />
          {words.bothLanguages}
        </label>
      )}
      <div class="columns">
        <ArticleColumn column={first} lead={lead} onTakeOver={takeOver} />
        {both.value && second && <ArticleColumn column={second} lead={lead} onTakeOver={takeOver} />}
        {both.value && !second && first.opened.value && <MissingOther name={word(words.languageNames, other)} pairable={!!pair} lead={lead} onCreate={() => void openOther()} />}
      </div>
    </main>
  );
}

function ChooseLanguage({ column }: { column: Column }) {
  const words = articleText();
  return (
    <label class="choice">
      {words.language}
      <select value={column.fields.value.language} onChange={(event) => column.change({ language: event.currentTarget.value })} data-testid="article-language">
        {LANGUAGES.map((each) => (
          <option key={each} value={each}>
            {word(words.languageNames, each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function MissingOther({ name, pairable, lead, onCreate }: { name: string; pairable: boolean; lead: boolean; onCreate: () => void }) {
  const words = articleText();
  return (
    <section class="column missing" aria-label={name}>
      <p>{pairable ? words.missing(name) : words.noPair}</p>
      {pairable && lead && (
        <button class="outline" onClick={onCreate} data-testid="create-other">
          {words.createOther(name)}
        </button>
      )}
    </section>
  );
}

