// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test, vi } from "vitest";
import { Glide } from "./glide";

function element() {
  const cancel = vi.fn();
  const animate = vi.fn(() => ({ cancel }));
  const node = document.createElement("i");
  Object.assign(node, { animate });
  return { node, animate, cancel };
}

test("one animation leads from here to the end", () => {
  const { node, animate } = element();
  new Glide(node).follow({ x: 10, to: 110, pixelsPerMs: 0.05 }, 0);
  const frames = { transform: ["translateX(10px)", "translateX(110px)"] };
  expect(animate.mock.calls).toEqual([[frames, { duration: 2000, fill: "forwards" }]]);
});

test("nothing is done as long as the clocks agree within a frame", () => {
  const { node, animate } = element();
  const glide = new Glide(node);
  glide.follow({ x: 0, to: 1000, pixelsPerMs: 0.1 }, 0);
  glide.follow({ x: 101.5, to: 1000, pixelsPerMs: 0.1 }, 1000);
  expect(animate).toHaveBeenCalledTimes(1);
});

test("a drift of more than a frame, a seek or another speed begins anew", () => {
  const { node, animate, cancel } = element();
  const glide = new Glide(node);
  glide.follow({ x: 0, to: 1000, pixelsPerMs: 0.1 }, 0);
  glide.follow({ x: 102, to: 1000, pixelsPerMs: 0.1 }, 1000);
  glide.follow({ x: 500, to: 1000, pixelsPerMs: 0.1 }, 1100);
  glide.follow({ x: 1000, to: 2000, pixelsPerMs: 0.2 }, 1200);
  expect(animate).toHaveBeenCalledTimes(4);
  expect(cancel).toHaveBeenCalledTimes(3);
});

test("what stands still is only placed", () => {
  const { node, animate, cancel } = element();
  const glide = new Glide(node);
  glide.follow({ x: 0, to: 1000, pixelsPerMs: 0.1 }, 0);
  glide.follow({ x: 42, to: 1000, pixelsPerMs: 0 }, 420);
  expect(cancel).toHaveBeenCalledTimes(1);
  expect(animate).toHaveBeenCalledTimes(1);
  expect(node.style.transform).toBe("translateX(42px)");
});
