// What colleagues wrote down about this person, in every conversation of theirs.
import { useSignal } from "@preact/signals";
import { moment } from "../../shared/language";
import { addNote, mayRemove, removeNote } from "../state/person";
import { language } from "../text";
import { copilotText } from "../text/copilot";
import type { Card } from "../types";

export function NotesCard({ card }: { card: Card }) {
  const words = copilotText();
  const written = useSignal("");
  const busy = useSignal(false);
  async function keep(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    if (await addNote(card.id, written.value.trim())) written.value = "";
    busy.value = false;
  }
  return (
    <section class="card person-notes" aria-label={words.notes} data-testid="person-notes">
      <h2>{words.notes}</h2>
      {card.notes.length === 0 && <p class="meta">{words.noNotes}</p>}
      <ul>
        {card.notes.map((note) => (
          <li key={note.id} data-testid="person-note">
            <p class="note-text" dir="auto">
              {note.text}
            </p>
            <p class="meta">
              {words.noteBy(note.agent_name, moment(note.created_at, language.value))}
              {mayRemove(note) && (
                <button class="text" onClick={() => void removeNote(card.id, note)} data-testid="remove-person-note">
                  {words.removeNote}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
      <form onSubmit={keep}>
        <label>
          {words.addNote}
          <textarea rows={2} maxLength={2000} value={written.value} onInput={(event) => (written.value = event.currentTarget.value)} data-testid="person-note-text" />
        </label>
        <p class="meta">{words.notesHint}</p>
        <button class="outline" disabled={busy.value || !written.value.trim()} data-testid="save-person-note">
          {words.saveNote}
        </button>
      </form>
    </section>
  );
}
