// Formatted text from the server, shown through the allow-list.
import { useLayoutEffect, useRef } from "preact/hooks";
import { safeFragment } from "./html";

interface RichProps {
  html: string;
  base: string;
  lang?: string | null;
  onCite?: (n: number) => void;
}

export function Rich({ html, base, lang, onCite }: RichProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.replaceChildren(safeFragment(html, base)), [html, base]);

  function clicked(event: MouseEvent): void {
    const marker = (event.target as Element).closest("a[data-cite]");
    if (!marker) return;
    event.preventDefault();
    onCite?.(Number(marker.getAttribute("data-cite")));
  }

  return <div class="rich" dir="auto" ref={box} lang={lang ?? undefined} onClick={clicked} />;
}
