// The words outside the panel, there before it is loaded.

const ja = {
  open: "チャットを開く",
  close: "チャットを閉じる",
  unread: (n: number) => `未読 ${n} 件`,
  offline: "接続が切れています。つながりしだい自動で再開します。",
};

const en: typeof ja = {
  open: "Open chat",
  close: "Close chat",
  unread: (n) => `${n} unread`,
  offline: "You are offline. The chat resumes by itself when the connection is back.",
};

export const outside = { ja, en };

/** The words of a further language, as the server has them: `{}` is filled in; English where one is missing. */
export function fillWords<T extends object>(english: T, words: Record<string, string>): T {
  const filled = Object.entries(english).map(([key, own]) => {
    const given = words[key];
    return [key, given === undefined || typeof own === "string" ? (given ?? own) : (value: string | number) => given.replace("{}", String(value))];
  });
  return Object.fromEntries(filled) as T;
}
