// SPDX-License-Identifier: AGPL-3.0-or-later
// Levels as SVG path data: mirrored bars, bars stacked by colour, growth rings. Round caps add half a stroke per end.

const fixed = (value: number): string => (Math.round(value * 10) / 10).toString();

export const barStep = 4;
export const barWidth = 2.3;

/** How many bars fit. */
export const barCount = (width: number, step: number = barStep): number => Math.max(0, Math.floor(width / step));

/** Bars mirrored about the middle; silence is a row of dots. */
export function mirrored(levels: ArrayLike<number>, height: number, step: number = barStep): string {
  const middle = height / 2;
  const reach = Math.max(0, middle - barWidth / 2);
  let path = "";
  for (let i = 0; i < levels.length; i++) {
    const half = Math.max(0.05, (levels[i] ?? 0) * reach);
    path += `M${fixed(i * step + step / 2)} ${fixed(middle - half)}V${fixed(middle + half)}`;
  }
  return path;
}

/** One path per layer, piled upon the baseline, the first layer lowest; the highest pile fills the height. */
export function stacked(layers: readonly ArrayLike<number>[], height: number, step: number = barStep): string[] {
  const count = Math.max(0, ...layers.map((layer) => layer.length));
  const piles = Array.from({ length: count }, (_, i) => layers.reduce((sum, layer) => sum + (layer[i] ?? 0), 0));
  const scale = height / Math.max(...piles, 1e-6);
  const tops = new Float64Array(count);
  return layers.map((layer) => {
    let path = "";
    for (let i = 0; i < count; i++) {
      const from = tops[i] ?? 0;
      const to = from + (layer[i] ?? 0) * scale;
      tops[i] = to;
      if (to - from >= 0.3) path += `M${fixed(i * step + step / 2)} ${fixed(height - from)}V${fixed(height - to)}`;
    }
    return path;
  });
}

export interface Ring {
  /** Middle of the ring, and how far its longest bar goes either way. */
  radius: number;
  reach: number;
  /** The centre, a little off the middle as in a tree. */
  x: number;
  y: number;
}

/** Where the rings of a cover lie in a square of `side`: `full` of them with sound, then `open` dotted ones. */
export function ringPlaces(full: number, open: number, side: number): { full: Ring[]; open: Ring[]; heart: Ring } {
  const outermost = side * 0.46;
  const heart = side * 0.04;
  const weight = full + open * 0.55;
  const band = (outermost - heart * 1.6) / Math.max(weight, 2.2);
  let at = heart * 1.6;
  const place = (width: number, i: number): Ring => {
    const radius = at + width / 2;
    at += width;
    const lean = (side * 0.012 * (full + open - i)) / Math.max(1, full + open);
    return {
      radius,
      reach: width * 0.44,
      x: side / 2 + lean * Math.cos(i * 2.4),
      y: side / 2 + lean * Math.sin(i * 2.4),
    };
  };
  const sounding = Array.from({ length: full }, (_, i) => place(band, i));
  const dotted = Array.from({ length: open }, (_, i) => place(band * 0.55, full + i));
  return { full: sounding, open: dotted, heart: { radius: heart, reach: 0, x: side / 2, y: side / 2 } };
}

/** How many bars a ring has room for. */
export const ringBars = (ring: Ring, spacing: number): number =>
  Math.max(24, Math.min(240, Math.round((2 * Math.PI * ring.radius) / spacing)));

/** A waveform bent round a circle, clockwise from the top. */
export function ringPath(levels: ArrayLike<number>, ring: Ring): string {
  let path = "";
  for (let i = 0; i < levels.length; i++) {
    const angle = (i / levels.length) * 2 * Math.PI - Math.PI / 2;
    const half = Math.max(0.06, levels[i] ?? 0) * ring.reach;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const point = (radius: number): string => `${fixed(ring.x + cos * radius)} ${fixed(ring.y + sin * radius)}`;
    path += `M${point(ring.radius - half)}L${point(ring.radius + half)}`;
  }
  return path;
}
