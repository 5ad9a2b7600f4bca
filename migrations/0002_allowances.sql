-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How often somebody did something within a window of time; `subject` is "sign_up:<address>" or "offer:<user>".
CREATE TABLE allowances (
  subject TEXT PRIMARY KEY,
  since BIGINT NOT NULL,
  used BIGINT NOT NULL
);
CREATE INDEX allowances_age ON allowances(since);
