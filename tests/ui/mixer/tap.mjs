// SPDX-License-Identifier: AGPL-3.0-or-later
// Listens to what leaves the engine's AudioWorklet, in the page's own AudioContext, sample by sample. Goes into the page
// before its scripts run; the product knows nothing of it.

/**
 * In the page. `__tap` then has: pressedAt (ms since 1970, of the last click or key), firstSoundAt (when the first
 * non-silent quantum was rendered), left and right (from that quantum on, up to `frames`).
 * @param {number} frames
 */
export function installTap(frames) {
  const source = `registerProcessor("tap", class extends AudioWorkletProcessor {
    constructor(options) { super(); this.left = options.processorOptions.frames; this.heard = false; }
    process([[l, r]]) {
      if (!l) return true;
      if (!this.heard) {
        if (!l.some((v) => v !== 0) && !r.some((v) => v !== 0)) return true;
        this.heard = true;
        this.port.postMessage({ at: Date.now(), frame: currentFrame });
      }
      if (this.left > 0) { this.port.postMessage({ l: l.slice(), r: r.slice() }); this.left -= l.length; }
      return true;
    }
  });`;
  /** @type {any} */
  const tap = {
    pressedAt: 0,
    firstSoundAt: 0,
    left: [],
    right: [],
    ready: false,
  };
  Object.assign(globalThis, { __tap: tap });
  const press = () => (tap.pressedAt = Date.now());
  addEventListener("pointerdown", press, true);
  addEventListener("keydown", press, true);

  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own this below
  const connect = AudioNode.prototype.connect;
  /** @param {AudioNode} node */
  async function listen(node) {
    const context = node.context;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const ear = new AudioWorkletNode(context, "tap", {
      processorOptions: { frames },
      numberOfOutputs: 0,
    });
    ear.port.onmessage = ({ data }) => {
      if (data.at) {
        tap.firstSoundAt = data.at;
        tap.latencyS = /** @type {AudioContext} */ (context).outputLatency;
      } else {
        tap.left.push(data.l);
        tap.right.push(data.r);
      }
    };
    // @ts-expect-error -- one of two overloads
    connect.call(node, ear);
    tap.ready = true;
  }
  /** @this {AudioNode} @param {any[]} to */
  function tapped(...to) {
    if (to[0] instanceof AudioDestinationNode && this instanceof AudioWorkletNode) void listen(this);
    // @ts-expect-error -- as it came
    return connect.apply(this, to);
  }
  // @ts-expect-error -- as above
  AudioNode.prototype.connect = tapped;
}
