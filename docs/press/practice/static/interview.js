// Practice with the page of questions. Without this script the page is a list that folds; nothing here makes or fetches text of the book.
"use strict";

(() => {
  const STORE = "interview";
  const DAYS = [1, 3, 7, 21]; // until a question that was known once, twice, three and four times is due again
  const TEN = 10;
  const topics = [...document.querySelectorAll(".interview-topic")];
  if (!topics.length) return;

  // What the reader ticked off and chose. Where the browser keeps nothing, it lasts as long as the page is open.
  const fresh = () => ({ marks: {}, order: [], show: "all", ten: [], single: false, letters: true, topic: "" });
  const state = fresh();
  const take = (kept) => {
    for (const [key, value] of Object.entries(fresh())) {
      const found = kept?.[key];
      state[key] = typeof found === typeof value && found !== null && Array.isArray(found) === Array.isArray(value) ? found : value;
    }
  };
  try {
    take(JSON.parse(localStorage.getItem(STORE)));
  } catch {}
  const keep = () => {
    try {
      localStorage.setItem(STORE, JSON.stringify(state));
    } catch {}
  };

  // A date as the reader's calendar has it, so many days from now.
  const day = (days) => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const button = (text, action) => {
    const made = make("button", { type: "button" }, text);
    made.addEventListener("click", action);
    return made;
  };

  const questions = topics.flatMap((topic) =>
    [...topic.querySelectorAll(".interview-question")].map((item) => ({ item, topic, home: item.parentElement })),
  );
  const byId = new Map(questions.map((question) => [question.item.id, question]));

  // Leave out what this book does not ask any more, and read what an older book kept: a word in place of box and date.
  const mend = () => {
    for (const [id, mark] of Object.entries(state.marks)) {
      if (!byId.has(id)) delete state.marks[id];
      else if (typeof mark === "string") state.marks[id] = mark === "knew" ? { box: 1, due: day(DAYS[0]) } : { box: 0, due: day(0) };
      else if (!Number.isInteger(mark?.box) || typeof mark.due !== "string") delete state.marks[id];
    }
    state.order = state.order.filter((id) => byId.has(id));
    state.ten = state.ten.filter((id) => byId.has(id));
    if (!topics.some((topic) => topic.id === state.topic)) state.topic = "";
    if (!Object.hasOwn(SHOWS, state.show)) state.show = "all";
  };

  const markOf = ({ item }) => state.marks[item.id];
  const isKnown = (question) => markOf(question)?.box > 0;
  const SHOWS = {
    all: ["all questions", () => true],
    left: ["what I do not know yet", (question) => !isKnown(question)],
    wrong: ["only what I got wrong", (question) => markOf(question)?.box === 0],
    due: ["what is due today", (question) => markOf(question) && markOf(question).due <= day(0)],
    ten: ["ten at a time", ({ item }) => state.ten.includes(item.id)],
  };
  mend();

  let current = null;
  const ordered = () => {
    const first = state.order.map((id) => byId.get(id));
    return first.length ? [...first, ...questions.filter((question) => !first.includes(question))] : questions;
  };
  const ofTopic = ({ topic }) => !state.topic || topic.id === state.topic;
  const shown = () => ordered().filter((question) => ofTopic(question) && SHOWS[state.show][1](question));
  const answer = (question) => question.item.querySelector(".interview-answer");
  const head = (question) => answer(question).querySelector("summary");

  // The controls, behind one button.
  const choice = (name, options) => {
    const select = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => {
      state[name] = select.value;
      if (name === "show" && state.show === "ten") drawTen();
      current = null;
      update();
    });
    return select;
  };
  const selects = {
    topic: choice("topic", [["", "all"], ...topics.map((topic) => [topic.id, topic.querySelector("h2, h3").firstChild.textContent])]),
    show: choice("show", Object.entries(SHOWS).map(([value, [text]]) => [value, text])),
  };
  const boxes = {};
  const box = (name, text) => {
    const input = (boxes[name] = make("input", { type: "checkbox" }));
    input.addEventListener("change", () => {
      state[name] = input.checked;
      update();
    });
    return make("label", {}, input, text);
  };
  const status = make("span", { class: "interview-progress", role: "status" });
  const meter = make("progress", { max: questions.length, "aria-label": "Questions that you know" });
  const place = make("span", { class: "interview-place" });
  const file = make("input", { type: "file", accept: ".json,application/json", "aria-label": "A file of progress", hidden: "" });
  file.addEventListener("change", bringIn);
  const row = (...children) => make("div", { class: "interview-row" }, ...children);
  const bar = make(
    "details",
    { class: "interview-bar" },
    make("summary", {}, "Options ", status),
    row(make("label", {}, "Topic", selects.topic), make("label", {}, "Show", selects.show)),
    row(box("single", "One at a time"), box("letters", "Letter keys")),
    row(
      button("Shuffle", () => arrange(shuffled())),
      button("In order", () => arrange([])),
      button("Previous", () => move(-1)),
      button("Next", () => move(1)),
      place,
    ),
    row(button("Export progress", takeOut), button("Import progress", () => file.click()), file, button("Reset", reset)),
    meter,
  );
  bar.open = window.matchMedia("(min-width: 60rem)").matches;
  const mixed = make("ol", { class: "interview-list" });
  topics[0].before(bar, mixed);

  // Under each answer the two buttons.
  for (const question of questions) {
    question.buttons = ["knew", "again"].map((mark) => {
      const made = button(mark === "knew" ? "Knew it" : "Again", () => tick(question, mark));
      made.dataset.mark = mark;
      return made;
    });
    answer(question).append(make("div", { class: "interview-marks" }, ...question.buttons));
    question.item.addEventListener("focusin", () => {
      current = question;
      count();
    });
  }

  function shuffled() {
    const mix = questions.map(({ item }) => item.id);
    for (let i = mix.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [mix[i], mix[j]] = [mix[j], mix[i]];
    }
    return mix;
  }

  // The next ten: what is due first, then what was never asked, in the order in which the questions stand.
  function drawTen() {
    const all = ordered().filter(ofTopic);
    const due = all.filter(SHOWS.due[1]);
    const never = all.filter((question) => !markOf(question));
    state.ten = [...due, ...never].slice(0, TEN).map(({ item }) => item.id);
  }

  function settle() {
    for (const { item, home } of ordered()) (state.order.length ? mixed : home).append(item);
  }

  function arrange(order) {
    state.order = order;
    settle();
    if (state.show === "ten") drawTen();
    for (const question of questions) answer(question).open = false;
    current = null;
    update();
    bar.open = bar.open && window.matchMedia("(min-width: 60rem)").matches;
    go(shown()[0]);
  }

  function tick(question, mark) {
    const next = neighbour(1, question);
    const before = markOf(question)?.box ?? 0;
    const after = mark === "knew" ? Math.min(before + 1, DAYS.length) : 0;
    state.marks[question.item.id] = { box: after, due: day(after ? DAYS[after - 1] : 0) };
    answer(question).open = false;
    current = next;
    update();
    go(shown().includes(next) ? next : shown()[0]);
  }

  function neighbour(step, from) {
    const all = shown();
    const at = all.indexOf(from);
    return all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
  }

  function go(question) {
    if (!question) return bar.querySelector("summary").focus();
    current = question;
    update();
    head(question).focus({ preventScroll: true });
    question.item.scrollIntoView({ block: state.single ? "start" : "nearest" });
  }

  function move(step) {
    go(neighbour(step, current));
  }

  function reset() {
    if (!window.confirm("Forget what you knew and what you chose?")) return;
    take(fresh());
    arrange([]);
  }

  function takeOut() {
    const link = make("a", { href: URL.createObjectURL(new Blob([JSON.stringify(state)], { type: "application/json" })), download: "progress.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function bringIn() {
    try {
      const kept = JSON.parse(await file.files[0].text());
      if (typeof kept?.marks !== "object" || kept.marks === null) throw new Error();
      take(kept);
      mend();
      arrange(state.order);
    } catch {
      window.alert("This file holds no progress of this page.");
    }
    file.value = "";
  }

  function count() {
    const all = shown();
    place.textContent = all.length ? `${all.indexOf(current) + 1 || "–"} of ${all.length}` : "";
  }

  // Bring the page into line with the state. The line of progress is read out only if it changed.
  function update() {
    const all = shown();
    if (state.single && !all.includes(current)) current = all[0] || null;
    for (const question of questions) {
      const { item, buttons } = question;
      item.hidden = !all.includes(question) || (state.single && question !== current);
      const mark = markOf(question) && (isKnown(question) ? "knew" : "again");
      item.dataset.mark = mark || "";
      for (const made of buttons) made.setAttribute("aria-pressed", String(made.dataset.mark === mark));
    }
    for (const topic of topics) topic.hidden = !topic.querySelector(".interview-question:not([hidden])");
    for (const [name, select] of Object.entries(selects)) select.value = state[name];
    for (const [name, input] of Object.entries(boxes)) input.checked = state[name];
    document.documentElement.classList.toggle("interview-one", state.single);
    const known = questions.filter(isKnown).length;
    const wrong = questions.filter(SHOWS.wrong[1]).length;
    const due = questions.filter(SHOWS.due[1]).length;
    const text = `${known} known, ${wrong} to repeat, ${due} due, of ${questions.length}.` + (all.length ? "" : " Nothing is left here.");
    if (status.textContent !== text) status.textContent = text;
    meter.value = known;
    count();
    keep();
  }

  document.addEventListener("keydown", (event) => {
    if (!state.letters || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (target.closest?.("select, textarea, dialog, [contenteditable], input:not([type=checkbox])")) return;
    const open = current && answer(current).open;
    const actions = {
      j: () => move(1),
      k: () => move(-1),
      v: () => open && current.item.querySelectorAll(".interview-claim").forEach((claim) => (claim.open = true)),
      y: () => current && tick(current, "knew"),
      a: () => current && tick(current, "again"),
    };
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  const linked = questions.find(({ item }) => "#" + item.id === window.location.hash);
  if (linked) {
    answer(linked).open = true;
    current = linked;
    if (!shown().includes(linked)) {
      state.topic = "";
      state.show = "all";
    }
  }
  settle();
  update();
  if (linked) go(linked);
})();
