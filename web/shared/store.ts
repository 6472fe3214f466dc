// Small JSON values in the browser's storage. A browser that refuses storage still works, for this page only.
type Place = "localStorage" | "sessionStorage";
const memory = new Map<string, string>();

function raw(key: string, place: Place): string | null {
  try {
    return window[place].getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

export function load<T>(key: string, place: Place = "localStorage"): T | null {
  const text = raw(key, place);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

export function save(key: string, value: unknown, place: Place = "localStorage"): void {
  const text = JSON.stringify(value);
  try {
    if (value === null) window[place].removeItem(key);
    else window[place].setItem(key, text);
  } catch {
    memory.set(key, text);
  }
}

/** Called when another tab of the same origin changed the value. */
export function onOtherTab(key: string, changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === key) changed();
  });
}
