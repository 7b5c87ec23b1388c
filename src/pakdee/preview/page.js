"use strict";
(() => {
  // ── what the page knows, and what is chosen ──
  let data = JSON.parse(document.getElementById("data").textContent);
  const WIDTHS = ["375", "600"];
  const FIRST = {
    edition: "", reader: "", locale: "", variant: "", width: "375", look: "light", show: "mail",
    pictures: "blocked", ui: "", line: "", campaign: "", language: "", readers: "", only: "",
  };
  const state = { ...FIRST };
  const main = document.getElementById("main");
  const find = (id) => document.getElementById(id);
  const refreshers = [];
  let seen = [], scaling = null;

  const spoken = () => (data.languages.includes(state.ui) ? state.ui : data.language);
  const inWords = (words) => (words ? words[spoken()] ?? Object.values(words)[0] : "");
  const say = (key, values = {}) =>
    (data.words[spoken()][key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const said = (text) => data.said[spoken()]?.[text] ?? text; // of findings, which are English at first
  const languageName = (code, among = spoken()) =>
    new Intl.DisplayNames([among], { type: "language" }).of(code);
  const dayInWords = () =>
    new Intl.DateTimeFormat(spoken() === "en" ? "en-GB" : spoken(), { dateStyle: "long", numberingSystem: "latn", timeZone: "UTC" }).format(new Date(data.day));
  const number = (value, digits = 0) =>
    new Intl.NumberFormat(spoken(), { numberingSystem: "latn", maximumFractionDigits: digits }).format(value);

  // ── elements ──
  function h(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  }

  function choice(name, label, options, chosen, choose) {
    // Radio buttons: arrow keys, labels and the order of tabs come with them.
    const inputs = options.map(([value, words, lang]) => {
      const properties = { type: "radio", name, id: `${name}-${value}`, value };
      const input = h("input", { ...properties, onchange: () => choose(value) });
      input.checked = value === chosen();
      return h("label", { lang }, input, h("span", {}, words));
    });
    refreshers.push(() => inputs.forEach((label) => {
      label.firstChild.checked = label.firstChild.value === chosen();
    }));
    return h("fieldset", { class: "choice", hidden: options.length < 2 },
      h("legend", {}, label), h("div", {}, inputs));
  }

  function picker(name, label, groups, chosen, choose) {
    const option = ([value, words]) => h("option", { value }, words);
    const select = h("select", { id: name, onchange: () => choose(select.value) }, groups.map(
      ([title, options]) => (title ? h("optgroup", { label: title }, options.map(option)) : options.map(option)),
    ));
    const show = () => { select.value = chosen(); };
    show();
    refreshers.push(show);
    return h("div", { class: "picker" }, h("label", { for: name }, label), select);
  }

  // ── the address holds what is chosen, so that a reload and a link show the same ──
  function readAddress() {
    Object.assign(state, FIRST, Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
    settle();
  }

  function address(changes = {}) {
    const chosen = { ...state, ...changes };
    const told = Object.entries(chosen).filter(([name, value]) => name in FIRST && value !== FIRST[name]);
    return `#${new URLSearchParams(told)}`;
  }

  function settle() {
    // What is chosen must be there.
    const edition = current();
    if (data.editions.length === 1) state.edition = data.editions[0].name;
    else if (!edition) state.edition = "";
    if (!WIDTHS.includes(state.width)) state.width = FIRST.width;
    const here = current();
    if (!here) return;
    const locales = here.locales, variants = variantsOf(here), readers = readersOf(here);
    if (!locales.includes(state.locale)) state.locale = locales.includes(data.locale) ? data.locale : locales[0] ?? "";
    if (!variants.includes(state.variant)) state.variant = variants.includes(data.variant) ? data.variant : variants[0] ?? "";
    // Whom the address names, else whom the command names, else who is like those that the campaign mails.
    if (!readers.includes(state.reader)) state.reader = [data.reader, here.reader, readers[0] ?? ""].find((name) => readers.includes(name)) ?? "";
    if (!mailOf(here) && reader(state.reader)?.kind === "customer") { // theirs is there in one language only
      const other = here.mails.find((mail) => mail.reader === state.reader);
      if (other) state.locale = other.locale;
    }
  }

  function set(changes) {
    const built = shape();
    Object.assign(state, changes);
    settle();
    try { history.replaceState(null, "", address()); } catch { /* a page in a frame has no address */ }
    if (shape() === built) refresh();
    else build();
  }

  const shape = () => JSON.stringify([state.edition, spoken(), data.version, current()?.name ?? ""]);
  const current = () => data.editions.find((edition) => edition.name === state.edition);
  const unique = (values) => [...new Set(values)];
  const readersOf = (edition) => unique(edition.mails.map((mail) => mail.reader));
  const variantsOf = (edition) => unique(edition.mails.map((mail) => mail.variant));
  const reader = (name) => data.readers.find((one) => one.name === name);
  const mailOf = (edition, wanted = state) => edition.mails.find((mail) =>
    mail.reader === wanted.reader && mail.locale === wanted.locale && mail.variant === wanted.variant);
  const heading = (edition) => inWords(edition.title) || say("template", { name: edition.template });

  // ── a mail in its frame ──
  function dressed(html, pictures = state.pictures) {
    // Only what the switches ask for is changed. Links are dead: a frame that leaves would need the network.
    const isDark = state.look === "dark";
    const policy = pictures === "loaded" ? "" :
      `<meta http-equiv="Content-Security-Policy" content="img-src data:">`;
    const extra = `${policy}<style>html{scrollbar-width:none}a{pointer-events:none}</style>`;
    return html
      .replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/g, isDark ? "(min-width:0px)" : "(max-width:0px)")
      .replace(/(<meta name="(?:supported-)?color-schemes?" content=")[^"]*/g, `$1${isDark ? "dark" : "light"}`)
      .replace(/<a\s/g, `<a tabindex="-1" `)
      .replace(/<head>/, `<head>${extra}`);
  }

  function fill(frame, html) {
    const source = dressed(html);
    if (frame.srcdoc !== source) frame.srcdoc = source;
    frame.dataset.look = state.look;
  }

  // ── the view of one mail ──
  function editionView(edition) {
    const groups = ["customer", "typical", "nasty"].map((kind) => [
      say(kind),
      readersOf(edition).filter((name) => reader(name).kind === kind).map((name) => [name, inWords(reader(name).title)]),
    ]).filter(([, options]) => options.length);
    const bar = h("section", { class: "bar", "aria-label": say("preview") },
      picker("reader", say("reader"), groups, () => state.reader, (value) => set({ reader: value })),
      choice("locale", say("language"), edition.locales.map((code) => [code, languageName(code)]),
        () => state.locale, (value) => set({ locale: value })),
      choice("variant", say("variant"), variantsOf(edition).map((name) => [name, name]),
        () => state.variant, (value) => set({ variant: value })),
      choice("show", say("show"), ["mail", "text", "source"].map((name) => [name, say(name)]),
        () => state.show, (value) => set({ show: value, line: "" })),
      choice("width", say("width"), WIDTHS.map((width) => [width, `${width} px`]),
        () => state.width, (value) => set({ width: value })),
      choice("look", say("look"), ["light", "dark"].map((name) => [name, say(name)]),
        () => state.look, (value) => set({ look: value })),
      choice("pictures", say("pictures"),
        hasPictures(edition) ? ["blocked", "loaded"].map((name) => [name, say(name)]) : [],
        () => state.pictures, (value) => set({ pictures: value })),
    );
    const stage = h("section", { class: "stage", "aria-label": say("mail") });
    const side = h("aside", { class: "side" });
    const parts = { inbox: h("div"), shown: h("div", { class: "shown" }), frame: null };
    stage.append(parts.inbox, parts.shown);
    refreshers.push(() => showMail(edition, parts, side));
    return [bar, h("div", { class: "bench" }, stage, side)];
  }

  const hasPictures = (edition) => edition.mails.some((mail) => /<img\s/.test(mail.html));

  function showMail(edition, parts, side) {
    const mail = mailOf(edition), file = edition.files[state.locale];
    const findings = [...(mail?.findings ?? []), ...(mail ? [] : file?.findings ?? [])];
    const isWritten = mail && mail.html;
    parts.inbox.replaceChildren(isWritten ? inboxRow(mail) : "");
    if (state.show === "source" && file) {
      parts.frame = null;
      parts.shown.replaceChildren(sourceOf(file, findings));
    } else if (!isWritten) {
      parts.frame = null;
      parts.shown.replaceChildren(trouble(mail ? "unwritten" : "unreadable", findings));
    } else if (state.show === "text") {
      parts.frame = null;
      parts.shown.replaceChildren(h("pre", { class: "plain", id: "plain", tabindex: "0", lang: mail.locale }, mail.text));
    } else showFrame(mail, parts);
    const kept = Object.fromEntries([...side.querySelectorAll("details")].map((part) => [part.className, part.open]));
    side.replaceChildren(findingsPart(findings, isWritten), ...(isWritten ? facts(mail) : []));
    side.querySelectorAll("details").forEach((part) => { part.open = kept[part.className] ?? part.open; });
    if (state.line) jump();
  }

  function showFrame(mail, parts) {
    if (!parts.frame) {
      parts.frame = h("iframe", { sandbox: true, tabindex: "0", id: "frame" });
      const holder = h("div", { class: "device" }, parts.frame);
      parts.shown.replaceChildren(holder);
      scaling?.disconnect();
      scaling = new ResizeObserver(() => fit(parts));
      scaling.observe(parts.shown);
    }
    parts.frame.title = say("frame", {
      reader: inWords(reader(mail.reader).title), language: languageName(mail.locale),
    });
    fill(parts.frame, mail.html);
    fit(parts);
  }

  function fit(parts) {
    if (!parts.frame) return;
    const width = Number(state.width), room = parts.shown.clientWidth;
    parts.frame.parentElement.style.setProperty("--width", `${width}px`);
    parts.frame.parentElement.style.setProperty("--scale", String(Math.min(1, room / width)));
  }

  function inboxRow(mail) {
    const room = state.width === "375" ? "phone" : "desk";
    const [subject, preheader] = mail.inbox[room];
    const limits = { most_subject: data.most.subject, most_preheader: data.most.preheader };
    const [subjectCells, preheaderCells] = mail.cells.map((cells) => number(cells));
    return h("figure", { class: `inbox ${room}` },
      h("figcaption", {}, say("inbox")),
      h("div", { class: "row", lang: mail.locale },
        h("span", { class: "face", "aria-hidden": "true" }, [...mail.sender][0] ?? ""),
        h("span", { class: "sender" }, mail.sender), h("span", { class: "now" }, say("now")),
        h("span", { class: "subject" }, subject), h("span", { class: "preheader" }, preheader)),
      h("p", { class: "quiet" }, say("cells", { subject: subjectCells, preheader: preheaderCells, ...limits })));
  }

  function trouble(key, findings) {
    return h("div", { class: "trouble" }, h("h2", {}, say(key)), findings.map(findingItem),
      h("p", { class: "quiet" }, say("nothing_sent")));
  }

  function sourceOf(file, findings) {
    const marked = new Map(findings.filter((one) => one.file === file.file).map((one) => [one.line, one.severity]));
    return h("div", { class: "source", tabindex: "0", id: "source" }, h("p", { class: "quiet" }, file.file),
      h("ol", {}, file.lines.map((line, place) =>
        h("li", { id: `line-${place + 1}`, tabindex: "-1", class: marked.get(place + 1) }, h("code", {}, line || " ")))));
  }

  function jump() {
    const line = find(`line-${state.line}`);
    if (!line) return;
    line.classList.add("here");
    line.scrollIntoView({ block: "center" });
  }

  // ── what is to be said of it ──
  function findingsPart(findings, isWritten) {
    const notes = findings.filter((one) => one.severity === "info");
    const counts = ["error", "warning"].map((severity) => [severity, findings.filter((one) => one.severity === severity).length]);
    return h("section", { class: "part", "aria-live": "polite" },
      h("h2", {}, say("findings"), counts.filter(([, n]) => n).map(([severity, n]) =>
        h("span", { class: `badge ${severity}` }, `${number(n)} ${say(severity)}`))),
      loud(findings).length ? loud(findings).map(findingItem) : isWritten ? h("p", { class: "good" }, say("no_findings")) : null,
      notes.length ? h("details", { class: "notes" }, h("summary", {}, say("notes", { n: number(notes.length) })), notes.map(findingItem)) : null);
  }

  function findingItem(finding) {
    const place = `${finding.file}:${finding.line}`;
    const file = Object.entries(current()?.files ?? {}).find(([, one]) => one.file === finding.file);
    const go = file && h("button", {
      type: "button", title: say("see_line"), class: "place",
      onclick: () => { set({ show: "source", locale: file[0], line: String(finding.line) }); find(`line-${finding.line}`)?.focus(); },
    }, place);
    const copy = h("button", { type: "button", class: "copy", onclick: () => copied(copy, place) }, say("copy"));
    return h("article", { class: `finding ${finding.severity}` },
      h("p", {}, h("span", { class: `badge ${finding.severity}` }, say(finding.severity)),
        finding.rule ? h("span", { class: "rule" }, finding.rule) : null, " ", said(finding.what)),
      h("p", { class: "quiet" }, `${say("mend")} ${said(finding.next)}`),
      h("p", { class: "where" }, go ?? h("code", {}, place), copy));
  }

  async function copied(button, text) {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = say("copied");
    } catch { // the browser does not let pages copy: the place is marked instead
      getSelection().selectAllChildren(button.previousSibling);
    }
  }

  function facts(mail) {
    const [html, text] = mail.bytes.map((bytes) => bytes / 1024);
    const meter = h("meter", { min: 0, max: data.most.clip, high: data.most.clip * 0.8, low: 0, optimum: 0, value: html.toFixed(1), "aria-hidden": "true" });
    const share = new Intl.NumberFormat(spoken(), { style: "percent", numberingSystem: "latn" }).format(html / data.most.clip);
    return [
      h("section", { class: "part" }, h("h2", {}, say("sizes")),
        h("p", {}, `${say("html_size", { size: number(html, 1) })} · ${say("text_size", { size: number(text, 1) })}`), meter,
        h("p", { class: "quiet" }, say("clip", { share, most: number(data.most.clip) }))),
      h("section", { class: "part" }, h("h2", {}, say("headers")), mail.headers.length
        ? h("dl", {}, mail.headers.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))
        : h("p", { class: "quiet" }, say("no_headers"))),
      linksPart(mail),
    ];
  }

  function linksPart(mail) {
    const links = [...new DOMParser().parseFromString(mail.html, "text/html").querySelectorAll("a[href]")];
    return h("details", { class: "part links", open: true },
      h("summary", {}, h("h2", {}, `${say("links")} (${number(links.length)})`)),
      links.length ? h("p", { class: "quiet" }, say("links_rest")) : h("p", { class: "quiet" }, say("no_links")),
      h("dl", {}, links.flatMap((link) => [h("dt", { lang: mail.locale }, link.textContent.trim() || link.title), h("dd", {}, link.getAttribute("href"))])));
  }

  // ── the view of all mails ──
  function galleryView() {
    const titles = data.editions.map((edition) => [edition.name, heading(edition)]);
    const codes = unique(data.editions.flatMap((edition) => edition.locales)).map((code) => [code, languageName(code)]);
    const of = (kind) => data.readers.filter((one) => one.kind === kind).map((one) => [one.name, inWords(one.title)]);
    const everything = [["", say("everything")]];
    const only = h("input", { type: "checkbox", id: "only", onchange: () => set({ only: only.checked ? "1" : "" }) });
    refreshers.push(() => { only.checked = state.only === "1"; });
    const count = h("p", { class: "count", role: "status" });
    const bar = h("section", { class: "bar", "aria-label": say("gallery") },
      picker("campaign", say("campaign"), [["", [...everything, ...titles]]], () => state.campaign, (value) => set({ campaign: value })),
      picker("language", say("language"), [["", [...everything, ...codes]]], () => state.language, (value) => set({ language: value })),
      picker("readers", say("reader"), [["", [...everything, ["typical", say("readers_typical")]]], [say("typical"), of("typical")], [say("nasty"), of("nasty")]],
        () => state.readers, (value) => set({ readers: value })),
      choice("look", say("look"), ["light", "dark"].map((name) => [name, say(name)]), () => state.look, (value) => set({ look: value })),
      h("label", { class: "tick" }, only, h("span", {}, say("only_findings"))));
    const wall = h("div", { class: "wall" });
    refreshers.push(() => showWall(wall, count));
    return [bar, count, wall];
  }

  function cardsOf(edition) {
    const [first] = variantsOf(edition);
    const all = edition.mails.filter((mail) => mail.variant === first).map((mail) => ({
      mail, findings: unique(edition.mails.filter((one) => one.reader === mail.reader && one.locale === mail.locale).flatMap((one) => one.findings)),
    }));
    const broken = edition.locales.filter((code) => edition.files[code].findings.length);
    return [...all, ...broken.map((locale) => ({ mail: { locale, reader: "" }, findings: edition.files[locale].findings }))];
  }

  const loud = (findings) => findings.filter((one) => one.severity !== "info");

  function isWanted(edition, { mail, findings }) {
    if (state.campaign && state.campaign !== edition.name) return false;
    if (state.language && state.language !== mail.locale) return false;
    if (state.only && !loud(findings).length) return false;
    if (!state.readers || !mail.reader) return true;
    return state.readers === "typical" ? reader(mail.reader).kind === "typical" : state.readers === mail.reader;
  }

  function showWall(wall, count) {
    seen.forEach((observer) => observer.disconnect());
    const observer = new IntersectionObserver(drawn, { rootMargin: "600px" });
    seen = [observer];
    let shown = 0, all = 0, errors = 0, warnings = 0;
    const parts = data.editions.map((edition) => {
      const cards = cardsOf(edition), wanted = cards.filter((card) => isWanted(edition, card));
      all += cards.length;
      shown += wanted.length;
      errors += wanted.filter(({ findings }) => findings.some((one) => one.severity === "error")).length;
      warnings += wanted.filter(({ findings }) => findings.some((one) => one.severity === "warning")).length;
      return wanted.length ? h("section", { class: "shelf" },
        h("h2", {}, heading(edition), ...chipsOf(edition), h("span", { class: "quiet" }, number(wanted.length))),
        h("ul", {}, wanted.map((card) => cardOf(edition, card, observer)))) : null;
    });
    const told = [say("count", { shown: number(shown), all: number(all) })];
    if (errors) told.push(say("with_errors", { n: number(errors) }));
    if (warnings) told.push(say("with_warnings", { n: number(warnings) }));
    if (shown && !errors && !warnings) told.push(say("clean"));
    count.textContent = told.join(" · ");
    wall.replaceChildren(...(shown ? parts.filter(Boolean) : [h("p", { class: "empty" }, say(all ? "none_match" : "nothing_here"))]));
  }

  function cardOf(edition, { mail, findings }, observer) {
    const picture = h("div", { class: "picture", "aria-hidden": "true" });
    if (mail.html) {
      picture.dataset.edition = edition.name;
      picture.mail = mail;
      observer.observe(picture);
    } else picture.append(h("span", { class: "broken" }, "✕"));
    const worst = ["error", "warning"].find((severity) => findings.some((one) => one.severity === severity));
    const name = mail.reader ? inWords(reader(mail.reader).title) : say("unreadable");
    const to = address({ edition: edition.name, reader: mail.reader, locale: mail.locale, variant: mail.variant ?? "", show: mail.reader ? "mail" : "source" });
    return h("li", {}, h("a", { class: "card", href: to }, picture,
      h("span", { class: "name" }, name), h("span", { class: "quiet" }, languageName(mail.locale)),
      worst ? h("span", { class: `badge ${worst}` }, `${number(findings.filter((one) => one.severity === worst).length)} ${say(worst)}`) : null));
  }

  function drawn(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) target.replaceChildren();
      else if (!target.firstChild) {
        const frame = h("iframe", { sandbox: true, tabindex: "-1", loading: "lazy", title: target.mail.subject });
        fill(frame, target.mail.html);
        target.append(frame);
      }
    }
  }

  // ── the page around both ──
  function chipsOf(edition) {
    const chip = (words, kind = "") => h("span", { class: `chip ${kind}` }, words);
    return [edition.status ? chip(say(edition.status), edition.status) : chip(say("unused"))];
  }

  function headline() {
    const edition = current(), back = find("back");
    find("title").textContent = edition ? heading(edition) : say("gallery");
    document.title = `${find("title").textContent} · Pakdee`;
    document.documentElement.lang = spoken();
    const note = edition && (reader(state.reader)?.note ?? "");
    find("chips").replaceChildren(...(edition ? chipsOf(edition) : []),
      h("span", { class: "quiet" }, [note ? say(note) : "", say("as_of", { day: dayInWords() })].filter(Boolean).join(" · ")));
    back.hidden = !edition || data.editions.length < 2;
    back.textContent = `← ${say("to_gallery")}`;
    back.href = address({ edition: "", reader: "", locale: "", variant: "", show: "mail", line: "" });
    find("skip").textContent = say("skip");
    const watching = find("watch");
    if (watching.dataset.word) watching.textContent = say(watching.dataset.word);
  }

  function build() {
    const focused = document.activeElement?.id;
    refreshers.length = 0;
    seen.forEach((observer) => observer.disconnect());
    find("languages").replaceChildren(choice("ui", say("interface"),
      data.languages.map((code) => [code, languageName(code, code), code]), spoken, (value) => set({ ui: value })));
    const edition = current();
    const view = data.problems.length ? [broken()] : edition ? editionView(edition) : galleryView();
    main.replaceChildren(...view);
    main.className = edition ? "one" : "all";
    refresh();
    if (focused) find(focused)?.focus();
  }

  function broken() {
    return h("div", { class: "trouble" }, h("h2", {}, say("project_broken")), data.problems.map(findingItem),
      h("p", { class: "quiet" }, say("nothing_sent")));
  }

  function refresh() {
    headline();
    refreshers.forEach((show) => show());
  }

  // ── news from `--watch` ──
  async function watch() {
    const place = find("watch");
    const tell = (key) => { place.hidden = false; place.textContent = say(key); place.dataset.word = key; };
    tell("watching");
    while (data.watching) {
      let news = null;
      try {
        const answer = await fetch(`news?after=${data.version}`, { cache: "no-store" });
        if (answer.status === 204) continue; // nothing new for a while
        news = await answer.json();
      } catch { break; } // nobody answers any more
      if (news.over) break;
      data = { ...data, ...news };
      settle();
      build();
      tell("updated");
    }
    tell("unwatched");
    place.classList.add("over");
  }

  // Who tabs into a frame is in its document: the frame itself is not said to have the focus.
  const ring = () => find("frame")?.parentElement.classList.toggle("focused", document.activeElement === find("frame"));
  for (const change of ["focus", "blur"]) addEventListener(change, ring);
  document.addEventListener("focusin", ring);

  find("skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
  addEventListener("hashchange", () => { readAddress(); build(); scrollTo(0, 0); });
  readAddress();
  build();
  if (data.watching) watch();
})();
