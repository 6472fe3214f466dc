// The round button in the corner of the page.
import type { RefObject } from "preact";
import { Down, Mark } from "../shared/icons";
import { useChat, useWords } from "./context";
import { outside } from "./outside";

export function Launcher({ button }: { button: RefObject<HTMLButtonElement | null> }) {
  const { open, session, loadPanel } = useChat();
  const text = useWords(outside);
  const unread = open.value ? 0 : session.unread.value;
  const label = open.value ? text.close : text.open;
  return (
    <button
      ref={button}
      class="launcher"
      aria-label={unread ? `${label}（${text.unread(unread)}）` : label}
      aria-expanded={open.value}
      onPointerEnter={() => void loadPanel().catch(() => undefined)}
      onClick={() => (open.value = !open.value)}
      data-testid="widget-launcher"
    >
      {open.value ? <Down /> : <Mark />}
      {unread > 0 && (
        <span class="badge" aria-hidden="true" data-testid="widget-unread">
          {unread}
        </span>
      )}
    </button>
  );
}
