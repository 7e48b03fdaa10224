// The console's own script. The pages work without it, but for live news, sound and keys.
"use strict";
(() => {
  const body = document.body, set = body.dataset;
  const $ = (id) => document.getElementById(id);
  const post = (path, fields) => fetch(set.base + path, {
    method: "POST",
    headers: {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF": headers["X-CSRF"], "X-Mark": set.mark},
    body: new URLSearchParams(fields),
  });
  const headers = JSON.parse(body.getAttribute("hx-headers"));

  // --- the hotel's own time, whatever this computer's clock shows ---
  let told = set.now, ahead = Number(told) - Date.now();
  // Spans are measured by a clock that nobody sets: one set back an hour would be an hour of silence.
  const sinceStart = () => performance.now();
  const wall = new Intl.DateTimeFormat("en-GB", {timeZone: set.zone, hour: "2-digit", minute: "2-digit"});
  const tick = () => { $("clock").textContent = wall.format(new Date(Date.now() + ahead)); };
  setInterval(tick, 1000);

  // --- news: only what has changed is told; the pieces ask for themselves, once a second at most ---
  let waiting = new Set(), timer = null, last = -1000;
  // Whether somebody has begun to fill something in, or has opened what was closed.
  const begun = (piece) => piece.querySelector("details[open]") !== null || [...piece.querySelectorAll("input, textarea, select")].some((one) =>
    one.type !== "hidden" && (one.tagName === "SELECT" ? [...one.options].some((each) => each.selected && !each.defaultSelected && each.index) : one.type === "radio" || one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue));
  const renew = () => {
    timer = null;
    last = sinceStart();
    const kinds = waiting;
    waiting = new Set();
    for (const piece of document.querySelectorAll("[data-live]")) {
      const meant = kinds.has("*") || piece.dataset.live.split(" ").some((kind) => kinds.has(kind));
      // What somebody types in there is not taken from under his fingers: it is looked at again in a second.
      if (meant && (piece.querySelector("input:focus, textarea:focus, select:focus") || (piece.dataset.keep && begun(piece)))) changed(piece.dataset.live.split(" ")[0]);
      else if (meant) htmx.trigger(piece, "refresh");
    }
  };
  const changed = (kind) => {
    waiting.add(kind);
    if (timer === null) timer = setTimeout(renew, Math.max(50, last + 1000 - sinceStart()));
  };

  // What no news tells is looked for all the same: the alarms are the last thing that may be old.
  const look = () => { if (!$("standing").querySelector("input:focus")) htmx.trigger($("standing"), "refresh"); };
  setInterval(look, 30000);
  // A piece that could not be had stays as it is, and is asked for again: what came instead is no piece.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400 && event.detail.requestConfig.verb === "get") event.detail.shouldSwap = false;
  });
  const failed = (event) => {
    const kinds = event.detail.elt.dataset.live;
    if (kinds) setTimeout(() => changed(kinds.split(" ")[0]), 3000);
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);

  // --- whether we are still told: said at once when not ---
  let heard = sinceStart(), heardAt = Date.now(), lostAt = null, source = null, position = set.since;
  const lost = () => {
    if (lostAt !== null) return;
    lostAt = heardAt;
    $("lost").textContent = set.lost.replace("{time}", wall.format(new Date(lostAt + ahead)));
    $("lost").hidden = false;
    $("live").className = "live off";
    $("live").lastElementChild.textContent = "✕";
  };
  const found = () => {
    heard = sinceStart();
    heardAt = Date.now();
    $("live").className = "live on";
    $("live").lastElementChild.textContent = set.live;
    if (lostAt === null) return;
    lostAt = null;
    $("lost").hidden = true;
    changed("*");
  };
  const dirty = () => [...document.querySelectorAll("main input, main textarea")].some((one) => one.type !== "hidden" && one.type !== "radio" && one.value !== one.defaultValue);
  const upgraded = () => {
    if (!dirty() && !document.querySelector("dialog[open]")) return location.assign(location.pathname + location.search);
    $("upgraded").textContent = set.upgraded;
    $("upgraded").hidden = false;
  };
  const listen = () => {
    // From where this page was read on: what has changed while it was on its way is told as well.
    source = new EventSource(`${set.base}/live?since=${encodeURIComponent(position)}`);
    source.addEventListener("hello", (event) => { found(); if (JSON.parse(event.data).mark !== set.mark) upgraded(); });
    source.addEventListener("ping", found);
    source.addEventListener("reset", () => { found(); changed("*"); });
    for (const kind of ["wakeup", "alarm", "room", "charge", "link"]) source.addEventListener(kind, (event) => {
      position = event.lastEventId || position;
      found();
      // Of another hotel of this person only a call for help is shown here.
      if (JSON.parse(event.data).property === set.house) changed(kind);
      else if (kind === "alarm") changed("elsewhere");
    });
    source.onerror = () => {
      lost();
      if (source.readyState === EventSource.CLOSED) again();
    };
  };
  // A browser gives up on an answer that says no (the program starts again, the login has run out).
  const again = () => setTimeout(async () => {
    try {
      const answer = await fetch(set.base + "/standing", {headers: {"HX-Request": "true"}});
      if (answer.status === 401) return location.assign("/desk/login?to=" + encodeURIComponent(location.pathname));
      if (answer.ok) return listen();
    } catch (error) { /* not there yet */ }
    again();
  }, 2000);
  setInterval(() => {
    if (sinceStart() - heard < 40000) return;
    lost();
    if (source.readyState !== EventSource.CLOSED) { source.close(); again(); }
  }, 5000);

  // --- sound: every 30 s while something must be heard; never the only sign ---
  let unlocked = false, muted = localStorage.getItem("muted") === "yes", sounded = -Infinity;
  const button = $("sound");
  const show = () => {
    button.textContent = muted ? set.muted : unlocked ? set.unmuted : set.blocked;
    button.setAttribute("aria-pressed", String(muted));
    button.classList.toggle("blocked", !muted && !unlocked);
  };
  const tone = (name, quiet) => {
    const audio = $("tone-" + name);
    audio.muted = quiet;
    audio.currentTime = 0;
    return audio.play();
  };
  const unlock = () => {
    if (unlocked) return;
    tone("alarm", true).then(() => { unlocked = true; show(); here(); sound(); }, () => {});
  };
  const sound = () => {
    const loud = $("standing").dataset.loud;
    if (!loud) { sounded = -Infinity; return; }
    if (muted || sinceStart() - sounded < 30000) return;
    tone(loud, false).then(() => heardHere(true), () => heardHere(false));
  };
  const heardHere = (yes) => {
    const news = yes !== unlocked || !yes && !said;
    if (yes) sounded = sinceStart();
    unlocked = yes;
    show();
    if (news) here();
  };
  // Whether a sound may be made at once, as on the page that led here: no screen is taken for deaf before its first key.
  const probe = () => {
    if (unlocked || !("AudioContext" in window)) return;
    const context = new AudioContext();
    const told = () => {
      if (context.state !== "running") return;
      context.close();
      if (unlocked) return;
      unlocked = true;
      show();
      here();
      sound();
    };
    context.addEventListener("statechange", told);
    told();
    setTimeout(() => { if (context.state !== "closed") context.close(); }, 2000);
  };
  button.addEventListener("click", () => (unlocked || muted ? turn() : unlock()));
  const turn = () => {
    muted = !muted;
    localStorage.setItem("muted", muted ? "yes" : "no");
    show();
    here();
    sound();
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, unlock, {capture: true});
  setInterval(sound, 1000);

  // --- this screen is there, seen or not, heard or not: the second level is told where none is ---
  // Of this tab: one that is hidden must not speak for one that is seen.
  const screenId = sessionStorage.getItem("screen") || Math.random().toString(36).slice(2, 8);
  sessionStorage.setItem("screen", screenId);
  let said = false;
  const here = () => {
    said = true;
    if (set.desk !== "yes") return;
    const visible = document.visibilityState === "visible";
    post("/here", {screen: screenId, visible: visible ? "1" : "0", sound: unlocked && !muted ? "1" : "0"}).catch(() => {});
  };
  setInterval(here, 20000);
  document.addEventListener("visibilitychange", here);

  // --- a call for help takes the keyboard too: nothing behind it is typed into, opened or sent ---
  let helping = false;
  const help = () => {
    const cry = document.querySelector(".emergency");
    for (const one of document.querySelectorAll("body > header, body > main, body > .skip, body > .bar")) one.inert = Boolean(cry);
    // The room for a note is one Tab away: a line that is being typed must not end up as the answer to it.
    if (cry && !cry.contains(document.activeElement)) {
      for (const one of document.querySelectorAll("dialog[open]")) one.close();
      cry.focus();
    }
    if (helping && !cry) $("main").focus();
    helping = Boolean(cry);
  };

  // --- keys ---
  const rows = () => [...document.querySelectorAll("tr[data-row], a.tile")];
  let chosen = "";
  const choose = (step) => {
    const all = rows();
    if (!all.length) return;
    const place = all.findIndex((row) => row.id === chosen);
    const next = all[Math.min(all.length - 1, Math.max(0, place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step))];
    mark(next.id);
    (next.querySelector("a") || next).focus();
    next.scrollIntoView({block: "nearest"});
  };
  const mark = (id) => {
    chosen = id;
    for (const row of rows()) row.classList.toggle("chosen", row.id === id);
  };
  const open = (path) => { if (path) location.assign(path); };
  const submit = (row, path) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = row.dataset.row + path;
    for (const [name, value] of [["csrf", headers["X-CSRF"]], ["mark", set.mark], ["once", Math.random().toString(36).slice(2) + Date.now()]]) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    body.append(form);
    form.submit();
  };
  const chosenRow = () => rows().find((row) => row.id === chosen && !("many" in row.dataset));
  const acts = {
    w: () => $("line") && $("line").focus(),
    "/": () => ($("line") || $("find")) && ($("line") || $("find")).focus(),
    a: () => { const one = document.querySelector("[data-alarm]"); open(one ? one.dataset.alarm : $("alarm-count").hidden ? "" : set.base + "/alarms"); },
    c: () => { const row = chosenRow(); if (row && set.desk === "yes" && row.dataset.row.includes("/wakeups/")) submit(row, "/again"); },
    x: () => { const row = chosenRow(); if (row && set.desk === "yes") open(row.dataset.row + "#cancel"); },
    m: turn,
    "?": () => $("keys").showModal(),
    ArrowDown: () => choose(1),
    ArrowUp: () => choose(-1),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const one of document.querySelectorAll("details[open]")) one.open = false;
      if (document.activeElement === $("line")) $("line").blur();
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || helping || document.querySelector("dialog[open]")) return;
    const links = [...document.querySelectorAll("header nav a")];
    if (/^[1-9]$/.test(event.key) && links[event.key - 1]) return links[event.key - 1].click();
    if (event.key in acts) { event.preventDefault(); acts[event.key](); }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) return $(opener.dataset.dialog).showModal();
    if (event.target.closest("[data-print]")) return window.print();
    if (!event.target.closest("details.menu")) for (const one of document.querySelectorAll("details.menu[open]")) one.open = false;
    const row = event.target.closest("tr[data-row]");
    if (row && !event.target.closest("a, button, input, select, label, form, details")) open(row.dataset.row);
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest && event.target.closest("tr[data-row], a.tile");
    if (row) mark(row.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (chosen) mark(chosen);
    if ($("standing").dataset.now !== told) {
      told = $("standing").dataset.now;
      ahead = Number(told) - Date.now();
    }
    // A call for help is over all that is open, and it is answered there.
    if ($("standing").querySelector(".emergency")) for (const one of document.querySelectorAll("dialog[open]")) one.close();
    help();
    sound();
  });
  // A form that is sent once is not sent twice by an impatient finger.
  document.addEventListener("submit", (event) => { for (const one of event.target.querySelectorAll("button")) setTimeout(() => { one.disabled = true; }); });
  // No answer at all: it may be sent again, and its key keeps it from being done twice.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (form.matches("form")) for (const one of form.querySelectorAll("button:disabled")) one.disabled = false;
    if (event.detail.requestConfig.verb === "post") $("unsent").hidden = event.detail.xhr.status !== 0;
  });
  window.addEventListener("pageshow", () => { for (const one of document.querySelectorAll("button:disabled")) one.disabled = false; });

  tick();
  show();
  listen();
  help();
  // A page that has just come cannot know yet whether it may sound: the one before it is believed so long.
  if (muted) here();
  else setTimeout(() => { if (!said) here(); }, 10000);
  sound();
  probe();
  if (location.hash === "#cancel" && document.querySelector("[data-cancel] button")) document.querySelector("[data-cancel] button").focus();
})();
