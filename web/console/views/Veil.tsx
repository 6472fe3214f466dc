// Hides words that may hurt until somebody asks for them: by click, by keyboard, and for screen readers too.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { feelingText } from "../text/feelings";

export function Veil({ children }: { children: ComponentChildren }) {
  const words = feelingText();
  const shown = useSignal(false);
  return (
    <div class={`veil ${shown.value ? "lifted" : ""}`} data-testid="veil">
      <p class="veil-note">
        {!shown.value && <span>{words.veiled}</span>}
        <button class="text" aria-expanded={shown.value} onClick={() => (shown.value = !shown.value)} data-testid="veil-toggle">
          {shown.value ? words.hide : words.show}
        </button>
      </p>
      <div class="veiled" aria-hidden={!shown.value} inert={!shown.value} data-testid="veiled">
        {children}
      </div>
    </div>
  );
}
