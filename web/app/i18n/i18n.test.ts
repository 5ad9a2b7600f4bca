// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ProblemError } from "../../client/problem";
import { en } from "./en";
import { locale } from "./index.svelte";
import { ko } from "./ko";
import { object, subject } from "./particles";
import { fieldTexts, keyText, problemText } from "./problem_text";

/** Every sentence of a catalogue, functions called with stand-ins, by path. */
function sentences(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    const call = value as (...stand: string[]) => unknown;
    return sentences(call("2", "3", "4"), path);
  }
  if (Array.isArray(value)) return [[path, value.join("")]];
  return Object.entries(value as object).flatMap(([key, inner]) => sentences(inner, `${path}.${key}`));
}

const names =
  /^\.(licences\..*\.name|upload\.kinds|song\.laneLabel|form\.(tempoUnit|keyHint)|genres\.rnb|shell\.(otherLanguage|toOtherLanguage))$/;

describe("catalogues", () => {
  it("say everything in both languages", () => {
    expect(sentences(ko, "").map(([path]) => path)).toEqual(sentences(en, "").map(([path]) => path));
    expect([...sentences(en, ""), ...sentences(ko, "")].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
  it("speak Korean in Korean and not in English", () => {
    const foreign = sentences(ko, "").filter(([path, text]) => !names.test(path) && !/[가-힣]/.test(text));
    const korean = sentences(en, "").filter(([path, text]) => !names.test(path) && /[가-힣]/.test(text));
    expect(foreign).toEqual([]);
    expect(korean).toEqual([]);
  });
});

const features = /^(account|session|song|seat|part|take|mix|release|render|upload|image)\./;

describe("problems", () => {
  beforeEach(() => locale.choose("en"));

  it("have a sentence for every key the server's features answer with", () => {
    const root = resolve(import.meta.dirname, "../../..");
    const pattern = String.raw`Errc::(invalid|unauthenticated|forbidden|not_found|conflict|too_large|too_many|unavailable), *"[a-z_.]+"`;
    const modules = resolve(root, "modules");
    const skipped = ["tests", "testing", "fuzz", "bench"].map((name) => `--exclude-dir=${name}`);
    const grep = ["-rhoE", "--include=*.cpp", "--include=*.hpp", ...skipped, pattern, modules];
    const lines = execFileSync("grep", grep, { encoding: "utf8" });
    const keys = new Set(lines.split("\n").flatMap((line) => /"(.+)"/.exec(line)?.[1] ?? []));
    expect(keys.size).toBeGreaterThan(20);
    expect([...keys].filter((key) => features.test(key) && !(key in en.problems)).sort()).toEqual([]);
  });
  it("fall back to what the status says, then to a plain sentence", () => {
    expect(keyText("new.key", 429)).toBe(en.problems["http.too_many_requests"]);
    expect(keyText("new.key")).toBe(en.problems["client.unknown"]);
    expect(problemText(new TypeError("Failed to fetch"))).toBe(en.problems["client.offline"]);
  });
  it("go to the inputs they name, or to the form", () => {
    const named = new ProblemError({ key: "http.fields", fields: { email: "account.email_taken" } }, 409);
    expect(fieldTexts(named)).toEqual({ email: en.problems["account.email_taken"] });
    const whole = new ProblemError({ key: "account.login_wrong" }, 401);
    expect(fieldTexts(whole)).toEqual({ "": en.problems["account.login_wrong"] });
  });
});

describe("Korean particles", () => {
  it("follow the last sound", () => {
    expect(object("기타")).toBe("를");
    expect(object("드럼")).toBe("을");
    expect(subject("건반")).toBe("이");
    expect(subject("Paper Boats")).toBe("이(가)");
  });
});
