// What every dialog that changes something asks: why, and whether really.
import type { Signal } from "@preact/signals";
import { text } from "../text";

interface ReasonProps {
  label: string;
  hint: string;
  value: Signal<string>;
  testid: string;
}

export function Reason({ label, hint, value, testid }: ReasonProps) {
  return (
    <label>
      {label}
      <textarea
        rows={3}
        required
        minLength={3}
        maxLength={500}
        value={value.value}
        placeholder={hint}
        onInput={(event) => (value.value = event.currentTarget.value)}
        data-testid={testid}
      />
    </label>
  );
}

export function Confirm({ label, close, testid }: { label: string; close: () => void; testid: string }) {
  return (
    <p class="buttons">
      <button type="button" class="outline" onClick={close}>
        {text().cancel}
      </button>
      <button class="solid" data-testid={testid}>
        {label}
      </button>
    </p>
  );
}
