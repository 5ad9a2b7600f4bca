// SPDX-License-Identifier: AGPL-3.0-or-later
// Two hosts on PostgreSQL and S3 behind a load balancer, people at work, and one thing after the other breaks. After
// each: all that was acknowledged is there with its bytes, nothing was done twice, every event stream is complete, and
// no request failed that wasn't under way while something was broken.
//   SOUNDHUB_TEST_SEED   makes a run's dice the same again
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import { refused } from "../e2e/harness.mjs";
import { eventually } from "../support/program.mjs";
import { Island } from "./network.mjs";
import { noise, random } from "./random.mjs";
import { TinyDisk } from "./tiny-disk.mjs";
import { Visitor, pause, sha256 } from "./visitor.mjs";
import { World } from "./world.mjs";

const seed = Number(process.env.SOUNDHUB_TEST_SEED ?? randomInt(2 ** 32));
const longSeconds = 30;
const leaseSeconds = 15; // apps/soundhub/src/wiring.cpp

let world, worker;

before(async () => {
  process.stderr.write(`# SOUNDHUB_TEST_SEED=${seed}\n`);
  world = await World.start(seed);
  worker = new Visitor(world.cluster, world.journal, "hardworking");
  await worker.signUp();
  world.ledger.accounts.push(worker);
  await world.lively();
  await world.check();
}, { timeout: 300_000 });
after(() => world?.remove(), { timeout: 300_000 });

const fault = (name, options, body) => test(name, { timeout: 600_000, ...options }, body);
const dice = random(seed + 1);
const some = (list) => list[Math.floor(dice() * list.length)];
const seconds = (from, to) => pause((from + dice() * (to - from)) * 1000);

/** While `body` runs every blob takes its time, so that a worker is busy for seconds whatever the machine. */
async function slowly(body) {
  world.proxy.fault = (request) => (request.method === "PUT" ? { delayMs: 500 } : undefined);
  try {
    return await body();
  } finally {
    world.proxy.fault = () => undefined;
  }
}

const longUpload = () => worker.upload(noise(dice, longSeconds));

/** A song by the hardworking one, whose only take this upload is. */
async function putUp(upload_id) {
  const title = `hard work ${world.ledger.songs.length}`;
  const made = await worker.post("/api/v1/songs", { title, instrument: "guitar", genre: "rnb", licence: "cc-by-sa-4.0", upload_id });
  const song = { id: made.id, title, owner: worker, from: made.event_id };
  world.ledger.songs.push(song);
  return { song, part: made.parts[0].id, take: made.parts[0].take.id };
}

/** A take with work for some seconds. */
const longTake = async () => putUp(await longUpload());

const jobOf = (kind, subject) => {
  const [[id, state, attempts]] = world.cluster.sql(`SELECT id, state, attempts FROM jobs WHERE kind = '${kind}' AND subject = ${subject}`);
  return { id, state, attempts: Number(attempts) };
};
const running = (kind, subject) => eventually(`the ${kind} runs`, () => jobOf(kind, subject).state === "running");
const ended = (kind, subject) => eventually(`the ${kind} ends`, () => jobOf(kind, subject).state === "done", 150);

fault("a serve that is killed costs nobody anything but the requests it was at", {}, async () => {
  await world.during(async () => {
    for (let i = 0; i < 3; ++i) {
      world.kill(world.serves(some(world.cluster.hosts)));
      await seconds(0.5, 1.5);
      await world.ready();
    }
  });
});

fault("what a killed worker was decoding or rendering is taken up by another and lands once", {}, async () => {
  const { song, take } = await longTake();
  await world.during(async () => {
    await slowly(async () => {
      await running("ingest", take);
      await eventually("a child at work", () => world.busyHosts().length > 0);
      for (const host of world.cluster.hosts) world.kill(world.works(host));
    });
    await ended("ingest", take);
  });
  assert.ok(jobOf("ingest", take).attempts >= 2, "it was begun again");

  const part = (await worker.settled(song)).parts[0];
  const mix = await worker.saveMix(song, [{ part_id: part.id, take_id: take, gain_db: -2, pan: 0.1, muted: false, soloed: false, offset_frames: 0 }]);
  world.ledger.mixes.push({ id: mix.id, song });
  const { id } = await worker.post(`/api/v1/songs/${song.id}/releases`, { mix_id: mix.id });
  world.ledger.releases.push({ id, song });
  await world.during(async () => {
    await slowly(async () => {
      await running("render", id);
      for (const host of world.cluster.hosts) world.kill(world.works(host));
    });
    await ended("render", id);
  });
  assert.ok(jobOf("render", id).attempts >= 2, "it was begun again");
});

