// Beside a setting: who changed it, where it is set, and the way back to the product's own value.
import { change, pending, settings } from "../../state/settings";
import type { Change } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { time } from "../knowledge/days";

interface ChangedProps {
  name: string;
  of: string;
  stored: Change | null;
  inFile?: boolean;
}

export function Changed({ name, of, stored, inFile }: ChangedProps) {
  const words = settingsText();
  if (inFile) return <small class="meta in-file">{words.inFile(settings.value?.file ?? "")}</small>;
  const own = of in pending.value ? pending.value[of] !== null : stored !== null && stored.value !== null;
  return (
    <span class="changed">
      {stored && <small class="meta">{words.changedBy(stored.by, time(stored.at))}</small>}
      {own && (
        <button type="button" class="text" aria-label={words.resetOf(name)} onClick={() => change(of, null)} data-testid={`reset-${of}`}>
          {words.reset}
        </button>
      )}
    </span>
  );
}
