// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../client/problem";
import type { UploadSink } from "../../client/upload";
import { FileUpload } from "./upload.svelte";

const sending: { file: File; sink: UploadSink; stop: (forget: boolean) => void }[] = [];
vi.mock("../../client/upload", () => ({
  sendFile: (file: File, sink: UploadSink) => {
    const stop = vi.fn();
    sending.push({ file, sink, stop });
    return Promise.resolve(stop);
  },
}));
const riff = new File(["12345678"], "riff.wav");

beforeEach(() => void (sending.length = 0));

async function started(): Promise<{ upload: FileUpload; sink: UploadSink; stop: (forget: boolean) => void }> {
  const upload = new FileUpload();
  await upload.start(riff);
  const last = sending.at(-1);
  if (!last) throw new Error("nothing was sent");
  return { upload, ...last };
}

describe("FileUpload", () => {
  it("shows how far it is, and its id only when all is stored", async () => {
    const { upload, sink } = await started();
    sink.onProgress(2, 8);
    expect(upload).toMatchObject({ status: "sending", fraction: 0.25, id: undefined });
    sink.onDone("abc");
    expect(upload).toMatchObject({ status: "done", fraction: 1, id: "abc" });
    expect(upload.stored).toEqual({ id: "abc", name: "riff.wav", sizeBytes: 8 });
  });
  it("waits when the connection breaks and goes on when bytes flow", async () => {
    const { upload, sink } = await started();
    sink.onProgress(4, 8);
    sink.onWaiting();
    expect(upload).toMatchObject({ status: "waiting", busy: true, fraction: 0.5 });
    sink.onProgress(5, 8);
    expect(upload.status).toBe("sending");
  });
  it("keeps why it failed", async () => {
    const { upload, sink } = await started();
    sink.onFailed(new ProblemError({ key: "upload.too_large" }, 413));
    expect(upload).toMatchObject({ status: "failed", problem: { key: "upload.too_large" } });
  });
  it("hears nothing more of a file that was replaced, and has the server forget it", async () => {
    const { upload, sink, stop } = await started();
    await upload.start(new File(["12"], "other.wav"));
    sink.onDone("old");
    expect(stop).toHaveBeenCalledWith(true);
    expect(upload).toMatchObject({ status: "sending", name: "other.wav", id: undefined });
  });
  it("keeps what the server has when the page is left", async () => {
    const { upload, stop } = await started();
    upload.pause();
    expect(stop).toHaveBeenCalledWith(false);
  });
  it("doesn't delete a finished upload when it is cleared, for a song may be made of it", async () => {
    const { upload, sink, stop } = await started();
    sink.onDone("abc");
    upload.clear();
    expect(stop).toHaveBeenCalledWith(false);
    expect(upload.status).toBe("empty");
  });
});
