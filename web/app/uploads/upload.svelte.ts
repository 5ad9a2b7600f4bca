// SPDX-License-Identifier: AGPL-3.0-or-later
import { sendFile } from "../../client/upload";
import type { ProblemError } from "../../client/problem";

export type UploadStatus = "empty" | "sending" | "waiting" | "done" | "failed";

/** What is kept of a finished upload over a reload. */
export interface StoredUpload {
  id: string;
  name: string;
  sizeBytes: number;
}

/** One file on its way to the server, as a form shows it. */
export class FileUpload {
  status = $state<UploadStatus>("empty");
  name = $state("");
  sentBytes = $state(0);
  totalBytes = $state(0);
  /** Set when everything is stored. */
  id = $state<string | undefined>();
  problem = $state.raw<ProblemError | undefined>();

  private stop: ((forget: boolean) => void) | undefined;
  private turn = 0;

  get fraction(): number {
    if (this.status === "done") return 1;
    return this.totalBytes > 0 ? this.sentBytes / this.totalBytes : 0;
  }

  get busy(): boolean {
    return this.status === "sending" || this.status === "waiting";
  }

  /** Takes a file, in place of an earlier one, and begins to send it. */
  async start(file: File): Promise<void> {
    this.clear();
    const turn = ++this.turn;
    this.status = "sending";
    this.name = file.name;
    this.totalBytes = file.size;
    const mine = (then: () => void): void => {
      if (turn === this.turn) then();
    };
    const stop = await sendFile(file, {
      onProgress: (sent, total) => mine(() => this.progress(sent, total)),
      onWaiting: () => mine(() => (this.status = "waiting")),
      onDone: (id) => mine(() => this.done(id)),
      onFailed: (problem) => mine(() => this.fail(problem)),
    });
    if (turn === this.turn) this.stop = stop;
    else stop(true);
  }

  /** As it was before a reload. */
  restore(stored: StoredUpload): void {
    this.clear();
    this.name = stored.name;
    this.totalBytes = stored.sizeBytes;
    this.done(stored.id);
  }

  get stored(): StoredUpload | undefined {
    return this.id === undefined ? undefined : { id: this.id, name: this.name, sizeBytes: this.totalBytes };
  }

  /** No file; what was sent of it is deleted, unless it is already part of something. */
  clear(): void {
    this.turn++;
    this.stop?.(this.status !== "done");
    this.stop = undefined;
    this.status = "empty";
    this.name = "";
    this.sentBytes = 0;
    this.totalBytes = 0;
    this.id = undefined;
    this.problem = undefined;
  }

  /** The page is left: stop sending, keep what the server has. */
  pause(): void {
    this.turn++;
    this.stop?.(false);
    this.stop = undefined;
  }

  private progress(sent: number, total: number): void {
    this.status = "sending";
    this.sentBytes = sent;
    this.totalBytes = total;
  }

  private done(id: string): void {
    this.status = "done";
    this.sentBytes = this.totalBytes;
    this.id = id;
  }

  private fail(problem: ProblemError): void {
    this.status = "failed";
    this.problem = problem;
  }
}
