// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const prefix = "icon:";
const folder = resolve(import.meta.dirname, "../node_modules/lucide-static/icons");

/** `import play from "icon:play"`: the inside of Lucide's svg of that name, so that only the icons used are shipped. */
export function icons(): Plugin {
  return {
    name: "soundhub-icons",
    enforce: "pre",
    resolveId: (source) => (source.startsWith(prefix) ? `\0${source}` : undefined),
    load(source) {
      if (!source.startsWith(`\0${prefix}`)) return undefined;
      const svg = readFileSync(resolve(folder, `${source.slice(prefix.length + 1)}.svg`), "utf8");
      const inside = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1] ?? "";
      return `export default ${JSON.stringify(inside.replace(/\s+/g, " ").trim())};`;
    },
  };
}
