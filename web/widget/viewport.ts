// On a phone the on-screen keyboard covers part of the page: the panel keeps to what can be seen.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

export function useViewport(panel: RefObject<HTMLElement | null>, open: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!open || !view) return;
    function fit(): void {
      panel.current?.style.setProperty("--view-height", `${view!.height}px`);
      panel.current?.style.setProperty("--view-top", `${view!.offsetTop}px`);
    }
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }, [open]);
}
