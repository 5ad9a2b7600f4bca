// SPDX-License-Identifier: AGPL-3.0-or-later
// What the file dialog offers, and a first look at what was dropped. The server decides.

const audioEndings = [
  "wav", "wave", "aif", "aiff", "aifc", "flac", "mp3", "m4a", "mp4", "aac", "ogg", "oga", "opus", "webm",
]; // prettier-ignore
const imageEndings = ["jpg", "jpeg", "png", "webp"];

const list = (type: string, endings: readonly string[]): string =>
  [type, ...endings.map((ending) => `.${ending}`)].join(",");

export const audioTypes = list("audio/*", audioEndings);
export const imageTypes = list("image/jpeg,image/png,image/webp", imageEndings);

export function looksLike(kind: "audio" | "image", file: Pick<File, "name" | "type">): boolean {
  const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
  if ((kind === "audio" ? audioEndings : imageEndings).includes(ending)) return true;
  return file.type.startsWith(`${kind}/`);
}
