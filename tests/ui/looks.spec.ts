// SPDX-License-Identifier: AGPL-3.0-or-later
// Every page in both languages, both themes, on a phone and on a desk: accessible, nothing cut off, nothing refused by
// the content security policy. Screenshots for people go to build/screenshots.
import { resolve } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, Musician, sound, test, type Server } from "./soundhub";

const pictures = resolve(__dirname, "../../build/screenshots");
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const looks = [
  {
    locale: "ko-KR",
    colorScheme: "dark",
    viewport: { width: 1440, height: 900 },
  },
  {
    locale: "ko-KR",
    colorScheme: "light",
    viewport: { width: 390, height: 844 },
  },
  {
    locale: "en-US",
    colorScheme: "light",
    viewport: { width: 1440, height: 900 },
  },
  {
    locale: "en-US",
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
  },
] as const;
const anna = {
  nickname: "고은민",
  email: "eunmin@example.org",
  password: "a plain long sentence",
};
let songId = 0;

test.beforeAll(async ({ server }) => {
  songId = await community(server);
});

async function community(server: Server): Promise<number> {
  const make = (name: string, seconds: number, hertz: number, pulse: number): string =>
    sound(server.folder, name, seconds, hertz, pulse);
  const owner = await new Musician(server, anna.nickname, anna.email, anna.password).signUp();
  const [ben, maya] = await Promise.all([
    new Musician(server, "류성두", "sungdoo@example.org").signUp(),
    new Musician(server, "Maya Lind", "maya.lind@example.org").signUp(),
  ]);
  const song = await owner.putUp(make("guitar.wav", 32, 196, 0.31), {
    title: "한강 밤 산책",
    instrument: "guitar",
    genre: "rnb",
    tempo_bpm: 92,
    musical_key: "Eb",
    text: "반포대교에서 잠수교까지 걸으면서 흥얼거린 멜로디예요. 지금은 브러시 드럼이 제일 필요해요.",
    seats: [{ instrument: "drums", note: "브러시로, 1절은 조용하게" }, { instrument: "bass" }],
  });
  const bass = await ben.offer(song.id, make("bass.flac", 32, 82, 0.9), {
    instrument: "bass",
    note: "루트 위주로",
  });
  await owner.call("POST", `/api/v1/parts/${String(bass.id)}/accept`);
  await owner.release(song.id, "첫 믹스");
  const keys = await maya.offer(song.id, make("keys.mp3", 28, 330, 0.2), {
    instrument: "keys",
  });
  await owner.call("POST", `/api/v1/parts/${String(keys.id)}/accept`);
  await owner.release(song.id, "건반을 얹었어요");
  await maya.offer(song.id, make("drums.wav", 30, 140, 2), {
    instrument: "drums",
    note: "핫로드로 쳐 봤어요.",
  });
  await maya.putUp(make("paper.wav", 14, 262, 0.5), {
    title: "Paper Boats",
    instrument: "guitar",
    seats: [{ instrument: "strings" }, { instrument: "vocal" }],
  });
  await ben.putUp(make("punk.wav", 18, 98, 1.4), {
    title: "을지로 펑크",
    instrument: "bass",
    seats: [{ instrument: "winds" }],
  });
  return song.id;
}

async function logIn(page: Page): Promise<void> {
  await page.goto("/login");
  await page.locator("input[type=email]").fill(anna.email);
  await page.locator("input[autocomplete=current-password]").fill(anna.password);
  await page.locator("form button[type=submit]").click();
  await expect(page).toHaveURL("/");
}

for (const look of looks) {
  const name = `${look.locale.slice(0, 2)}-${look.colorScheme}-${String(look.viewport.width)}`;
  test.describe(name, () => {
    test.use(look);
    test("every page is accessible, whole and allowed by the policy", async ({ browser, server }) => {
      const context = await browser.newContext({
        ...look,
        baseURL: server.url,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      const refused: string[] = [];
      page.on(
        "console",
        (line) => line.type() === "error" && /Content.Security.Policy/.test(line.text()) && refused.push(line.text()),
      );
      page.on("pageerror", (error) => refused.push(error.message));
      const visit = async (path: string, label: string, ready: string): Promise<void> => {
        await page.goto(path);
        await expect(page.locator(ready).first()).toBeVisible();
        await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
        await page.evaluate(() => document.fonts.ready);
        await lookAt(page, `${label}-${name}`);
      };
      await visit("/", "home", ".song");
      await visit("/songs?open=true&seat=drums", "seats", ".song");
      await visit("/signup", "signup", "form");
      await visit("/songs/999999", "missing", "h1");
      await visit(`/users/${encodeURIComponent(anna.nickname)}`, "user", ".song");
      await logIn(page);
      await visit("/songs/new", "new", "form");
      await visit("/studio", "studio", ".song");
      await visit(`/songs/${String(songId)}/edit`, "edit", "form");
      await page.goto(`/songs/${String(songId)}`);
      await expect(page.locator(".lane svg path[d^=M]").first()).toBeAttached();
      await page.locator(".cta button").first().click();
      await expect(page.locator(".pb")).toBeVisible();
      await page.waitForTimeout(1500);
      await lookAt(page, `song-${name}`);
      expect(refused).toEqual([]);
      await context.close();
    });
  });
}

async function lookAt(page: Page, picture: string): Promise<void> {
  await page.screenshot({ path: `${pictures}/${picture}.png`, fullPage: true });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wider, `${picture}: wider than the screen`).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze();
  const found = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  expect(found, picture).toEqual([]);
}

test("a page can be used with the keyboard alone", async ({ browser, server }) => {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: "en-US",
  });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.locator(".song").first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
  await page.getByRole("link", { name: "Paper Boats" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Paper Boats" })).toBeVisible();
  await page.goBack();
  await expect(page.locator(".song").first()).toBeVisible();
  await context.close();
});

test("language and colours can be switched and are remembered", async ({ browser, server }) => {
  const context = await browser.newContext({
    baseURL: server.url,
    locale: "en-US",
    colorScheme: "dark",
  });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: "한국어로 보기" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await page.getByRole("button", { name: "밝은 화면" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(page.getByRole("heading", { name: "연주자를 기다리는 곡" })).toBeVisible();
  await context.close();
});
