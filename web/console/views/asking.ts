// Which question is open over the desk; shortcuts open them too.
import { signal } from "@preact/signals";

export const asking = signal<"resolve" | "transfer" | "handUp" | "warn" | "snooze" | "replies" | "alerts" | "palette" | null>(null);
