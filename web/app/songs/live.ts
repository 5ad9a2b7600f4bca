// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Part, Release, Song, SongEvent } from "../../client/types";

/** Whether the song must be asked for again: everything but progress changes more than the event says. */
export const affects = (name: string): boolean => name !== "take.progress" && name !== "release.progress";

/** The song as it is after a progress event; the same one if the event says nothing of it. */
export function withEvent(song: Song, name: string, event: SongEvent): Song {
  const { progress } = event;
  if (progress === undefined) return song;
  if (name === "take.progress") {
    const parts = song.parts.map((part) => (part.take.id === event.take_id ? withProgress(part, progress) : part));
    return { ...song, parts };
  }
  if (name === "release.progress") {
    const releases = song.releases.map((release) =>
      release.id === event.release_id ? renderedTo(release, progress) : release,
    );
    return { ...song, releases };
  }
  return song;
}

function withProgress(part: Part, progress: number): Part {
  if (part.take.state === "ready" || part.take.state === "rejected") return part;
  return { ...part, take: { ...part.take, state: "ingesting", progress: Math.max(part.take.progress, progress) } };
}

function renderedTo(release: Release, progress: number): Release {
  return release.state === "rendering" ? { ...release, progress: Math.max(release.progress, progress) } : release;
}
