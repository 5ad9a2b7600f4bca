// SPDX-License-Identifier: AGPL-3.0-or-later
// The mixer in Chromium against a real soundhub: mixing, what is heard, saving, releasing, listening.
import { AxeBuilder } from "@axe-core/playwright";
import test, { type BrowserContext, type Locator, type Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { makeSong, makeWav, offer, signUp, startServer, untilReady, type User } from "./server.mjs";
import { installTap } from "./tap.mjs";

const { expect } = test;
const shots = resolve(import.meta.dirname, "../../../build/screenshots");
const RATE = 48_000;
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

let server: Awaited<ReturnType<typeof startServer>>;
let owner: User;
let songId: number;

test.describe.configure({ mode: "serial" });
test.setTimeout(90_000);

test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await startServer();
  owner = await signUp(server.url, "anna");
  songId = await makeSong(owner, 4, 12);
  await offer(await signUp(server.url, "ben"), songId, "winds", makeWav(8, 880));
  await untilReady(owner, songId);
  mkdirSync(shots, { recursive: true });
});
test.afterAll(() => server.stop());

/** As a browser does it: the session is a cookie. */
async function logIn(context: BrowserContext): Promise<void> {
  const data = { email: owner.email, password: owner.password };
  const headers = { "X-SoundHub": "1", Origin: server.url };
  expect(
    (
      await context.request.post(`${server.url}/api/v1/sessions`, {
        data,
        headers,
      })
    ).status(),
  ).toBe(201);
}

async function choose(context: BrowserContext, lang: "en" | "ko", theme: "dark" | "light"): Promise<void> {
  await context.addCookies([
    { name: "lang", value: lang, url: server.url },
    { name: "theme", value: theme, url: server.url },
  ]);
}

async function openMixer(page: Page): Promise<void> {
  await page.goto(`${server.url}/songs/${songId}/mixer`);
  await expect(page.locator(".mixer")).toBeVisible();
}

const fader = (page: Page, name = "Guitar") => page.getByRole("slider", { name: `Volume: ${name}, anna` });
const saved = (page: Page) => expect(page.locator("[data-state=saved]")).toBeVisible({ timeout: 20_000 });

test("an owner mixes by keyboard and mouse, undoes and redoes", async ({ page, context }) => {
  await logIn(context);
  await choose(context, "en", "dark");
  await openMixer(page);
  await fader(page).focus();
  await page.keyboard.press("PageDown");
  await expect(fader(page)).toHaveAttribute("aria-valuetext", "−3.0 dB");
  await page.keyboard.press("Control+z");
  await expect(fader(page)).toHaveAttribute("aria-valuetext", "0.0 dB");
  await page.keyboard.press("Control+Shift+z");
  await expect(fader(page)).toHaveAttribute("aria-valuetext", "−3.0 dB");

  const pan = page.getByRole("slider", { name: "Pan: Vocal, anna" });
  await pan.focus();
  await page.keyboard.press("PageUp");
  await expect(pan).toHaveAttribute("aria-valuetext", "R 25");

  const clip = page.getByRole("slider", { name: "Bass by anna: time offset" });
  await clip.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Alt+ArrowRight");
  await page.getByRole("button", { name: /^Time offset, Bass/ }).click();
  await expect(page.getByRole("textbox", { name: "Samples" })).toHaveValue("481");
  await page.getByRole("textbox", { name: "Milliseconds" }).fill("-20");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Samples" })).toHaveValue("-960");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+s");
  await saved(page);
});

test("what was mixed is there after a reload, and unsaved work survives a crash", async ({ page, context }) => {
  await logIn(context);
  await choose(context, "en", "dark");
  await openMixer(page);
  await expect(fader(page)).toHaveAttribute("aria-valuetext", "−3.0 dB");
  await fader(page, "Drums").focus();
  await page.keyboard.press("PageDown");
  await expect
    .poll(() => page.evaluate((id) => localStorage.getItem(`mixer.draft.${id}`), songId))
    .toContain('"gain_db":-3');
  await page.goto("about:blank");
  await openMixer(page);
  await expect(page.getByText("Your unsaved changes from last time are back.")).toBeVisible();
  await expect(fader(page, "Drums")).toHaveAttribute("aria-valuetext", "−3.0 dB");
  await page.getByRole("button", { name: "Discard mine" }).click();
  await expect(fader(page, "Drums")).toHaveAttribute("aria-valuetext", "0.0 dB");
});

