// SPDX-License-Identifier: AGPL-3.0-or-later

const FRAME_MS = 1000 / 60;
const LEAST_PIXELS = 0.5; // nobody sees less

export interface Motion {
  /** Where the element is now, in pixels from where it stands by itself. */
  readonly x: number;
  /** How far it goes from there. */
  readonly to: number;
  readonly pixelsPerMs: number;
}

/**
 * Moves an element sideways at an even speed by one animation, which the browser's compositor plays: nothing is done in
 * the page for each frame. The element's clock is the page's; follow() corrects it by the caller's.
 */
export class Glide {
  private animation: Animation | undefined;
  private motion: Motion | undefined;
  private since = 0;

  constructor(private readonly node: HTMLElement) {}

  /** Says, as often as one likes, how the element moves now; only what has changed by more than a frame is done. */
  follow(motion: Motion, nowMs = performance.now()): void {
    if (this.motion !== undefined && this.isAsSaid(this.motion, motion, nowMs)) return;
    this.stop();
    this.motion = motion;
    this.since = nowMs;
    const { x, to, pixelsPerMs } = motion;
    this.node.style.transform = `translateX(${x}px)`;
    if (pixelsPerMs <= 0 || to <= x) return;
    const transform = [`translateX(${x}px)`, `translateX(${to}px)`];
    this.animation = this.node.animate({ transform }, { duration: (to - x) / pixelsPerMs, fill: "forwards" });
  }

  stop(): void {
    this.animation?.cancel();
    this.animation = undefined;
    this.motion = undefined;
  }

  private isAsSaid(before: Motion, now: Motion, nowMs: number): boolean {
    if (before.to !== now.to || before.pixelsPerMs !== now.pixelsPerMs) return false;
    const x = Math.min(Math.max(before.to, before.x), before.x + before.pixelsPerMs * (nowMs - this.since));
    return Math.abs(x - now.x) <= Math.max(LEAST_PIXELS, FRAME_MS * now.pixelsPerMs);
  }
}
