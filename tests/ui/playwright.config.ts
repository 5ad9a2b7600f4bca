// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";

const build = resolve(__dirname, "../../build");

export default defineConfig({
  testDir: __dirname,
  outputDir: resolve(build, "ui-results"),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--autoplay-policy=no-user-gesture-required"],
    },
    reducedMotion: "reduce",
  },
});
