// SPDX-License-Identifier: AGPL-3.0-or-later
// The suite on many hosts: starts PostgreSQL (with TLS) and an S3 server, and runs the files named on them; without any, all
// *.test.mjs here but the operations page, which makes its own.
//   node tests/e2e/row-three.mjs [FILE…]
// Needs NODE_EXTRA_CA_CERTS (tests/support/authority) and what script/setup test deploy installs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, startSupport } from "../support/program.mjs";

const here = join(root, "tests/e2e");
const files = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(here).filter((name) => name.endsWith(".test.mjs") && name !== "operations-page.test.mjs").map((name) => join(here, name));
const [postgres, s3] = await Promise.all([startSupport("postgres", "--tls", dirname(process.env.NODE_EXTRA_CA_CERTS)), startSupport("swift")]);
const env = { ...process.env, SOUNDHUB_TEST_ROW: "three", SOUNDHUB_TEST_POSTGRES: JSON.stringify(postgres), SOUNDHUB_TEST_S3: JSON.stringify(s3) };
// One file at a time: each has a cluster of its own.
const child = spawn(process.execPath, ["--test", "--test-concurrency=1", ...files], { env, stdio: ["ignore", "inherit", "inherit"] });
const [code] = await once(child, "exit");
await Promise.all([postgres.stop(), s3.stop()]);
process.exit(code ?? 1);
