// Words that mean the same here: a group a line. Search reads them, customers never see them.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadSynonyms, parseGroups, saveSynonyms, synonyms } from "../../state/knowledge";
import { knowledgeText } from "../../text/knowledge";

export function Synonyms({ lead }: { lead: boolean }) {
  const words = knowledgeText();
  const written = useSignal<string | null>(null);
  useEffect(() => void loadSynonyms(), []);
  const stored = (synonyms.value ?? []).map((group) => group.join(words.comma)).join("\n");
  const shown = written.value ?? stored;
  const save = async () => {
    if (await saveSynonyms(parseGroups(shown))) written.value = null;
  };
  return (
    <section aria-labelledby="synonyms">
      <h2 id="synonyms">{words.synonyms}</h2>
      <p class="meta" id="synonyms-lead">
        {words.synonymsLead}
      </p>
      <textarea
        rows={Math.min(12, shown.split("\n").length + 1)}
        value={shown}
        readOnly={!lead}
        disabled={synonyms.value === null}
        placeholder={words.synonymsHint}
        aria-labelledby="synonyms"
        aria-describedby="synonyms-lead"
        onInput={(event) => (written.value = event.currentTarget.value)}
        data-testid="synonyms"
      />
      {lead && (
        <div class="buttons">
          <button class="outline" disabled={written.value === null} onClick={() => void save()} data-testid="save-synonyms">
            {words.synonymsSave}
          </button>
        </div>
      )}
    </section>
  );
}
