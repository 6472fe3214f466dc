// A button that does its work may be gone afterwards: the focus goes on to what took its place, never to the page.

/** Call it while the button is there; what it gives back focuses the first match, unless the person went elsewhere. */
export function keepFocus(button: EventTarget | null): (selector: string) => void {
  const root = (button as Element).getRootNode() as ShadowRoot;
  return (selector) =>
    requestAnimationFrame(() => {
      if (!root.activeElement) root.querySelector<HTMLElement>(selector)?.focus();
    });
}
