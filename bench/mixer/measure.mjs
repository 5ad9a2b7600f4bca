// SPDX-License-Identifier: AGPL-3.0-or-later
// Opens a mixer page in Chromium and reports, as one line of JSON:
//   first_sound_ms     from the press on play to the first non-silent quantum that the engine renders (median, each)
//   memory             MB: JS and buffers as the browser counts them, and the renderer process's own (PSS, RSS)
// usage: node bench/mixer/measure.mjs URL [--runs N] [--play SECONDS] [--cookie NAME=VALUE]
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { installTap } from "../../tests/ui/mixer/tap.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const [url, ...rest] = process.argv.slice(2);
const option = (name, fallback) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : fallback);
const runs = Number(option("--runs", "5"));
const playSeconds = Number(option("--play", "0"));
const cookie = option("--cookie", "");
const PLAY = /^(Play|재생)$/;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--autoplay-policy=no-user-gesture-required", "--enable-blink-features=ForceEagerMeasureMemory"],
});
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const mb = (bytes) => Math.round(bytes / 1e5) / 10;

async function open() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  if (cookie) {
    const [name, ...value] = cookie.split("=");
    await context.addCookies([{ name, value: value.join("="), url }]);
  }
  const page = await context.newPage();
  await page.addInitScript(installTap, 0);
  await page.goto(url);
  await page.getByRole("button", { name: PLAY }).waitFor();
  await page.waitForFunction(() => globalThis.__tap.ready);
  return { context, page };
}

async function heard(page) {
  await page.waitForFunction(() => globalThis.__tap.firstSoundAt > 0, undefined, { timeout: 60_000 });
  return page.evaluate(() => globalThis.__tap.firstSoundAt - globalThis.__tap.pressedAt);
}

async function firstSound(settleMs) {
  const { context, page } = await open();
  await page.waitForTimeout(settleMs);
  await page.getByRole("button", { name: PLAY }).click();
  const ms = await heard(page);
  await context.close();
  return ms;
}

/** Of the renderer that shows the page: the one that grew. KB of /proc/PID/smaps_rollup. */
async function rendererMemory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const sizes = processInfo
    .filter((p) => p.type === "renderer")
    .map(({ id }) => {
      const text = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
      const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0) * 1024;
      return { pss: of("Pss"), rss: of("Rss"), own: of("Private_Dirty") + of("Private_Clean") };
    });
  return sizes.reduce((a, b) => (b.rss > a.rss ? b : a));
}

async function counted(page) {
  return page.evaluate(async () => {
    if (!globalThis.crossOriginIsolated || !performance.measureUserAgentSpecificMemory) return undefined;
    return (await performance.measureUserAgentSpecificMemory()).bytes;
  });
}

async function memory() {
  const { context, page } = await open();
  await page.waitForTimeout(3000);
  await page.getByRole("button", { name: PLAY }).click();
  await heard(page);
  let most = { pss: 0, rss: 0, own: 0 };
  let mostCounted = 0;
  for (let s = 0; s < playSeconds; s += 5) {
    await page.waitForTimeout(5000);
    const now = await rendererMemory();
    if (now.own > most.own) most = now;
    if (s % 20 === 15) mostCounted = Math.max(mostCounted, (await counted(page)) ?? 0);
  }
  await context.close();
  return { counted: mb(mostCounted), own: mb(most.own), pss: mb(most.pss), rss: mb(most.rss) };
}

const report = { url };
if (runs > 0) {
  const eager = [];
  for (let i = 0; i < runs; ++i) eager.push(await firstSound(i === 0 ? 3000 : 1500));
  const rushed = [];
  for (let i = 0; i < runs; ++i) rushed.push(await firstSound(0));
  report.first_sound_ms = { after_opening: { median: median(eager), all: eager }, at_once: { median: median(rushed), all: rushed } };
}
if (playSeconds > 0) report.memory_mb = await memory();
console.log(JSON.stringify(report));
await browser.close();
