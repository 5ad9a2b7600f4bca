// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Notice {
  id: number;
  text: string;
  kind: "done" | "problem";
}

const shownMs = 6000;

/** Short sentences about what just happened; read out by screen readers. */
class Notices {
  list = $state.raw<readonly Notice[]>([]);
  private next = 1;

  say(text: string, kind: Notice["kind"] = "done"): void {
    const notice = { id: this.next++, text, kind };
    this.list = [...this.list.slice(-2), notice];
    setTimeout(() => this.dismiss(notice.id), shownMs);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();
