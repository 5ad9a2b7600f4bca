// SPDX-License-Identifier: AGPL-3.0-or-later

export const en = {
  shell: {
    home: "Home",
    explore: "Explore",
    seats: "Open seats",
    studio: "My studio",
    upload: "Put up a song",
    logIn: "Log in",
    signUp: "Sign up",
    logOut: "Log out",
    loading: "Loading…",
  },
};

/** What every language has to say; a missing key fails the type check. */
export type Messages = typeof en;
