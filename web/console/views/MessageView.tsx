// One message of the transcript.
import { moment } from "../../shared/language";
import { safeUrl } from "../../shared/url";
import { language, text } from "../text";
import { feelingText } from "../text/feelings";
import { phoneText } from "../text/phone";
import type { AgentMessage, Turn } from "../types";
import { HowMade } from "./HowMade";
import { Body } from "./Reveal";
import { Translation } from "./Translation";
import { Veil } from "./Veil";
import { VerdictBar } from "./Verdict";
import { SendAgain } from "./phone/SendAgain";

function Sources({ message }: { message: AgentMessage }) {
  return (
    <ol class="cited">
      {message.citations.map((citation) => {
        const url = safeUrl(citation.url, location.origin);
        return (
          <li key={citation.n} value={citation.n}>
            {url ? (
              <a href={url} target="_blank" rel="noopener noreferrer" title={citation.quote}>
                {citation.title}
              </a>
            ) : (
              citation.title
            )}
          </li>
        );
      })}
    </ol>
  );
}

function Delivery({ message }: { message: AgentMessage }) {
  const words = text();
  if (message.delivery?.status === "failed")
    return (
      <p class="problem" data-testid="delivery-failed">
        {words.deliveryFailed}
        {message.delivery.error && `: ${message.delivery.error}`}
        {message.delivery.again && <SendAgain message={message.id} />}
      </p>
    );
  if (message.delivery?.status === "pending") return <p class="meta">{words.deliveryPending}</p>;
  return message.delivery && <p class="meta">{phoneText().seen[message.delivery.seen ?? "sent"]}</p>;
}

/** Pictures in which a browser runs nothing. */
const SHOWN_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

function Files({ message }: { message: AgentMessage }) {
  const words = text();
  return (
    <ul class="files" data-testid="files">
      {message.media?.map((file) => (
        <li key={file.id}>
          {file.type ? (
            <a href={`/v1/agent/media/${file.id}`} download>
              {SHOWN_TYPES.includes(file.type) && <img src={`/v1/agent/media/${file.id}?inline=true`} alt="" loading="lazy" data-testid="picture" />}
              {file.name || words.fileKinds[file.kind]} ({file.type}, {Math.ceil((file.size ?? 0) / 1024)} kB)
            </a>
          ) : (
            `${file.name || words.fileKinds[file.kind]}: ${file.error ?? words.fileComing}`
          )}
        </li>
      ))}
    </ul>
  );
}

/** A customer's words that are surely in another language than the screen's. */
const isForeign = ({ author, text: said }: AgentMessage): boolean =>
  author === "customer" && /\p{L}{2}/u.test(said) && looksJapanese(said) !== (language.value === "ja");

/** By its script: kana, or kanji and no word of another script. */
const looksJapanese = (said: string): boolean =>
  /[ぁ-んァ-ヴ]/.test(said) || (/[一-龠]/.test(said) && !/\p{Script=Latin}{3}|\p{Script=Cyrillic}|\p{Script=Hangul}/u.test(said));

interface MessageProps {
  conversation: string;
  message: AgentMessage;
  turn: Turn | undefined;
  /** Threats, insults: shown on request. */
  harassing: boolean;
}

export function MessageView({ conversation, message, turn, harassing }: MessageProps) {
  const words = text();
  const kind = message.private ? "note" : message.author;
  const author = message.agent?.name ?? words.authors[message.author];
  return (
    <article class={`message ${kind}`} data-testid="message" data-author={message.author} data-private={message.private}>
      <p class="by">
        <b>{author}</b>
        {message.private && <span class="private">{words.note}</span>}
        {message.warning && <span class="badge">{feelingText().sentWarning}</span>}
        <time dateTime={message.created_at}>{moment(message.created_at, language.value)}</time>
      </p>
      {harassing ? (
        <Veil>
          <Body message={message} />
        </Veil>
      ) : (
        <Body message={message} />
      )}
      {isForeign(message) && <Translation conversation={conversation} message={message} />}
      {message.citations.length > 0 && <Sources message={message} />}
      {message.media && message.media.length > 0 && <Files message={message} />}
      <Delivery message={message} />
      {turn && <HowMade turn={turn} />}
      {turn && message.author === "assistant" && <VerdictBar message={message.id} />}
    </article>
  );
}
