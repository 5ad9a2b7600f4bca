// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Message {
  id: string;
  event: string;
  data: string;
}

/** Splits a text/event-stream into messages, as the HTML standard says; feed it text in any pieces. */
export class StreamParser {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];
  private endedWithReturn = false;

  push(text: string): Message[] {
    const out: Message[] = [];
    let fresh = text;
    if (this.endedWithReturn && fresh.startsWith("\n")) fresh = fresh.slice(1);
    if (fresh !== "") this.endedWithReturn = fresh.endsWith("\r");
    const lines = (this.rest + fresh).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line, out);
    return out;
  }

  private line(line: string, out: Message[]): void {
    if (line === "") {
      if (this.data.length > 0) out.push({ id: this.id, event: this.event || "message", data: this.data.join("\n") });
      this.event = "";
      this.data = [];
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
  }
}
