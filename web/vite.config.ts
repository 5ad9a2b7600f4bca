// SPDX-License-Identifier: AGPL-3.0-or-later
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";
import { engineWasm } from "./tools/engine-wasm.ts";
import { icons } from "./tools/icons.ts";
import { preloadLatin } from "./tools/preload.ts";

const backend = process.env.SOUNDHUB_BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), engineWasm(), icons(), preloadLatin(), mode === "test" && svelteTesting()],
  // Newer than Vite's baseline only by light-dark(), which needs no fallback then.
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0, // the content security policy knows no data: addresses
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: {
    headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
    proxy: { "/api": backend },
    fs: { allow: [".."] }, // engine.wasm is in the build folder
  },
  test: {
    environment: "jsdom",
    include: ["**/*.test.ts"],
    exclude: ["node_modules", "dist"],
    setupFiles: ["tools/test-setup.ts"],
  },
}));
