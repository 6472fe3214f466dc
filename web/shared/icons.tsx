// Line icons, drawn for this product; they take the colour of the text around them.
import type { ComponentChildren } from "preact";

const icon = (children: ComponentChildren) => () => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

/** The mark: two speech leaves leaning on each other (寄り添う). */
export const Mark = icon(
  <>
    <path d="M3.5 19.5V11a6.5 6.5 0 0 1 6.5-6.5c0 0 2.2 2.6 2.2 6.6 0 4.6-3.6 8.4-8.7 8.4z" />
    <path d="M14.6 8.3c.9-.5 2-.8 3.1-.8h2.800v6.200a6 6 0 0 1-6 6h-3.6" />
  </>,
);
export const Close = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const Down = icon(<path d="M6 9l6 6 6-6" />);
export const Send = icon(<path d="M5 12h13M12.5 6l6 6-6 6" />);
export const Person = icon(
  <>
    <circle cx="12" cy="8" r="3.6" />
    <path d="M5 20c.6-4 3.4-6 7-6s6.4 2 7 6" />
  </>,
);
export const Phone = icon(<path d="M8 3.500h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.500h2" />);
export const ThumbUp = icon(<path d="M7 10.5V20H4v-9.5zM7 11l4-7c1.5 0 2.5 1 2.3 2.5L12.800 10H19c.9 0 1.5.8 1.3 1.7l-1.5 6.800A2 2 0 0 1 16.900 20H7" />);
export const ThumbDown = icon(<path d="M7 13.5V4H4v9.5zM7 13l4 7c1.5 0 2.5-1 2.3-2.5l-.5-3.5H19c.9 0 1.5-.8 1.3-1.7l-1.5-6.800A2 2 0 0 0 16.900 4H7" />);
export const Out = icon(<path d="M9 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3M13 5h6v6M19 5l-8 8" />);
export const Back = icon(<path d="M19 12H6M11.5 6l-6 6 6 6" />);
export const Bell = icon(<path d="M6 17h12l-1.500-2.500V11a4.500 4.500 0 0 0-9 0v3.500zM10.500 20h3" />);
export const Clip = icon(<path d="M19 11l-7.500 7.500a4 4 0 0 1-6-6L13 5a2.700 2.700 0 0 1 4 4l-7.500 7.500a1.300 1.300 0 0 1-2-2L14 8" />);
export const Side = icon(
  <>
    <rect x="4" y="5" width="16" height="14" rx="2" />
    <path d="M14 5v14" />
  </>,
);
