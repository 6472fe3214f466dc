// Keeps the shop's own colour readable.

/** sRGB relative luminance, 0 black to 1 white (WCAG 2). */
function luminance(red: number, green: number, blue: number): number {
  const linear = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

export const inkOn = (red: number, green: number, blue: number): string =>
  1.05 / (luminance(red, green, blue) + 0.05) >= 4.5 ? "#ffffff" : "#101613";

/** Black or white, whichever can be read on the colour; the browser resolves names and notations. */
export function accentInk(colour: string, element: HTMLElement): string {
  element.style.color = colour;
  const parts = getComputedStyle(element).color.match(/[\d.]+/g)?.map(Number) ?? [];
  element.style.color = "";
  return inkOn(parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0);
}
