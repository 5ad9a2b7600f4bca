-- Portable text for SQLite and PostgreSQL. `$ID` is the one word that differs: an identity primary key.
-- Times are milliseconds since 1970 UTC, booleans 0 or 1, blob keys 64 hex digits, levels dB, frames at 48 kHz.

CREATE TABLE users (
  id $ID,
  email TEXT NOT NULL UNIQUE,          -- lower case
  nickname TEXT NOT NULL,
  nickname_folded TEXT NOT NULL UNIQUE, -- as compared: case folded
  password_hash TEXT NOT NULL,
  is_admin BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
  id $ID,
  user_id BIGINT NOT NULL REFERENCES users(id),
  token_hash TEXT NOT NULL UNIQUE,     -- SHA-256 of the token; the token itself is nowhere
  kind TEXT NOT NULL,                  -- cookie | bearer
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions(user_id);
CREATE INDEX sessions_expiry ON sessions(expires_at);

-- Wrong passwords, counted per account and per address; `subject` is "account:<email hash>" or "address:<address>".
CREATE TABLE login_failures (
  subject TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);
CREATE INDEX login_failures_age ON login_failures(first_at);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,                 -- random token, last segment of the tus Location
  owner_id BIGINT NOT NULL REFERENCES users(id),
  file_name TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  offset_bytes BIGINT NOT NULL,        -- all before it is stored for good
  blob_key TEXT,                       -- of the whole, when offset = size
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX uploads_owner ON uploads(owner_id);
CREATE INDEX uploads_expiry ON uploads(expires_at);
CREATE INDEX uploads_blob ON uploads(blob_key);

CREATE TABLE upload_chunks (
  upload_id TEXT NOT NULL REFERENCES uploads(id),
  start_bytes BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  blob_key TEXT NOT NULL,
  PRIMARY KEY (upload_id, start_bytes)
);
CREATE INDEX upload_chunks_blob ON upload_chunks(blob_key);

CREATE TABLE songs (
  id $ID,
  owner_id BIGINT NOT NULL REFERENCES users(id),
  title TEXT NOT NULL,
  genre TEXT NOT NULL,
  tempo_bpm DOUBLE PRECISION,
  musical_key TEXT,
  licence TEXT NOT NULL,
  text TEXT NOT NULL,
  cover_upload_key TEXT,               -- as uploaded; null: none, the rings are the cover
  cover_640_key TEXT,                  -- made from it by the job 'cover'
  cover_160_key TEXT,
  open_seats BIGINT NOT NULL DEFAULT 0, -- number of open seats, kept with them
  latest_release_id BIGINT,            -- the newest that is ready
  head_mix_id BIGINT,                  -- the newest node of the history
  published BIGINT NOT NULL DEFAULT 0, -- 1 from the first ready accepted take on
  created_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX songs_listed ON songs(id) WHERE published = 1 AND deleted_at IS NULL;
CREATE INDEX songs_open ON songs(id) WHERE published = 1 AND deleted_at IS NULL AND open_seats > 0;
CREATE INDEX songs_genre ON songs(genre, id) WHERE published = 1 AND deleted_at IS NULL;
CREATE INDEX songs_owner ON songs(owner_id, id);
CREATE INDEX songs_released ON songs(latest_release_id) WHERE latest_release_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX songs_cover_upload ON songs(cover_upload_key);
CREATE INDEX songs_cover_640 ON songs(cover_640_key);
CREATE INDEX songs_cover_160 ON songs(cover_160_key);

CREATE TABLE seats (
  id $ID,
  song_id BIGINT NOT NULL REFERENCES songs(id),
  instrument TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,                 -- open | filled | closed
  created_at BIGINT NOT NULL
);
CREATE INDEX seats_song ON seats(song_id, id);
CREATE INDEX seats_wanted ON seats(instrument, song_id) WHERE state = 'open';

CREATE TABLE parts (
  id $ID,
  song_id BIGINT NOT NULL REFERENCES songs(id),
  author_id BIGINT NOT NULL REFERENCES users(id),
  seat_id BIGINT REFERENCES seats(id),
  instrument TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,                 -- offered | accepted | declined | withdrawn
  take_id BIGINT,                      -- the take that counts
  created_at BIGINT NOT NULL,
  decided_at BIGINT                    -- when it was accepted, declined or withdrawn
);
CREATE INDEX parts_song ON parts(song_id, id);
CREATE INDEX parts_author ON parts(author_id, id);
CREATE INDEX parts_joined ON parts(decided_at, id) WHERE state = 'accepted';

CREATE TABLE takes (
  id $ID,
  part_id BIGINT NOT NULL REFERENCES parts(id),
  blob_key TEXT NOT NULL,              -- the file as uploaded
  file_name TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  state TEXT NOT NULL,                 -- uploaded | ingesting | ready | rejected
  progress DOUBLE PRECISION NOT NULL DEFAULT 0,
  error_key TEXT,
  container TEXT NOT NULL DEFAULT '',
  codec TEXT NOT NULL DEFAULT '',
  sample_rate BIGINT NOT NULL DEFAULT 0,
  channels BIGINT NOT NULL DEFAULT 0,
  bits BIGINT NOT NULL DEFAULT 0,
  stem_channels BIGINT NOT NULL DEFAULT 0,
  frames BIGINT NOT NULL DEFAULT 0,
  segments BIGINT NOT NULL DEFAULT 0,
  truncated BIGINT NOT NULL DEFAULT 0,
  silent BIGINT NOT NULL DEFAULT 0,
  has_loudness BIGINT NOT NULL DEFAULT 0,
  integrated_lufs DOUBLE PRECISION NOT NULL DEFAULT 0,
  range_lu DOUBLE PRECISION NOT NULL DEFAULT 0,
  true_peak_dbtp DOUBLE PRECISION NOT NULL DEFAULT 0,
  preview_key TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX takes_part ON takes(part_id, id);
CREATE INDEX takes_blob ON takes(blob_key);
CREATE INDEX takes_preview ON takes(preview_key);

CREATE TABLE take_segments (
  take_id BIGINT NOT NULL REFERENCES takes(id),
  number BIGINT NOT NULL,
  blob_key TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  PRIMARY KEY (take_id, number)
);
CREATE INDEX take_segments_blob ON take_segments(blob_key);

CREATE TABLE take_peaks (
  take_id BIGINT NOT NULL REFERENCES takes(id),
  samples_per_pixel BIGINT NOT NULL,
  blob_key TEXT NOT NULL,
  PRIMARY KEY (take_id, samples_per_pixel)
);
CREATE INDEX take_peaks_blob ON take_peaks(blob_key);

CREATE TABLE mixes (
  id $ID,
  song_id BIGINT NOT NULL REFERENCES songs(id),
  parent_id BIGINT REFERENCES mixes(id),
  author_id BIGINT NOT NULL REFERENCES users(id),
  name TEXT NOT NULL,
  master_gain_db DOUBLE PRECISION NOT NULL,
  limiter BIGINT NOT NULL,
  ceiling_dbtp DOUBLE PRECISION NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX mixes_song ON mixes(song_id, id);

CREATE TABLE mix_channels (
  mix_id BIGINT NOT NULL REFERENCES mixes(id),
  position BIGINT NOT NULL,
  part_id BIGINT NOT NULL REFERENCES parts(id),
  take_id BIGINT NOT NULL REFERENCES takes(id),
  gain_db DOUBLE PRECISION NOT NULL,
  pan DOUBLE PRECISION NOT NULL,
  muted BIGINT NOT NULL,
  soloed BIGINT NOT NULL,
  offset_frames BIGINT NOT NULL,
  PRIMARY KEY (mix_id, position)
);

CREATE TABLE releases (
  id $ID,
  song_id BIGINT NOT NULL REFERENCES songs(id),
  mix_id BIGINT NOT NULL REFERENCES mixes(id),
  number BIGINT NOT NULL,              -- 1, 2, 3 … of its song
  graph_hash TEXT NOT NULL,            -- of what is heard: takes, settings, engine version
  state TEXT NOT NULL,                 -- rendering | ready | failed
  progress DOUBLE PRECISION NOT NULL DEFAULT 0,
  error_key TEXT,
  note TEXT NOT NULL,
  engine_version BIGINT NOT NULL DEFAULT 0,
  frames BIGINT NOT NULL DEFAULT 0,
  has_loudness BIGINT NOT NULL DEFAULT 0,
  integrated_lufs DOUBLE PRECISION NOT NULL DEFAULT 0,
  range_lu DOUBLE PRECISION NOT NULL DEFAULT 0,
  true_peak_dbtp DOUBLE PRECISION NOT NULL DEFAULT 0,
  pcm_sha256 TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  published_at BIGINT,
  UNIQUE (song_id, number)
);
CREATE INDEX releases_song ON releases(song_id, id);
CREATE INDEX releases_graph ON releases(graph_hash) WHERE state = 'ready';

CREATE TABLE release_files (
  release_id BIGINT NOT NULL REFERENCES releases(id),
  name TEXT NOT NULL,                  -- mix.flac | mix.mp3 | mix.opus | peaks.256 …
  blob_key TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  PRIMARY KEY (release_id, name)
);
CREATE INDEX release_files_blob ON release_files(blob_key);

CREATE TABLE release_credits (
  release_id BIGINT NOT NULL REFERENCES releases(id),
  part_id BIGINT NOT NULL REFERENCES parts(id),
  user_id BIGINT NOT NULL REFERENCES users(id),
  instrument TEXT NOT NULL,
  PRIMARY KEY (release_id, part_id)
);
CREATE INDEX release_credits_user ON release_credits(user_id, release_id);

-- What happened, in commit order; event streams read it. Ids never come back.
CREATE TABLE outbox (
  id $ID,
  type TEXT NOT NULL,                  -- take.ready, part.offered …
  song_id BIGINT NOT NULL,
  part_id BIGINT,
  take_id BIGINT,
  mix_id BIGINT,
  release_id BIGINT,
  progress DOUBLE PRECISION,
  error_key TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX outbox_song ON outbox(song_id, id);
CREATE INDEX outbox_age ON outbox(created_at);

CREATE TABLE jobs (
  id $ID,
  kind TEXT NOT NULL,                  -- ingest | render | cover | sweep
  subject BIGINT NOT NULL,             -- id of the take, release or song
  state TEXT NOT NULL,                 -- queued | running | done | dead
  priority BIGINT NOT NULL,            -- higher first
  attempts BIGINT NOT NULL,            -- begun so far
  run_at BIGINT NOT NULL,              -- not before
  lease TEXT,                          -- token of the runner that holds it
  lease_until BIGINT,
  progress DOUBLE PRECISION NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX jobs_queued ON jobs(kind, priority DESC, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs(lease_until) WHERE state = 'running';
CREATE INDEX jobs_dead ON jobs(id) WHERE state = 'dead';
CREATE INDEX jobs_done ON jobs(finished_at) WHERE state = 'done';
