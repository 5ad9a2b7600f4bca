// SPDX-License-Identifier: AGPL-3.0-or-later
// Cuts the typefaces into what pages need: Latin (always), the 2,350 syllables of KS X 1001, the other syllables.
// Writes ui/fonts/, and does nothing when that is up to date.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import subsetFont from "subset-font";

const web = resolve(import.meta.dirname, "..");
const out = resolve(web, "ui/fonts");
const sources = {
  pretendard: "node_modules/pretendard/dist/web/variable/woff2/PretendardVariable.woff2",
  mono: "node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
};

/** @param {[number, number][]} ranges */
const characters = (ranges) =>
  ranges
    .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
    .join("");

/** The syllables of KS X 1001: rows 16 to 40 of EUC-KR. */
function ksSyllables() {
  const bytes = [];
  for (let lead = 0xb0; lead <= 0xc8; lead++) for (let trail = 0xa1; trail <= 0xfe; trail++) bytes.push(lead, trail);
  return new TextDecoder("euc-kr").decode(Uint8Array.from(bytes));
}

/** @param {string} text */
function unicodeRange(text) {
  const points = [...new Set(text)].map((c) => /** @type {number} */ (c.codePointAt(0))).sort((a, b) => a - b);
  const runs = /** @type {[number, number][]} */ ([]);
  for (const point of points) {
    const last = runs.at(-1);
    if (last && point === last[1] + 1) last[1] = point;
    else runs.push([point, point]);
  }
  return runs.map(([a, b]) => `U+${a.toString(16)}${a === b ? "" : `-${b.toString(16)}`}`).join(",");
}

const latin = characters([
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x2010, 0x2027],
  [0x2030, 0x203a],
  [0x20ac, 0x20ac],
  [0x2190, 0x2193],
  [0x2212, 0x2212],
  [0x266d, 0x266f],
]);
const common = ksSyllables();
const rest = characters([
  [0x3000, 0x3015],
  [0x3130, 0x318e],
  [0xac00, 0xd7a3],
  [0xff01, 0xff5e],
]);
const cuts = [
  // The whole range first: the faces after it take their characters away.
  {
    file: "pretendard-rest.woff2",
    source: "pretendard",
    family: "Pretendard",
    text: Array.from(rest)
      .filter((c) => !common.includes(c))
      .join(""),
    range: rest,
    weight: "400 800",
  },
  { file: "pretendard-latin.woff2", source: "pretendard", family: "Pretendard", text: latin, weight: "400 800" },
  { file: "pretendard-ks.woff2", source: "pretendard", family: "Pretendard", text: common, weight: "400 800" },
  { file: "mono-latin.woff2", source: "mono", family: "JetBrains Mono", text: latin, weight: "400 700" },
];

const stamp = createHash("sha256")
  .update(readFileSync(import.meta.filename))
  .update(readFileSync(resolve(web, sources.pretendard)))
  .update(readFileSync(resolve(web, sources.mono)))
  .digest("hex");
const stampFile = resolve(out, "stamp");
if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) process.exit(0);

mkdirSync(out, { recursive: true });
const faces = [];
for (const { file, source, family, text, weight, range = text } of cuts) {
  const font = readFileSync(resolve(web, sources[/** @type {keyof typeof sources} */ (source)]));
  const [min = 400, max = 400] = weight.split(" ").map(Number);
  const cut = await subsetFont(font, text, { targetFormat: "woff2", variationAxes: { wght: { min, max } } });
  writeFileSync(resolve(out, file), cut);
  faces.push(
    `@font-face{font-family:"${family}";src:url("./${file}") format("woff2");font-weight:${weight};font-display:swap;` +
      `unicode-range:${unicodeRange(range)}}`,
  );
}
writeFileSync(resolve(out, "fonts.css"), `${faces.join("\n")}\n`);
writeFileSync(stampFile, stamp);
