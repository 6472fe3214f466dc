// Who else this person is: links with their proof, and the way to make and undo one.
import { useSignal } from "@preact/signals";
import { moment } from "../../../shared/language";
import { unlink } from "../../state/phone";
import { language, word } from "../../text";
import { phoneText } from "../../text/phone";
import type { Link } from "../../types";
import { LinkDialog } from "./LinkDialog";

export function PersonCard({ conversation, links }: { conversation: string; links: Link[] }) {
  const words = phoneText();
  const asking = useSignal(false);
  return (
    <section class="card person-card" aria-label={words.person} data-testid="person-card">
      <h2>{words.person}</h2>
      {links.length === 0 && <p class="meta">{words.alone}</p>}
      <ul class="links">
        {links.map((link) => (
          <li key={link.id}>
            <p>
              <b>{word(words.proof, link.proof)}</b>
              {link.reason && `: ${link.reason}`} <span class="meta">{words.linkedOn(moment(link.created_at, language.value))}</span>
            </p>
            <button class="text" onClick={() => void unlink(link.id)} data-testid="unlink">
              {words.undo}
            </button>
          </li>
        ))}
      </ul>
      <button class="outline" onClick={() => (asking.value = true)} data-testid="propose-link">
        {words.propose}
      </button>
      <LinkDialog conversation={conversation} open={asking.value} close={() => (asking.value = false)} />
    </section>
  );
}
