// SPDX-License-Identifier: AGPL-3.0-or-later
// A person's way through SoundHub, in Chromium against a real server: sign up, put up a song, listen, answer.
import type { BrowserContext, Page } from "@playwright/test";
import { expect, Musician, picture, sound, test, Wire, type Server } from "./soundhub";

test.describe.configure({ mode: "serial" });

let anna: Page;
let ben: Page;
const contexts: BrowserContext[] = [];
let songUrl = "";
let wire: Wire;

test.beforeAll(async ({ browser, server }) => {
  wire = new Wire(server);
  await wire.start();
  const page = async (baseURL: string): Promise<Page> => {
    const context = await browser.newContext({ baseURL, locale: "en-US", viewport: { width: 1280, height: 860 } });
    contexts.push(context);
    return context.newPage();
  };
  anna = await page(wire.url);
  ben = await page(server.url);
});
test.afterAll(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  wire.stop();
});

async function signUp(page: Page, email: string, nickname: string): Promise<void> {
  await page.goto("/signup");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Nickname").fill(nickname);
  await page.getByLabel("Password", { exact: true }).fill("a plain long sentence");
  await page.locator("form").getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("link", { name: `Account of ${nickname}` })).toBeVisible();
}

test("signing up says what is wrong at the input it concerns", async () => {
  await anna.goto("/signup");
  await anna.getByLabel("Email").fill("anna@example.org");
  await anna.getByLabel("Nickname").fill("Anna");
  await anna.getByLabel("Password", { exact: true }).fill("short");
  await anna.locator("form").getByRole("button", { name: "Sign up" }).click();
  await expect(anna.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/At least 10 characters/);
  await expect(anna.getByLabel("Password", { exact: true })).toBeFocused();
  await expect(anna.getByLabel("Email")).not.toHaveAttribute("aria-invalid");
});

test("one signs up, logs out and logs in again", async () => {
  await signUp(anna, "anna@example.org", "Anna");
  await anna.getByRole("button", { name: "Log out" }).click();
  await anna.getByRole("banner").getByRole("link", { name: "Log in" }).click();
  await anna.getByLabel("Email").fill("anna@example.org");
  await anna.getByLabel("Password", { exact: true }).fill("not the password");
  await anna.locator("form").getByRole("button", { name: "Log in" }).click();
  await expect(anna.getByRole("alert")).toHaveText("Email or password is wrong.");
  await anna.getByLabel("Password", { exact: true }).fill("a plain long sentence");
  await anna.locator("form").getByRole("button", { name: "Log in" }).click();
  await expect(anna.getByRole("link", { name: "Account of Anna" })).toBeVisible();
});

test("the form of a song survives a reload, its arrived file included", async ({ server }) => {
  await anna.goto("/songs/new");
  await anna
    .locator("input[type=file]")
    .first()
    .setInputFiles(sound(server.folder, "riff.wav", 6, 196));
  await expect(anna.getByText("Arrived safely")).toBeVisible();
  await anna.getByLabel("Title").fill("Walk along the river");
  await anna.getByText("Guitar", { exact: true }).first().click();
  await expect(anna.getByText("Draft kept on this device")).toBeVisible();
  await anna.reload();
  await expect(anna.getByLabel("Title")).toHaveValue("Walk along the river");
  await expect(anna.getByText("riff.wav")).toBeVisible();
  await expect(anna.getByRole("radio", { name: "Guitar" })).toBeChecked();
});

test("a broken connection resumes where it stopped", async ({ server }) => {
  await anna.getByRole("button", { name: "Take the file away" }).click();
  const resumed = anna.waitForResponse((response) => response.request().method() === "HEAD" && response.ok());
  wire.cutAfter(1_500_000);
  await anna
    .locator("input[type=file]")
    .first()
    .setInputFiles(sound(server.folder, "river.wav", 24, 196));
  await expect(anna.getByText("The connection broke", { exact: false })).toBeVisible();
  wire.mend();
  expect(Number((await resumed).headers()["upload-offset"])).toBeGreaterThan(500_000);
  await expect(anna.getByText("Arrived safely")).toBeVisible();
});

test("a song goes up, is analysed, and its waveform appears by itself", async ({ server }) => {
  await anna.getByRole("button", { name: "Put it up" }).click();
  await expect(anna.getByText("Choose a genre.")).toBeVisible();
  await anna.getByLabel("Genre").selectOption("Folk");
  await anna.getByLabel("Tempo").fill("92");
  await anna.getByRole("textbox", { name: "Key" }).fill("eb");
  await anna.getByLabel("About the song").fill("Hummed on the way home.");
  await anna.getByRole("button", { name: "Drums", exact: true }).click();
  await anna.getByLabel("What should the drums be like?").fill("brushes, quiet");
  await anna.locator("input[type=file]").last().setInputFiles(picture(server.folder));
  await expect(anna.getByText("Arrived safely")).toHaveCount(2);
  await anna.getByRole("button", { name: "Put it up" }).click();
  await expect(anna).toHaveURL(/\/songs\/\d+$/);
  songUrl = new URL(anna.url()).pathname;
  const lane = anna.getByRole("article", { name: "Anna, Guitar" });
  await expect(lane.locator("svg path[d^=M]").first()).toBeAttached();
  await expect(anna.getByText("E♭", { exact: true })).toBeVisible();
  await expect(anna.getByRole("img", { name: "Cover of “Walk along the river”" })).toBeVisible();
  await expect(anna.getByText("brushes, quiet")).toBeVisible();
  expect(await anna.evaluate(() => localStorage.getItem("soundhub.draft"))).toBeNull();
});

