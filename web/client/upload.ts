// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DetailedError, Upload as TusUpload } from "tus-js-client";
import { requestHeaders } from "./api";
import { ProblemError } from "./problem";
import type { Problem } from "./types";

export interface UploadSink {
  onProgress: (sentBytes: number, totalBytes: number) => void;
  /** The connection broke; it is tried again by itself. */
  onWaiting: () => void;
  onDone: (uploadId: string) => void;
  onFailed: (problem: ProblemError) => void;
}

const retryDelaysMs = [0, 500, 1000, 2000, 4000, 8000, 8000, 15_000, 15_000, 30_000, 30_000, 30_000];

/**
 * Sends a file so that it can be resumed (tus 1.0): after a broken connection by itself, after a reload when the same
 * file is chosen again. Returns what stops it; `forget` also deletes what the server has.
 */
export async function sendFile(file: File, sink: UploadSink): Promise<(forget: boolean) => void> {
  const { Upload } = await import("tus-js-client");
  const upload = new Upload(file, {
    endpoint: "/api/v1/uploads",
    headers: requestHeaders,
    metadata: { filename: file.name },
    retryDelays: retryDelaysMs,
    removeFingerprintOnSuccess: true,
    onProgress: sink.onProgress,
    onShouldRetry: (error) => {
      const again = mayRetry(status(error));
      if (again) sink.onWaiting();
      return again;
    },
    onSuccess: () => sink.onDone(uploadId(upload)),
    onError: (error) => sink.onFailed(problem(error)),
  });
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
  return (forget) => void upload.abort(forget).catch(() => undefined);
}

const uploadId = (upload: TusUpload): string => (upload.url ?? "").split("/").at(-1) ?? "";

const status = (error: Error | DetailedError): number =>
  "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;

/** What may pass: no answer at all, a busy server, a lock by the connection that broke. */
const mayRetry = (code: number): boolean => code === 0 || code === 409 || code === 423 || code === 429 || code >= 500;

function problem(error: Error | DetailedError): ProblemError {
  const body = "originalResponse" in error ? error.originalResponse?.getBody() : undefined;
  let parsed: Partial<Problem> = {};
  try {
    parsed = JSON.parse(body ?? "{}") as Partial<Problem>;
  } catch {
    // Not ours: a proxy's page. The status says enough.
  }
  return new ProblemError(parsed, status(error));
}
