// The launcher, and the panel once it was wanted.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { backoff, pause } from "../shared/backoff";
import { type PanelView, useChat, useWords } from "./context";
import { Launcher } from "./Launcher";
import { outside } from "./outside";

/** The greeting follows the page's language; without the server the panel still opens. */
function useWelcome(): void {
  const { config, session, open, welcome } = useChat();
  const language = config.language.value;
  // The words of a further language are wanted before it is opened, those of the launcher.
  const wanted = open.value || !(language in outside);
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

/** Loads the panel when it is opened for the first time, and tries again while it stays open. */
function usePanel() {
  const { open, loadPanel } = useChat();
  const panel = useSignal<{ View: PanelView } | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    if (!open.value || panel.value) return;
    let wanted = true;
    async function load(): Promise<void> {
      for (let tries = 0; wanted && !panel.value; tries++) {
        const View = await loadPanel().catch(() => null);
        if (View) panel.value = { View };
        failed.value = !View;
        if (!View) await pause(backoff(tries, 8_000)).done;
      }
    }
    void load();
    return () => (wanted = false);
  }, [open.value]);
  return { View: panel.value?.View, failed: open.value && failed.value };
}

/** Opened by somebody: to where they write; closed: back to the launcher. */
function useFocus(loaded: boolean) {
  const { open } = useChat();
  const launcher = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const before = useRef(open.value);
  useEffect(() => {
    if (open.value === before.current || (open.value && !loaded)) return;
    before.current = open.value;
    (open.value ? input : launcher).current?.focus();
  }, [open.value, loaded]);
  return { launcher, input };
}

export function Widget() {
  const { config } = useChat();
  const words = useWords(outside);
  const { View, failed } = usePanel();
  const { launcher, input } = useFocus(!!View);
  useWelcome();
  return (
    <div class={`chat ${config.side}`} lang={config.language.value} data-testid="widget">
      {View && <View input={input} />}
      {failed && <p class="missing" role="alert" data-testid="widget-missing">{words.offline}</p>}
      {config.launcher && <Launcher button={launcher} />}
    </div>
  );
}
