// Cases that are in no improvement yet, to choose from.
import { cases, groupable } from "../../state/improvements";
import type { Case } from "../../state/insight";
import { word } from "../../text";
import { improvementText } from "../../text/improvements";
import { insightText } from "../../text/insight";
import { day } from "../knowledge/days";

/** What a case is called in a list: why, when, about what. */
export function caseName(one: Case): string {
  const words = insightText();
  return [word(words.triggers, one.trigger), day(one.created_at), one.theme_name].filter(Boolean).join(" · ");
}

interface PickerProps {
  theme: string | null;
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

export function CasePicker({ theme, chosen, onChange }: PickerProps) {
  const words = improvementText();
  const free = groupable(cases.value, theme);
  const toggle = (id: string, on: boolean): void => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <fieldset class="picker">
      <legend>{words.cases}</legend>
      {!free.length && <p class="meta">{words.noCases}</p>}
      {free.map((one) => (
        <label key={one.id} class="choice">
          <input type="checkbox" checked={chosen.includes(one.id)} onChange={(event) => toggle(one.id, event.currentTarget.checked)} data-testid="pick-case" />
          {caseName(one)}
        </label>
      ))}
    </fieldset>
  );
}
