// On the knowledge page: what is written in the console, and the ways to write more.
import { useEffect, useRef } from "preact/hooks";
import { addressOf, drafts, listDrafts, readFile, uploaded } from "../../state/articles";
import { language, word } from "../../text";
import { articleText } from "../../text/articles";
import { time } from "../knowledge/days";

const COLOURS: Record<string, string> = { draft: "rule", changed: "stuck", live: "verified", withdrawn: "" };
const TYPES = ".md,.markdown,.mdx,.txt,.html,.htm,.csv,.tsv,.xlsx,.xls,.ods,.docx,.pdf";

export function Written({ lead }: { lead: boolean }) {
  const words = articleText();
  useEffect(() => void listDrafts(), []);
  return (
    <section aria-labelledby="written" data-testid="written">
      <h2 id="written">{words.drafts}</h2>
      {lead && <Ways />}
      {drafts.value.length === 0 && <p class="meta">{words.noDrafts}</p>}
      <ul class="articles">
        {drafts.value.map((one) => (
          <li key={one.id} data-testid="draft-row">
            <div>
              <a href={addressOf(one.id)} lang={one.language}>
                {one.title}
              </a>
              <p class="meta">{[one.id, words.savedBy(one.by, time(one.at))].join(" · ")}</p>
            </div>
            <p>
              <span class={`badge ${COLOURS[one.state]}`}>{word(words.states, one.state)}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Ways() {
  const words = articleText();
  const file = useRef<HTMLInputElement>(null);
  const take = async (input: HTMLInputElement): Promise<void> => {
    const chosen = input.files?.[0];
    input.value = "";
    if (chosen && (await readFile(chosen)) && uploaded.value.length === 1) location.hash = "#/article/new%2F0";
  };
  return (
    <>
      <div class="filters">
        <a class="button solid" href={`#/article/new%2F${language.value}`} data-testid="write-article">
          {words.write}
        </a>
        <button class="outline" onClick={() => file.current?.click()}>
          {words.upload}
        </button>
        <input ref={file} type="file" hidden accept={TYPES} onChange={(event) => void take(event.currentTarget)} data-testid="upload-file" />
      </div>
      <p class="meta">{words.uploadHint}</p>
      {uploaded.value.length > 1 && (
        <ul class="articles" aria-label={words.uploadedTitle}>
          {uploaded.value.map((one, place) => (
            <li key={place} data-testid="uploaded">
              <div>
                <a href={`#/article/new%2F${place}`} lang={one.language}>
                  {one.title}
                </a>
              </div>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
