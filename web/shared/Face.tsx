// A face between very unhappy (0) and very happy (1).
export function Face({ mood }: { mood: number }) {
  const bend = 12 + mood * 9;
  const ends = 19.5 - mood * 4;
  return (
    <svg viewBox="0 0 28 28" width="32" height="32" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">
      <circle cx="14" cy="14" r="11.5" />
      <path d="M10 11v.01M18 11v.01" stroke-width="2.6" />
      <path d={`M9.5 ${ends}Q14 ${bend + 2} 18.5 ${ends}`} />
    </svg>
  );
}
