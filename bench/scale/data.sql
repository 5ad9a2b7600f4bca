-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The rows of bench/scale/seed, for sqlite3 and psql alike; a line "-- == NAME" begins each step. :songs is how many.
-- No chance in it: `a * 2654435761 % 4294967296` (Knuth's multiplicative hash) stands for a throw of the dice, in 32
-- bits; `/ 256` is the 24 of them that look most like chance. Two of a few people's songs are theirs because the
-- owner is a throw to the third power; genres, instruments and the parts of a song are as uneven.
-- The clock ends at :now; a song comes every 3 minutes.

-- == users
INSERT INTO users(id, email, nickname, nickname_folded, password_hash, created_at)
SELECT value, 'musician' || CAST(value AS TEXT) || '@example.org', 'Musician' || CAST(value AS TEXT),
  'musician' || CAST(value AS TEXT), '$scrypt$none', :now - (:songs - value) * 180000
FROM generate_series(CAST(1 AS BIGINT), :songs / 10) value;

-- == songs
INSERT INTO songs(id, owner_id, title, genre, tempo_bpm, musical_key, licence, text, open_seats, latest_release_id,
  head_mix_id, published, created_at, deleted_at)
SELECT id, 1 + (:songs / 10) * third / 16777216 * third / 16777216 * third / 16777216,
  'Song ' || CAST(id AS TEXT) || ' of the long road home',
  CASE WHEN g < 40 THEN 'pop' WHEN g < 65 THEN 'rock' WHEN g < 77 THEN 'hiphop' WHEN g < 85 THEN 'electronic'
    WHEN g < 91 THEN 'rnb' WHEN g < 95 THEN 'folk' WHEN g < 97 THEN 'jazz' WHEN g < 99 THEN 'metal'
    WHEN id % 10 < 9 THEN 'other' ELSE 'classical' END,
  60 + g, CASE WHEN g < 50 THEN 'A minor' END, CASE WHEN g < 70 THEN 'cc-by-4.0' ELSE 'all-rights-reserved' END,
  'Written on a rainy evening; it needs somebody who plays what we can''t. Bring your own ideas, keep the tempo.',
  CASE WHEN h / 65536 % 4 = 0 THEN 1 + h / 1048576 % 3 ELSE 0 END, CASE WHEN id % 10 = 0 THEN id / 10 END, id,
  CASE WHEN h / 131072 % 33 = 0 THEN 0 ELSE 1 END, :now - (:songs - id) * 180000,
  CASE WHEN h / 262144 % 100 = 0 THEN :now END
FROM (SELECT value AS id, value * 2654435761 % 4294967296 AS h,
    value * 2654435761 % 4294967296 / 256 AS third, value * 2246822519 % 4294967296 / 65536 % 100 AS g
  FROM generate_series(CAST(1 AS BIGINT), :songs) value) s;

-- == seats
INSERT INTO seats(song_id, instrument, note, state, created_at)
SELECT s.id, CASE WHEN d < 400 THEN 'guitar' WHEN d < 650 THEN 'vocal' WHEN d < 800 THEN 'bass' WHEN d < 900 THEN 'drums'
    WHEN d < 960 THEN 'keys' WHEN d < 990 THEN 'strings' WHEN d < 999 THEN 'winds' ELSE 'other' END,
  'whoever has an hour to spare', CASE WHEN seat <= s.open_seats THEN 'open' ELSE 'filled' END, s.created_at
FROM (SELECT s.*, value.value AS seat, (s.id * 8 + value.value) * 2654435761 % 4294967296 / 65536 % 1000 AS d
  FROM songs s, generate_series(1, 4) value
  WHERE value.value <= s.open_seats + CASE WHEN s.id % 8 = 0 THEN 1 ELSE 0 END) s;

-- == parts
INSERT INTO parts(id, song_id, author_id, instrument, note, state, take_id, created_at, decided_at)
SELECT p.id, p.song_id, CASE WHEN p.id <= :songs THEN s.owner_id
    ELSE 1 + (:songs / 10) * p.third / 16777216 * p.third / 16777216 END,
  CASE p.d % 8 WHEN 0 THEN 'vocal' WHEN 1 THEN 'guitar' WHEN 2 THEN 'bass' WHEN 3 THEN 'drums' WHEN 4 THEN 'keys'
    WHEN 5 THEN 'strings' WHEN 6 THEN 'winds' ELSE 'other' END, 'second take, a little slower',
  CASE WHEN p.id <= :songs OR p.d % 20 < 14 THEN 'accepted' WHEN p.d % 20 < 17 THEN 'offered'
    WHEN p.d % 20 < 19 THEN 'declined' ELSE 'withdrawn' END,
  p.id, s.created_at, CASE WHEN p.id <= :songs OR p.d % 20 NOT BETWEEN 14 AND 16 THEN
    s.created_at + CASE WHEN p.id <= :songs THEN 0 ELSE (:now - s.created_at) / 1000 * (p.d % 1000) END END
FROM (SELECT value AS id, value * 2654435761 % 4294967296 / 65536 AS d,
    (value + 77) * 2246822519 % 4294967296 / 256 AS third,
    CASE WHEN value <= :songs THEN value
      WHEN value <= :songs + 200 THEN 100
      WHEN value % 100 = 0 THEN 1000 * (1 + value * 2246822519 % 4294967296 % (:songs / 1000))
      ELSE 1 + value * 2246822519 % 4294967296 % :songs END AS song_id
  FROM generate_series(CAST(1 AS BIGINT), :songs * 5) value) p JOIN songs s ON s.id = p.song_id;

-- == takes
INSERT INTO takes(id, part_id, blob_key, file_name, size_bytes, state, progress, container, codec, sample_rate, channels,
  bits, stem_channels, frames, segments, has_loudness, integrated_lufs, range_lu, true_peak_dbtp, preview_key, created_at)
SELECT id, id, key || key || key || key, 'take.wav', 40000000 + h % 4000000,
  CASE WHEN h / 65536 % 50 = 0 THEN 'ingesting' ELSE 'ready' END, 1, 'wav', 'pcm_s16le', 48000, 2, 16, 2,
  48000 * (120 + h / 65536 % 180), 24, 1, -14 - h % 8, 6, -1, key || key || key || '1000000000000000', :now
FROM (SELECT value AS id, value * 2654435761 % 4294967296 AS h,
    CAST(1000000000000000 + value * 2654435761 % 4294967296 * 2000000 AS TEXT) AS key
  FROM generate_series(CAST(1 AS BIGINT), :songs * 5) value) t;

-- == mixes
INSERT INTO mixes(id, song_id, author_id, name, master_gain_db, limiter, ceiling_dbtp, created_at)
SELECT id, id, owner_id, 'first', 0, 1, -1, created_at FROM songs;

-- == channels of the mixes
INSERT INTO mix_channels(mix_id, position, part_id, take_id, gain_db, pan, muted, soloed, offset_frames)
SELECT song_id, position, id, id, -3, 0, 0, 0, 0 FROM (
  SELECT song_id, id, row_number() OVER (PARTITION BY song_id ORDER BY id) - 1 AS position FROM parts
  WHERE state = 'accepted') p WHERE position < 64;

-- == releases
INSERT INTO releases(id, song_id, mix_id, number, graph_hash, state, progress, note, engine_version, frames, has_loudness,
  integrated_lufs, range_lu, true_peak_dbtp, pcm_sha256, created_at, published_at)
SELECT value, value * 10, value * 10, 1, key || key || key || key, 'ready', 1, 'The first one we like.', 1, 48000 * 200, 1,
  -14, 6, -1, key || key || key || key, :now, :now
FROM (SELECT value, CAST(1000000000000000 + value * 2654435761 % 4294967296 * 2000000 AS TEXT) AS key
  FROM generate_series(CAST(1 AS BIGINT), :songs / 10) value) r;
INSERT INTO release_files(release_id, name, blob_key, size_bytes)
SELECT r.id, f.name, substr(r.graph_hash, 1, 48) || f.tail, 8000000 FROM releases r,
  (SELECT 'mix.flac' AS name, '1000000000000001' AS tail UNION ALL SELECT 'mix.mp3', '1000000000000002'
   UNION ALL SELECT 'mix.opus', '1000000000000003' UNION ALL SELECT 'peaks.256', '1000000000000004') f;
INSERT INTO release_credits(release_id, part_id, user_id, instrument)
SELECT c.mix_id / 10, p.id, p.author_id, p.instrument FROM mix_channels c JOIN parts p ON p.id = c.part_id
WHERE c.mix_id % 10 = 0;

-- == events and jobs
INSERT INTO outbox(type, song_id, created_at)
SELECT 'song.changed', value, :now FROM generate_series(CAST(1 AS BIGINT), :songs) value WHERE value > :songs * 9 / 10;
INSERT INTO jobs(kind, subject, state, priority, attempts, run_at, created_at, finished_at)
SELECT 'ingest', value, 'done', 0, 1, :now, :now, :now FROM generate_series(CAST(1 AS BIGINT), :songs / 10) value;
