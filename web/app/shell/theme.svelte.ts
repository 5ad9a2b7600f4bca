// SPDX-License-Identifier: AGPL-3.0-or-later
import { recall, remember } from "./preferences";

export type Theme = "dark" | "light";

const system = globalThis.matchMedia("(prefers-color-scheme: light)");

/** Dark or light: the system's until the visitor chooses. */
class ThemeChoice {
  private chosen = $state<Theme | undefined>(stored());
  private systemIsLight = $state(system.matches);

  constructor() {
    system.addEventListener("change", () => (this.systemIsLight = system.matches));
  }

  get current(): Theme {
    return this.chosen ?? (this.systemIsLight ? "light" : "dark");
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    remember("theme", theme);
    this.apply();
  }

  apply(): void {
    document.documentElement.dataset.theme = this.chosen ?? "";
  }
}

function stored(): Theme | undefined {
  const value = recall("theme");
  return value === "dark" || value === "light" ? value : undefined;
}

export const theme = new ThemeChoice();
