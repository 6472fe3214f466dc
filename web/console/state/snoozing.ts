// The moments that a snooze is usually set to, in the agent's own time. Pure.
const MORNING = 9;
const EVENING = 17;

function at(day: Date, days: number, hour: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour);
}

export function presetTimes(now: Date): [string, Date][] {
  // Monday is 1: the next one is never today.
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const evening = at(now, 0, EVENING);
  return [
    ["hour", new Date(now.getTime() + 3_600_000)],
    ...(evening > now ? ([["evening", evening]] as [string, Date][]) : []),
    ["tomorrow", at(now, 1, MORNING)],
    ...(toMonday > 1 ? ([["monday", at(now, toMonday, MORNING)]] as [string, Date][]) : []),
  ];
}
