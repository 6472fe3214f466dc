// The launcher and the panel, and what ties them together: focus, Escape, the phone's keyboard.
import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Announcer } from "./Announcer";
import { useBack } from "./back";
import { Composer } from "./Composer";
import { useChat, useText } from "./context";
import { Header } from "./Header";
import { Launcher } from "./Launcher";
import { Log } from "./Log";
import { Status } from "./Status";
import { text as builtIn } from "./text";
import { useViewport } from "./viewport";

/** The greeting follows the page's language; without the server the panel still opens. */
function useWelcome(): void {
  const { config, session, open, welcome } = useChat();
  const language = config.language.value;
  // The words of a further language are wanted before it is opened, those of the launcher.
  const wanted = open.value || !(language in builtIn);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    session.welcome(language).then(
      (answer) => {
        if (!current) return;
        welcome.value = answer;
        if (answer.language !== language) config.refuse(language);
      },
      () => undefined,
    );
    return () => (current = false);
  }, [language, wanted]);
}

function useFocus() {
  const { open } = useChat();
  const launcher = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const before = useRef(open.value);
  useEffect(() => {
    if (open.value === before.current) return;
    before.current = open.value;
    (open.value ? input : launcher).current?.focus();
  }, [open.value]);
  return { launcher, input };
}

export function Widget() {
  const { config, session, open } = useChat();
  const text = useText();
  const { launcher, input } = useFocus();
  const panel = useRef<HTMLElement>(null);
  useWelcome();
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
    <div class={`chat ${config.side}`} lang={config.language.value} data-testid="widget">
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
      {config.launcher && <Launcher button={launcher} />}
      <Announcer />
    </div>
  );
}
