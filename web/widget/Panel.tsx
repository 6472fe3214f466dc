// The panel, and what ties its parts together: Escape, back, the phone's keyboard, what has been read.
import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Announcer } from "./Announcer";
import { useBack } from "./back";
import { Composer } from "./Composer";
import { type PanelView, useChat } from "./context";
import { Header } from "./Header";
import { Log } from "./Log";
import { Status } from "./Status";
import { useText } from "./text";
import { useViewport } from "./viewport";

export const Panel: PanelView = ({ input }) => {
  const { session, open } = useChat();
  const text = useText();
  const panel = useRef<HTMLElement>(null);
  useBack(open);
  useViewport(panel, open.value);
  useEffect(() => {
    if (open.value) session.markRead();
  }, [open.value, session.newest.value]);

  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    open.value = false;
  }

  return (
    <>
      <section
        ref={panel}
        class="panel"
        role="dialog"
        aria-label={text.title}
        hidden={!open.value}
        onKeyDown={key}
        data-testid="widget-panel"
        data-state={session.state.value}
      >
        {/* A draft, a rating, an opened file are one person's: the next one begins anew. */}
        <Fragment key={session.person.value}>
          <Header />
          <Status />
          <Log />
          <Composer input={input} />
        </Fragment>
      </section>
      <Announcer />
    </>
  );
};
