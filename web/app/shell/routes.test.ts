// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from "vitest";
import { match, paths } from "./routes";

describe("routes", () => {
  it("lead from every path the app writes back to its page", () => {
    expect(match(paths.home)).toEqual({ page: "home" });
    expect(match(paths.explore)).toEqual({ page: "explore" });
    expect(match(paths.newSong)).toEqual({ page: "new_song" });
    expect(match(paths.song(12))).toEqual({ page: "song", songId: 12 });
    expect(match(paths.editSong(12))).toEqual({ page: "edit_song", songId: 12 });
    expect(match(paths.mixer(12))).toEqual({ page: "mixer", songId: 12 });
    expect(match(paths.user("고은민 / a"))).toEqual({ page: "user", nickname: "고은민 / a" });
    expect(match(paths.logIn)).toEqual({ page: "log_in" });
    expect(match(paths.forgotPassword)).toEqual({ page: "forgot_password" });
    expect(match(paths.settings)).toEqual({ page: "settings" });
  });
  it("take the links that mails carry", () => {
    expect(match("/password/new")).toEqual({ page: "new_password" });
    expect(match("/unsubscribe")).toEqual({ page: "unsubscribe" });
  });
  it("forgive a slash at the end", () => expect(match("/songs/3/")).toEqual({ page: "song", songId: 3 }));
  it.each(["/songs/0", "/songs/-1", "/songs/1e3", "/songs/3/other", "/users/", "/users/%E0%A4%A", "/nowhere"])(
    "know no page at %s",
    (path) => expect(match(path)).toEqual({ page: "not_found" }),
  );
});
