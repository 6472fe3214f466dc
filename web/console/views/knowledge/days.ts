// Days and times as the agent's language writes them.
import { language } from "../../text";

/** A plain date stays the day that it names, whatever the zone. */
export const day = (value: string): string =>
  new Date(value.length === 10 ? `${value}T00:00` : value).toLocaleDateString(language.value, { dateStyle: "medium" });

export const time = (value: string): string => new Date(value).toLocaleString(language.value, { dateStyle: "medium", timeStyle: "short" });
