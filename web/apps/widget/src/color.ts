// Colours that can be read: a customer's colour is kept where it has contrast and corrected where it has not (4.5:1).

type Rgb = readonly [number, number, number];

const CONTRAST_MIN = 4.5;

export function parseColor(text: string): Rgb | null {
  const match = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (!match) return null;
  const value = parseInt(match[1] ?? '', 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (channel: number): number => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * share);
  return [channel(0), channel(1), channel(2)];
}

export function hex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** White where it can be read on the colour, black otherwise; one of the two always can. */
export function textOn(color: Rgb): '#ffffff' | '#000000' {
  return 1.05 / (luminance(color) + 0.05) >= CONTRAST_MIN ? '#ffffff' : '#000000';
}

/** The colour moved away from its background until text in it can be read. */
export function readableOn(color: Rgb, background: Rgb): Rgb {
  const target: Rgb = luminance(background) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mixed(color, target, share);
    if (contrast(candidate, background) >= CONTRAST_MIN) return candidate;
  }
  return target;
}
