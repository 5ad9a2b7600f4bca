// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Instrument } from "../../client/types";

/** One colour = one instrument, everywhere. */
export const colorOf = (instrument: Instrument): string => `var(--${instrument})`;
