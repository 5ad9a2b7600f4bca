// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, ok } from "../../client/api";
import { bootMe } from "../../client/boot";
import { asProblem } from "../../client/problem";
import type { Me } from "../../client/types";

/** Who is logged in: undefined while nobody has said yet, null for a visitor. */
class Session {
  me = $state.raw<Me | null | undefined>(bootMe);

  async find(): Promise<void> {
    if (this.me !== undefined) return;
    try {
      this.me = await ok(api.GET("/api/v1/me"));
    } catch (error) {
      if (asProblem(error).status !== 0) this.me = null;
    }
  }

  async logIn(email: string, password: string): Promise<void> {
    this.me = (await ok(api.POST("/api/v1/sessions", { body: { email, password, bearer: false } }))).me;
  }

  async signUp(email: string, nickname: string, password: string): Promise<void> {
    const body = { email, nickname, password, bearer: false };
    this.me = (await ok(api.POST("/api/v1/accounts", { body }))).me;
  }

  /** By the token of a mailed link; logs in. */
  async changePassword(token: string, password: string): Promise<void> {
    const body = { token, password, bearer: false };
    this.me = (await ok(api.POST("/api/v1/password-resets/use", { body }))).me;
  }

  async logOut(): Promise<void> {
    await ok(api.DELETE("/api/v1/sessions/current"));
    this.me = null;
  }
}

export const session = new Session();
