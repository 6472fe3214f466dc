// On a phone the panel covers the page: there "back" closes it, as it closes any other screen.
import type { Signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

const COVERS = "(max-width: 520px)";
const MARK = "yorisoi";

const isOurs = (): boolean => Boolean((history.state as Record<string, unknown> | null)?.[MARK]);

export function useBack(open: Signal<boolean>): void {
  const shown = open.value;
  // Before the panel is painted: a quick "back" would leave the page.
  useLayoutEffect(() => {
    const left = () => {
      if (!isOurs()) open.value = false;
    };
    addEventListener("popstate", left);
    return () => removeEventListener("popstate", left);
  }, []);
  useLayoutEffect(() => {
    if (shown && matchMedia(COVERS).matches && !isOurs()) history.pushState({ ...history.state, [MARK]: true }, "");
    if (!shown && isOurs()) history.back();
  }, [shown]);
}
