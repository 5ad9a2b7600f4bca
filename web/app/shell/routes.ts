// SPDX-License-Identifier: AGPL-3.0-or-later

/** Every address of the web app. The server answers these, and no others, with the app's page. */
export type Route =
  | { page: "home" }
  | { page: "explore" }
  | { page: "new_song" }
  | { page: "song"; songId: number }
  | { page: "edit_song"; songId: number }
  | { page: "mixer"; songId: number }
  | { page: "user"; nickname: string }
  | { page: "studio" }
  | { page: "log_in" }
  | { page: "sign_up" }
  | { page: "forgot_password" }
  | { page: "new_password" }
  | { page: "unsubscribe" }
  | { page: "settings" }
  | { page: "not_found" };

const fixed: Record<string, Route> = {
  "/": { page: "home" },
  "/songs": { page: "explore" },
  "/songs/new": { page: "new_song" },
  "/studio": { page: "studio" },
  "/login": { page: "log_in" },
  "/signup": { page: "sign_up" },
  "/password/forgot": { page: "forgot_password" },
  "/password/new": { page: "new_password" },
  "/unsubscribe": { page: "unsubscribe" },
  "/settings": { page: "settings" },
};
const songPages = { "": "song", "/edit": "edit_song", "/mixer": "mixer" } as const;

export function match(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/$/, "") : pathname;
  const known = fixed[path];
  if (known) return known;
  const song = /^\/songs\/([1-9]\d{0,15})(|\/edit|\/mixer)$/.exec(path);
  if (song) return { page: songPages[song[2] as keyof typeof songPages], songId: Number(song[1]) };
  const user = /^\/users\/([^/]+)$/.exec(path);
  return user?.[1] ? named(user[1]) : { page: "not_found" };
}

function named(text: string): Route {
  try {
    return { page: "user", nickname: decodeURIComponent(text) };
  } catch {
    return { page: "not_found" };
  }
}

export const paths = {
  home: "/",
  explore: "/songs",
  newSong: "/songs/new",
  studio: "/studio",
  logIn: "/login",
  signUp: "/signup",
  forgotPassword: "/password/forgot",
  settings: "/settings",
  song: (id: number) => `/songs/${String(id)}`,
  editSong: (id: number) => `/songs/${String(id)}/edit`,
  mixer: (id: number) => `/songs/${String(id)}/mixer`,
  user: (nickname: string) => `/users/${encodeURIComponent(nickname)}`,
} as const;