test("plays, seeks, loops and meters; an offer is heard in the song before it is accepted", async ({
  page,
  context,
}) => {
  await logIn(context);
  await choose(context, "en", "dark");
  await openMixer(page);
  await page.locator("body").press("Space");
  const time = page.getByRole("timer");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(time).not.toHaveText("0:00:00.000");
  const position = page.getByRole("slider", { name: "Playing position" });
  await position.focus();
  await page.keyboard.press("PageUp"); // four bars at 120 bpm: 8 s
  await expect(time).toHaveText(/0:00:(08|09|10)/);
  await page.getByRole("button", { name: "Try it in the mix" }).first().click();
  await expect(page.getByRole("slider", { name: "Volume: Winds, ben" })).toBeVisible();
  await page.screenshot({ path: `${shots}/mixer-en-dark-desktop.png` });
  await page.locator("body").press("Space");
  await expect(page.getByRole("button", { name: "Play" })).toBeVisible();
  await expect(page.locator("[data-state=saved]")).toBeVisible(); // trying isn't mixing
});

test("a newer mix from another window asks whose shall stay", async ({ page, context }) => {
  await logIn(context);
  await choose(context, "en", "dark");
  await openMixer(page);
  const { mix } = await owner.call("GET", `/api/v1/songs/${songId}`);
  await owner.call("POST", `/api/v1/songs/${songId}/mixes`, {
    parent_id: mix.id,
    name: "other",
    settings: mix.settings,
  });
  await fader(page, "Vocal").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Save mine as the newest" }).click();
  await saved(page);
  await expect(fader(page, "Vocal")).toHaveAttribute("aria-valuetext", "+0.5 dB");
});

test("a release is rendered, and is bit for bit what the mixer plays", async ({ browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ bypassCSP: true }); // for the ear alone
  await logIn(context);
  await choose(context, "en", "dark");
  const page = await context.newPage();
  await page.addInitScript(installTap, 6 * RATE);
  await openMixer(page);
  await page.getByRole("button", { name: "Release", exact: true }).click();
  await page.getByRole("textbox", { name: /What is new/ }).fill("first");
  await page.getByRole("dialog").getByRole("button", { name: "Release", exact: true }).click();
  await expect(page.getByText("Release 1 is out.")).toBeVisible({
    timeout: 60_000,
  });
  await page.screenshot({
    path: `${shots}/mixer-released-en-dark-desktop.png`,
  });
  await page.keyboard.press("Escape");

  await page.locator("body").press("Space");
  await expect.poll(() => page.evaluate(heardFrames), { timeout: 30_000 }).toBeGreaterThan(5 * RATE);
  const live = (await page.evaluate(heard)).map(to24Bits);
  const [release] = await owner.call("GET", `/api/v1/songs/${songId}/releases`);
  const master = release.files.find((file: { format: string }) => file.format === "flac");
  const rendered = decodeLeft(Buffer.from(await (await fetch(server.url + master.url)).arrayBuffer()));
  const from = RATE; // playing fades in over 128 frames; a second later both must be the same
  const shift = findIn(rendered, live.slice(from, from + 64), from);
  expect(shift).toBeDefined();
  const overlap = Math.min(live.length, rendered.length - (shift ?? 0));
  let different = 0;
  for (let i = from; i < overlap; ++i) if (rendered[i + (shift ?? 0)] !== live[i]) ++different;
  expect(different).toBe(0);
  expect(overlap - from).toBeGreaterThan(3 * RATE);
  await context.close();
});

