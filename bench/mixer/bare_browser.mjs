// SPDX-License-Identifier: AGPL-3.0-or-later
// Chromium by the DevTools protocol over a pipe, with nothing enabled that isn't needed. Playwright (like open developer
// tools) enables Network, and then the renderer keeps up to 100 MB of response bodies for the tool: no measure of a page.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One tab: `evaluate(source)` runs in it (as if by a user's gesture) and returns its value; close() ends everything. */
export async function openBare(url, { width, height }) {
  const profile = mkdtempSync(join(tmpdir(), "soundhub-bench-"));
  const flags = ["--headless", "--no-sandbox", "--no-first-run", "--autoplay-policy=no-user-gesture-required"];
  const args = [...flags, "--remote-debugging-pipe", `--user-data-dir=${profile}`, `--window-size=${width},${height}`];
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", [...args, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const gone = new Promise((done) => child.once("exit", done));
  const call = talk(child.stdio[3], child.stdio[4]);
  const { targetId } = await call("Target.createTarget", { url });
  const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (expression) => {
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await call("Runtime.evaluate", params, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const isThere = () => evaluate("document.readyState + location.protocol").then((is) => /^complete:?http/.test(is), () => false);
  while (!(await isThere())) await sleep(50); // at first there is no document to evaluate in
  const close = async () => {
    await call("Browser.close");
    await gone;
    rmSync(profile, { recursive: true, force: true });
  };
  return { evaluate, close, memory: () => largestRenderer(call) };
}

/** Calls over the pipe: JSON ended by a zero byte each way. */
function talk(to, from) {
  const waiting = new Map();
  let lastId = 0;
  let rest = "";
  from.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\0");
    rest = parts.pop() ?? "";
    for (const { id, result, error } of parts.map((part) => JSON.parse(part))) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error) asked?.reject(new Error(error.message));
      else asked?.resolve(result);
    }
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++lastId, { resolve, reject });
      to.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    });
}

/** Of the renderer that shows the page, the largest: bytes of /proc/PID/smaps_rollup; `own` is what it shares with nobody. */
async function largestRenderer(call) {
  const { processInfo } = await call("SystemInfo.getProcessInfo");
  const sizes = processInfo
    .filter((p) => p.type === "renderer")
    .map(({ id }) => {
      const text = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
      const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0) * 1024;
      return { pss: of("Pss"), rss: of("Rss"), own: of("Private_Dirty") + of("Private_Clean") };
    });
  return sizes.reduce((a, b) => (b.rss > a.rss ? b : a));
}
