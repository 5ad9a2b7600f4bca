// SPDX-License-Identifier: AGPL-3.0-or-later
import { en, type Messages } from "./en";
import { ko } from "./ko";
import { remember, recall } from "../shell/preferences";

export type Language = "en" | "ko";
export type { Messages };

const catalogues: Record<Language, Messages> = { en, ko };

function first(): Language {
  const chosen = recall("lang");
  if (chosen === "ko" || chosen === "en") return chosen;
  return navigator.language.toLowerCase().startsWith("ko") ? "ko" : "en";
}

/** The language of the whole page; read inside markup or `$derived`, so that a switch redraws. */
class Locale {
  language = $state<Language>(first());

  choose(language: Language): void {
    this.language = language;
    remember("lang", language);
    this.apply();
  }

  apply(): void {
    document.documentElement.lang = this.language;
  }
}

export const locale = new Locale();

/** The messages of the current language: `{m().home.title}`. */
export const m = (): Messages => catalogues[locale.language];
