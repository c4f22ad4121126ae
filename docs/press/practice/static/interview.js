// Practice with the page of questions. Without this script the page is a list that folds; nothing here makes or fetches text of the book.
"use strict";

(() => {
  const STORE = "interview";
  const topics = [...document.querySelectorAll(".interview-topic")];
  if (!topics.length) return;

  // What the reader ticked off and chose. Where the browser keeps nothing, it lasts as long as the page is open.
  const state = { marks: {}, hide: false, single: false, letters: true, topic: "" };
  try {
    const kept = JSON.parse(localStorage.getItem(STORE));
    for (const key of Object.keys(state)) if (kept && typeof kept[key] === typeof state[key] && kept[key] !== null) state[key] = kept[key];
  } catch {}
  const keep = () => {
    try {
      localStorage.setItem(STORE, JSON.stringify(state));
    } catch {}
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
  // A page's own name is short and says what it is about: contiguous, masks, quoted code.
  const subject = (topic) => topic.querySelector("h2 a, h3 a").pathname.split("/").pop().replace(/\.html$/, "").replaceAll("-", " ");

  const questions = topics.flatMap((topic) => {
    const page = topic.querySelector("h2 a, h3 a");
    return [...topic.querySelectorAll(".interview-question")].map((item) => ({ item, topic, page, home: item.parentElement }));
  });
  const known = new Set(questions.map(({ item }) => item.id));
  for (const id of Object.keys(state.marks)) if (!known.has(id)) delete state.marks[id];
  if (!topics.some((topic) => topic.id === state.topic)) state.topic = "";
  let order = questions;
  let current = null;

  const shown = () => order.filter(({ item, topic }) => (!state.topic || topic.id === state.topic) && !(state.hide && state.marks[item.id] === "knew"));
  const answer = (question) => question.item.querySelector(".interview-answer");
  const head = (question) => answer(question).querySelector("summary");

  // The bar above the questions.
  const select = make("select", {}, make("option", { value: "" }, "all"));
  for (const topic of topics) select.append(make("option", { value: topic.id }, subject(topic)));
  select.value = state.topic;
  const boxes = {};
  const box = (name, text) => {
    const input = (boxes[name] = make("input", { type: "checkbox" }));
    input.checked = state[name];
    input.addEventListener("change", () => {
      state[name] = input.checked;
      update();
    });
    return make("label", {}, input, text);
  };
  const status = make("p", { class: "interview-progress", role: "status" });
  const meter = make("progress", { max: questions.length, "aria-label": "Questions that you knew" });
  const place = make("span");
  const bar = make(
    "div",
    { class: "interview-bar", role: "group", "aria-label": "Practice" },
    make("div", { class: "interview-row" }, make("label", {}, "Topic", select)),
    make("div", { class: "interview-row" }, box("single", "One at a time"), box("hide", "Hide what I knew"), box("letters", "Letter keys")),
    make(
      "div",
      { class: "interview-row" },
      button("Shuffle", () => arrange(shuffled())),
      button("In order", () => arrange(questions)),
      button("Previous", () => move(-1)),
      button("Next", () => move(1)),
      place,
      button("Reset", reset),
    ),
    status,
    meter,
  );
  select.addEventListener("change", () => {
    state.topic = select.value;
    current = null;
    update();
  });
  const mixed = make("ol", { class: "interview-list" });
  topics[0].before(bar, mixed);

  // Under each answer: the two buttons; above it, once shuffled, the page it is from.
  for (const question of questions) {
    const { item, page } = question;
    question.buttons = ["knew", "again"].map((mark) => {
      const made = button(mark === "knew" ? "Knew it" : "Again", () => tick(question, mark));
      made.dataset.mark = mark;
      return made;
    });
    question.from = make("p", { class: "interview-from" }, "From: ", page.textContent);
    item.prepend(question.from);
    answer(question).append(make("div", { class: "interview-marks" }, ...question.buttons));
    item.addEventListener("focusin", () => {
      current = question;
      count();
    });
  }

  function shuffled() {
    const mix = [...questions];
    for (let i = mix.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [mix[i], mix[j]] = [mix[j], mix[i]];
    }
    return mix;
  }

  function arrange(next) {
    order = next;
    for (const { item, home } of order) (order === questions ? home : mixed).append(item);
    for (const question of questions) answer(question).open = false;
    current = null;
    update();
  }

  function tick(question, mark) {
    const next = neighbour(1, question);
    if (state.marks[question.item.id] === mark) delete state.marks[question.item.id];
    else state.marks[question.item.id] = mark;
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
    if (!question) return select.focus();
    current = question;
    update();
    head(question).focus();
    question.item.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    go(neighbour(step, current));
  }

  function reset() {
    if (!window.confirm("Forget what you knew and what you chose?")) return;
    Object.assign(state, { marks: {}, hide: false, single: false, letters: true, topic: "" });
    select.value = "";
    for (const [name, input] of Object.entries(boxes)) input.checked = state[name];
    arrange(questions);
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
      const { item, from, buttons } = question;
      item.hidden = !all.includes(question) || (state.single && question !== current);
      from.hidden = order === questions && !state.single;
      item.dataset.mark = state.marks[item.id] || "";
      for (const made of buttons) made.setAttribute("aria-pressed", String(made.dataset.mark === state.marks[item.id]));
    }
    for (const topic of topics) topic.hidden = !topic.querySelector(".interview-question:not([hidden])");
    document.documentElement.classList.toggle("interview-one", state.single);
    const marks = Object.values(state.marks);
    const knew = marks.filter((mark) => mark === "knew").length;
    const again = marks.length - knew;
    const text = `${knew} known, ${again} to repeat, ${questions.length - knew} left of ${questions.length}.` + (all.length ? "" : " Nothing is left here.");
    if (status.textContent !== text) status.textContent = text;
    meter.value = knew;
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
      state.topic = select.value = "";
      state.hide = boxes.hide.checked = false;
    }
  }
  update();
  if (linked) go(linked);
})();
