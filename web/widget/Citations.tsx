// The numbered sources under an answer. A marker in the text brings its source into view with the whole quote.
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { safeUrl } from "../shared/url";
import { Out } from "../shared/icons";
import type { Citation, Message } from "../shared/types";
import { useChat } from "./context";
import { useText } from "./text";

function Source({ citation, chosen }: { citation: Citation; chosen: boolean }) {
  const { config } = useChat();
  const text = useText();
  const item = useRef<HTMLLIElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const url = safeUrl(citation.url, config.origin);
  useEffect(() => {
    if (!chosen) return;
    link.current?.focus({ preventScroll: true });
    item.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const title = (
    <>
      <b>{citation.n}</b>
      <span>{citation.title}</span>
    </>
  );
  return (
    <li ref={item} class={chosen ? "chosen" : ""} data-testid="widget-citation">
      {url ? (
        <a ref={link} href={url} target="_blank" rel="noopener noreferrer">
          {title}
          <Out />
          <span class="hidden">{text.opensTab}</span>
        </a>
      ) : (
        <div class="no-link">{title}</div>
      )}
      {citation.quote && <blockquote dir="auto">{citation.quote}</blockquote>}
    </li>
  );
}

export function Citations({ message, cited }: { message: Message; cited: Signal<number | null> }) {
  const text = useText();
  return (
    <ul class="citations" aria-label={text.sources} lang={message.lang ?? undefined}>
      {message.citations.map((citation) => (
        <Source key={citation.n} citation={citation} chosen={cited.value === citation.n} />
      ))}
    </ul>
  );
}
