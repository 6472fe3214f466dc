// The fields of an article: title, text with its preview, and what files have as front matter.
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Rich } from "../../../shared/Rich";
import { explain, preview } from "../../state/articles";
import { say } from "../../state/toast";
import { articleText } from "../../text/articles";
import type { Column } from "./column";

export function FieldsForm({ column, fixed }: { column: Column; fixed: boolean }) {
  const words = articleText();
  const fields = column.fields.value;
  const id = useId();
  return (
    <div class="fields">
      <label>
        {words.title}
        <input
          value={fields.title}
          maxLength={300}
          placeholder={words.titleHint}
          readOnly={fixed}
          lang={fields.language}
          onInput={(event) => column.change({ title: event.currentTarget.value })}
          data-testid="article-title"
        />
      </label>
      {!column.id.value && (
        <label>
          {words.slug}
          <input value={column.slug.value} maxLength={80} pattern="[a-z0-9][a-z0-9-]*" aria-describedby={id} onInput={(event) => (column.slug.value = event.currentTarget.value)} data-testid="article-slug" />
          <small class="meta" id={id}>
            {words.slugHint}
          </small>
        </label>
      )}
      <Body column={column} fixed={fixed} />
      <details>
        <summary>{words.details}</summary>
        <Details column={column} fixed={fixed} />
      </details>
    </div>
  );
}

function Body({ column, fixed }: { column: Column; fixed: boolean }) {
  const words = articleText();
  const html = useSignal<string | null>(null);
  const fields = column.fields.value;
  const id = useId();
  const show = async (): Promise<void> => {
    try {
      html.value = (await preview(fields.text)).html;
    } catch (problem) {
      say(explain(problem), true);
    }
  };
  return (
    <div class="body-field">
      <div class="body-head">
        <label for={id}>{words.text}</label>
        <div role="group" aria-label={words.text}>
          <button class="outline" aria-pressed={html.value === null} onClick={() => (html.value = null)}>
            {words.writing}
          </button>
          <button class="outline" aria-pressed={html.value !== null} onClick={() => void show()} data-testid="article-preview">
            {words.preview}
          </button>
        </div>
      </div>
      {html.value !== null && (
        <div class="page-preview" role="region" aria-label={words.preview} tabIndex={0} data-testid="article-page">
          <Rich html={html.value} base={location.origin} lang={fields.language} />
        </div>
      )}
      <textarea
        id={id}
        hidden={html.value !== null}
        value={fields.text}
        readOnly={fixed}
        rows={16}
        lang={fields.language}
        spellcheck
        onInput={(event) => column.change({ text: event.currentTarget.value })}
        data-testid="article-text"
      />
    </div>
  );
}

const list = (typed: string, by: RegExp): string[] => [...new Set(typed.split(by).map((part) => part.trim()))].filter(Boolean);

function Details({ column, fixed }: { column: Column; fixed: boolean }) {
  const words = articleText();
  const fields = column.fields.value;
  const day = (name: "valid_from" | "valid_until", label: string) => (
    <label>
      {label}
      <input type="date" value={fields[name] ?? ""} readOnly={fixed} onInput={(event) => column.change({ [name]: event.currentTarget.value || null })} data-testid={`article-${name}`} />
    </label>
  );
  return (
    <div class="details">
      {day("valid_from", words.from)}
      {day("valid_until", words.until)}
      <label class="broad">
        {words.tags}
        <input defaultValue={fields.tags.join(fields.language === "ja" ? "、" : ", ")} readOnly={fixed} onInput={(event) => column.change({ tags: list(event.currentTarget.value, /[,、]/) })} data-testid="article-tags" />
      </label>
      <label class="broad">
        {words.supersedes}
        <textarea rows={2} defaultValue={fields.supersedes.join("\n")} readOnly={fixed} onInput={(event) => column.change({ supersedes: list(event.currentTarget.value, /\n/) })} data-testid="article-supersedes" />
      </label>
    </div>
  );
}
