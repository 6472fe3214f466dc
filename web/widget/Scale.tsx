// Numbers to choose one of: one stop of the keyboard, arrows move; the ends are named, also where they are read out.
import type { Signal } from "@preact/signals";
import type { Survey } from "../shared/types";

type Props = { options: Survey["options"]; ends: NonNullable<Survey["ends"]>; chosen: Signal<number | string | null> };

export function Scale({ options, ends, chosen }: Props) {
  const named: Record<number, string> = { 0: ends.low, [options.length - 1]: ends.high };
  return (
    <>
      <div class={options.length > 7 ? "scale long" : "scale"}>
        {options.map((option, at) => (
          <label key={option.value} data-testid="widget-survey-option">
            <input
              class="hidden"
              type="radio"
              name="yorisoi-scale"
              checked={chosen.value === option.value}
              aria-label={named[at] ? `${option.label}: ${named[at]}` : undefined}
              onChange={() => (chosen.value = option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <p class="ends" aria-hidden="true">
        <span>{options[0]?.label}: {ends.low}</span>
        <span>{options[options.length - 1]?.label}: {ends.high}</span>
      </p>
    </>
  );
}
