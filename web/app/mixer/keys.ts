// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Mixer } from "./mixer.svelte";

/** Where keys mean something of their own. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog, audio") !== null
  );
}

const isButton = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("button, a, summary, [role=switch]") !== null;

const isSlider = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("[role=slider]") !== null;

/** The mixer's keys: Space, Home, L, Ctrl+Z, Ctrl+Shift+Z, Ctrl+Y, Ctrl+S. True: the key was ours. */
export function mixerKey(event: KeyboardEvent, mixer: Mixer, save: () => void): boolean {
  if (isTyping(event.target)) return false;
  const key = event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey;
  if (control && key === "z" && !event.shiftKey) mixer.undo();
  else if (control && (key === "y" || key === "z")) mixer.redo();
  else if (control && key === "s") save();
  else if (control || event.altKey) return false;
  else if (key === " " && !isButton(event.target)) mixer.toggle();
  else if (key === "home" && !isSlider(event.target)) mixer.seek(0);
  else if (key === "l") mixer.toggleLoop();
  else return false;
  return true;
}
