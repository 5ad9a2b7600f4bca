// SPDX-License-Identifier: AGPL-3.0-or-later
// A forgotten password, from the page that asks to the one that sets it, and the settings of mails; in both languages
// and themes. The instance here sends no mail, so the link is the keeper's; tests/e2e/mail.test.mjs has the mails.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, Musician, program, test, type Server } from "./soundhub";

const pictures = resolve(__dirname, "../../build/screenshots");
const looks = [
  { locale: "ko-KR", colorScheme: "dark", viewport: { width: 1280, height: 860 } },
  { locale: "en-US", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

function keepersLink(server: Server, email: string): string {
  const words = ["admin", "reset-password", email, "--data", resolve(server.folder, "data")];
  return execFileSync(program(), [...words, "--public-url", server.url], { encoding: "utf8" }).trim();
}

async function lookAt(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.screenshot({ path: resolve(pictures, `${name}.png`) });
}

// Axe looks at six pages a run.
test.slow();

for (const look of looks) {
  const language = look.locale.slice(0, 2);
  test(`a forgotten password is replaced, and notices are turned off (${language}, ${look.colorScheme})`, async ({
    browser,
    server,
  }) => {
    const anna = await new Musician(server, `Forgetful ${language}`, `forgetful-${language}@example.org`).signUp();
    const context = await browser.newContext({ ...look, baseURL: server.url, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto("/login");
    await page.locator("a[href='/password/forgot']").click();
    await expect(page.locator("h1")).toHaveText(language === "ko" ? /잊으셨나요/ : /Forgot/);
    await expect(page.locator("section.card")).toContainText(
      language === "ko" ? "메일을 보내지 않아요" : "sends no mail",
    );
    await lookAt(page, `forgot-off-${language}-${look.colorScheme}`);

    await page.route("**/api/v1/instance", (route) => route.fulfill({ json: { mail: true } }));
    await page.goto("/password/forgot");
    await expect(page.locator("input[type=email]")).toBeVisible();
    await lookAt(page, `forgot-${language}-${look.colorScheme}`);
    await page.locator("input[type=email]").fill(anna.email);
    await page.locator("form button[type=submit]").click();
    await expect(page.getByRole("alert")).toBeVisible();

    const link = keepersLink(server, anna.email);
    await page.goto(link);
    const password = page.locator("input[autocomplete=new-password]");
    await expect(password).toBeVisible();
    expect(page.url()).not.toContain("#");
    await lookAt(page, `new-password-${language}-${look.colorScheme}`);
    await password.fill("short");
    await page.locator("form button[type=submit]").click();
    await expect(password).toHaveAttribute("aria-invalid", "true");
    await password.fill("another plain sentence");
    await page.locator("form button[type=submit]").click();
    await expect(page).toHaveURL(`${server.url}/`);

    await page.goto("/settings");
    await expect(page.getByRole("checkbox")).toBeChecked();
    await lookAt(page, `settings-${language}-${look.colorScheme}`);
    await page.getByRole("checkbox").uncheck();
    await page.locator("form button[type=submit]").click();
    await expect(page.getByText(language === "ko" ? "저장했어요." : "Saved.")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("checkbox")).not.toBeChecked();

    await page.goto(link);
    await page.reload();
    await expect(page.getByRole("alert")).toBeVisible();
    await lookAt(page, `link-missing-${language}-${look.colorScheme}`);
    await page.goto("/unsubscribe#nothing");
    await page.locator("form button[type=submit]").click();
    await expect(page.getByRole("alert")).toBeVisible();
    await lookAt(page, `unsubscribe-${language}-${look.colorScheme}`);
    await context.close();
  });
}