fault("a worker that slept longer than its lease can't land what another did meanwhile", {}, async () => {
  const { take } = await longTake();
  await world.during(async () => {
    const frozen = await slowly(async () => {
      await running("ingest", take);
      const [host] = await eventually("a child at work", () => world.busyHosts().length && world.busyHosts());
      world.kill(world.works(host), "SIGSTOP");
      return world.works(host);
    });
    try {
      await eventually("another has the job", () => jobOf("ingest", take).attempts >= 2 || jobOf("ingest", take).state === "done", leaseSeconds + 60);
      await pause(1000);
    } finally {
      world.kill(frozen, "SIGCONT");
    }
    await ended("ingest", take);
  });
});

fault("connections of the database that are cut, the listening one too, are made anew", {}, async () => {
  await world.during(async () => {
    for (let i = 0; i < 5; ++i) {
      world.terminateBackends(`pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database() ORDER BY random() LIMIT ${1 + Math.floor(dice() * 6)})`);
      await seconds(0.2, 1);
    }
    assert.ok(world.terminateBackends("query ILIKE 'LISTEN%'") > 0, "somebody listens");
  });
});

fault("a database that crashes and recovers has lost nothing", {}, async () => {
  await world.during(async () => {
    await seconds(0, 2);
    world.restartPostgres();
  });
});

fault("an S3 service that errs, drags, resets and then is away for a while is waited for", {}, async () => {
  await world.during(async () => {
    world.proxy.fault = () => {
      const roll = dice();
      if (roll < 0.25) return { status: 503, code: "SlowDown" };
      if (roll < 0.4) return { status: 500, code: "InternalError" };
      if (roll < 0.55) return { reset: true };
      if (roll < 0.75) return { delayMs: 300 + dice() * 1500 };
      return roll < 0.85 ? { cutAfter: Math.floor(dice() * 100_000) } : undefined;
    };
    await seconds(5, 7);
    world.proxy.fault = () => ({ status: 500, code: "InternalError" });
    await seconds(4, 6);
    world.proxy.fault = () => undefined;
  });
});

fault("a host whose disk is full says so, and works again when there is room", { skip: TinyDisk.impossible() }, async () => {
  const bytes = noise(dice, 10), most = 1 << 20;
  const there = worker.at(world.cluster.hosts[0]);
  const location = await there.beginUpload(bytes.length, "noise.wav");
  const acknowledged = await there.append(location, 0, bytes.subarray(0, 300_000));
  await world.during(async () => {
    world.disk.fill();
    try {
      await assert.rejects(there.append(location, acknowledged, bytes.subarray(acknowledged, acknowledged + most)), refused(503, "storage.full"));
      await seconds(5, 7);
      assert.equal(await there.offset(location), acknowledged);
    } finally {
      world.disk.free();
    }
  });
  for (let at = acknowledged; at < bytes.length; ) at = await there.append(location, at, bytes.subarray(at, at + most));
  const { song, part, take } = await putUp(location.split("/").at(-1));
  world.ledger.parts.push({ id: part, take, song, author: worker, sha: sha256(bytes), state: "accepted" });
  await worker.settled(song);
  await world.check();
});

fault("the host whose cable is pulled is gone, its jobs move, and what it did meanwhile doesn't count", { skip: Island.impossible() }, async () => {
  const [other, host] = world.cluster.hosts;
  const upload = await longUpload();
  await world.during(async () => {
    const frozen = world.works(other);
    world.kill(frozen, "SIGSTOP"); // so that the job is the host's
    const take = await slowly(async () => {
      try {
        const { take } = await putUp(upload);
        await running("ingest", take);
        await eventually("its worker is busy", () => world.busyHosts().includes(host));
        world.island.pull();
        return take;
      } finally {
        world.kill(frozen, "SIGCONT");
      }
    });
    try {
      const { size } = world.ledger;
      await ended("ingest", take);
      assert.ok(jobOf("ingest", take).attempts >= 2, "it was begun again");
      await eventually("the other host goes on", () => world.ledger.size >= size + 4, 90);
    } finally {
      world.island.plug();
    }
    await eventually("it is back soon", () => world.fit(host), 30);
  });
});

fault("hosts are renewed one after the other, and nobody notices", {}, async () => {
  assert.deepEqual(world.journal.takeFailures(), []);
  for (const host of world.cluster.hosts) {
    await world.cluster.drainHost(host);
    await world.cluster.stopHost(host);
    world.cluster.startHost(host);
    await world.ready();
  }
  await world.lively();
  await world.check();
});

fault("in the end all is done, whole and named", {}, async () => {
  await world.end();
  await world.check();
  assert.match(await world.run("verify"), / 0 damaged, 0 missing/);
  assert.doesNotMatch(await world.run("admin", "jobs"), /ingest|render|cover/);
});
