// SPDX-License-Identifier: AGPL-3.0-or-later
import { locale } from "../i18n/index.svelte";
import { en, type MixerMessages } from "./messages.en";
import { ko } from "./messages.ko";

const catalogues = { en, ko };

/** The mixer's words in the current language; fetched with the mixer. */
export const t = (): MixerMessages => catalogues[locale.language];
