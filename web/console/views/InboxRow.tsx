// One conversation in the list: who, how long, why, what they ask.
import { moment } from "../../shared/language";
import { addressOf, route } from "../state/route";
import { isMarked, marksOf } from "../state/feelings";
import { language, text, word } from "../text";
import { feelingText } from "../text/feelings";
import type { Row } from "../types";
import { channelName, customerName } from "./names";
import { Waited } from "./Waited";

function Badges({ row }: { row: Row }) {
  const words = text();
  return (
    <p class="badges">
      {(row.priority === "urgent" || row.priority === "high") && <span class={`badge ${row.priority}`}>{words.priority[row.priority]}</span>}
      {marksOf(row).map((mark) => (
        <span key={mark} class={`badge mark ${mark}`} data-testid={`mark-${mark}`}>
          {word(feelingText().marks, mark)}
        </span>
      ))}
      {row.reason && <span class={`badge reason ${row.reason}`}>{word(words.reasons, row.reason)}</span>}
      {row.outcome && <span class="badge">{word(words.outcomes, row.outcome)}</span>}
      <span class="meta">
        {channelName(row.channel, words)}・{word(words.languages, row.language)}
      </span>
    </p>
  );
}

export function InboxRow({ row }: { row: Row }) {
  const words = text();
  const open = route.value.conversation === row.id;
  const owned = row.state === "agent" && row.agent;
  return (
    <a
      class={`row ${row.state === "queued" ? "waits" : ""}`}
      href={addressOf(row.id)}
      aria-current={open ? "true" : undefined}
      data-testid="inbox-row"
      data-conversation={row.id}
    >
      <p class="top">
        <b>{customerName(row, words)}</b>
        {row.state === "queued" && row.waiting_since ? <Waited since={row.waiting_since} /> : <time class="meta">{moment(row.updated_at, language.value)}</time>}
      </p>
      <p class="ask" dir="auto" lang={row.language}>
        {isMarked(row, "harassment") ? feelingText().veiledShort : (row.state === "agent" && row.last?.text) || row.ask || row.last?.text}
      </p>
      <Badges row={row} />
      {owned && <p class="meta">{words.stateWith(row.agent!.name)}</p>}
    </a>
  );
}
