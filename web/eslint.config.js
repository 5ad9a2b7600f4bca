// SPDX-License-Identifier: AGPL-3.0-or-later
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

/** @param {string} from @param {string[]} to @returns {import("eslint").Linter.Config} */
const mayNotImport = (from, ...to) => ({
  files: [`${from}/**/*.{ts,svelte}`],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: to.map((name) => `**/${name}/**`), message: `${from} may not use ${to.join(", ")}` }] },
    ],
  },
});

export default defineConfig(
  { ignores: ["dist", "node_modules", "client/schema.d.ts", "ui/fonts"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: true, extraFileExtensions: [".svelte"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "no-undef": "off", // TypeScript knows better
      "max-lines": ["error", 400],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // Callbacks of components have no types here; svelte-check knows them.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off", // an effect names what it depends on
      "svelte/no-navigation-without-resolve": "off", // that is SvelteKit's
      "svelte/no-at-html-tags": "error",
      "svelte/button-has-type": "error",
    },
  },
  mayNotImport("ui", "app", "client", "engine"),
  mayNotImport("client", "app", "ui", "engine"),
  mayNotImport("engine", "app", "ui"),
  {
    files: ["engine/**/*.ts"],
    rules: { "no-restricted-globals": ["error", "document", "window", "localStorage", "location", "history"] },
  },
);