test("what plays goes on while one moves about, and seeks at once", async () => {
  await anna.getByRole("button", { name: "Play the demo" }).click();
  const bar = anna.getByRole("region", { name: "Player" });
  const position = bar.getByRole("slider", { name: "Position" });
  const seconds = async (): Promise<number> => Number(await position.inputValue());
  await expect.poll(seconds).toBeGreaterThan(0.5);
  await anna.getByRole("navigation", { name: "Main" }).first().getByRole("link", { name: "Explore" }).click();
  await expect(anna).toHaveURL("/songs");
  const before = await seconds();
  await expect.poll(seconds).toBeGreaterThan(before + 0.3);
  const place = await position.boundingBox();
  if (!place) throw new Error("the player has no slider");
  await anna.mouse.click(place.x + place.width * 0.75, place.y + place.height / 2);
  await expect.poll(seconds).toBeGreaterThan(17);
  await position.press("ArrowLeft");
  expect(await seconds()).toBeLessThan(17);
  await anna.locator("h1").click();
  await anna.keyboard.press("Space");
  await expect(bar.getByRole("button", { name: /^Play Walk/ })).toBeVisible();
});

test("another musician offers a part, and the owner's page shows it without a reload", async ({ server }) => {
  await anna.goto(songUrl);
  await signUp(ben, "ben@example.org", "Ben");
  await ben.goto(songUrl);
  await ben.getByRole("button", { name: "Offer a part: Drums" }).click();
  const dialog = ben.getByRole("dialog");
  await dialog.locator("input[type=file]").setInputFiles(sound(server.folder, "drums.mp3", 20, 90, 2));
  await dialog.getByLabel("Note").fill("Hot rods instead of brushes.");
  await dialog.getByRole("button", { name: "Offer it" }).click();
  await expect(dialog).toBeHidden();
  const offered = anna.getByRole("article", { name: "Ben, Drums" });
  await expect(offered.getByText("Hot rods instead of brushes.")).toBeVisible();
  await expect(offered.locator("svg path[d^=M]").first()).toBeAttached();
});

test("only the owner may decide, only the author may withdraw", async () => {
  const mine = ben.getByRole("article", { name: "Ben, Drums" });
  await expect(mine.getByRole("button", { name: "Withdraw" })).toBeVisible();
  await expect(mine.getByRole("button", { name: "Add to song" })).toHaveCount(0);
  await expect(anna.getByRole("button", { name: "Withdraw" })).toHaveCount(0);
});

test("the owner hears an offer inside the song", async () => {
  const offered = anna.getByRole("article", { name: "Ben, Drums" });
  await offered.getByRole("button", { name: "Hear it in the song" }).click();
  const seconds = async (): Promise<number> => Number(await offered.getByRole("slider").inputValue());
  await expect.poll(seconds).toBeGreaterThan(0.3);
  const positions = await anna
    .getByRole("article")
    .getByRole("slider")
    .evaluateAll((sliders) => sliders.map((slider) => Number((slider as HTMLInputElement).value)));
  expect(positions).toHaveLength(2);
  expect(positions[0]).toBe(positions[1]);
  await offered.getByRole("button", { name: "Stop" }).click();
  await expect(offered.getByRole("button", { name: "Hear it in the song" })).toBeVisible();
});

test("an accepted part is in the song and its seat is filled", async () => {
  await anna.getByRole("article", { name: "Ben, Drums" }).getByRole("button", { name: "Add to song" }).click();
  await expect(anna.getByText("Ben's part is in the song.")).toBeVisible();
  await expect(anna.getByText("Proposed parts")).toHaveCount(0);
  await expect(anna.getByText("The drums seat is open")).toHaveCount(0);
  await expect(ben.getByText("Proposed parts")).toHaveCount(0);
});

test("an author takes an offer back", async ({ server }) => {
  await ben.getByRole("button", { name: "Offer a part", exact: true }).click();
  const dialog = ben.getByRole("dialog");
  await dialog.getByText("Keys", { exact: true }).click();
  await dialog.locator("input[type=file]").setInputFiles(sound(server.folder, "keys.flac", 10, 330));
  await dialog.getByRole("button", { name: "Offer it" }).click();
  const mine = ben.getByRole("article", { name: "Ben, Keys" });
  ben.once("dialog", (question) => void question.accept());
  await mine.getByRole("button", { name: "Withdraw" }).click();
  await expect(ben.getByText("Withdrawn.")).toBeVisible();
  await expect(anna.getByRole("article", { name: "Ben, Keys" })).toHaveCount(0);
});

test("anyone plays and downloads a release, logged in or not", async ({ browser, server }) => {
  await release(server);
  await expect(anna.getByRole("heading", { name: "Release 1" })).toBeVisible();
  const context = await browser.newContext({
    baseURL: server.url,
    locale: "ko-KR",
  });
  const visitor = await context.newPage();
  await visitor.goto(songUrl);
  await visitor.getByRole("button", { name: "믹스 듣기" }).click();
  const position = visitor.getByRole("region", { name: "재생기" }).getByRole("slider", { name: "위치" });
  await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(0.3);
  for (const format of ["FLAC", "MP3", "Opus"]) {
    const waiting = visitor.waitForEvent("download");
    await visitor.getByRole("link", { name: new RegExp(`내려받기: 릴리스 1, ${format}`) }).click();
    const download = await waiting;
    expect(await download.failure()).toBeNull();
    expect(download.suggestedFilename().toLowerCase()).toContain(`.${format.toLowerCase()}`);
  }
  await expect(visitor.getByText(/−\d+\.\d LUFS/)).toBeVisible();
  await context.close();
});

/** The mixer has its own tests; here Anna releases as a program would. */
async function release(server: Server): Promise<void> {
  const program = new Musician(server, "Anna", "anna@example.org");
  await program.logIn();
  await program.release(Number(songUrl.split("/").at(-1)));
}
