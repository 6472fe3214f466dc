// What is read of a customer's feelings, for lists and transcripts. Pure.
import type { Packet, Row } from "../types";

/** From here on a turn is taken for harassment. */
const HARASSMENT_THRESHOLD = 0.5;
/** From here on a feeling is worth a line beside a reply. */
export const SHOWN_THRESHOLD = 0.3;
/** The reason of evidence of harassment, and what packets from before the codes say. */
export const HARASSMENT_REASONS = ["harasses", "threatens, insults or harasses"];

/** Whether what was searched in a turn are harassing words. */
export const isHarassing = (packet: Pick<Packet, "sentiment">, turn: number): boolean =>
  packet.sentiment.some((each) => each.turn === turn && (each.harassment ?? 0) >= HARASSMENT_THRESHOLD);

export const isMarked = (row: Row, mark: string): boolean => row.marks?.includes(mark) ?? false;

/** A mark that the reason says already is not said twice. */
export const marksOf = (row: Row): string[] => (row.marks ?? []).filter((mark) => mark !== "anger" || row.reason !== "frustrated");
