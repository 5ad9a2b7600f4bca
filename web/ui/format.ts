// SPDX-License-Identifier: AGPL-3.0-or-later

/** 83.4 s → "1:23"; hours only if there are any. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (n: number): string => String(n).padStart(2, "0");
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return h > 0 ? `${String(h)}:${two(min)}:${two(s)}` : `${String(min)}:${two(s)}`;
}

const minus = (text: string): string => text.replace("-", "\u2212");

/** −14.23 → "−14.2 dB"; −90 and below is silence. */
export function decibels(value: number, unit = "dB", digits = 1): string {
  if (!Number.isFinite(value) || value <= -90) return `\u2212\u221e ${unit}`;
  const text = value.toFixed(digits);
  return `${minus(Number(text) === 0 ? (0).toFixed(digits) : text)} ${unit}`;
}

/** 92 → "92 BPM", 92.5 → "92.5 BPM". */
export const tempo = (bpm: number): string => `${String(Math.round(bpm * 100) / 100)} BPM`;

/** 1,234,567 → "1.2 MB" (decimal, as systems show downloads). */
export function bytes(size: number): string {
  if (size < 1000) return `${String(size)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** power;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[power - 1] ?? ""}`;
}

/** "Eb" → "E♭", "F#m" → "F♯m". */
export const musicalKey = (key: string): string => key.replace(/^([A-Ga-g])b/, "$1\u266d").replace(/#/g, "\u266f");

export const percent = (fraction: number): string => `${String(Math.floor(Math.min(1, Math.max(0, fraction)) * 100))}%`;

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** "3 hours ago", "방금": in whole units, the largest that fits. */
export function ago(at: string, language: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const step = steps.find(([, length]) => Math.abs(seconds) >= length);
  return step ? format.format(Math.trunc(seconds / step[1]), step[0]) : format.format(0, "second");
}

export const date = (at: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(at));

/** What stands in an avatar: given name in Hangul, initials in Latin. */
export function initials(name: string): string {
  const clean = name.trim();
  if (/^[가-힣]{2,4}$/.test(clean)) return clean.slice(-2);
  const words = clean.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => Array.from(word)[0]) : [Array.from(clean)[0]];
  return letters.join("").toUpperCase();
}
