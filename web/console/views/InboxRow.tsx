// One conversation in the list: who, how long, why, what they ask.
import { moment } from "../../shared/language";
import { addressOf, route } from "../state/route";
import { isMarked, marksOf } from "../state/feelings";
import { language, text, word } from "../text";
import { chosen, toggle } from "../state/bulk";
import { query } from "../state/search";
import { bulkText } from "../text/bulk";
import { callText } from "../text/calls";
import { deskText } from "../text/desk";
import { feelingText } from "../text/feelings";
import type { Row } from "../types";
import { marked } from "./marked";
import { channelName, customerName } from "./names";
import { Deadline } from "./Deadline";
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
      {row.callback && (
        <span class={`badge ${row.callback.state === "planned" ? "" : "urgent"}`} data-testid="call-badge">
          {callText().badge(row.callback.state, moment(row.callback.slot_from, language.value))}
        </span>
      )}
      {row.reason && <span class={`badge reason ${row.reason}`}>{word(words.reasons, row.reason)}</span>}
      {row.tags.map((tag) => (
        <span key={tag.id} class="badge tag">
          {tag.name}
        </span>
      ))}
      {row.outcome && <span class="badge">{word(words.outcomes, row.outcome)}</span>}
      <span class="meta">
        {channelName(row.channel, words)}・{word(words.languages, row.language)}
      </span>
    </p>
  );
}

/** Where a search found it, with the words marked. */
function Found({ row }: { row: Row }) {
  const { excerpt, private: note } = row.found!;
  return (
    <>
      {note && `${deskText().private}: `}
      {marked(excerpt, query.value).map((part, at) => (at % 2 ? <mark key={at}>{part}</mark> : part))}
    </>
  );
}

export function InboxRow({ row }: { row: Row }) {
  const words = text();
  const open = route.value.conversation === row.id;
  const owned = row.state === "agent" && row.agent;
  return (
    <div class="pickable">
      <input
        type="checkbox"
        aria-label={bulkText().choose(customerName(row, words))}
        checked={chosen.value.has(row.id)}
        onChange={() => toggle(row.id)}
        data-testid="choose"
      />
      <a
        class={`row ${row.state === "queued" ? "waits" : ""} ${row.unread || row.mentions ? "has-unread" : ""}`}
        href={addressOf(row.id)}
        aria-current={open ? "true" : undefined}
        data-testid="inbox-row"
        data-conversation={row.id}
      >
        <p class="top">
          <span class="name">
            <b>{customerName(row, words)}</b>
            {row.mentions > 0 && (
              <span class="unread mention" role="img" aria-label={deskText().mentions(row.mentions)} data-testid="mentions">
                @
              </span>
            )}
            {row.unread > 0 && (
              <span class="unread" role="img" aria-label={deskText().unread(row.unread)} data-testid="unread">
                {row.unread}
              </span>
            )}
          </span>
          {row.state === "queued" && row.waiting_since ? <Waited since={row.waiting_since} /> : <time class="meta">{moment(row.updated_at, language.value)}</time>}
        </p>
        <p class="ask" dir="auto" lang={row.language}>
          {isMarked(row, "harassment") ? feelingText().veiledShort : row.found ? <Found row={row} /> : (row.state === "agent" && row.last?.text) || row.ask || row.last?.text}
        </p>
        <Deadline row={row} listed />
        <Badges row={row} />
        {owned && <p class="meta">{words.stateWith(row.agent!.name)}</p>}
        {row.snoozed_until && <p class="meta">{deskText().snoozeUntil(moment(row.snoozed_until, language.value))}</p>}
      </a>
    </div>
  );
}
