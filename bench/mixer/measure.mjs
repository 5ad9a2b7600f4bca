// SPDX-License-Identifier: AGPL-3.0-or-later
// Opens mixer pages in Chromium and reports, as one line of JSON each:
//   first_sound_ms     from the press on play to the first non-silent quantum that the engine renders (median, each)
//   memory_mb          the renderer process: what it has of its own when opened and while it plays; most PSS and RSS
// usage: node bench/mixer/measure.mjs (URL | --data DIR) [--runs N] [--play SECONDS] [--cookie NAME=VALUE]
// With --data, $SOUNDHUB_BIN serves DIR: first sound of a song of 8 parts, memory with one of 16 parts of 10 minutes.
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { installTap } from "../../tests/ui/mixer/tap.mjs";
import { openBare } from "./bare_browser.mjs";
import { serveSongs } from "./songs.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("@playwright/test");

const words = process.argv.slice(2);
const option = (name, fallback) => (words.includes(name) ? words[words.indexOf(name) + 1] : fallback);
const data = option("--data", "");
const runs = Number(option("--runs", "5"));
const playSeconds = Number(option("--play", data ? "60" : "0"));
const cookie = option("--cookie", "");
const PLAY = /^(Play|재생)$/;
const PAUSE = /^(Pause|일시 정지)$/;

const songs = data ? await serveSongs(data) : { eight: words[0], sixteen: words[0], stop: () => undefined };
let browser;
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const mb = (bytes) => Math.round(bytes / 1e5) / 10;

async function open(url) {
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
  const { context, page } = await open(songs.eight);
  await page.waitForTimeout(settleMs);
  await page.getByRole("button", { name: PLAY }).click();
  const ms = await heard(page);
  await context.close();
  return ms;
}

/** Presses play and watches the renderer for some time. `opened`: before that; `most`: the highest since. */
async function memory() {
  const tab = await openBare(songs.sixteen, { width: 1440, height: 900 });
  try {
    await tab.evaluate(`(${waitForButton})("${PLAY.source}")`);
    await sleep(5000);
    const opened = await tab.memory();
    await tab.evaluate(`(${waitForButton})("${PLAY.source}").then((button) => button.click())`);
    await tab.evaluate(`(${waitForButton})("${PAUSE.source}")`);
    const seen = [];
    for (let s = 0; s < playSeconds; s += 5) {
      await sleep(5000);
      seen.push(await tab.memory());
    }
    const end = await tab.evaluate("document.querySelector('[role=timer]').textContent");
    const own = seen.map((m) => mb(m.own));
    const most = (name) => mb(Math.max(...seen.map((m) => m[name])));
    return { own_opened: mb(opened.own), own_most: most("own"), own, pss: most("pss"), rss: most("rss"), played_to: end };
  } finally {
    await tab.close();
  }
}

/** In the page: the button of this name, as soon as it is there. */
function waitForButton(name) {
  const is = new RegExp(name);
  const find = () => [...document.querySelectorAll("button")].find((b) => is.test(b.ariaLabel ?? b.textContent.trim()));
  return new Promise((done) => {
    const look = () => (find() ? done(find()) : setTimeout(look, 50));
    look();
  });
}

async function firstSounds(count) {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--autoplay-policy=no-user-gesture-required"],
  });
  const after_opening = [];
  for (let i = 0; i < count; ++i) after_opening.push(await firstSound(i === 0 ? 3000 : 1500));
  const at_once = [];
  for (let i = 0; i < count; ++i) at_once.push(await firstSound(0));
  const of = (all) => ({ median: median(all), all });
  await browser.close();
  return { after_opening: of(after_opening), at_once: of(at_once) };
}

try {
  if (runs > 0) console.log(JSON.stringify({ url: songs.eight, first_sound_ms: await firstSounds(runs) }));
  if (playSeconds > 0) console.log(JSON.stringify({ url: songs.sixteen, memory_mb: await memory() }));
} finally {
  await browser?.close();
  await songs.stop();
}
