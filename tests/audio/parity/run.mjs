#!/usr/bin/env node
// SPDX-License-Identifier: AGPL-3.0-or-later
// run.mjs <build dir>: plays scenario.txt on the engine as compiled natively (-O0, -O3, x86-64-v3), in Node and in
// Chromium's AudioWorklet, and fails unless all PCM and all meters have the same bits. SOUNDHUB_CHROMIUM names the browser.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Player } from './scenario.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const build = process.argv[2];
if (!build) {
  console.error('usage: run.mjs <build dir>');
  process.exit(2);
}
const scenarioPath = join(here, 'scenario.txt');
const text = readFileSync(scenarioPath, 'utf8');
const frames = Player.frames(text);
const wasm = readFileSync(join(build, 'dsp/engine.wasm'));

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (floats) => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);

function interleave(left, right) {
  const both = new Float32Array(2 * left.length);
  left.forEach((sample, i) => {
    both[2 * i] = sample;
    both[2 * i + 1] = right[i];
  });
  return both;
}

function native(name, block) {
  const folder = mkdtempSync(join(tmpdir(), 'parity-'));
  try {
    const [pcm, meters] = ['pcm', 'meters'].map((file) => join(folder, file));
    execFileSync(join(build, 'bin', `parity_${name}`), [scenarioPath, String(block), pcm, meters]);
    return { pcm: readFileSync(pcm), meters: readFileSync(meters) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function node() {
  const player = new Player(new WebAssembly.Module(wasm), text);
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  for (let at = 0; at < frames; at += 128) player.render(left.subarray(at, at + 128), right.subarray(at, at + 128));
  return { pcm: bytesOf(interleave(left, right)), meters: bytesOf(player.meters()) };
}

function serve() {
  const files = { '/': ['text/html', '<!doctype html><title>parity</title>'] };
  for (const name of ['worklet.mjs', 'scenario.mjs'])
    files[`/${name}`] = ['text/javascript', readFileSync(join(here, name))];
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ['text/plain', null];
    response.writeHead(body === null ? 404 : 200, { 'content-type': type }).end(body ?? '');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** In the page: renders the scenario offline, and answers with base64 of left, right and meters. */
async function renderInPage({ wasmBase64, text, frames }) {
  const bytes = Uint8Array.from(atob(wasmBase64), (c) => c.charCodeAt(0));
  const context = new OfflineAudioContext({ numberOfChannels: 2, length: frames, sampleRate: 48000 });
  await context.audioWorklet.addModule('/worklet.mjs');
  const node = new AudioWorkletNode(context, 'parity', {
    numberOfInputs: 0,
    outputChannelCount: [2],
    processorOptions: { wasm: bytes, text, frames },
  });
  node.connect(context.destination);
  const meters = new Promise((resolve, reject) => {
    node.port.onmessage = ({ data }) => resolve(data);
    node.onprocessorerror = () => reject(new Error('the worklet threw'));
  });
  const buffer = await context.startRendering();
  const base64 = (floats) => {
    const chars = [];
    const raw = new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
    for (let at = 0; at < raw.length; at += 32768) chars.push(String.fromCharCode(...raw.subarray(at, at + 32768)));
    return btoa(chars.join(''));
  };
  return [buffer.getChannelData(0), buffer.getChannelData(1), await meters].map(base64);
}

async function chromium() {
  const webRequire = createRequire(join(here, '../../../web/package.json'));
  const { chromium: browserType } = webRequire('playwright-core');
  const server = await serve();
  const browser = await browserType.launch({
    executablePath: process.env.SOUNDHUB_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const answer = await page.evaluate(renderInPage, { wasmBase64: wasm.toString('base64'), text, frames });
    const [left, right, meters] = answer.map((base64) => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer));
    return { pcm: bytesOf(interleave(left, right)), meters: bytesOf(meters) };
  } finally {
    await browser.close();
    server.close();
  }
}

/** x86-64-v3 has fused multiply-add, which rounds once where others round twice: none may be in the binary. */
function checkNoFusedMultiplyAdd() {
  const code = execFileSync('objdump', ['-d', '--no-show-raw-insn', join(build, 'bin/parity_v3')], {
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if (!/\bvmulps\b/.test(code)) throw new Error('parity_v3 has no AVX code: this check sees nothing');
  const fused = code.match(/\bvf(n?m)(add|sub)\w*/g) ?? [];
  if (fused.length > 0) throw new Error(`parity_v3 has ${fused.length} fused multiply-adds (-ffp-contract=off missing?)`);
}

/** The same engine_version must give the same PCM for ever: releases are identified by it. */
function checkGolden(hash) {
  const version = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports.sh_engine_version();
  const golden = readFileSync(join(here, 'golden.txt'), 'utf8').match(new RegExp(`^${version} (\\w+)$`, 'm'));
  if (golden?.[1] !== hash) throw new Error(`engine_version ${version} gave other PCM than golden.txt says (see there)`);
}

/** Nothing to import means: no libm, no allocator, no clock; what the engine needs it has. */
function checkFreestanding() {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
  if (imports.length > 0) throw new Error(`engine.wasm imports ${imports.map(({ name }) => name).join(', ')}`);
}

const hosts = [
  ['g++ -O0', () => native('O0', 512)],
  ['g++ -O3', () => native('O3', 512)],
  ['g++ -O3, blocks of 64', () => native('O3', 64)],
  ['g++ -O3, blocks of 4096', () => native('O3', 4096)],
  ['g++ -O3 -march=x86-64-v3', () => native('v3', 512)],
  ['Node', node],
  ['Chromium AudioWorklet', chromium],
];

checkFreestanding();
checkNoFusedMultiplyAdd();
const results = [];
for (const [name, play] of hosts) {
  const { pcm, meters } = await play();
  if (pcm.length !== frames * 8) throw new Error(`${name}: ${pcm.length / 8} frames, expected ${frames}`);
  results.push({ name, pcm: sha256(pcm), meters: sha256(meters) });
  console.log(`${sha256(pcm)}  meters ${sha256(meters).slice(0, 16)}  ${name}`);
}
const [first, ...others] = results;
const different = others.filter(({ pcm, meters }) => pcm !== first.pcm || meters !== first.meters);
if (different.length > 0) {
  console.error(`differs from ${first.name}: ${different.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
checkGolden(first.pcm);
console.log(`${results.length} hosts, ${(frames / 48000).toFixed(1)} s: the same bits`);
