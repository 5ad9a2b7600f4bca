// SPDX-License-Identifier: AGPL-3.0-or-later
import { mount } from "svelte";
import "../ui/base.css";
import { session } from "./accounts/session.svelte";
import { locale } from "./i18n/index.svelte";
import { prefetchSong } from "./shell/lazy";
import App from "./shell/App.svelte";
import { router } from "./shell/router.svelte";
import { theme } from "./shell/theme.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");
locale.apply();
theme.apply();
router.start();
void session.find();
mount(App, { target });
prefetchSong();
