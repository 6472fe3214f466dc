// Formatted text from the server, shown through the allow-list.
import { useLayoutEffect, useRef } from "preact/hooks";
import { safeFragment } from "./html";

/** So many columns fit a bubble on any screen. */
const FITTING_COLUMNS = 3;

interface RichProps {
  html: string;
  base: string;
  lang?: string | null;
  onCite?: (n: number) => void;
}

/** A table may be wider than its bubble: it scrolls by itself, by keyboard too, and stays a table. */
function makeScrollable(table: Element): void {
  const frame = document.createElement("div");
  frame.className = "wide";
  table.replaceWith(frame);
  frame.append(table);
  if ((table.querySelector("tr")?.children.length ?? 0) > FITTING_COLUMNS) frame.tabIndex = 0;
}

export function Rich({ html, base, lang, onCite }: RichProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const words = safeFragment(html, base);
    words.querySelectorAll("table").forEach(makeScrollable);
    box.current?.replaceChildren(words);
  }, [html, base]);

  function clicked(event: MouseEvent): void {
    const marker = (event.target as Element).closest("a[data-cite]");
    if (!marker) return;
    event.preventDefault();
    onCite?.(Number(marker.getAttribute("data-cite")));
  }

  return <div class="rich" dir="auto" ref={box} lang={lang ?? undefined} onClick={clicked} />;
}
