// SPDX-License-Identifier: AGPL-3.0-or-later
// Korean particles depend on whether the word before ends in a consonant (batchim).

function endsInConsonant(word: string): boolean | undefined {
  const last = word.trim().at(-1) ?? "";
  const code = last.charCodeAt(0) - 0xac00;
  if (code >= 0 && code < 11172) return code % 28 !== 0;
  if (/\d/.test(last)) return "013678".includes(last);
  return undefined;
}

const choose = (word: string, consonant: string, vowel: string): string => {
  const ends = endsInConsonant(word);
  return ends === undefined ? `${consonant}(${vowel})` : ends ? consonant : vowel;
};

/** 을/를 */
export const object = (word: string): string => choose(word, "을", "를");
/** 이/가 */
export const subject = (word: string): string => choose(word, "이", "가");
