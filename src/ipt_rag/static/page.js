// What the page does in the browser: it keeps the conversation (here and nowhere else), shows turns, moves focus to
// sources, and makes the files to take away. Every HTML string that it inserts was escaped by render.py.
"use strict";

window.iptPage = (() => {
  const texts = window.iptTexts;
  const language = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => texts[tag]) ?? "en";
  const words = texts[language];
  const packets = []; // the answers shown, oldest first; reloading the page forgets them
  let lastNumber = null; // the link that brought the reader to a source
  let cameFrom = null; // the button outside the reader that opened it
  let waitingFor = null; // "question" or "quote" while one is on its way

  const find = (selector, root = document) => root.querySelector(selector);
  const boxOf = (name) => find(`#${name} textarea`) || find(`#${name} input`);
  const box = () => boxOf("question");
  const say = (sentence) => { const line = find("#status"); if (line) line.textContent = sentence; };
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const isReady = () => find("#state")?.dataset.state === "ready";

  const scrollTo = (element, block) => element.scrollIntoView({ block, behavior: calm() ? "auto" : "smooth" });

  const clearNotes = () => {
    for (const name of ["#problem", "#refusal"]) { const note = find(name); if (note) note.replaceChildren(); }
  };

  // A sentence that the program has in English only says so in its packet; the page's own are in the page's language.
  const problem = (sentence, lang = language) => {
    const line = document.createElement("p");
    Object.assign(line, { className: "problem", textContent: sentence, lang });
    return line;
  };
  const problemOf = (packet) => packet ? problem(packet.said, packet.language) : problem(words.failed);

  // Selects a tab as a reader would: what Gradio has not mounted yet comes with it.
  const turnTo = (tab) => find(`#views [role=tab][data-tab-id=${tab}]`)?.click();

  // Does something with what a look finds, once it finds it: Gradio shows a tab some frames after it was selected.
  const once = (look, then, tries = 300) => requestAnimationFrame(() => {
    const found = look();
    if (found) then(found);
    else if (tries) once(look, then, tries - 1);
  });

  // ---- a call that does not come through

  // Gradio tells it in a notice of its own, in its own words, and leaves the question waiting; the style hides the notice.
  const fetched = window.fetch.bind(window);
  window.fetch = async (input, options) => {
    const reply = await fetched(input, options);
    if (!reply.ok && String(input.url ?? input).includes("/queue/")) {
      notCome({ 413: words["too-long"], 429: words.busy, 503: words.busy }[reply.status] ?? words.failed);
    }
    return reply;
  };

  const notCome = (sentence) => {
    find("#turns").removeAttribute("aria-busy");
    for (const line of document.querySelectorAll("#status, #check-status")) line.textContent = "";
    const place = { question: "#problem", quote: "#check-problem" }[waitingFor];
    waitingFor = null;
    if (place) return find(place).replaceChildren(problem(sentence));
    Object.assign(find("#state"), { textContent: sentence }).dataset.state = "busy"; // an article or a list
    setTimeout(watchState, 4000);
  };

  const waitFor = (what) => {
    waitingFor = what;
    const look = async () => {
      if (!waitingFor) return;
      if (await stateNow() === "stopped") { notCome(words.stopped); watchState(); } else setTimeout(look, 2000);
    };
    setTimeout(look, 2000);
  };

  // ---- one question

  const asking = (question) => {
    clearNotes();
    waitFor("question");
    say(isReady() ? words.searching : words.waiting);
    find("#turns").setAttribute("aria-busy", "true");
    // Of the answered turns only the questions go along: a follow-up is completed from them. What was refused is none.
    const earlier = packets.slice(-8).map((packet) => packet.question);
    return [question, { turn: packets.length + 1, language, only: filters(), earlier }];
  };

  const answered = (packet, question) => {
    find("#turns").removeAttribute("aria-busy");
    waitingFor = null;
    if (!packet || packet.status === "problem") {
      say("");
      find("#problem").replaceChildren(problemOf(packet));
      return question;
    }
    if (packet.status === "refused") {
      find("#refusal").innerHTML = packet.html;
      say(packet.said);
      box().value = "";
      setTimeout(() => box().focus(), 0);
      return "";
    }
    packets.push(packet);
    remember();
    show(packet);
    say(packet.said);
    if (matchMedia("(pointer: coarse)").matches) { // the keyboard of a phone would cover the answer
      box().blur();
      scrollTo(find("#turns").firstElementChild, "start");
    } else {
      setTimeout(() => box().focus({ preventScroll: true }), 0);
    }
    return "";
  };

  const show = (packet) => {
    find("#turns").insertAdjacentHTML("afterbegin", packet.html);
    find("#tools").hidden = false;
    find("#examples").open = false;
  };

  // Only where the operator lets a tab keep its conversation: in the tab's own storage, which ends with the tab.
  const KEPT = "ipt-conversation";
  const keeps = () => "kept" in find("#turns").dataset;
  const remember = () => { if (keeps()) sessionStorage.setItem(KEPT, JSON.stringify(packets)); };
  const recall = () => {
    if (!find("#turns") || !find("#examples")) return setTimeout(recall, 100);
    if (!keeps()) return;
    for (const packet of JSON.parse(sessionStorage.getItem(KEPT) ?? "[]")) { packets.push(packet); show(packet); }
  };

  // ---- filters: what is ticked narrows the search; nothing ticked lets everything through

  const ticked = (name) => [...document.querySelectorAll(`#filters input[name=${name}]:checked`)].map((input) => input.value);
  const filters = () => ({ articles: ticked("article"), tiers: ticked("tier"), sourced: ticked("sourced").length > 0 });
  const countFilters = () => {
    const count = document.querySelectorAll("#filters input:checked").length;
    find("#filters-on").textContent = count ? words["filters-on"].replace("{count}", count) : "";
  };

  const holding = (titles) => {
    const labels = titles.map(([slug, title]) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const name = document.createElement("span");
      Object.assign(input, { type: "checkbox", name: "article", value: slug });
      name.textContent = title;
      label.append(input, " ", name);
      return label;
    });
    find("#filter-articles").replaceChildren(...labels);
  };

  const unfilter = (button) => {
    for (const input of document.querySelectorAll("#filters input:checked")) input.checked = false;
    countFilters();
    const turn = button.closest(".turn");
    if (turn) fill(packets.find((packet) => packet.turn === Number(turn.dataset.turn)).question);
  };

  // ---- one quote to check

  const checking = (quote) => {
    waitFor("quote");
    find("#verdict").replaceChildren();
    find("#check-problem").replaceChildren();
    find("#check-status").textContent = isReady() ? words.checking : words.waiting;
    return [quote, language];
  };

  const checked = (packet, quote) => {
    find("#check-status").textContent = "";
    waitingFor = null;
    if (!packet || packet.status === "problem") {
      find("#check-problem").replaceChildren(problemOf(packet));
      return quote;
    }
    const refused = packet.status === "refused";
    find(refused ? "#check-problem" : "#verdict").innerHTML = packet.html;
    find("#check-status").textContent = packet.said;
    if (refused) boxOf("quote").value = "";
    setTimeout(() => boxOf("quote").focus({ preventScroll: true }), 0);
    return refused ? "" : quote;
  };

  // ---- what readers say of an answer

  const giveFeedback = (button) => {
    const turn = button.closest(".turn");
    const { question, answer } = packets.find((packet) => packet.turn === Number(turn.dataset.turn));
    const [text, source] = ["textarea", "input"].map((name) => find(`.feedback ${name}`, turn).value);
    find(".noted", turn).textContent = "";
    window.iptPage.sendFeedback({
      language, question, text, source, turn: Number(turn.dataset.turn), verdict: button.dataset.verdict, index: answer.index,
      passages: answer.quotes.map((quote) => `${quote.article}:${quote.start}-${quote.end}`),
    });
  };

  const noted = (packet) => {
    const turn = find(`#t${packet.turn}`);
    if (!turn) return;
    Object.assign(find(".noted", turn), { textContent: packet.said, lang: packet.language ?? language });
    if (packet.status === "problem") return;
    for (const field of turn.querySelectorAll(".feedback :is(textarea, input)")) field.value = "";
    if (packet.status === "noted") find(".feedback details", turn).open = false;
  };

  const fill = (question) => {
    const area = box();
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(area), "value").set;
    set.call(area, question);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };

  // ---- from a number to its source, and back

  const goTo = (link) => {
    if (link.matches(".skip")) { // the question may stand behind another tab
      turnTo("ask");
      return once(() => box()?.offsetParent && box(), (area) => area.focus());
    }
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    for (let at = target.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (link.classList.contains("number")) { lastNumber = link; target.classList.add("lit"); }
    target.focus({ preventScroll: true });
    scrollTo(target, link.classList.contains("number") ? "nearest" : "start");
  };

  // ---- the reader

  const openPlace = (button) => {
    const [tab] = Object.entries({ ask: "#desk", explore: "#passages", check: "#checked" })
      .find(([, place]) => button.closest(place)) ?? [];
    cameFrom = tab ? { tab, button } : null;
    const { article, start, end, section } = button.dataset;
    window.iptPage.openArticle({ article, language, section: section ?? "", start: start ?? null, end: end ?? null });
    const place = `${article} ${start ? `${start}-${end}` : section ?? ""}`;
    const come = () => { // the former article is shown before it
      const shown = find("#reader .reader, #reader .problem");
      return shown?.offsetParent && (shown.dataset.place === place || shown.matches(".problem")) ? shown : null;
    };
    once(come, (shown) => {
      const back = find("#reader .back");
      if (back) back.hidden = !cameFrom;
      const target = find("mark", shown) || find("[data-sought]", shown) || find("h2", shown) || shown;
      if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: target.tagName === "MARK" ? "center" : "start" });
    });
  };

  const goBack = () => {
    const { tab, button } = cameFrom; // the button may have gone meanwhile, with its conversation
    turnTo(tab);
    once(() => button.offsetParent && button, () => {
      button.focus({ preventScroll: true });
      button.scrollIntoView({ block: "center" });
    });
  };

  const showVouched = (fieldset) => {
    const reader = fieldset.closest(".reader");
    const shown = new Set([...fieldset.querySelectorAll("input:checked")].map((input) => input.value));
    for (const run of reader.querySelectorAll(".run")) run.hidden = !shown.has(run.dataset.vouched);
  };

  // ---- lists of passages

  const exploring = () => { if (!find("#passages h2")) choose(find("#facets .facet")); };

  const choose = (button) => {
    for (const other of document.querySelectorAll("#facets .facet")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    window.iptPage.listPassages({ facet: button.dataset.facet, language });
  };

  const listed = () => setTimeout(() => { // lists may come in another order than they were asked for
    const wanted = find("#facets [aria-current]");
    if (wanted && find("#passages h2")?.dataset.facet !== wanted.dataset.facet) choose(wanted);
    else sift();
  }, 100);

  const sift = () => {
    const sought = find("#passage-search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!sought.length && !find("#passages .explored > li[hidden]")) return;
    let shown = 0;
    for (const entry of document.querySelectorAll("#passages .explored > li.quote")) {
      const has = entry.textContent.toLowerCase();
      entry.hidden = !sought.every((word) => has.includes(word));
      if (!entry.hidden) shown += 1;
    }
    find("#passage-count").textContent = shown ? words.shown.replace("{count}", shown) : words["none-shown"];
  };

  // ---- what a reader takes away

  const day = () => new Date().toISOString().slice(0, 10);
  const digest = () => [...new Set(packets.map((packet) => packet.answer.index))].join(", ");

  const asMarkdown = () =>
    [`# ${words.title}`, `**${words.banner}**`, `Index ${digest()} · ${day()}`,
      ...packets.map((packet) => packet.markdown)].join("\n\n");

  const asJson = () => JSON.stringify({
    banner: words.banner, index: digest(), date: day(),
    turns: packets.map(({ turn, question, filtered, answer }) => ({ turn, question, filtered, answer })),
  }, null, 2) + "\n";

  const asHtml = () => {
    const turns = find("#turns").cloneNode(true);
    for (const left of turns.querySelectorAll("button, .feedback")) left.remove();
    const page = document.implementation.createHTMLDocument(words.title);
    page.documentElement.lang = language;
    const style = page.createElement("style");
    style.textContent = find("#page-style").textContent;
    page.head.append(style);
    page.body.className = "taken-away";
    const heading = page.createElement("h1");
    heading.textContent = words.title;
    const banner = page.createElement("p");
    banner.id = "banner";
    banner.textContent = words.banner;
    const made = page.createElement("p");
    made.textContent = `Index ${digest()} · ${day()}`;
    page.body.append(banner, heading, made, turns);
    return "<!doctype html>\n" + page.documentElement.outerHTML + "\n";
  };

  const save = (content, type, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(asMarkdown());
    } catch { // without a secure address the clipboard is closed to pages
      const area = document.createElement("textarea");
      area.value = asMarkdown();
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say(words.copied);
  };

  const tools = {
    copy,
    markdown: () => save(asMarkdown(), "text/markdown", `ipt-answers-${day()}.md`),
    json: () => save(asJson(), "application/json", `ipt-answers-${day()}.json`),
    html: () => save(asHtml(), "text/html", `ipt-answers-${day()}.html`),
    print: () => window.print(),
    unfilter,
    back: goBack,
    new: () => {
      packets.length = 0;
      remember();
      find("#turns").replaceChildren();
      find("#tools").hidden = true;
      find("#examples").open = true;
      clearNotes();
      say(words.cleared);
      box().focus();
    },
  };

  // ---- what Gradio leaves out for those who do not see or point

  // Gradio puts in what it shows later (a tab's content, a view again), so the words follow the document.
  const translate = () => {
    if (document.documentElement.lang !== language) document.documentElement.lang = language;
    const title = `${words.title} — ${words.subtitle}`;
    if (document.title !== title) document.title = title;
    for (const place of document.querySelectorAll("[data-word]")) {
      if (place.id !== "state" && place.textContent !== words[place.dataset.word]) place.textContent = words[place.dataset.word];
    }
    for (const [name, word] of [["question", words.ask], ["quote", words["check-quote"]]]) {
      const button = find(`#${name} .submit-button`); // the one label that Gradio does not translate
      if (button && button.textContent !== word) button.textContent = word;
    }
    for (const place of document.querySelectorAll("[data-word-label]")) {
      place.setAttribute("aria-label", words[place.dataset.wordLabel]);
    }
  };
  if (language !== "en") {
    new MutationObserver(translate).observe(document.documentElement, { childList: true, subtree: true });
  }

  const nameTheBox = (name) => {
    const area = boxOf(name);
    const note = find(`#${name} .info-text`);
    if (!area || !note) return setTimeout(() => nameTheBox(name), 50);
    note.id = `${name}-note`;
    area.setAttribute("aria-label", words[name]);
    area.setAttribute("aria-describedby", note.id);
  };
  nameTheBox("question");
  nameTheBox("quote");

  const moveByArrows = () => {
    const tabs = find("#views [role=tablist]");
    if (!tabs) return setTimeout(moveByArrows, 100);
    tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = [...tabs.querySelectorAll("[role=tab]")];
      const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
      next.focus();
      next.click();
    });
  };
  moveByArrows();
  recall();

  // ---- events of the whole page

  document.addEventListener("click", (event) => {
    const at = event.target.closest("a[href^='#'], button");
    if (!at) return;
    if (at.matches("a")) { event.preventDefault(); goTo(at); }
    else if (at.matches(".open")) openPlace(at);
    else if (at.matches(".example")) fill(at.textContent);
    else if (at.matches(".facet")) choose(at);
    else if (at.dataset.verdict) giveFeedback(at);
    else if (at.dataset.do) tools[at.dataset.do](at);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (lastNumber?.isConnected && event.target.closest?.(".lit")) lastNumber.focus();
    else if (cameFrom && event.target.closest?.("#reader")) goBack();
  });

  document.addEventListener("input", (event) => { if (event.target.id === "passage-search") sift(); });
  document.addEventListener("change", (event) => {
    const fieldset = event.target.closest?.("fieldset.show");
    if (fieldset) showVouched(fieldset);
    if (event.target.closest?.("#filters")) countFilters();
  });
  document.addEventListener("toggle", (event) => { // "toggle" does not bubble
    if (event.target.id === "filters" && event.target.open && !find("#filters input[name=article]")) window.iptPage.listArticles();
  }, true);

  // ---- whether the articles have been read

  const stateNow = async () => {
    try {
      const { state } = await (await fetched(new URL("healthz", document.baseURI), { cache: "no-store" })).json();
      return state === "failed" ? "stopped" : state;
    } catch {
      return "stopped";
    }
  };

  const watchState = async () => {
    const line = find("#state");
    if (!line) return setTimeout(watchState, 100);
    const state = await stateNow();
    if (line.dataset.state !== state) { line.dataset.state = state; line.textContent = words[state]; }
    if (state !== "ready") setTimeout(watchState, state === "reading" ? 500 : 2000);
  };
  watchState();

  return { asking, answered, checking, checked, exploring, holding, listed, noted };
})();
