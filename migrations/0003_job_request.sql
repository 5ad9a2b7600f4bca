-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The request that queued a job, so that one id joins the log lines of serve and work; '' for what queued itself.
ALTER TABLE jobs ADD COLUMN request TEXT NOT NULL DEFAULT '';
