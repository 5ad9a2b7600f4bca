-- SPDX-License-Identifier: AGPL-3.0-or-later
-- How an account wants to be written to; none: in English, with notices.
CREATE TABLE mail_choices (
  user_id BIGINT PRIMARY KEY REFERENCES users(id),
  language TEXT NOT NULL,              -- en | ko
  notices BIGINT NOT NULL
);

-- Mails that wait or were sent, a job of kind 'mail' each. What a mail says is looked up when it is sent.
CREATE TABLE mails (
  id $ID,
  user_id BIGINT NOT NULL REFERENCES users(id),
  kind TEXT NOT NULL,                  -- password_reset | part_offered | part_accepted | part_declined | release_out
  part_id BIGINT,
  release_id BIGINT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX mails_age ON mails(created_at);

-- What links in mails are worth: SHA-256 of the token, which is nowhere but in the mail.
CREATE TABLE mail_tokens (
  token_hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users(id),
  purpose TEXT NOT NULL,               -- password | unsubscribe
  expires_at BIGINT NOT NULL
);
CREATE INDEX mail_tokens_user ON mail_tokens(user_id);
CREATE INDEX mail_tokens_expiry ON mail_tokens(expires_at);
