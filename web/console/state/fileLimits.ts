// Which files the customer's app carries; the server refuses the same, this only says so before.
import type { Schemas } from "../../shared/types";

type Limits = Schemas["ChannelOut"]["file_limits"];

const MEGABYTE = 1024 * 1024;
/** What the web chat takes, and the most that any app does. */
const WEB: Limits = Object.fromEntries(
  ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"].map((type) => [type, 8 * MEGABYTE]),
);
const NAMES: Record<string, string> = {
  "image/png": "PNG",
  "image/jpeg": "JPEG",
  "image/gif": "GIF",
  "image/webp": "WebP",
  "application/pdf": "PDF",
  "text/plain": "TXT",
};

export const limitsOf = (channel: Schemas["ChannelOut"] | null | undefined): Limits => channel?.file_limits ?? WEB;

/** "PNG, JPEG", as both languages write it. */
export const namesOf = (limits: Limits): string => Object.keys(limits).map((type) => NAMES[type] ?? type).join(", ");

/** Whole or half megabytes, rounded down: nobody is promised more than the app takes. */
export const megabytes = (bytes: number): number => Math.max(Math.floor((bytes / 1_000_000) * 2) / 2, 0.5);

/** What is wrong with a file for this app; null: nothing. An unknown type is for the server to name. */
export function problemOf(file: { type: string; size: number }, limits: Limits): "type" | "size" | null {
  if (!file.type) return null;
  const most = limits[file.type];
  if (most === undefined) return "type";
  return file.size > most ? "size" : null;
}
