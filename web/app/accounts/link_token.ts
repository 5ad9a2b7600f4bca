// SPDX-License-Identifier: AGPL-3.0-or-later

/** The token of a mailed link, behind its #; taken out of the address, so that it stays in no history. */
export function takeLinkToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}
