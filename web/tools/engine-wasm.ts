// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";

const id = "virtual:engine-wasm-url";
const web = resolve(import.meta.dirname, "..");
const usual = ["../build/release/dsp/engine.wasm", "../build/dev/dsp/engine.wasm"];

function findWasm(): string | undefined {
  const wanted = process.env.SOUNDHUB_ENGINE_WASM;
  const candidates = wanted ? [resolve(web, "..", wanted)] : usual.map((path) => resolve(web, path));
  const found = candidates.find((path) => existsSync(path));
  if (wanted && !found) throw new Error(`SOUNDHUB_ENGINE_WASM: no file ${candidates[0] ?? ""}`);
  return found;
}

/**
 * `import url from "virtual:engine-wasm-url"`: where the browser fetches the mixing engine, hashed like every asset.
 * The address is empty when no engine was built; the mixer then says so.
 */
export function engineWasm(): Plugin {
  let serving = false;
  return {
    name: "soundhub-engine-wasm",
    configResolved: (config) => {
      serving = config.command === "serve";
    },
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined;
      const wasm = findWasm();
      if (!wasm) {
        this.warn("no engine.wasm was built: the mixer will not play");
        return `export default "";`;
      }
      if (serving) return `export default ${JSON.stringify(`/@fs${wasm}`)};`;
      const asset = this.emitFile({ type: "asset", name: "engine.wasm", source: readFileSync(wasm) });
      return `export default import.meta.ROLLUP_FILE_URL_${asset};`;
    },
  };
}
