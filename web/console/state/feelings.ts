// What is read of a customer's feelings, for lists and transcripts. Pure.
import type { AgentMessage, Packet, Row, Turn } from "../types";

/** From here on a message is taken for harassment. */
const HARASSMENT_THRESHOLD = 0.5;
/** From here on a feeling is worth a line beside a reply. */
export const SHOWN_THRESHOLD = 0.3;
/** The reason of evidence of harassment, and what packets from before the codes say. */
export const HARASSMENT_REASONS = ["harasses", "threatens, insults or harasses"];

/** The ids of harassing messages: all that the customer wrote in a turn that was read as such. */
export function harassingIds(messages: AgentMessage[], turns: Turn[]): Set<string> {
  const ends = new Map(turns.map((turn) => [turn.message_id, (turn.signals.harassment ?? 0) >= HARASSMENT_THRESHOLD]));
  const found = new Set<string>();
  let harassing = false;
  for (const message of [...messages].reverse()) {
    if (message.author !== "customer") harassing = message.private ? harassing : false;
    else {
      harassing = ends.get(message.id) ?? harassing;
      if (harassing) found.add(message.id);
    }
  }
  return found;
}

/** Whether what was searched in a turn are harassing words. */
export const isHarassing = (packet: Pick<Packet, "sentiment">, turn: number): boolean =>
  packet.sentiment.some((each) => each.turn === turn && (each.harassment ?? 0) >= HARASSMENT_THRESHOLD);

export const isMarked = (row: Row, mark: string): boolean => row.marks?.includes(mark) ?? false;

/** A mark that the reason says already is not said twice. */
export const marksOf = (row: Row): string[] => (row.marks ?? []).filter((mark) => mark !== "anger" || row.reason !== "frustrated");
