import { dismiss, toasts } from "../state/toast";

/** Said aloud too: the region stays in the page, only its content changes. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <button key={toast.id} class={`toast ${toast.bad ? "bad" : ""}`} onClick={() => dismiss(toast.id)} data-testid="toast">
          {toast.words}
        </button>
      ))}
    </div>
  );
}