test("a finger that holds a clip drags it, one that swipes over it doesn't", async ({ browser }) => {
  const context = await browser.newContext({
    viewport: PHONE,
    hasTouch: true,
    isMobile: true,
  });
  await logIn(context);
  await choose(context, "en", "light");
  const page = await context.newPage();
  await openMixer(page);
  await page.locator("#tab-timeline").click();
  const clip = page.getByRole("slider", { name: "Vocal by anna: time offset" });
  const before = await clip.getAttribute("aria-valuenow");
  const finger = await touching(page, clip);

  await finger.down();
  for (const x of [10, 20, 40]) await finger.moveTo(x);
  await finger.up();
  await expect(clip).toHaveAttribute("aria-valuenow", before ?? "");

  await finger.down();
  await expect(clip).toHaveClass(/dragging/); // it has been held for long enough
  for (const x of [5, 15, 30, 60]) await finger.moveTo(x);
  await page.screenshot({ path: `${shots}/mixer-drag-en-light-phone.png` });
  await finger.up();
  await expect(clip).not.toHaveAttribute("aria-valuenow", before ?? "");
  await expect(clip).not.toHaveClass(/dragging/);
  const time = page.getByRole("timer");
  await expect(time).toHaveText("0:00:00.000"); // a drag isn't a tap, which seeks
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(clip).toHaveAttribute("aria-valuenow", before ?? "");
  await context.close();
});

/** A finger on the middle of an element, moved by pixels to the right of it. */
async function touching(page: Page, on: Locator) {
  const session = await page.context().newCDPSession(page);
  const box = await on.boundingBox();
  if (box === null) throw new Error("nothing to touch");
  const y = box.y + box.height / 2;
  const send = (type: "touchStart" | "touchMove" | "touchEnd", at?: number) => {
    const touchPoints = at === undefined ? [] : [{ x: box.x + box.width / 3 + at, y }];
    return session.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  return {
    down: () => send("touchStart", 0),
    moveTo: (x: number) => send("touchMove", x),
    up: () => send("touchEnd"),
  };
}

test("anyone listens in the mixer, without being able to save or release", async ({ page, context }) => {
  await choose(context, "en", "light");
  await openMixer(page);
  await expect(page.getByText("Listening only")).toBeVisible();
  await expect(page.getByRole("button", { name: "Release", exact: true })).toHaveCount(0);
  await fader(page).focus();
  await page.keyboard.press("PageDown");
  await expect(page.getByText("Listening only")).toBeVisible();
  await page.screenshot({
    path: `${shots}/mixer-readonly-en-light-desktop.png`,
  });
});

test("every view is accessible and fits, in both languages and themes, from phone to desktop", async ({ browser }) => {
  for (const [size, viewport] of Object.entries({
    phone: PHONE,
    desktop: DESKTOP,
  })) {
    for (const [lang, theme] of [
      ["ko", "dark"],
      ["en", "light"],
    ] as const) {
      const context = await browser.newContext({
        viewport,
        hasTouch: size === "phone",
      });
      await logIn(context);
      await choose(context, lang, theme);
      const page = await context.newPage();
      await openMixer(page);
      const tabs = size === "phone" ? ["timeline", "strips"] : [""];
      for (const tab of tabs) {
        if (tab) await page.locator(`#tab-${tab}`).click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => [v.id, v.nodes[0]?.target])).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
        await page.screenshot({
          path: `${shots}/mixer${tab && `-${tab}`}-${lang}-${theme}-${size}.png`,
        });
      }
      await context.close();
    }
  }
});

interface Tap {
  readonly left: readonly Float32Array[];
}
const heardFrames = (): number => (globalThis as unknown as { __tap: Tap }).__tap.left.length * 128;
const heard = (): number[] => (globalThis as unknown as { __tap: Tap }).__tap.left.flatMap((block) => [...block]);

/** As the server does it: to the nearest, ties to the even one. */
const to24Bits = (value: number): number => value * 2 ** 23 + 1.5 * 2 ** 52 - 1.5 * 2 ** 52;

/** The left side as 24-bit numbers. */
function decodeLeft(flac: Buffer): Int32Array {
  const args = ["--decode", "--silent", "--stdout", "--force-raw-format", "--endian=little", "--sign=signed", "-"];
  const raw = execFileSync("flac", args, { input: flac, maxBuffer: 1 << 28 });
  return Int32Array.from({ length: Math.floor(raw.length / 6) }, (_, i) => raw.readIntLE(i * 6, 3));
}

/** Where `part` is in `whole`, as the distance from `at`. */
function findIn(whole: Int32Array, part: readonly number[], at: number): number | undefined {
  const fits = (start: number) => part.every((v, i) => whole[start + i] === v);
  for (let start = 0; start + part.length < whole.length; ++start) if (fits(start)) return start - at;
  return undefined;
}
