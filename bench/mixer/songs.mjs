// SPDX-License-Identifier: AGPL-3.0-or-later
// The songs that are measured, put up once and found again in the data folder.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSong, signUp, startServer } from "../../tests/ui/mixer/server.mjs";

const NOISE = 0.2; // so that the FLAC is as large as a loud recording's

/** A running server (stop it) and the addresses of the mixers of 8 parts of a minute and 16 of ten minutes. */
export async function serveSongs(folder) {
  mkdirSync(folder, { recursive: true });
  const server = await startServer(folder);
  const note = join(folder, "bench-songs.json");
  try {
    if (!existsSync(note)) writeFileSync(note, JSON.stringify(await putUp(server.url)));
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { eight, sixteen } = JSON.parse(readFileSync(note, "utf8"));
  const mixer = (id) => `${server.url}/songs/${id}/mixer`;
  return { stop: server.stop, eight: mixer(eight), sixteen: mixer(sixteen) };
}

async function putUp(url) {
  const owner = await signUp(url, `bench${Date.now() % 1e6}`);
  return { eight: await makeSong(owner, 8, 60, NOISE), sixteen: await makeSong(owner, 16, 600, NOISE) };
}
