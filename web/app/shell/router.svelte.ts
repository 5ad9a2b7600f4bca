// SPDX-License-Identifier: AGPL-3.0-or-later
import { match, type Route } from "./routes";

type Guard = () => boolean;

/** Where we are. Links are plain <a href>; the router takes the clicks that stay inside the app. */
class Router {
  url = $state.raw(new URL(globalThis.location.href));
  private guards = new Set<Guard>();

  get route(): Route {
    return match(this.url.pathname);
  }

  start(): void {
    history.scrollRestoration = "manual";
    addEventListener("popstate", (event) => this.back(event));
    addEventListener("click", (event) => this.click(event));
    addEventListener("beforeunload", (event) => {
      if ([...this.guards].some((unsaved) => unsaved())) event.preventDefault();
    });
  }

  /** Goes to a path of ours. False if a page with unsaved work held us back. */
  go(path: string, { replace = false, force = false } = {}): boolean {
    if (!force && !this.mayLeave()) return false;
    this.keepScroll();
    if (replace) history.replaceState({ y: 0 }, "", path);
    else history.pushState({ y: 0 }, "", path);
    this.arrive(0);
    return true;
  }

  /** While `unsaved` says true, leaving asks first. Returns what takes the guard away again. */
  guard(unsaved: Guard): () => void {
    this.guards.add(unsaved);
    return () => void this.guards.delete(unsaved);
  }

  /** Asked before leaving; the shell puts the question in the visitor's language. */
  ask: () => boolean = () => true;

  private mayLeave(): boolean {
    return ![...this.guards].some((unsaved) => unsaved()) || this.ask();
  }

  private back(event: PopStateEvent): void {
    const from = this.url;
    if (!this.mayLeave()) {
      history.pushState({ y: scrollY }, "", from);
      return;
    }
    this.arrive((event.state as { y?: number } | null)?.y ?? 0);
  }

  private arrive(y: number): void {
    const samePage = this.url.pathname === location.pathname;
    this.url = new URL(location.href);
    if (samePage && y === 0) return;
    requestAnimationFrame(() => scrollTo(0, y));
  }

  private keepScroll(): void {
    history.replaceState({ y: scrollY }, "");
  }

  private click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !staysInside(event, link)) return;
    event.preventDefault();
    if (link.href !== location.href) this.go(link.pathname + link.search + link.hash);
  }
}

function staysInside(event: MouseEvent, link: HTMLAnchorElement): boolean {
  if (event.defaultPrevented || event.button !== 0) return false;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return false;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return false;
  if (link.hash && link.pathname === location.pathname) return false;
  return !link.pathname.startsWith("/api/");
}

export const router = new Router();
