// SPDX-License-Identifier: AGPL-3.0-or-later

type Draw = (nowMs: number) => void;

/** One animation loop for all that moves in the mixer. Sleeps when nothing has reason to move. */
export class FrameLoop {
  private readonly draws = new Set<Draw>();
  private request = 0;
  private awakeUntil = 0;

  constructor(private readonly isBusy: () => boolean) {}

  /** Calls `draw` each frame while the loop is awake. Returns what ends that. */
  add(draw: Draw): () => void {
    this.draws.add(draw);
    this.wake();
    return () => void this.draws.delete(draw);
  }

  /** Something moves: draw for at least `ms` more. */
  wake(ms = 2500): void {
    this.awakeUntil = Math.max(this.awakeUntil, performance.now() + ms);
    if (this.request === 0) this.request = requestAnimationFrame(this.frame);
  }

  stop(): void {
    cancelAnimationFrame(this.request);
    this.draws.clear();
  }

  private readonly frame = (now: number): void => {
    for (const draw of this.draws) draw(now);
    const goOn = this.draws.size > 0 && (this.isBusy() || performance.now() < this.awakeUntil);
    this.request = goOn ? requestAnimationFrame(this.frame) : 0;
  };
}
