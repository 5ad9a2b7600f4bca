// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plugin } from "vite";

/** Asks for the Latin half of the typeface together with the style sheet: every page of either language needs it. */
export function preloadLatin(): Plugin {
  return {
    name: "soundhub-preload-latin",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((file) => /pretendard-latin-.*\.woff2$/.test(file));
        if (!font) return [];
        const attrs = { rel: "preload", as: "font", type: "font/woff2", href: `/${font}`, crossorigin: "" };
        return [{ tag: "link", attrs, injectTo: "head-prepend" as const }];
      },
    },
  };
}
