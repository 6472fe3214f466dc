// On the knowledge page: replies that agents or customers found wanting, each with the way to its conversation.
import { useEffect } from "preact/hooks";
import { addressOf } from "../../state/route";
import { listWanting, wanting } from "../../state/verdicts";
import { verdictText } from "../../text/verdicts";
import { Said } from "../Verdict";

export function Wanting() {
  const words = verdictText();
  useEffect(() => void listWanting(), []);
  const found = wanting.value;
  return (
    <section aria-labelledby="wanting" data-testid="wanting">
      <h2 id="wanting">
        {words.title} {found && found.length > 0 && <span class="badge stuck">{found.length}</span>}
      </h2>
      <p class="meta">{words.lead}</p>
      {found?.length === 0 && <p>{words.none}</p>}
      <ul class="articles">
        {found?.map((one) => (
          <li key={`${one.conversation} ${one.message}`}>
            <div>
              <a href={addressOf(one.conversation)}>{one.reply}</a>
              <Said opinion={one} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
