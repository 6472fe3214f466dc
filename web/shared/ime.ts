// Which Enter sends a message and which one only confirms a Japanese conversion.

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing" | "keyCode">;

/** Safari ends the composition first and fires the confirming Enter afterwards, marked only by keyCode 229. */
export const composing = (event: Pick<Key, "isComposing" | "keyCode">): boolean =>
  event.isComposing || event.keyCode === 229;

export const sendsOnEnter = (event: Key): boolean =>
  event.key === "Enter" && !event.shiftKey && !event.altKey && !composing(event);

export const sendsOnCtrlEnter = (event: Key): boolean =>
  event.key === "Enter" && (event.ctrlKey || event.metaKey) && !composing(event);
