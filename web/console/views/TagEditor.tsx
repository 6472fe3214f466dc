// The tags of a conversation: chips to take off, a field to put on.
import { useSignal } from "@preact/signals";
import { Close } from "../../shared/icons";
import { setTags } from "../state/actions";
import { tags } from "../state/search";
import { deskText } from "../text/desk";
import type { Row } from "../types";

const MAX_NAME = 60;
export const TAG_FIELD_ID = "tag-field";

export function TagEditor({ row }: { row: Row }) {
  const words = deskText();
  const name = useSignal("");
  const names = row.tags.map((tag) => tag.name);
  function add(event: Event): void {
    event.preventDefault();
    const added = name.value.trim();
    if (added && !names.includes(added)) void setTags(row.id, [...names, added]);
    name.value = "";
  }
  return (
    <section class="card tag-editor" aria-label={words.tags} data-testid="tags">
      <h2>{words.tags}</h2>
      {names.length > 0 && (
        <ul class="tags">
          {names.map((each) => (
            <li key={each} class="badge tag">
              {each}
              <button aria-label={words.removeTag(each)} onClick={() => void setTags(row.id, names.filter((other) => other !== each))}>
                <Close />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add}>
        <input
          id={TAG_FIELD_ID}
          list="known-tags"
          maxLength={MAX_NAME}
          aria-label={words.addTag}
          placeholder={words.addTag}
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
          data-testid="add-tag"
        />
        <datalist id="known-tags">
          {tags.value.map((tag) => (
            <option key={tag.id} value={tag.name} />
          ))}
        </datalist>
      </form>
    </section>
  );
}
