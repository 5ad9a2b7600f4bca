// SPDX-License-Identifier: AGPL-3.0-or-later

type Draw = (nowMs: number) => void;

const REST_MS = 20; // the engine reports 30 times a second: to draw more often shows nothing new

/**
 * One loop for all that the mixer draws, about 30 times a second. Sleeps when nothing has reason to move. What moves
 * evenly isn't drawn by the page at all, but by the compositor (glide.ts).
 */
export class FrameLoop {
  private readonly draws = new Set<Draw>();
  private request = 0;
  private rest: ReturnType<typeof setTimeout> | undefined;
  private awakeUntil = 0;

  constructor(private readonly isBusy: () => boolean) {}

  /** Calls `draw` each frame while the loop is awake. Returns what ends that. */
  add(draw: Draw): () => void {
    this.draws.add(draw);
    this.wake();
    return () => void this.draws.delete(draw);
  }

  /** Something moves: draw at once, and for at least `ms` more. */
  wake(ms = 2500): void {
    this.awakeUntil = Math.max(this.awakeUntil, performance.now() + ms);
    clearTimeout(this.rest);
    if (this.request === 0) this.request = requestAnimationFrame(this.frame);
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    clearTimeout(this.rest);
    this.draws.clear();
  }

  private readonly frame = (now: number): void => {
    this.request = 0;
    for (const draw of this.draws) draw(now);
    const goOn = this.draws.size > 0 && (this.isBusy() || performance.now() < this.awakeUntil);
    if (goOn) this.rest = setTimeout(this.next, REST_MS);
  };

  private readonly next = (): void => {
    this.request = requestAnimationFrame(this.frame);
  };
}
